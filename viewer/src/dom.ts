// Elements of the page, and numbers as texts: what every part of the panel needs and none owns.

export function get<T extends HTMLElement = HTMLElement>(id: string): T {
  return document.getElementById(id) as T;
}

export function element(tag: string, text = "", className = ""): HTMLElement {
  const made = document.createElement(tag);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}

/** 0.00123, 12.3, 3.14 × 10⁻⁷: three digits, whatever the size. */
export function digits(value: number): string {
  if (!Number.isFinite(value)) return "not finite";
  if (value === 0) return "0";
  const small = Math.abs(value) < 1e-4 || Math.abs(value) >= 1e6;
  if (!small) return String(Number(value.toPrecision(3))).replace("-", "−");
  const [mantissa, power] = value.toExponential(2).split("e");
  const raised = [...power.replace("+", "")].map((letter) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(letter)] ?? "⁻").join("");
  return `${mantissa.replace("-", "−")} × 10${raised}`;
}

/** A number as exactly as float32 data deserve it, or, beside an ``error``, until two digits of that are seen. */
export function exact(value: number, error = 0): string {
  if (!Number.isFinite(value)) return "not finite";
  const size = Math.abs(value);
  if (value !== 0 && (size < 1e-4 || size >= 1e9)) return digits(value);
  const needed = error > 0 ? 1 - Math.floor(Math.log10(error)) : 0;
  const held = size > 0 ? 2 - Math.floor(Math.log10(size)) : 2; // three digits of the number itself
  const decimals = Math.min(8, Math.max(0, error > 0 ? Math.max(needed, Math.min(held, 4)) : held + 5));
  const text = value.toFixed(decimals);
  return (error > 0 || !text.includes(".") ? text : text.replace(/\.?0+$/, "")).replace("-", "−");
}

/** Two decimals. */
export function fixed(value: number): string {
  return value.toFixed(2).replace("-", "−");
}

/** A table of names and values. */
export function table(rows: [string, string][]): HTMLElement {
  const made = document.createElement("table");
  for (const [name, value] of rows) {
    const row = document.createElement("tr");
    const head = element("th", name);
    head.setAttribute("scope", "row");
    row.append(head, element("td", value));
    made.append(row);
  }
  return made;
}

/** A unit as one writes it: eV/Å³. */
export function pretty(unit: string): string {
  const raised = (power: string) => [...power].map((letter) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(letter)] ?? "⁻").join("");
  return unit.replaceAll("angstrom", "Å").replaceAll("*", "·").replace(/\^(-?\d+)/g, (_, power: string) => raised(power));
}

export function withUnit(name: string, unit: string): string {
  return unit === "1" ? name : `${name}, ${pretty(unit)}`;
}
