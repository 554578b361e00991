// A unit sphere of triangles: an icosahedron whose faces are cut in four, again and again; as segnn.viz.sphere.

export interface Sphere {
  directions: Float32Array;
  faces: Uint32Array;
}

const known = new Map<number, Sphere>();

export function sphere(level: number): Sphere {
  const found = known.get(level) ?? (level === 0 ? icosahedron() : finer(sphere(level - 1)));
  known.set(level, found);
  return found;
}

function icosahedron(): Sphere {
  const golden = (1 + Math.sqrt(5)) / 2;
  const corners: number[][] = [];
  for (let shift = 0; shift < 3; shift++)
    for (const s of [-1, 1])
      for (const t of [-golden, golden]) {
        const point = [0, s, t];
        corners.push([0, 1, 2].map((axis) => point[(axis + shift) % 3] / Math.hypot(1, golden)));
      }
  const dot = (a: number[], b: number[]) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
  const faces: number[] = [];
  for (let a = 0; a < 12; a++)
    for (let b = a + 1; b < 12; b++)
      for (let c = b + 1; c < 12; c++) {
        const [p, q, r] = [corners[a], corners[b], corners[c]];
        if (Math.min(dot(p, q), dot(q, r), dot(p, r)) < 0.4) continue; // neighbours stand at an angle with cosine 1/√5
        const outward =
          p[0] * (q[1] * r[2] - q[2] * r[1]) + p[1] * (q[2] * r[0] - q[0] * r[2]) + p[2] * (q[0] * r[1] - q[1] * r[0]) > 0;
        faces.push(a, ...(outward ? [b, c] : [c, b]));
      }
  return { directions: Float32Array.from(corners.flat()), faces: Uint32Array.from(faces) };
}

function finer(coarse: Sphere): Sphere {
  const directions = Array.from(coarse.directions);
  const faces: number[] = [];
  const middles = new Map<number, number>();
  const count = coarse.directions.length / 3;
  const middle = (a: number, b: number) => {
    const key = Math.min(a, b) * count + Math.max(a, b);
    const there = middles.get(key);
    if (there !== undefined) return there;
    const sum = [0, 1, 2].map((axis) => directions[3 * a + axis] + directions[3 * b + axis]);
    const length = Math.hypot(...sum);
    directions.push(sum[0] / length, sum[1] / length, sum[2] / length);
    middles.set(key, directions.length / 3 - 1);
    return directions.length / 3 - 1;
  };
  for (let f = 0; f < coarse.faces.length; f += 3) {
    const [a, b, c] = coarse.faces.subarray(f, f + 3);
    const [ab, bc, ca] = [middle(a, b), middle(b, c), middle(c, a)];
    faces.push(a, ab, ca, ab, b, bc, ca, bc, c, ab, bc, ca);
  }
  return { directions: Float32Array.from(directions), faces: Uint32Array.from(faces) };
}
