import assert from "node:assert/strict";
import { test } from "node:test";
import { Color } from "three";
import { boxEnds } from "../src/box.ts";
import { colouring, kindOf, scalars } from "../src/colouring.ts";
import { channelCount, columnsOf, norms, similarity, take, width, type Entry } from "../src/features.ts";
import { Latest, type Session } from "../src/source.ts";
import { arrowScaleOf, central, flattestSide, quantile, spacing, unitOf } from "../src/sizes.ts";
import { answersOf } from "../src/vectors.ts";
import { digits, exact } from "../src/dom.ts";
import { sphere } from "../src/sphere.ts";
import { fromBase64, unpack } from "../src/wire.ts";

const irreps: Entry[] = [
  { irrep: "0e", l: 0, p: 1, mul: 2, pseudo: false },
  { irrep: "1o", l: 1, p: -1, mul: 3, pseudo: false },
];
const row = Float32Array.from([10, 11, 0, 1, 2, 3, 4, 5, 6, 7, 8]);

test("columns of a channel, as mul_ir lies", () => {
  assert.equal(width(irreps), 11);
  assert.deepEqual(columnsOf(irreps, { irrep: "1o", channel: 1 }), { degrees: [1], columns: [5, 6, 7] });
  assert.deepEqual(columnsOf(irreps, { irrep: "all", channel: 1 }), { degrees: [0, 1], columns: [1, 5, 6, 7] });
  assert.deepEqual(columnsOf(irreps, { irrep: "all", channel: 2 }), { degrees: [1], columns: [8, 9, 10] });
  assert.deepEqual(columnsOf(irreps, { irrep: "2e", channel: 0 }), { degrees: [], columns: [] });
  assert.equal(channelCount(irreps, "all"), 3);
  assert.equal(channelCount(irreps, "0e"), 2);
  assert.deepEqual([...take(Float32Array.from([...row, ...row.map((x) => x + 100)]), 11, 1, 1, [1, 5])], [111, 103]);
});

test("norms and similarity", () => {
  const [scalar, vector] = norms(irreps, row, 0, 1);
  assert.ok(Math.abs(scalar - Math.sqrt((100 + 121) / 2)) < 1e-6);
  assert.ok(Math.abs(vector - Math.sqrt(204 / 3)) < 1e-6);
  assert.equal(similarity(Float32Array.of(1, 2), Float32Array.of(-2, -4)), -1);
  assert.equal(similarity(Float32Array.of(0, 0), Float32Array.of(1, 1)), null);
  assert.equal(similarity(Float32Array.of(1), Float32Array.of(1, 1)), null);
});

test("spheres are closed and turned outward", () => {
  for (const level of [0, 1, 2, 3]) {
    const { directions, faces } = sphere(level);
    assert.equal(directions.length / 3, 10 * 4 ** level + 2);
    assert.equal(faces.length / 3, 20 * 4 ** level);
    const edges = new Set<string>();
    for (let f = 0; f < faces.length; f += 3) {
      const [a, b, c] = faces.subarray(f, f + 3);
      for (const edge of [`${a} ${b}`, `${b} ${c}`, `${c} ${a}`]) {
        assert.ok(!edges.has(edge));
        edges.add(edge);
      }
    }
    for (const edge of edges) assert.ok(edges.has(edge.split(" ").reverse().join(" ")));
  }
});

test("messages of the server", () => {
  // Written by tests/viewer/test_frontend.py with segnn.viewer.wire.pack.
  const { meta, arrays } = unpack(fromBase64(process.env.SEGNN_MESSAGE!));
  assert.deepEqual(meta.notes, ["größer"]);
  assert.deepEqual(arrays.x.shape, [2, 3]);
  assert.deepEqual([...arrays.x.data], [0, 0.5, 1, 1.5, 2, 2.5]);
  assert.ok(arrays.edge_index.data instanceof Int32Array);
  assert.deepEqual([...arrays.edge_index.data], [3, -4]);
});

test("of requests that come while one runs, only the last is done", async () => {
  const latest = new Latest();
  const done: number[] = [];
  const work = (n: number) => () => new Promise<void>((ready) => setTimeout(() => (done.push(n), ready()), 5));
  const first = latest.ask(work(1));
  void latest.ask(work(2));
  void latest.ask(work(3));
  await first;
  assert.deepEqual(done, [1, 3]);
});

/** A grid of 5 × 5 × 5 places, one apart. */
const grid = Array.from({ length: 125 }, (_, n) => [n % 5, Math.floor(n / 5) % 5, Math.floor(n / 25)]).flat();

test("the unit of a system is the distance of neighbours, unless they crowd in a core", () => {
  assert.equal(spacing(grid), 1);
  assert.equal(unitOf(grid), 1);
  assert.equal(unitOf([1, 2, 3]), 1);
  const pairs = grid.flatMap((_, n) => (n % 3 ? [] : [...grid.slice(n, n + 3), grid[n] + 0.001, ...grid.slice(n + 1, n + 3)]));
  assert.ok(Math.abs(spacing(pairs) - 0.001) < 1e-6);
  assert.ok(unitOf(pairs) > 0.1 && unitOf(pairs) < 1);
});

test("of many nodes those far out are not framed, of few all are", () => {
  assert.equal(central(grid).length, 125);
  const stray = [...grid, 200, 0, 0];
  assert.deepEqual(central(stray), Array.from({ length: 125 }, (_, n) => n));
  assert.equal(central([...grid.slice(0, 12), 200, 0, 0]).length, 5);
});

test("arrows keep their length where it fits, and are told by how much they shrank", () => {
  assert.equal(arrowScaleOf([0, 1, 0, 2, 0, 0], 1), 1);
  assert.equal(arrowScaleOf([0, 10, 0, 10, 0, 0], 1), 0.1);
  assert.equal(arrowScaleOf([], 1), 1);
  assert.equal(quantile([3, 1, 2], 0.5), 2);
});

test("a one-hot species is a number, other rows are none", () => {
  assert.deepEqual(scalars([0, 1, 0, 1, 0, 0], 3), [1, 0]);
  assert.equal(scalars([0, 1, 1, 1, 0, 0], 3), null);
  assert.deepEqual(scalars([6, 8], 1), [6, 8]);
});

test("values are signs, a few whole numbers, or a range", () => {
  assert.equal(kindOf([1, -1, 1]), "signs");
  assert.equal(kindOf([0.5, -0.5, 0]), "signs");
  assert.equal(kindOf([6, 8, 1, 1]), "kinds");
  assert.equal(kindOf([1.2, 1.5, 1.7]), "range"); // continuous masses, however few
  assert.equal(kindOf([-0.8, 0.4, 0.4]), "range");
  assert.equal(kindOf(Array.from({ length: 20 }, (_, n) => n)), "range");
});

test("a range of numbers has a scale with its ends, both signs one around zero", () => {
  const tone = (hex: number) => new Color(hex);
  const tones = { plus: tone(0xb5400d), minus: tone(0x2456c2), muted: tone(0x59636d), ours: tone(0x0a7570), surface: tone(0xffffff) };
  const session = { fields: [{ name: "mass", unit: "mass", vector: false }] } as unknown as Session;
  const of = (values: number[]) =>
    colouring(session, { meta: {} as never, arrays: { "field.mass": { shape: [values.length, 1], data: Float32Array.from(values) } } }, tones);
  const masses = of([1, 1.5, 2.25]);
  assert.deepEqual([masses.scale!.name, masses.scale!.low, masses.scale!.high], ["mass, mass", 1, 2.25]);
  assert.equal(masses.colour(2).getHex(), masses.scale!.colours.at(-1)!.getHex());
  assert.equal(masses.colour(0).getHex(), masses.scale!.colours[0].getHex());
  assert.deepEqual([of([-0.5, 2]).scale!.low, of([-0.5, 2]).scale!.high], [-2, 2]);
  assert.equal(of([1, 2]).scale, null);
  assert.equal(of([1, 2]).key.length, 2);
});

test("the edges of a cell: twelve, of a slab four, of no cell none", () => {
  const cube = boxEnds([2, 0, 0, 0, 3, 0, 0, 0, 4], [1, 1, 1]);
  assert.equal(cube.length / 6, 12);
  const lengths = Array.from({ length: 12 }, (_, n) => Math.hypot(...[0, 1, 2].map((k) => cube[6 * n + k] - cube[6 * n + 3 + k])));
  assert.deepEqual(lengths.sort(), [2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4]);
  assert.equal(Math.min(...cube), 1);
  assert.equal(boxEnds([2, 0, 0, 0, 3, 0], [0, 0, 0]).length / 6, 4);
  assert.equal(boxEnds([], []).length, 0);
});

test("vectors of an answer: every part of degree 1, none of places", () => {
  const parts = [
    { irrep: "1e", l: 1, start: 0, size: 3 },
    { irrep: "0e", l: 0, start: 3, size: 1 },
    { irrep: "1e", l: 1, start: 4, size: 3 },
  ];
  const target = { name: "pair", irreps: "1e+0e+1e", unit: "1", level: "graph", point: false, parts };
  const forces = { name: "forces", irreps: "1o", unit: "eV/angstrom", level: "node", point: false, parts: parts.slice(0, 1) };
  assert.deepEqual(answersOf({ target, others: [forces] }).map(({ name, array, part }) => [name, array, part.start]), [
    ["target.0", "target", 0], ["target.1", "target", 4], ["target.2", "target.forces", 0],
    ["prediction.0", "prediction", 0], ["prediction.1", "prediction", 4], ["prediction.2", "prediction.forces", 0],
  ]);
  assert.deepEqual(answersOf({ target: { ...target, point: true }, others: [] }), []);
});

test("the flattest side of a sheet is its normal", () => {
  const sheet = Array.from({ length: 60 }, (_, n) => [(n * 7) % 11, (n * 5) % 13, 0.01 * (n % 3)]).flat();
  assert.ok(Math.abs(flattestSide(sheet)[2]) > 0.999);
});

test("numbers as texts", () => {
  assert.deepEqual([0.00123, -12.34, 3.146e-7, 2e6, 0].map(digits), ["0.00123", "−12.3", "3.15 × 10⁻⁷", "2.00 × 10⁶", "0"]);
});

test("an energy beside its label shows the digits in which they differ", () => {
  assert.deepEqual([-9391.2541, -9391.2562].map((value) => exact(value, 0.0021)), ["−9391.2541", "−9391.2562"]);
  assert.equal(exact(-9391.2541, 0.21), "−9391.25");
  assert.equal(exact(-9391.254099941396), "−9391.2541");
  assert.deepEqual([0.5, -3, 0, 1.25e-7].map((value) => exact(value)), ["0.5", "−3", "0", "1.25 × 10⁻⁷"]);
});
