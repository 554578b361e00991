// The colours of the page, read from its style sheet, so that the drawing follows light and dark.

import * as THREE from "three";

export const NAMES = ["stage", "ink", "muted", "grid", "ours", "plus", "minus", "path", "force", "surface"] as const;
export type Theme = Record<(typeof NAMES)[number], THREE.Color>;

export function readTheme(): Theme {
  const style = getComputedStyle(document.documentElement);
  return Object.fromEntries(NAMES.map((name) => [name, new THREE.Color(style.getPropertyValue(`--${name}`).trim())])) as Theme;
}

/** Automatic, light, dark and back; remembered for this page only. Returns what it is now. */
export function nextTheme(): string {
  const root = document.documentElement;
  const order = ["auto", "light", "dark"];
  const now = order[(order.indexOf(root.dataset.theme ?? "auto") + 1) % order.length];
  root.dataset.theme = now;
  return now;
}

export function whenThemeChanges(redraw: () => void): void {
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ["data-theme"] });
}
