// Real spherical harmonics in segnn's convention: e3nn's order and signs (x, y, z; polar axis y), |Y_l|² = 2l + 1.

/** Degrees 0 … lmax of the unit vector (x, y, z): (lmax + 1)² numbers. */
export function harmonics(lmax: number, x: number, y: number, z: number): Float64Array {
  const out = new Float64Array((lmax + 1) ** 2);
  let real = 1; // (z + i x)^m
  let imaginary = 0;
  let diagonal = 1; // (2m − 1)!!
  for (let m = 0; m <= lmax; m++) {
    let before = 0;
    let here = diagonal;
    for (let l = m; l <= lmax; l++) {
      const scale = Math.sqrt((2 * l + 1) * (m > 0 ? 2 : 1) * factorialRatio(l, m)) * here;
      out[l * l + l + m] = scale * real;
      if (m > 0) out[l * l + l - m] = scale * imaginary;
      const next = ((2 * l + 1) * y * here - (l + m) * before) / (l + 1 - m);
      before = here;
      here = next;
    }
    [real, imaginary] = [real * z - imaginary * x, real * x + imaginary * z];
    diagonal *= 2 * m + 1;
  }
  return out;
}

/** (l − m)! / (l + m)! */
function factorialRatio(l: number, m: number): number {
  let ratio = 1;
  for (let k = l - m + 1; k <= l + m; k++) ratio /= k;
  return ratio;
}

export interface Basis {
  columns: number;
  data: Float32Array;
}

const known = new WeakMap<Float32Array, Map<string, Basis>>();

/** Values and tangential gradients of some degrees at directions (V·3): rows (V, columns, 4) of gx, gy, gz, Y. */
export function basis(degrees: number[], directions: Float32Array): Basis {
  const kept = known.get(directions) ?? new Map<string, Basis>();
  known.set(directions, kept);
  const key = degrees.join();
  const found = kept.get(key) ?? computed(degrees, directions);
  kept.set(key, found);
  return found;
}

function computed(degrees: number[], directions: Float32Array): Basis {
  const columns = degrees.reduce((sum, l) => sum + 2 * l + 1, 0);
  const count = directions.length / 3;
  const lmax = Math.max(0, ...degrees);
  const data = new Float32Array(count * columns * 4);
  const step = 1e-4;
  for (let v = 0; v < count; v++) {
    const n = [directions[3 * v], directions[3 * v + 1], directions[3 * v + 2]];
    const at = (axis: number, sign: number) => {
      const moved = n.map((value, k) => value + (k === axis ? sign * step : 0));
      const length = Math.hypot(...moved);
      return harmonics(lmax, moved[0] / length, moved[1] / length, moved[2] / length);
    };
    const value = harmonics(lmax, n[0], n[1], n[2]);
    const plus = [0, 1, 2].map((axis) => at(axis, 1));
    const minus = [0, 1, 2].map((axis) => at(axis, -1));
    let column = 0;
    for (const l of degrees) {
      for (let k = l * l; k < (l + 1) ** 2; k++, column++) {
        const start = 4 * (v * columns + column);
        for (let axis = 0; axis < 3; axis++) data[start + axis] = (plus[axis][k] - minus[axis][k]) / (2 * step);
        data[start + 3] = value[k];
      }
    }
  }
  return { columns, data };
}
