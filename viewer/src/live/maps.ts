// Functions of numbers, by the names that segnn.viewer.live.steps gives them.

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

export const UNARY: Record<string, (x: number) => number> = {
  abs: Math.abs,
  copy: (x) => x,
  cos: Math.cos,
  exp: Math.exp,
  log: Math.log,
  log1p: Math.log1p,
  neg: (x) => -x,
  not: (x) => Number(!x),
  reciprocal: (x) => 1 / x,
  rsqrt: (x) => 1 / Math.sqrt(x),
  sigmoid,
  sign: Math.sign,
  silu: (x) => x * sigmoid(x),
  sin: Math.sin,
  sqrt: Math.sqrt,
  tanh: Math.tanh,
};

export const BINARY: Record<string, (x: number, y: number) => number> = {
  add: (x, y) => x + y,
  and: (x, y) => Number(x !== 0 && y !== 0),
  div: (x, y) => x / y,
  eq: (x, y) => Number(x === y),
  ge: (x, y) => Number(x >= y),
  gt: (x, y) => Number(x > y),
  le: (x, y) => Number(x <= y),
  lt: (x, y) => Number(x < y),
  maximum: Math.max,
  minimum: Math.min,
  mul: (x, y) => x * y,
  ne: (x, y) => Number(x !== y),
  or: (x, y) => Number(x !== 0 || y !== 0),
  pow: (x, y) => (y === 2 ? x * x : Math.pow(x, y)),
  rsub: (x, y) => y - x,
  sub: (x, y) => x - y,
  // derivatives of sigmoid, from its value, and of silu, from its argument, times what comes from behind
  sigmoid_slope: (g, s) => g * s * (1 - s),
  silu_slope: (g, x) => g * sigmoid(x) * (1 + x * (1 - sigmoid(x))),
};

export const TERNARY: Record<string, (x: number, y: number, z: number) => number> = {
  clamp: (x, low, high) => Math.min(Math.max(x, low), high),
  where: (c, x, y) => (c !== 0 ? x : y),
};
