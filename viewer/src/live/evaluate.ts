// A small evaluator: the steps of a program as closures on buffers of float64, made once for systems of one shape.

import { loop, startsOf } from "./loops.ts";
import { BINARY, TERNARY, UNARY } from "./maps.ts";
import { count, numbersOf, sizeOf, viewOf, type Program, type RawStep, type Shape, type View } from "./program.ts";

type Numbers = Record<string, Float64Array>;
type Buffers = Float64Array[];
type Closure = () => void;

export class Evaluator {
  private readonly buffers: Buffers = [];
  private readonly closures: Closure[];
  private readonly inputs: Record<string, View>;
  private readonly outputs: Record<string, View>;

  /** ``structure``: whose tables are taken, such as the ends of the edges. */
  constructor(program: Program, structure: number, shape: Shape) {
    const view = (raw: Parameters<typeof viewOf>[0]) => viewOf(raw, shape);
    const named = (raw: Program["inputs"]) => Object.fromEntries(Object.entries(raw).map(([name, value]) => [name, view(value)]));
    [this.inputs, this.outputs] = [named(program.inputs), named(program.outputs)];
    for (const held of [program.constants, program.tables[structure]]) for (const [n, numbers] of numbersOf(held)) this.buffers[n] = numbers;
    const room = (n: number) => new Float64Array(sizeOf(program.sizes[n], shape));
    for (const [n, value] of program.fills) this.buffers[n] = room(n).fill(value);
    for (const { buffer } of Object.values(this.inputs)) this.buffers[buffer] = room(buffer);
    this.share(program, shape);
    this.closures = program.steps.map((step) => closure(step, shape, this.buffers));
  }

  /** Inputs by name, rows one after another; those left out keep their numbers. */
  run(inputs: Numbers): Numbers {
    for (const [name, numbers] of Object.entries(inputs)) this.buffers[this.inputs[name].buffer].set(numbers);
    for (const step of this.closures) step();
    return Object.fromEntries(Object.entries(this.outputs).map(([name, view]) => [name, this.read(view)]));
  }

  private read(view: View): Float64Array {
    const found = new Float64Array(count(view.shape));
    startsOf(view.offset, view.shape, view.strides).forEach((start, n) => (found[n] = this.buffers[view.buffer][start]));
    return found;
  }

  /** Memory for what the steps make: that of buffers which nothing reads any more serves again. */
  private share({ steps, sizes }: Program, shape: Shape): void {
    const last = new Map<number, number>();
    steps.forEach(([, , out, inputs], k) => {
      for (const input of [out, ...inputs]) if (Array.isArray(input)) last.set(input[0], k);
    });
    for (const { buffer } of Object.values(this.outputs)) last.set(buffer, Infinity);
    const free = new Map<number, Float64Array[]>();
    const made = new Set<number>();
    steps.forEach(([, , [n], inputs], k) => {
      const size = sizeOf(sizes[n], shape);
      this.buffers[n] = free.get(size)?.pop() ?? new Float64Array(size);
      made.add(n);
      for (const gone of new Set([n, ...inputs.flatMap((input) => (Array.isArray(input) ? [input[0]] : []))])) {
        if (last.get(gone) !== k || !made.has(gone)) continue;
        const { length } = this.buffers[gone];
        free.set(length, [...(free.get(length) ?? []), this.buffers[gone]]);
      }
    });
  }
}

function closure([kind, fn, out, inputs, regions]: RawStep, shape: Shape, buffers: Buffers): Closure {
  const view = (raw: Parameters<typeof viewOf>[0]) => viewOf(raw, shape);
  const given = inputs.map((input) => (Array.isArray(input) ? view(input) : input));
  if (kind === "map") return map(fn, view(out), given, buffers);
  const [a, b, c] = given as View[];
  if (kind === "reduce") return reduce(fn, view(out), a, buffers);
  if (kind === "product") return product(view(out), a, b, buffers);
  if (kind === "gather") return gather(view(out), a, b, buffers);
  if (kind === "scatter") return scatter(view(out), a, b, c, buffers);
  if (kind === "put") return put(fn, view(out), given as (View | null)[], (regions ?? []).map(view), buffers);
  throw new Error(`this page knows no step ${kind}`);
}

function map(fn: string, out: View, given: (View | number | null)[], buffers: Buffers): Closure {
  const extreme = (n: number) => (n === 1 ? -Infinity : Infinity); // a limit that is not there
  const views = given.map((input, n): View => {
    if (input !== null && typeof input === "object") return input;
    const buffer = buffers.push(Float64Array.of(input ?? extreme(n))) - 1;
    return { buffer, offset: 0, shape: out.shape, strides: out.shape.map(() => 0) };
  });
  const { length, steps, starts } = loop([out, ...views]);
  const y = buffers[out.buffer];
  const [a, b, c] = views.map(({ buffer }) => buffers[buffer]);
  const [s, sa, sb, sc] = steps;
  const [at, ata, atb, atc] = starts;
  const rows = at.length;
  if (views.length === 1) {
    const f = UNARY[fn];
    return () => {
      for (let r = 0; r < rows; r++) for (let k = 0, i = at[r], ia = ata[r]; k < length; k++, i += s, ia += sa) y[i] = f(a[ia]);
    };
  }
  if (fn === "add" || fn === "mul") {
    // the two that are met most, without a call for every number
    return () => {
      for (let r = 0; r < rows; r++) {
        let [i, ia, ib] = [at[r], ata[r], atb[r]];
        if (fn === "add") for (let k = 0; k < length; k++, i += s, ia += sa, ib += sb) y[i] = a[ia] + b[ib];
        else for (let k = 0; k < length; k++, i += s, ia += sa, ib += sb) y[i] = a[ia] * b[ib];
      }
    };
  }
  if (views.length === 2) {
    const f = BINARY[fn];
    return () => {
      for (let r = 0; r < rows; r++) for (let k = 0, i = at[r], ia = ata[r], ib = atb[r]; k < length; k++, i += s, ia += sa, ib += sb) y[i] = f(a[ia], b[ib]);
    };
  }
  const f = TERNARY[fn];
  return () => {
    for (let r = 0; r < rows; r++) for (let k = 0, i = at[r], ia = ata[r], ib = atb[r], ic = atc[r]; k < length; k++, i += s, ia += sa, ib += sb, ic += sc) y[i] = f(a[ia], b[ib], c[ic]);
  };
}

function reduce(fn: string, out: View, x: View, buffers: Buffers): Closure {
  const kept = out.shape.length;
  const from = startsOf(x.offset, x.shape.slice(0, kept), x.strides.slice(0, kept));
  const within = startsOf(0, x.shape.slice(kept), x.strides.slice(kept));
  const to = startsOf(out.offset, out.shape, out.strides);
  const [y, a] = [buffers[out.buffer], buffers[x.buffer]];
  const [first, scale] = [fn === "max" ? -Infinity : 0, fn === "mean" ? 1 / within.length : 1];
  return () => {
    for (let n = 0; n < to.length; n++) {
      let found = first;
      if (fn === "max") for (let k = 0; k < within.length; k++) found = Math.max(found, a[from[n] + within[k]]);
      else for (let k = 0; k < within.length; k++) found += a[from[n] + within[k]];
      y[to[n]] = found * scale;
    }
  };
}

function product(out: View, left: View, right: View, buffers: Buffers): Closure {
  const [y, a, b] = [out, left, right].map(({ buffer }) => buffers[buffer]);
  const [batches, rows, inner] = left.shape;
  const columns = right.shape[2];
  const [[yb, yr, yc], [ab, ar, ak], [bb, bk, bc]] = [out.strides, left.strides, right.strides];
  // Along the rows of the right matrix where they lie side by side, else along its columns.
  const times = bc === 1 || bk !== 1 ? timesRows : timesColumns;
  return () => {
    for (let n = 0; n < batches; n++)
      for (let r = 0; r < rows; r++) times(y, a, b, inner, columns, out.offset + n * yb + r * yr, yc, left.offset + n * ab + r * ar, ak, right.offset + n * bb, bk, bc);
  };
}

type Times = (y: Float64Array, a: Float64Array, b: Float64Array, inner: number, columns: number, ...places: [y: number, yc: number, a: number, ak: number, b: number, bk: number, bc: number]) => void;

const timesRows: Times = (y, a, b, inner, columns, yo, yc, ao, ak, bo, bk, bc) => {
  for (let c = 0, i = yo; c < columns; c++, i += yc) y[i] = 0;
  for (let k = 0; k < inner; k++) {
    const factor = a[ao + k * ak];
    if (factor === 0) continue; // most couplings are
    for (let c = 0, i = yo, j = bo + k * bk; c < columns; c++, i += yc, j += bc) y[i] += factor * b[j];
  }
};

const timesColumns: Times = (y, a, b, inner, columns, yo, yc, ao, ak, bo, bk, bc) => {
  for (let c = 0, i = yo; c < columns; c++, i += yc) {
    let sum = 0;
    for (let k = 0, m = ao, j = bo + c * bc; k < inner; k++, m += ak, j += bk) sum += a[m] * b[j];
    y[i] = sum;
  }
};

/** Rows of a view without its first axis, and how far apart they are. */
const rowOf = ({ buffer, offset, shape, strides }: View): View => ({ buffer, offset, shape: shape.slice(1), strides: strides.slice(1) });

function gather(out: View, x: View, index: View, buffers: Buffers): Closure {
  const { length, steps: [s, sa], starts: [at, ata] } = loop([rowOf(out), rowOf(x)]);
  const [y, a, rows] = [out, x, index].map(({ buffer }) => buffers[buffer]);
  return () => {
    for (let n = 0; n < out.shape[0]; n++) {
      const [to, from] = [n * out.strides[0], rows[index.offset + n * index.strides[0]] * x.strides[0]];
      for (let r = 0; r < at.length; r++) for (let k = 0, i = to + at[r], j = from + ata[r]; k < length; k++, i += s, j += sa) y[i] = a[j];
    }
  };
}

function scatter(out: View, base: View, index: View, source: View, buffers: Buffers): Closure {
  const copy = map("copy", out, [base], buffers);
  const { length, steps: [s, sa], starts: [at, ata] } = loop([rowOf(out), rowOf(source)]);
  const [y, a, rows] = [out, source, index].map(({ buffer }) => buffers[buffer]);
  return () => {
    copy();
    for (let n = 0; n < source.shape[0]; n++) {
      const [to, from] = [rows[index.offset + n * index.strides[0]] * out.strides[0], n * source.strides[0]];
      for (let r = 0; r < at.length; r++) for (let k = 0, i = to + at[r], j = from + ata[r]; k < length; k++, i += s, j += sa) y[i] += a[j];
    }
  };
}

function put(fn: string, out: View, [base, ...parts]: (View | null)[], regions: View[], buffers: Buffers): Closure {
  const y = buffers[out.buffer];
  const given = parts as View[];
  const whole = fn === "set" && given.reduce((sum, { shape }) => sum + count(shape), 0) >= y.length; // they leave nothing out
  const start = base ? map("copy", out, [base], buffers) : whole ? null : () => void y.fill(0);
  const closures = given.map((part, n) => (fn === "set" ? map("copy", regions[n], [part], buffers) : increase(regions[n], part, buffers)));
  return () => {
    start?.();
    for (const step of closures) step();
  };
}

function increase(region: View, part: View, buffers: Buffers): Closure {
  const { length, steps: [s, sa], starts: [at, ata] } = loop([region, part]);
  const [y, a] = [region, part].map(({ buffer }) => buffers[buffer]);
  return () => {
    for (let r = 0; r < at.length; r++) for (let k = 0, i = at[r], j = ata[r]; k < length; k++, i += s, j += sa) y[i] += a[j];
  };
}
