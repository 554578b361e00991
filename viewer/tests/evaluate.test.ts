import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Evaluator } from "../src/live/evaluate.ts";
import { sizeOf, type Program, type Shape } from "../src/live/program.ts";
import { blocksOf, representation, turned } from "../src/live/turn.ts";

interface Sample {
  program: Program;
  cases: { structure: number; shape: Shape; inputs: Record<string, number[]>; wanted: Record<string, number[]> }[];
  turns: { irreps: string; matrix: number[]; rows: number[]; turned: number[] };
}

// Written by tests/viewer/test_frontend.py: models as programs, and what the models themselves give.
const samples = JSON.parse(readFileSync(process.env.SEGNN_PROGRAMS!, "utf8")) as Record<string, Sample>;

const away = (found: ArrayLike<number>, wanted: number[]): number => {
  assert.equal(found.length, wanted.length);
  return wanted.reduce((most, value, n) => Math.max(most, Math.abs(found[n] - value)), 0);
};
const numbers = (held: Record<string, number[]>) => Object.fromEntries(Object.entries(held).map(([name, values]) => [name, Float64Array.from(values)]));

for (const [name, { program, cases, turns }] of Object.entries(samples)) {
  for (const { structure, shape, inputs, wanted } of cases)
    test(`${name} of ${shape.nodes} nodes is what segnn predicts, twice as once`, () => {
      const evaluator = new Evaluator(program, structure, shape);
      for (const found of [evaluator.run(numbers(inputs)), evaluator.run(numbers(inputs))])
        for (const [output, values] of Object.entries(wanted)) assert.ok(away(found[output], values) < 1e-9, `${output}: ${away(found[output], values)}`);
    });

  test(`irreps of ${name} turn as segnn turns them`, () => {
    assert.ok(away(turned(turns.rows, turns.irreps, turns.matrix), turns.turned) < 1e-12);
  });
}

test("five bodies and four layers take 30 ms of a processor at most", () => {
  const { program, cases: [{ structure, shape, inputs }] } = samples.charged;
  const evaluator = new Evaluator(program, structure, shape);
  const given = numbers(inputs);
  const milliseconds = Array.from({ length: 40 }, () => {
    const before = process.cpuUsage();
    evaluator.run(given);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  }).sort((a, b) => a - b);
  console.log(`a pass: ${milliseconds[20].toFixed(1)} ms, at best ${milliseconds[0].toFixed(1)} ms`);
  assert.ok(milliseconds[0] <= 30, `${milliseconds}`);
});

test("sizes, irreps and rotations are read", () => {
  const shape = { nodes: 5, edges: 20 };
  assert.deepEqual([7, "9E", "3N-3", "-1N+8"].map((size) => sizeOf(size, shape)), [7, 180, 12, 3]);
  assert.deepEqual(blocksOf("2x0e+1o"), [{ l: 0, p: 1, start: 0 }, { l: 0, p: 1, start: 1 }, { l: 1, p: -1, start: 2 }]);
  assert.ok(away(representation(2, [1, 0, 0, 0, 1, 0, 0, 0, 1]), [1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1]) < 1e-12);
});
