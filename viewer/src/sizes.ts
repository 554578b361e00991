// How large things are drawn: a unit of length for a system, and where most of its nodes are.

/** The value below which this share of the numbers lies; 0 of none. */
export function quantile(values: ArrayLike<number>, share: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted.length ? sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] : 0;
}

/** Lengths of vectors (n · 3). */
export function lengths(vectors: ArrayLike<number>): Float64Array {
  return Float64Array.from({ length: vectors.length / 3 }, (_, n) => Math.hypot(vectors[3 * n], vectors[3 * n + 1], vectors[3 * n + 2]));
}

/** Distance of every place (n · 3) from the median of all. */
export function outwardness(places: ArrayLike<number>): Float64Array {
  const middle = [0, 1, 2].map((axis) => quantile(Array.from({ length: places.length / 3 }, (_, n) => places[3 * n + axis]), 0.5));
  return lengths(Array.from(places, (value, n) => value - middle[n % 3]));
}

/** The median distance to the nearest neighbour, over at most 200 nodes; 1 for a node alone. */
export function spacing(places: ArrayLike<number>): number {
  const count = places.length / 3;
  const step = Math.max(1, Math.floor(count / 200));
  const nearest: number[] = [];
  for (let a = 0; a < count; a += step) {
    let best = Infinity;
    for (let b = 0; b < count; b++) {
      const distance = Math.hypot(...[0, 1, 2].map((axis) => places[3 * a + axis] - places[3 * b + axis]));
      if (b !== a && distance > 0) best = Math.min(best, distance);
    }
    if (Number.isFinite(best)) nearest.push(best);
  }
  return nearest.length ? quantile(nearest, 0.5) : 1;
}

/**
 * The unit in which balls, glyphs and arrows are measured: the distance of neighbours, but of a system with a dense core (masses
 * that attract each other) half of what it would be if the inner three quarters of the nodes filled their ball evenly.
 */
export function unitOf(places: ArrayLike<number>): number {
  const count = places.length / 3;
  return count > 1 ? Math.max(spacing(places), (0.5 * quantile(outwardness(places), 0.75)) / Math.cbrt(count)) : 1;
}

/** The nodes that a picture must hold: all of a few; of many those within three times the radius of half of them. */
export function central(places: ArrayLike<number>): number[] {
  const out = outwardness(places);
  const far = out.length > 40 ? 3 * quantile(out, 0.5) : Infinity;
  return Array.from(out.keys()).filter((n) => out[n] <= far);
}

/** How long an arrow is for a vector of length 1: as it is, or a round fraction if most would be longer than three units. */
export function arrowScaleOf(vectors: ArrayLike<number>, unit: number): number {
  const long = quantile(lengths(vectors), 0.9);
  return long > 3 * unit ? Number(((1.5 * unit) / long).toPrecision(1)) : 1;
}

/** A view from a corner, along no axis. */
export const CORNER: [number, number, number] = [0.5, 0.43, 0.75];

/** The direction in which places (n · 3) spread least: powers of (trace − spread) single it out. */
export function flattestSide(places: ArrayLike<number>): [number, number, number] {
  const count = Math.max(1, places.length / 3);
  const centre = [0, 1, 2].map((axis) => Array.from({ length: places.length / 3 }, (_, n) => places[3 * n + axis]).reduce((a, b) => a + b, 0) / count);
  const spread = new Float64Array(9);
  for (let n = 0; n < places.length; n += 3)
    for (let i = 0; i < 3; i++) for (let j = 0; j < 3; j++) spread[3 * i + j] += (places[n + i] - centre[i]) * (places[n + j] - centre[j]);
  const trace = spread[0] + spread[4] + spread[8];
  let away = CORNER;
  for (let k = 0; k < 60 && trace > 0; k++) {
    const [x, y, z] = away;
    const row = (i: number) => trace * away[i] - (spread[3 * i] * x + spread[3 * i + 1] * y + spread[3 * i + 2] * z);
    const next = [row(0), row(1), row(2)];
    const length = Math.hypot(...next);
    if (!(length > 0)) break;
    away = [next[0] / length, next[1] / length, next[2] / length];
  }
  return away;
}
