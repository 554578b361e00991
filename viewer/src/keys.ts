// The keyboard, and picking with the pointer.

import type { Page } from "./page.ts";
import { pick } from "./picking.ts";

export function listen(page: Page): void {
  const { canvas } = page.view.stage;
  let down = { x: 0, y: 0 };
  canvas.addEventListener("pointerdown", ({ clientX, clientY }) => (down = { x: clientX, y: clientY }));
  canvas.addEventListener("pointerup", ({ clientX, clientY }) => {
    const { turner, mover } = page.view.stage;
    if (Math.hypot(clientX - down.x, clientY - down.y) > 5 || turner.dragging || mover.dragging) return;
    const box = canvas.getBoundingClientRect();
    const { stage, places, edges } = page.view;
    page.pick(pick(stage, places, edges, clientX - box.left, clientY - box.top));
  });

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const focus = document.activeElement;
    const typing = focus instanceof HTMLInputElement && focus.type === "number";
    if (typing) return;
    const onControl = focus instanceof HTMLInputElement || focus instanceof HTMLButtonElement || focus?.tagName === "SUMMARY";
    const run = action(page, event.key, focus === canvas, onControl);
    if (run) {
      event.preventDefault();
      run();
    }
  });
}

function action(page: Page, key: string, onCanvas: boolean, onControl: boolean): (() => void) | null {
  const { stage } = page.view;
  const { layers } = page.source.session;
  const layer = (by: number) => () => page.choose({ layer: Math.min(layers, Math.max(0, Math.round(page.look.layer) + by)) });
  const anywhere: Record<string, () => void> = {
    n: () => page.step("node", 1),
    p: () => page.step("node", -1),
    e: () => page.step("edge", 1),
    r: () => page.reset(),
    "[": layer(-1),
    "]": layer(1),
  };
  const camera: Record<string, () => void> = {
    ArrowLeft: () => stage.move(-0.12, 0),
    ArrowRight: () => stage.move(0.12, 0),
    ArrowUp: () => stage.move(0, 0.12),
    ArrowDown: () => stage.move(0, -0.12),
    "+": () => stage.move(0, 0, 0.9),
    "=": () => stage.move(0, 0, 0.9),
    "-": () => stage.move(0, 0, 1.11),
    "0": () => page.fit(),
  };
  if (key === " " && !onControl) return () => (page.source.session.irreps.length ? page.play() : void page.film());
  return anywhere[key.toLowerCase()] ?? (onCanvas ? (camera[key] ?? null) : null);
}
