// How steerable numbers turn: rows of irreps under an orthogonal matrix, given row by row.

import { harmonics } from "../harmonics.ts";

export type Matrix = number[];

export interface Block {
  l: number;
  p: number;
  start: number;
}

/** The irreps of a text such as 4x0e+2x1o, one by one; columns as e3nn's mul_ir. */
export function blocksOf(irreps: string): Block[] {
  let start = 0;
  return irreps.split("+").flatMap((entry) => {
    const [, mul, l, parity] = /^\s*(?:(\d+)x)?(\d+)([eo])\s*$/.exec(entry)!;
    return Array.from({ length: Number(mul ?? 1) }, () => {
      const block = { l: Number(l), p: parity === "e" ? 1 : -1, start };
      start += 2 * block.l + 1;
      return block;
    });
  });
}

export const determinant = ([a, b, c, d, e, f, g, h, i]: Matrix): number => a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);

export const apply = (m: Matrix, x: ArrayLike<number>, at = 0): number[] => [0, 3, 6].map((row) => m[row] * x[at] + m[row + 1] * x[at + 1] + m[row + 2] * x[at + 2]);

/** Rows of these irreps, turned; ``shift`` is added to points. */
export function turned(rows: ArrayLike<number>, irreps: string, matrix: Matrix, shift?: number[]): Float64Array {
  const found = Float64Array.from(rows);
  const blocks = blocksOf(irreps);
  const last = blocks.at(-1)!;
  const width = last.start + 2 * last.l + 1;
  const sign = determinant(matrix) < 0 ? -1 : 1;
  const known = new Map<number, Float64Array>();
  for (const { l } of blocks) if (l > 0 && !known.has(l)) known.set(l, representation(l, matrix.map((x) => sign * x)));
  for (let row = 0; row < rows.length; row += width)
    for (const { l, p, start } of blocks) {
      const size = 2 * l + 1;
      const factor = p < 0 ? sign : 1;
      if (l === 0) found[row + start] = factor * rows[row + start];
      else
        for (let i = 0; i < size; i++) {
          let sum = 0;
          for (let j = 0; j < size; j++) sum += known.get(l)![i * size + j] * rows[row + start + j];
          found[row + start + i] = factor * sum + (shift ? shift[i] : 0);
        }
    }
  return found;
}

/** D of degree l (2l+1 squared), of a rotation: Y(Rn) = D Y(n) for all n, hence D = Σ_n Y(Rn) Y(n)ᵀ (Σ_n Y(n) Y(n)ᵀ)⁻¹ over many n. */
export function representation(l: number, rotation: Matrix): Float64Array {
  if (l === 1) return Float64Array.from(rotation);
  const size = 2 * l + 1;
  const [gram, mixed] = [new Float64Array(size * size), new Float64Array(size * size)];
  const count = 4 * size;
  for (let n = 0; n < count; n++) {
    const z = 1 - (2 * n + 1) / count; // directions as the seeds of a sunflower
    const [angle, r] = [2.399963229728653 * n, Math.sqrt(1 - z * z)];
    const direction = [r * Math.cos(angle), r * Math.sin(angle), z];
    const of = ([x, y, w]: number[]) => harmonics(l, x, y, w).slice(l * l);
    const [before, after] = [of(direction), of(apply(rotation, direction))];
    for (let i = 0; i < size; i++)
      for (let j = 0; j < size; j++) {
        gram[i * size + j] += before[i] * before[j];
        mixed[i * size + j] += before[i] * after[j];
      }
  }
  const solved = solve(gram, mixed, size);
  return Float64Array.from(solved, (_, n) => solved[(n % size) * size + Math.floor(n / size)]);
}

/** X of A X = B, all (size, size); A is positive definite. */
function solve(a: Float64Array, b: Float64Array, size: number): Float64Array {
  for (let pivot = 0; pivot < size; pivot++) {
    const scale = 1 / a[pivot * size + pivot];
    for (let j = 0; j < size; j++) {
      a[pivot * size + j] *= scale;
      b[pivot * size + j] *= scale;
    }
    for (let row = 0; row < size; row++) {
      const factor = row === pivot ? 0 : a[row * size + pivot];
      for (let j = 0; factor && j < size; j++) {
        a[row * size + j] -= factor * a[pivot * size + j];
        b[row * size + j] -= factor * b[pivot * size + j];
      }
    }
  }
  return b;
}
