// The colour of nodes by their first scalar field: by sign (charges ±1), by kind (a few whole numbers: species), or on a scale from
// low to high; and what the colours mean.

import * as THREE from "three";
import { digits } from "./dom.ts";
import type { Session } from "./source.ts";
import type { Run } from "./wire.ts";

export interface Scale {
  name: string;
  low: number;
  high: number;
  colours: THREE.Color[]; // from low to high, equal steps
}

export interface Colouring {
  colour: (node: number) => THREE.Color;
  key: { colour: THREE.Color; text: string }[];
  scale: Scale | null; // of values that are not a few kinds
}

export interface Tones {
  plus: THREE.Color;
  minus: THREE.Color;
  muted: THREE.Color;
  ours: THREE.Color;
  surface: THREE.Color;
}

const KINDS = 8;
const STEPS = 32;

/** One number a node: of a field with one column, or which column of a one-hot field (a species) is 1. */
export function scalars(data: ArrayLike<number>, columns: number): number[] | null {
  const rows = Array.from({ length: data.length / columns }, (_, n) => Array.from({ length: columns }, (_, k) => data[n * columns + k]));
  if (columns === 1) return rows.map(([value]) => value);
  const hot = rows.every((row) => row.filter((value) => value === 1).length === 1 && row.filter((value) => value === 0).length === columns - 1);
  return hot ? rows.map((row) => row.indexOf(1)) : null;
}

/** What some values are: of one size and either sign, a few whole numbers, or a range of numbers. */
export function kindOf(values: number[]): "signs" | "kinds" | "range" {
  const distinct = [...new Set(values)];
  const sizes = new Set(distinct.map(Math.abs).filter((size) => size > 0));
  if (sizes.size === 1 && distinct.some((value) => value < 0)) return "signs";
  return distinct.length <= KINDS && distinct.every(Number.isInteger) && distinct.every((value) => value >= 0) ? "kinds" : "range";
}

export function colouring(session: Session, run: Run | null, tones: Tones): Colouring {
  for (const { name, unit, vector } of session.fields) {
    const array = run?.arrays[`field.${name}`];
    if (vector || !array) continue;
    const values = scalars(array.data, array.shape[1]);
    if (values && new Set(values).size > (values.some((value) => value < 0) ? 0 : 1)) return byValue(name, unit, values, tones);
  }
  return { colour: () => tones.muted, key: [{ colour: tones.muted, text: "node" }], scale: null };
}

function byValue(name: string, unit: string, values: number[], tones: Tones): Colouring {
  const kind = kindOf(values);
  if (kind === "signs") {
    const sign = (value: number) => (value > 0 ? tones.plus : value < 0 ? tones.minus : tones.muted);
    const key = [1, -1, 0].filter((s) => values.some((value) => Math.sign(value) === s));
    const text = (s: number) => `node, ${name} ${s > 0 ? "+" : s < 0 ? "−" : "0"}`;
    return { colour: (n) => sign(values[n]), key: key.map((s) => ({ colour: sign(s), text: text(s) })), scale: null };
  }
  if (kind === "kinds") {
    const distinct = [...new Set(values)].sort((a, b) => a - b);
    const of = (value: number) => new THREE.Color().setHSL((0.58 + 0.61 * distinct.indexOf(value)) % 1, 0.55, 0.5);
    return { colour: (n) => of(values[n]), key: distinct.map((value) => ({ colour: of(value), text: `node, ${name} ${digits(value)}` })), scale: null };
  }
  return onScale(unit === "1" ? name : `${name}, ${unit}`, values, tones);
}

/** Numbers of both signs from blue over grey to orange, the same on either side of 0; others from pale to dark. */
function onScale(name: string, values: number[], tones: Tones): Colouring {
  const [least, most] = values.reduce(([a, b], value) => [Math.min(a, value), Math.max(b, value)], [Infinity, -Infinity]);
  const both = least < 0 && most > 0;
  const [low, high] = both ? [-Math.max(-least, most), Math.max(-least, most)] : [least, most];
  const pale = tones.muted.clone().lerp(tones.surface, 0.55);
  const at = (share: number) => {
    if (!both) return pale.clone().lerp(tones.ours, share);
    return pale.clone().lerp(share < 0.5 ? tones.minus : tones.plus, Math.abs(2 * share - 1));
  };
  const share = (value: number) => (high > low ? (value - low) / (high - low) : 0.5);
  const colours = Array.from({ length: STEPS + 1 }, (_, k) => at(k / STEPS));
  return { colour: (n) => at(share(values[n])), key: [], scale: { name, low, high, colours } };
}
