// What is drawn, in words and tables: the marks, the picked node or edge, all nodes.

import { norms } from "./features.ts";
import { digits, element, exact, fixed, pretty, table, withUnit } from "./dom.ts";
import type { Page } from "./page.ts";
import { answered, type Part, type Session, type Target } from "./source.ts";
import { ANSWER_COLOURS } from "./vectors.ts";

const SHAPES: Record<string, string> = {
  ball: '<circle cx="10" cy="8" r="5" fill="COLOUR"/>',
  line: '<path d="M1 8H19" stroke="COLOUR" stroke-width="1.5"/>',
  dashed: '<path d="M1 8H19" stroke="COLOUR" stroke-width="1.5" stroke-dasharray="4 2.5"/>',
  arrow: '<path d="M1 8H13" stroke="COLOUR" stroke-width="2"/><path d="M12 3.5L19 8L12 12.5Z" fill="COLOUR"/>',
  diamond: '<path d="M10 2L15 8L10 14L5 8Z" fill="COLOUR"/>',
  square: '<path d="M10 1.5L16.5 8L10 14.5L3.5 8Z" fill="none" stroke="COLOUR" stroke-width="1.4"/>',
  ring: '<circle cx="10" cy="8" r="5.5" fill="none" stroke="COLOUR" stroke-width="1.6"/>',
};

/** ``colour``: the name of a variable of the style sheet, or #rrggbb. */
function mark(shape: string, colour: string, text: string): HTMLElement {
  const item = document.createElement("li");
  const paint = colour.startsWith("#") ? colour : `var(--${colour})`;
  item.innerHTML = `<svg viewBox="0 0 20 16" aria-hidden="true">${SHAPES[shape].replaceAll("COLOUR", paint)}</svg>`;
  item.append(element("span", text));
  return item;
}

/** What the marks of the picture mean, those that are in it. */
export function describeMarks({ run, view, look, source: { session } }: Page): HTMLElement[] {
  const has = (name: string) => Boolean(run?.arrays[name]);
  const { before } = view;
  const items = view.colouring.key.map(({ colour, text }) => mark("ball", `#${colour.getHexString()}`, text));
  if (has("edge_index") && look.edges) items.push(mark("line", "muted", view.edges.wrapped ? "edge, from outside the box: to an image" : "edge, darker: larger message"));
  if (has("cell")) items.push(mark("square", "muted", "periodic cell"));
  for (const { name, unit, vector } of session.fields) {
    const scale = view.arrowScale(name);
    const most = view.vectors.longest(name);
    const size = session.elements.length && most > 0 ? `${name}, at most ${digits(most)}${unit === "1" ? "" : ` ${pretty(unit)}`}` : name;
    const drawn = unit === "length/time" ? (scale !== 1 ? `${name}, drawn × ${scale}` : name) : size;
    if (vector) items.push(mark("arrow", name === "velocity" ? "ink" : "force", drawn));
  }
  if (session.target.point) {
    if (has("prediction")) items.push(mark("diamond", "ours", "predicted"));
    if (has("target")) items.push(mark("ring", "ink", "true"));
    if (before) items.push(mark("square", "plus", before === "expected" ? "first prediction, turned" : "with every cue, unchanged"));
  }
  const answers = view.vectors.answers.filter(({ array }) => has(array));
  for (const { array, kind, number, part, target } of answers.reverse()) {
    const several = answers.filter((other) => other.array === array).length > 1;
    const colour = kind === "prediction" ? ANSWER_COLOURS[number % ANSWER_COLOURS.length] : "path";
    items.push(mark("arrow", colour, `${kind === "prediction" ? "predicted" : "true"} ${target.name}${several ? `, vector ${number + 1} (${part.irrep})` : ""}`));
  }
  return items;
}

/** The picked node or edge: its quantities; vectors of a node can be set. */
export function describePicked(box: HTMLElement, page: Page): void {
  const { picked, run, view, source } = page;
  const key = JSON.stringify([picked, run?.meta, page.ask, Math.round(page.look.layer)]);
  if (box.dataset.key === key || box.contains(document.activeElement)) return;
  box.dataset.key = key;
  if (!picked || !run) return box.replaceChildren(element("p", asked(source.session), "hint"));
  if (picked.kind === "edge") return describeEdge(box, page, picked.index);
  const { session } = source;
  const rows: [string, string][] = [[withUnit("position", session.length), triple(view.array("position"), picked.index)]];
  for (const { target, key } of answered(session)) {
    if (target.level !== "node" || !view.array(`prediction${key}`).length) continue;
    const named = withUnit(target.name, target.unit);
    rows.push([`predicted ${named}`, tuple(view, `prediction${key}`, picked.index)]);
    if (view.array(`target${key}`).length) rows.push([`true ${named}`, tuple(view, `target${key}`, picked.index)]);
  }
  const edited = session.live ? session.fields.filter(({ vector }) => vector) : []; // an export shows vectors, but cannot run with others
  for (const field of session.fields)
    if (!edited.includes(field)) rows.push([withUnit(field.name, field.unit), tuple(view, `field.${field.name}`, picked.index)]);
  box.replaceChildren(element("p", view.named(picked.index)), table(rows));
  for (const field of edited) box.append(vectorInputs(page, field.name, field.unit, field.editable, picked.index));
}

function asked({ elements, model }: Session): string {
  const thing = elements.length ? "an atom" : "a node";
  return model ? `Click ${thing} or an edge, or press N or E.` : `Click ${thing}, or press N.`;
}

function describeEdge(box: HTMLElement, page: Page, edge: number): void {
  const { run, view, source } = page;
  const [from, to] = view.edges.nodes(edge);
  const rows: [string, string][] = [[withUnit("distance", source.session.length), digits(view.edges.length(edge))]];
  const messages = run!.arrays.messages;
  const k = Math.max(1, Math.round(page.look.layer));
  if (messages) {
    const values = norms(source.session.irreps_message, messages.data, (k - 1) * messages.shape[1] + edge, 1);
    source.session.irreps_message.forEach(({ irrep }, n) => rows.push([`norm of ${irrep}, message of layer ${k}`, digits(values[n])]));
  }
  box.replaceChildren(element("p", `Edge ${edge}: node ${from} sends to node ${to}`), table(rows));
}

function vectorInputs(page: Page, field: string, unit: string, editable: boolean, node: number): HTMLElement {
  const box = document.createElement("fieldset");
  box.append(element("legend", `${withUnit(field, unit)}${editable ? "" : " (follows from the others)"}`));
  const row = element("div", "", "vector");
  const data = page.view.array(`field.${field}`);
  const inputs = ["x", "y", "z"].map((axis, n) => {
    const label = element("label", `${axis} `);
    const input = document.createElement("input");
    Object.assign(input, { type: "number", step: "0.05", value: data[3 * node + n].toFixed(3) });
    input.disabled = !editable;
    input.setAttribute("aria-label", `${field} ${axis} of node ${node}`);
    label.append(input);
    row.append(label);
    return input;
  });
  for (const input of inputs)
    input.addEventListener("input", () => {
      const value = inputs.map((one) => one.valueAsNumber);
      if (value.every((one) => Number.isFinite(one) && Math.abs(one) <= 1e6)) page.change(field, node, value, true);
    });
  box.append(row);
  if (editable) box.append(element("p", "Or drag the tip of its arrow in the picture.", "hint"));
  return box;
}

/** Position, prediction and norms of every node; the first 500. */
export function nodeTable(box: HTMLElement, page: Page, layer: number): void {
  const { view, source, run } = page;
  const irreps = source.session.irreps;
  const features = run?.arrays.features;
  const answers = view.array("prediction").length > 0 && source.session.target.level === "node";
  const { atoms } = view;
  const names = ["node", ...(atoms.here ? ["element"] : []), "position", ...(answers ? ["predicted"] : []), ...(features ? irreps.map(({ irrep }) => `‖${irrep}‖`) : [])];
  const head = document.createElement("tr");
  head.append(...names.map((name) => element("th", name)));
  box.querySelector("thead")!.replaceChildren(head);
  const rows = Array.from({ length: Math.min(500, view.count) }, (_, node) => {
    const row = document.createElement("tr");
    const cells = [String(node), ...(atoms.here ? [atoms.symbol(node)] : []), triple(view.array("position"), node)];
    if (answers) cells.push(tuple(view, "prediction", node));
    if (features) cells.push(...norms(irreps, features.data, layer * view.count + node, 1).map(digits));
    row.append(...cells.map((text) => element("td", text)));
    row.addEventListener("click", () => page.pick({ kind: "node", index: node }));
    return row;
  });
  box.querySelector("tbody")!.replaceChildren(...rows);
}

function triple(data: ArrayLike<number>, node: number): string {
  return [0, 1, 2].map((axis) => fixed(data[3 * node + axis] ?? NaN)).join(", ");
}

function tuple(view: Page["view"], name: string, node: number): string {
  const data = view.array(name);
  const size = data.length / Math.max(1, view.count);
  return Number.isInteger(size) && size ? Array.from(data.subarray(node * size, (node + 1) * size), fixed).join(", ") : "–";
}

/**
 * The answers in numbers: of a whole system every part, predicted and true; of nodes root mean squares. Nothing to say of places,
 * which are drawn. Without a model, what the file says of the whole system.
 */
export function describeAnswer(box: HTMLElement, page: Page): void {
  const { run, source: { session } } = page;
  const parts = answered(session).flatMap(({ target, key }) => (target.point ? [] : answer(page, target, key)));
  const told = session.told.flatMap(({ name, unit }): [string, string][] => {
    const values = run?.meta.told?.[name]?.true;
    return values ? [[withUnit(name, unit), values.map((value) => exact(value)).join(", ")]] : [];
  });
  if (told.length) parts.push(element("p", "Of the whole system, from the file.", "hint"), table(told));
  box.parentElement!.hidden = !parts.length;
  box.replaceChildren(...parts);
}

function answer({ run, view }: Page, target: Target, key: string): HTMLElement[] {
  const [prediction, truth] = [view.array(`prediction${key}`), view.array(`target${key}`)];
  if (!run || !prediction.length) return [];
  const columns = target.parts.reduce((sum, { size }) => sum + size, 0);
  const known = truth.length === prediction.length;
  const rows = prediction.length / columns;
  const size = (values: ArrayLike<number>, { start, size }: Part) => {
    let sum = 0;
    for (let row = 0; row < rows; row++) for (let k = start; k < start + size; k++) sum += values[row * columns + k] ** 2;
    return Math.sqrt(sum / Math.max(1, rows));
  };
  const whole = target.level === "graph";
  const told = run.meta.told?.[target.name]; // in full precision: an energy of thousands of eV and its error
  const [full, fullTruth] = [told?.predicted ?? prediction, told?.true ?? truth];
  const error = Float64Array.from(prediction, (_, n) => full[n] - fullTruth[n]);
  const said = (values: ArrayLike<number>, part: Part) => {
    if (!whole) return digits(size(values, part));
    const off = known ? size(error, part) : 0;
    const numbers = Array.from(values).slice(part.start, part.start + part.size);
    return numbers.map((value) => (off > 0 ? exact(value, off) : digits(value))).join(", ");
  };
  const lines = target.parts.flatMap((part): [string, string][] => {
    const alike = target.parts.filter(({ irrep }) => irrep === part.irrep);
    const number = alike.length > 1 ? ` (${alike.indexOf(part) + 1})` : "";
    const name = target.parts.length > 1 ? `${part.irrep}${number}, ` : "";
    const off = part.size > 1 ? "length of the error" : "error";
    return [
      [`${name}predicted`, said(full, part)],
      ...(known ? ([[`${name}true`, said(fullTruth, part)], [`${name}${off}`, digits(size(error, part))]] as [string, string][]) : []),
    ];
  });
  const many = lines.length > 18;
  const where = whole ? `Of the whole system: ${withUnit(target.name, target.unit)}.` : `Of the nodes: ${withUnit(target.name, target.unit)}, root mean square of the lengths.`;
  return [element("p", where, "hint"), table(many ? lines.slice(0, 18) : lines)];
}

/** The picked node or edge in one line, for the corner of the picture. */
export function pickedLine({ picked, run, view, source: { session } }: Page): string {
  if (!picked || !run) return "";
  const parts: string[] = [];
  if (picked.kind === "node") {
    parts.push(view.named(picked.index));
    for (const { name, unit, vector } of session.fields) {
      const data = view.array(`field.${name}`);
      const size = data.length / Math.max(1, view.count);
      const row = data.subarray(picked.index * size, (picked.index + 1) * size);
      if (vector && size === 3) parts.push(`|${name}| ${digits(Math.hypot(...row))}${unit === "1" ? "" : ` ${pretty(unit)}`}`);
      else if (size === 1) parts.push(`${name} ${digits(row[0])}`);
    }
  } else {
    const [from, to] = view.edges.nodes(picked.index);
    parts.push(`Edge ${picked.index}: ${from} → ${to}`, `distance ${digits(view.edges.length(picked.index))} ${pretty(session.length)}`);
  }
  return parts.join(" · ");
}
