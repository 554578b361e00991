// What a picture must hold, and what is not seen in it.

import * as THREE from "three";
import { central } from "./sizes.ts";
import type { Stage } from "./stage.ts";

/**
 * The places to fit, of all nodes (n · 3) or without those far out, and of where they move to (``ends``, n · 3 each) what does not
 * fly far away; and how many nodes are left out.
 */
export function heldInPicture(
  position: Float32Array,
  ends: Float32Array[],
  whole: boolean,
  spacing: number,
  centre: THREE.Vector3,
): { places: number[]; outside: number } {
  const count = position.length / 3;
  const seen = whole ? Array.from({ length: count }, (_, n) => n) : central(position);
  const start = seen.flatMap((n) => [position[3 * n], position[3 * n + 1], position[3 * n + 2]]);
  const from = (data: ArrayLike<number>, n: number) => new THREE.Vector3(data[n], data[n + 1], data[n + 2]).distanceTo(centre);
  const reach = start.reduce((most, _, n) => (n % 3 ? most : Math.max(most, from(start, n))), spacing);
  const near = ends.flatMap((data) => Array.from(data)).filter((_, n, data) => from(data, n - (n % 3)) < 2 * reach);
  return { places: start.length ? [...start, ...near] : [], outside: count - seen.length };
}

/** How many places (n · 3) lie outside of the canvas, or within ``inset`` pixels of its edge, or behind the camera. */
export function unseen(stage: Stage, places: Float32Array, inset = 0): number {
  const { clientWidth: wide, clientHeight: tall } = stage.canvas;
  let count = 0;
  for (let n = 0; n < places.length; n += 3) {
    const { x, y, seen } = stage.project(new THREE.Vector3().fromArray(places, n));
    if (!(seen && x >= inset && x <= wide - inset && y >= inset && y <= tall - inset)) count++;
  }
  return count;
}
