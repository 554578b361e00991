// A program as segnn.viewer.live.write writes it, read for a system of some size.

import { fromBase64 } from "../wire.ts";

/** A number, or a text such as 9E or 3N-3: of E edges, N nodes. */
export type Size = number | string;
export type RawView = [buffer: number, offset: Size, shape: Size[], strides: Size[]];
export type Input = RawView | number | null;
export type RawStep = [kind: string, fn: string, out: RawView, inputs: Input[], regions?: RawView[]];

interface Numbers {
  parts: [buffer: number, type: "f8" | "f4" | "i4", count: number][];
  data: string;
}

export interface Program {
  sizes: Size[];
  inputs: Record<string, RawView>;
  outputs: Record<string, RawView>;
  steps: RawStep[];
  constants: Numbers;
  fills: [buffer: number, value: number][];
  tables: Numbers[];
}

/** Numbers of a buffer: offset + Σ index · stride. */
export interface View {
  buffer: number;
  offset: number;
  shape: number[];
  strides: number[];
}

export interface Shape {
  nodes: number;
  edges: number;
}

export function sizeOf(size: Size, { nodes, edges }: Shape): number {
  if (typeof size === "number") return size;
  const [, slope, letter, more] = /^(-?\d+)([NE])([+-]\d+)?$/.exec(size)!;
  return Number(slope) * (letter === "N" ? nodes : edges) + Number(more ?? 0);
}

export function viewOf([buffer, offset, shape, strides]: RawView, at: Shape): View {
  return { buffer, offset: sizeOf(offset, at), shape: shape.map((n) => sizeOf(n, at)), strides: strides.map((n) => sizeOf(n, at)) };
}

export const count = (shape: number[]): number => shape.reduce((product, n) => product * n, 1);

const read = new WeakMap<Numbers, Map<number, Float64Array>>();

/** The numbers of buffers, all as float64; read once, nobody writes into them. */
export function numbersOf(numbers: Numbers): Map<number, Float64Array> {
  if (!read.has(numbers)) read.set(numbers, decode(numbers));
  return read.get(numbers)!;
}

function decode({ parts, data }: Numbers): Map<number, Float64Array> {
  const bytes = fromBase64(data);
  const kinds = { f8: Float64Array, f4: Float32Array, i4: Int32Array };
  const found = new Map<number, Float64Array>();
  let start = 0;
  for (const [buffer, type, length] of parts) {
    const numbers = new kinds[type](bytes, start, length);
    found.set(buffer, Float64Array.from(numbers));
    start += numbers.byteLength;
  }
  return found;
}
