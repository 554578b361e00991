// Which node or edge lies under a pixel, and marks that turn to the eye.

import * as THREE from "three";
import type { Edges } from "./edges.ts";
import type { Repeated } from "./marks.ts";
import type { Stage } from "./stage.ts";

export type Picked = { kind: "node" | "edge"; index: number } | null;

/** The node (of ``places``, n · 3) or edge nearest to a pixel of the canvas, if one is near. */
export function pick(stage: Stage, places: Float32Array, edges: Edges, x: number, y: number): Picked {
  let best: { picked: Picked; distance: number } = { picked: null, distance: 22 };
  for (let index = 0; index < places.length / 3; index++) {
    const p = stage.project(new THREE.Vector3().fromArray(places, 3 * index));
    const distance = Math.hypot(p.x - x, p.y - y);
    if (p.seen && distance < best.distance) best = { picked: { kind: "node", index }, distance };
  }
  if (best.picked || !edges.visible) return best.picked;
  best.distance = 8;
  for (let e = 0; e < edges.count; e++) {
    const [a, b] = edges.ends(e).map((end) => stage.project(end));
    const t = 0.66; // messages go from source to target: two edges between two nodes are told apart by the nearer end
    const along = ((x - a.x) * (b.x - a.x) + (y - a.y) * (b.y - a.y)) / Math.max(1, (b.x - a.x) ** 2 + (b.y - a.y) ** 2);
    const s = Math.min(1, Math.max(0, along));
    const distance = Math.hypot(a.x + s * (b.x - a.x) - x, a.y + s * (b.y - a.y) - y) + 2 * Math.abs(s - t);
    if (a.seen && b.seen && distance < best.distance) best = { picked: { kind: "edge", index: e }, distance };
  }
  return best.picked;
}

/** Turn flat marks so that they face a camera, each where it is and as large as it is. */
export function faceEye(marks: Repeated[], camera: THREE.Camera): void {
  const [place, turn, size] = [new THREE.Vector3(), new THREE.Quaternion(), new THREE.Vector3()];
  for (const mark of marks) {
    if (!mark.mesh.visible) continue;
    for (let n = 0; n < mark.count; n++) {
      mark.matrixAt(n).decompose(place, turn, size);
      mark.put(n, mark.matrixAt(n).clone().compose(place, camera.quaternion, size));
    }
  }
}
