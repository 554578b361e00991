// Steerable features as numbers: which columns a choice of degree and channel means, and their norms.

export interface Entry {
  irrep: string;
  l: number;
  p: number;
  mul: number;
  pseudo: boolean;
}

export interface Choice {
  irrep: string; // "all" for a whole steerable vector
  channel: number;
}

export interface Columns {
  degrees: number[];
  columns: number[];
}

/** The columns of a row (e3nn's mul_ir) that a choice means: channel after channel, component after component. */
export function columnsOf(irreps: Entry[], choice: Choice): Columns {
  const degrees: number[] = [];
  const columns: number[] = [];
  let start = 0;
  for (const { irrep, l, mul } of irreps) {
    const size = 2 * l + 1;
    if ((choice.irrep === "all" || choice.irrep === irrep) && choice.channel < mul) {
      degrees.push(l);
      for (let m = 0; m < size; m++) columns.push(start + choice.channel * size + m);
    }
    start += mul * size;
  }
  return { degrees, columns };
}

/** How many channels a choice of degree has: of "all", as many as the largest. */
export function channelCount(irreps: Entry[], irrep: string): number {
  return Math.max(0, ...irreps.filter((entry) => irrep === "all" || entry.irrep === irrep).map((entry) => entry.mul));
}

export function width(irreps: Entry[]): number {
  return irreps.reduce((sum, { l, mul }) => sum + (2 * l + 1) * mul, 0);
}

/** The chosen columns of every row: (rows · columns). ``data`` starts at row ``first``. */
export function take(data: ArrayLike<number>, rowWidth: number, first: number, rows: number, columns: number[]): Float32Array {
  const out = new Float32Array(rows * columns.length);
  for (let row = 0; row < rows; row++)
    for (let k = 0; k < columns.length; k++) out[row * columns.length + k] = data[(first + row) * rowWidth + columns[k]];
  return out;
}

/** The root mean square, over rows and channels, of the norm of each irrep's vectors. */
export function norms(irreps: Entry[], data: ArrayLike<number>, first: number, rows: number): number[] {
  const rowWidth = width(irreps);
  let start = 0;
  return irreps.map(({ l, mul }) => {
    const size = (2 * l + 1) * mul;
    let sum = 0;
    for (let row = first; row < first + rows; row++)
      for (let k = start; k < start + size; k++) sum += data[row * rowWidth + k] ** 2;
    start += size;
    return Math.sqrt(sum / Math.max(1, rows * mul));
  });
}

/** The cosine of two channels over all rows: 1 the same up to size, −1 opposite, 0 unrelated; null where one vanishes. */
export function similarity(a: Float32Array, b: Float32Array): number | null {
  if (a.length !== b.length) return null;
  let [ab, aa, bb] = [0, 0, 0];
  for (let k = 0; k < a.length; k++) {
    ab += a[k] * b[k];
    aa += a[k] ** 2;
    bb += b[k] ** 2;
  }
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : null;
}
