import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { basis, harmonics } from "../src/harmonics.ts";
import { sphere } from "../src/sphere.ts";

interface Sample {
  direction: [number, number, number];
  harmonics: number[];
}

// Written by tests/viewer/test_frontend.py from segnn's own harmonics.
const samples = JSON.parse(readFileSync(process.env.SEGNN_HARMONICS!, "utf8")) as Sample[];

test("harmonics are segnn's, degrees 0 to 11", () => {
  for (const { direction, harmonics: expected } of samples) {
    const found = harmonics(11, ...direction);
    assert.equal(found.length, expected.length);
    found.forEach((value, n) => assert.ok(Math.abs(value - expected[n]) < 1e-9, `Y_${n} at ${direction}: ${value}, ${expected[n]}`));
  }
});

test("the basis holds values and tangential gradients", () => {
  const { directions } = sphere(1);
  const { columns, data } = basis([1, 3], directions);
  assert.equal(columns, 10);
  for (let v = 0; v < directions.length / 3; v++) {
    const n = directions.subarray(3 * v, 3 * v + 3);
    for (let k = 0; k < 3; k++) {
      // Y_1 = √3 (x, y, z): its gradient on the sphere is √3 (e_k − n_k n)
      const [gx, gy, gz, value] = data.subarray(4 * (v * columns + k), 4 * (v * columns + k) + 4);
      assert.ok(Math.abs(value - Math.sqrt(3) * n[k]) < 1e-5);
      [gx, gy, gz].forEach((g, axis) => assert.ok(Math.abs(g - Math.sqrt(3) * (Number(axis === k) - n[k] * n[axis])) < 1e-4));
    }
  }
});
