// The colour of nodes by their first scalar field: by sign, by kind (species), or from low to high; and what the colours mean.

import * as THREE from "three";
import type { Session } from "./source.ts";
import type { Run } from "./wire.ts";

export interface Colouring {
  colour: (node: number) => THREE.Color;
  key: { colour: THREE.Color; text: string }[];
}

export interface Tones {
  plus: THREE.Color;
  minus: THREE.Color;
  muted: THREE.Color;
  ours: THREE.Color;
}

const KINDS = 8;

/** One number a node: of a field with one column, or which column of a one-hot field (a species) is 1. */
export function scalars(data: ArrayLike<number>, columns: number): number[] | null {
  const rows = Array.from({ length: data.length / columns }, (_, n) => Array.from({ length: columns }, (_, k) => data[n * columns + k]));
  if (columns === 1) return rows.map(([value]) => value);
  const hot = rows.every((row) => row.filter((value) => value === 1).length === 1 && row.filter((value) => value === 0).length === columns - 1);
  return hot ? rows.map((row) => row.indexOf(1)) : null;
}

export function colouring(session: Session, run: Run | null, tones: Tones): Colouring {
  for (const { name, vector } of session.fields) {
    const array = run?.arrays[`field.${name}`];
    if (vector || !array) continue;
    const values = scalars(array.data, array.shape[1]);
    if (values && new Set(values).size > (values.some((value) => value < 0) ? 0 : 1)) return byValue(name, values, tones);
  }
  return { colour: () => tones.muted, key: [{ colour: tones.muted, text: "node" }] };
}

function byValue(name: string, values: number[], tones: Tones): Colouring {
  const distinct = [...new Set(values)].sort((a, b) => a - b);
  if (distinct[0] < 0) {
    const sign = (value: number) => (value > 0 ? tones.plus : value < 0 ? tones.minus : tones.muted);
    const key = [1, -1, 0].filter((s) => values.some((value) => Math.sign(value) === s));
    const text = (s: number) => `node, ${name} ${s > 0 ? "+" : s < 0 ? "−" : "0"}`;
    return { colour: (n) => sign(values[n]), key: key.map((s) => ({ colour: sign(s), text: text(s) })) };
  }
  if (distinct.length <= KINDS) {
    const kind = (value: number) => new THREE.Color().setHSL((0.58 + 0.61 * distinct.indexOf(value)) % 1, 0.55, 0.5);
    return { colour: (n) => kind(values[n]), key: distinct.map((value) => ({ colour: kind(value), text: `node, ${name} ${short(value)}` })) };
  }
  const [low, high] = [distinct[0], distinct[distinct.length - 1]];
  const between = (value: number) => tones.muted.clone().lerp(tones.plus, (value - low) / (high - low));
  return {
    colour: (n) => between(values[n]),
    key: [low, high].map((value) => ({ colour: between(value), text: `node, ${name} ${short(value)}` })),
  };
}

function short(value: number): string {
  return String(Number(value.toPrecision(3))).replace("-", "−");
}
