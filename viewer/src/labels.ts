// Numbers beside nodes: elements of the page over the canvas.

export function showLabels(box: HTMLElement, count: number, text: (n: number) => string): void {
  while (box.children.length > count) box.lastElementChild!.remove();
  while (box.children.length < count) box.append(document.createElement("span"));
  Array.from(box.children).forEach((label, n) => (label.textContent = text(n)));
}

/** Put every label beside the pixel of its node; those behind the camera are not shown. */
export function moveLabels(box: HTMLElement, pixel: (n: number) => { x: number; y: number; seen: boolean }): void {
  Array.from(box.children).forEach((label, n) => {
    const { x, y, seen } = pixel(n);
    (label as HTMLElement).style.transform = `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px) translate(11px, 8px)`;
    (label as HTMLElement).hidden = !seen;
  });
}
