// Loops over the numbers of several views of one shape: the longest stretch of equal steps within, a table of starts around it.

import { count, type View } from "./program.ts";

export interface Loop {
  length: number; // of the inner stretch
  steps: number[]; // within it, of every view
  starts: Int32Array[]; // of every stretch, of every view
}

export function loop(views: View[]): Loop {
  const { shape } = views[0];
  let axes = shape.map((size, axis) => ({ size, steps: views.map(({ strides }) => strides[axis]) })).filter(({ size }) => size !== 1);
  axes.sort((a, b) => b.steps[0] - a.steps[0]); // as the result lies
  const merged: typeof axes = [];
  for (const axis of axes) {
    const last = merged.at(-1);
    if (last && last.steps.every((step, n) => step === axis.steps[n] * axis.size)) Object.assign(last, { size: last.size * axis.size, steps: axis.steps });
    else merged.push({ ...axis });
  }
  const inner = count(shape) === 0 ? { size: 0, steps: views.map(() => 0) } : (merged.pop() ?? { size: 1, steps: views.map(() => 0) });
  const outer = inner.size ? merged : [];
  const starts = views.map(({ offset }, n) => startsOf(offset, outer.map(({ size }) => size), outer.map(({ steps }) => steps[n])));
  return { length: inner.size, steps: inner.steps, starts };
}

/** Where every element of these axes lies. */
export function startsOf(offset: number, sizes: number[], steps: number[]): Int32Array {
  let found = Int32Array.of(offset);
  sizes.forEach((size, axis) => {
    const next = new Int32Array(found.length * size);
    found.forEach((start, n) => {
      for (let k = 0; k < size; k++) next[n * size + k] = start + k * steps[axis];
    });
    found = next;
  });
  return found;
}
