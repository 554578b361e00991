// Runs of a page that holds its model: what segnn.viewer.session does on the server, done here.

import { answered, type Ask, type Session, type Source } from "../source.ts";
import { fromBase64, unpack, type NumberArray, type Run } from "../wire.ts";
import { Evaluator } from "./evaluate.ts";
import { count, viewOf, type Program } from "./program.ts";
import { apply, turned, type Matrix } from "./turn.ts";

type Numbers = Record<string, Float64Array>;

interface System {
  structure: number;
  nodes: number;
  edges: number;
  inputs: string;
  still: string;
}

export interface Live {
  program: Program;
  turns: Record<string, string>; // the irreps of every input but the weights of the cues
  systems: System[];
}

export class LocalSource implements Source {
  private readonly evaluators = new Map<string, Evaluator>();
  private seconds = 0; // that the last pass took
  private readonly known = new Map<string, Numbers>(); // answers to the same question, asked while something else changes

  constructor(
    readonly session: Session,
    private readonly live: Live,
  ) {}

  async run(ask: Ask): Promise<Run> {
    const still = unpack(fromBase64(this.live.systems[ask.system].still));
    const plain = this.given(ask.system);
    const changed = this.changed(plain, ask);
    const matrix = ask.rotation;
    const centre = mean(plain.position);
    const away = apply(matrix, centre);
    const shift = centre.map((c, axis) => c - away[axis]);
    const input = this.turned(changed, matrix, shift);
    const there = this.evaluate(ask, input, ask.off);
    const same = matrix.every((x, n) => x === Number(n % 4 === 0));
    const here = same ? there : this.remembered(ask, "here", [ask.off, ask.changes], () => this.evaluate(ask, changed, ask.off));
    const other = ask.off.length > 0 || ask.changes.length > 0;
    const reference = other ? this.remembered(ask, "reference", [matrix], () => this.evaluate(ask, this.turned(plain, matrix, shift), [])) : there;
    const { target } = this.session;
    const expected = turned(here.prediction, target.irreps, matrix, target.point ? shift : undefined);
    const arrays = this.drawn(still, there, input, matrix, shift);
    const columns = target.parts.reduce((sum, { size }) => sum + size, 0);
    arrays.expected = table(expected, columns);
    arrays.reference = table(reference.prediction, columns);
    const error = same ? null : { prediction: predictionError(there, here, expected), features: this.featureError(there, here, matrix) };
    const told = Object.fromEntries(
      answered(this.session).filter(({ target: { level } }) => level === "graph").map(({ target: { name }, key }) => [name, { ...still.meta.told?.[name], predicted: Array.from(there[`prediction${key}`]) }]),
    );
    return { meta: { ...still.meta, error, told, seconds: this.seconds }, arrays };
  }

  /** The inputs of a system as it is in the file. */
  private given(system: number): Numbers {
    const { inputs, nodes, edges } = this.live.systems[system];
    const bytes = fromBase64(inputs);
    let start = 0;
    const found: Numbers = {};
    for (const [name, view] of Object.entries(this.live.program.inputs)) {
      if (name === "weights") continue;
      const length = count(viewOf(view, { nodes, edges }).shape);
      found[name] = new Float64Array(bytes, start, length);
      start += 8 * length;
    }
    return found;
  }

  private changed(plain: Numbers, { changes }: Ask): Numbers {
    const found = { ...plain };
    for (const { field, node, value } of changes) {
      const name = `node.${field}`;
      found[name] = found[name].slice();
      found[name].set(value, node * value.length);
    }
    return found;
  }

  private turned(given: Numbers, matrix: Matrix, shift: number[]): Numbers {
    return Object.fromEntries(Object.entries(given).map(([name, rows]) => [name, turned(rows, this.live.turns[name], matrix, name === "position" ? shift : undefined)]));
  }

  private evaluate(ask: Ask, input: Numbers, off: string[]): Numbers {
    const weights = Float64Array.from(this.session.cues, ({ name }) => Number(!off.includes(name)));
    const evaluator = this.evaluator(ask.system);
    const began = performance.now();
    const found = evaluator.run({ ...input, weights });
    this.seconds = (performance.now() - began) / 1000;
    return found;
  }

  private evaluator(system: number): Evaluator {
    const { structure, nodes, edges } = this.live.systems[system];
    const key = `${structure} ${nodes} ${edges}`;
    if (!this.evaluators.has(key)) this.evaluators.set(key, new Evaluator(this.live.program, structure, { nodes, edges }));
    return this.evaluators.get(key)!;
  }

  private remembered(ask: Ask, what: string, of: unknown[], make: () => Numbers): Numbers {
    const key = JSON.stringify([what, ask.system, ...of]);
    const found = this.known.get(key) ?? make();
    for (const old of this.known.keys()) if (old !== key && JSON.parse(old)[0] === what) this.known.delete(old);
    this.known.set(key, found);
    return found;
  }

  /** The arrays of a run, as segnn.viewer.session.run names them. */
  private drawn(still: Run, there: Numbers, input: Numbers, matrix: Matrix, shift: number[]): Record<string, NumberArray> {
    const { session } = this;
    const arrays: Record<string, NumberArray> = { ...still.arrays, position: table(input.position, 3) };
    const turn = (name: string, irreps: string, by?: number[]) => {
      const { shape, data } = still.arrays[name] ?? { shape: [0], data: [] };
      if (data.length) arrays[name] = { shape, data: Float32Array.from(turned(data, irreps, matrix, by)) };
    };
    for (const name of ["cell", "bond_shift", "shift"]) turn(name, "1o");
    turn("origin", "1o", shift);
    for (const { target, key } of answered(session)) {
      turn(`target${key}`, target.irreps, target.point ? shift : undefined);
      arrays[`prediction${key}`] = table(there[`prediction${key}`], target.parts.reduce((sum, { size }) => sum + size, 0));
    }
    for (const { name, editable } of session.fields) {
      const rows = editable ? input[`node.${name}`] : there[`field.${name}`];
      arrays[`field.${name}`] = table(rows, rows.length / Math.max(1, input.position.length / 3));
    }
    const layers = Array.from({ length: session.layers }, (_, n) => n + 1);
    arrays.features = stacked([0, ...layers].map((n) => there[`features_${n}`]), input.position.length / 3);
    const edges = still.arrays.edge_index.shape[1];
    if (layers.length) arrays.messages = stacked(layers.map((n) => there[`messages_${n}`]), edges);
    return arrays;
  }

  /** The largest relative deviation of any layer's features from the turned ones. */
  private featureError(there: Numbers, here: Numbers, matrix: Matrix): number {
    const irreps = this.session.irreps.map(({ mul, irrep }) => `${mul}x${irrep}`).join("+");
    const each = Array.from({ length: this.session.layers + 1 }, (_, n) => {
      const one = here[`features_${n}`];
      return difference(there[`features_${n}`], turned(one, irreps, matrix)) / (rootMeanSquare(one) || 1);
    });
    return Math.max(...each);
  }
}

/** Relative to what the network adds to the base. */
function predictionError(there: Numbers, here: Numbers, expected: Float64Array): number {
  const { prediction, base } = here;
  return difference(there.prediction, expected) / (rootMeanSquare(prediction.map((x, n) => x - base[n % base.length])) || 1);
}

const difference = (a: Float64Array, b: Float64Array): number => rootMeanSquare(a.map((x, n) => x - b[n]));

const rootMeanSquare = (x: Float64Array): number => Math.sqrt(x.reduce((sum, value) => sum + value * value, 0) / Math.max(1, x.length));

function mean(position: Float64Array): number[] {
  return [0, 1, 2].map((axis) => position.reduce((sum, x, n) => (n % 3 === axis ? sum + x : sum), 0) / Math.max(1, position.length / 3));
}

const table = (rows: ArrayLike<number>, columns: number): NumberArray => ({ shape: [rows.length / Math.max(1, columns), columns], data: Float32Array.from(rows) });

function stacked(layers: Float64Array[], rows: number): NumberArray {
  const width = layers[0].length / Math.max(1, rows);
  const data = new Float32Array(layers.length * layers[0].length);
  layers.forEach((layer, n) => data.set(layer, n * layer.length));
  return { shape: [layers.length, rows, width], data };
}
