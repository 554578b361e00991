// Atoms: balls by element, and bonds as sticks. The server says which elements there are, how they look, and what is bonded.

import * as THREE from "three";
import type { Colouring } from "./colouring.ts";
import { Repeated } from "./marks.ts";
import type { Element, Session } from "./source.ts";
import type { Run } from "./wire.ts";

const UP = new THREE.Vector3(0, 1, 0);
const SMALL = 0.4; // of the balls, while glyphs stand at the atoms

export class Atoms {
  private readonly elements: Map<number, Element & { paint: THREE.Color }>;
  private readonly sticks: Repeated;
  private run: Run | null = null;

  constructor(private readonly session: Session, material: THREE.Material, sides: number) {
    this.elements = new Map(session.elements.map((one) => [one.number, { ...one, paint: new THREE.Color(one.colour) }]));
    this.sticks = new Repeated(new THREE.CylinderGeometry(1, 1, 1, sides, 1, true).translate(0, 0.5, 0), material);
  }

  get mesh(): THREE.Object3D {
    return this.sticks.mesh;
  }

  /** How many bonds are drawn; each has two halves. */
  get bonds(): number {
    return this.sticks.mesh.visible ? this.sticks.count / 2 : 0;
  }

  /** Whether what is shown are atoms. */
  get here(): boolean {
    return this.run?.arrays.number !== undefined;
  }

  load(run: Run): void {
    this.run = run;
  }

  private of(node: number): (Element & { paint: THREE.Color }) | undefined {
    return this.elements.get(this.run?.arrays.number?.data[node] ?? 0);
  }

  symbol(node: number): string {
    return this.of(node)?.symbol ?? "";
  }

  /** The radius of a ball; smaller where glyphs are to be seen. */
  radius(node: number, glyphs: boolean): number {
    return (glyphs ? SMALL : 1) * (this.of(node)?.radius ?? 0);
  }

  /** Colours by element, those that this system has. */
  colouring(): Colouring {
    const present = new Set(this.run?.arrays.number?.data);
    const key = this.session.elements.filter(({ number }) => present.has(number)).map(({ colour, symbol }) => ({ colour: new THREE.Color(colour), text: symbol }));
    return { colour: (n) => this.of(n)?.paint ?? new THREE.Color(), key, scale: null };
  }

  /** Every atom draws its half of a bond, from ``places`` (n · 3) half way to the other or to its image in the next box. */
  show(places: Float32Array, glyphs: boolean): void {
    const ends = this.run?.arrays.bonds;
    const shift = this.run?.arrays.bond_shift?.data;
    const count = ends?.shape[1] ?? 0;
    if (!ends || !count) return this.hide();
    const [from, half, turn, matrix] = [new THREE.Vector3(), new THREE.Vector3(), new THREE.Quaternion(), new THREE.Matrix4()];
    const starts = new Float32Array(3 * count);
    this.sticks.show(starts, 0, (b) => this.of(ends.data[count + b])?.paint ?? new THREE.Color());
    const wide = (glyphs ? SMALL : 1) * this.session.stick;
    for (let b = 0; b < count; b++) {
      from.fromArray(places, 3 * ends.data[count + b]);
      half.fromArray(places, 3 * ends.data[b]);
      if (shift) half.add(new THREE.Vector3(shift[3 * b], shift[3 * b + 1], shift[3 * b + 2]));
      half.sub(from).multiplyScalar(0.5);
      const length = half.length();
      if (!(length > 0)) continue; // stays of size zero
      turn.setFromUnitVectors(UP, half.divideScalar(length));
      this.sticks.put(b, matrix.compose(from, turn, new THREE.Vector3(wide, length, wide)));
    }
  }

  hide(): void {
    this.sticks.hide();
  }
}
