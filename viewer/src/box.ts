// The periodic cell as lines.

/** The edges of the parallelepiped that one to three lattice vectors (axes · 3) span at ``origin``: pairs of places (n · 6). */
export function boxEnds(cell: ArrayLike<number>, origin: ArrayLike<number>): Float32Array {
  const axes = cell.length / 3;
  const ends: number[] = [];
  const corner = (bits: number) =>
    [0, 1, 2].map((k) => Array.from({ length: axes }, (_, a) => ((bits >> a) & 1 ? cell[3 * a + k] : 0)).reduce((sum, part) => sum + part, origin[k]));
  for (let bits = 0; bits < 1 << axes; bits++)
    for (let a = 0; a < axes; a++) if (!((bits >> a) & 1)) ends.push(...corner(bits), ...corner(bits | (1 << a)));
  return Float32Array.from(ends);
}
