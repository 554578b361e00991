// The edges of a run as lines from the source to the target. One that crosses a periodic boundary comes from the source's image,
// outside of the box, where the network sees it.

import * as THREE from "three";
import { Lines } from "./marks.ts";
import type { Run } from "./wire.ts";

export const DRAWN_EDGES = 1000;

export class Edges {
  private readonly lines = new Lines();
  private run: Run | null = null;
  private places: Float32Array<ArrayBufferLike> = new Float32Array();

  get mesh(): THREE.Object3D {
    return this.lines.mesh;
  }

  get visible(): boolean {
    return this.lines.mesh.visible;
  }

  get count(): number {
    return (this.run?.arrays.edge_index?.shape[1] ?? 0) as number;
  }

  /** How many edges cross a periodic boundary. */
  get wrapped(): number {
    const shift = this.run?.arrays.shift?.data;
    return shift ? Array.from({ length: this.count }, (_, e) => Number(this.crosses(e, shift))).reduce((a, b) => a + b, 0) : 0;
  }

  load(run: Run): void {
    this.run = run;
  }

  /** Source and target of an edge. */
  nodes(edge: number): [number, number] {
    const ends = this.run!.arrays.edge_index.data;
    return [ends[edge], ends[this.count + edge]];
  }

  /** Where an edge starts, at the source or its image, and where it ends. */
  ends(edge: number): [THREE.Vector3, THREE.Vector3] {
    const [from, to] = this.nodes(edge).map((node) => new THREE.Vector3().fromArray(this.places, 3 * node));
    const shift = this.run!.arrays.shift?.data;
    if (shift) from.add(new THREE.Vector3(shift[3 * edge], shift[3 * edge + 1], shift[3 * edge + 2]));
    return [from, to];
  }

  length(edge: number): number {
    const [from, to] = this.ends(edge);
    return from.distanceTo(to);
  }

  /** Draw between ``places`` (n · 3); edges whose message arrives in a ``layer`` are stronger the larger it is. */
  show(places: Float32Array<ArrayBufferLike>, layer: number, colour: THREE.Color): void {
    this.places = places;
    if (!this.count) return this.hide();
    const strength = this.strength(layer);
    const drawn = this.drawn();
    const segments = new Float32Array(6 * drawn.length);
    drawn.forEach((edge, n) => this.ends(edge).forEach((end, k) => end.toArray(segments, 6 * n + 3 * k)));
    const faint = Math.min(0.55, 14 / Math.sqrt(drawn.length + 1));
    this.lines.show(segments, colour, (n) => faint * (strength ? 0.25 + 0.75 * strength[drawn[n]] : 0.6));
  }

  /** Nothing drawn; the ends of edges are still those between ``places``. */
  hide(places = this.places): void {
    this.places = places;
    this.lines.hide();
  }

  private crosses(edge: number, shift: ArrayLike<number>): boolean {
    return [0, 1, 2].some((axis) => shift[3 * edge + axis] !== 0);
  }

  /**
   * All edges, or of a crowd the shortest; of two edges between the same nodes one line is enough, unless they cross a boundary,
   * where each has a place of its own.
   */
  private drawn(): number[] {
    const all = Array.from({ length: this.count }, (_, e) => e);
    if (this.count <= DRAWN_EDGES) return all;
    const shift = this.run!.arrays.shift?.data;
    const once = all.filter((e) => (shift && this.crosses(e, shift)) || this.nodes(e)[0] < this.nodes(e)[1]);
    const lengths = new Map(once.map((e) => [e, this.length(e)]));
    return once.sort((a, b) => lengths.get(a)! - lengths.get(b)!).slice(0, DRAWN_EDGES);
  }

  /** How large the message of each edge is beside the largest of the layer it arrives in. */
  private strength(layer: number): Float32Array | null {
    const messages = this.run?.arrays.messages;
    const k = Math.ceil(layer) - 1;
    if (!messages || k < 0) return null;
    const size = messages.shape[2];
    const out = new Float32Array(this.count);
    let most = 0;
    for (let e = 0; e < this.count; e++) {
      let sum = 0;
      for (let c = 0; c < size; c++) sum += (messages.data[(k * this.count + e) * size + c] as number) ** 2;
      out[e] = Math.sqrt(sum);
      most = Math.max(most, out[e]);
    }
    return most > 0 ? out.map((value) => value / most) : null;
  }
}
