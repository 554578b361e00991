// The marks of a system: balls, points, lines, arrows. Each is one draw call, however many nodes there are.

import * as THREE from "three";

const UP = new THREE.Vector3(0, 1, 0);

/** A mesh repeated at many places: balls of nodes, rings of predictions. */
export class Repeated {
  mesh: THREE.InstancedMesh;
  private readonly matrix = new THREE.Matrix4();

  constructor(
    private readonly geometry: THREE.BufferGeometry,
    private readonly material: THREE.Material,
  ) {
    this.mesh = this.make(1);
    this.mesh.count = 0;
  }

  private make(capacity: number): THREE.InstancedMesh {
    const mesh = new THREE.InstancedMesh(this.geometry, this.material, capacity);
    mesh.frustumCulled = false;
    return mesh;
  }

  /** At ``places`` (n · 3), of one size, each in its colour. */
  show(places: ArrayLike<number>, size: number, colour: (n: number) => THREE.Color): void {
    const count = places.length / 3;
    if (count > this.mesh.instanceMatrix.count) {
      const bigger = this.make(count);
      this.mesh.parent?.add(bigger);
      bigger.userData = this.mesh.userData;
      this.mesh.removeFromParent();
      this.mesh.dispose();
      this.mesh = bigger;
    }
    for (let n = 0; n < count; n++) {
      this.matrix.makeScale(size, size, size).setPosition(places[3 * n], places[3 * n + 1], places[3 * n + 2]);
      this.mesh.setMatrixAt(n, this.matrix);
      this.mesh.setColorAt(n, colour(n));
    }
    this.mesh.count = count;
    this.mesh.instanceMatrix.needsUpdate = true;
    if (this.mesh.instanceColor) this.mesh.instanceColor.needsUpdate = true;
    this.mesh.computeBoundingSphere();
  }

  hide(): void {
    this.mesh.count = 0;
  }
}

/** Arrows: a shaft and a head each, two draw calls for all of them. */
export class Arrows {
  readonly group = new THREE.Group();
  private readonly shafts: Repeated;
  private readonly heads: Repeated;
  private readonly matrix = new THREE.Matrix4();
  private readonly turn = new THREE.Quaternion();

  constructor(material: THREE.Material) {
    this.shafts = new Repeated(new THREE.CylinderGeometry(1, 1, 1, 8, 1, true).translate(0, 0.5, 0), material);
    this.heads = new Repeated(new THREE.ConeGeometry(1, 1, 12).translate(0, 0.5, 0), material);
    this.group.add(this.shafts.mesh, this.heads.mesh);
  }

  /** From ``places`` along ``vectors`` (both n · 3); ``thickness`` of the shaft. */
  show(places: ArrayLike<number>, vectors: ArrayLike<number>, thickness: number, colour: THREE.Color): void {
    for (const mark of [this.shafts, this.heads]) mark.show(places, 0, () => colour);
    const [from, along] = [new THREE.Vector3(), new THREE.Vector3()];
    for (let n = 0; n < places.length / 3; n++) {
      from.set(places[3 * n], places[3 * n + 1], places[3 * n + 2]);
      along.set(vectors[3 * n], vectors[3 * n + 1], vectors[3 * n + 2]);
      const length = along.length();
      if (!(length > 1e-9)) continue; // stays of size zero
      along.divideScalar(length);
      this.turn.setFromUnitVectors(UP, along);
      const head = Math.min(5 * thickness, 0.6 * length);
      const wide = Math.min(thickness, 0.14 * length);
      this.shafts.mesh.setMatrixAt(n, this.matrix.compose(from, this.turn, new THREE.Vector3(wide, length - head, wide)));
      from.addScaledVector(along, length - head);
      this.heads.mesh.setMatrixAt(n, this.matrix.compose(from, this.turn, new THREE.Vector3(2.4 * wide, head, 2.4 * wide)));
    }
  }

  hide(): void {
    this.shafts.hide();
    this.heads.hide();
  }
}

/** Straight lines between pairs of places, each in its colour and strength. */
export class Lines {
  readonly mesh: THREE.LineSegments<THREE.BufferGeometry, THREE.LineBasicMaterial>;

  constructor(dashed = false) {
    const options = { vertexColors: true, transparent: true, depthWrite: false };
    const material = dashed
      ? new THREE.LineDashedMaterial({ ...options, dashSize: 0.09, gapSize: 0.06 })
      : new THREE.LineBasicMaterial(options);
    this.mesh = new THREE.LineSegments(new THREE.BufferGeometry(), material);
    this.mesh.frustumCulled = false;
  }

  /** ``ends``: (n · 6), from and to. ``strength``: opacity of each line. */
  show(ends: Float32Array, colour: THREE.Color, strength: (n: number) => number): void {
    const colours = new Float32Array((ends.length / 3) * 4);
    for (let n = 0; n < ends.length / 3; n++) colours.set([colour.r, colour.g, colour.b, strength(n >> 1)], 4 * n);
    this.mesh.geometry.dispose();
    this.mesh.geometry = new THREE.BufferGeometry();
    this.mesh.geometry.setAttribute("position", new THREE.BufferAttribute(ends, 3));
    this.mesh.geometry.setAttribute("color", new THREE.BufferAttribute(colours, 4));
    if (this.mesh.material instanceof THREE.LineDashedMaterial) this.mesh.computeLineDistances();
    this.mesh.visible = ends.length > 0;
  }

  hide(): void {
    this.mesh.visible = false;
  }
}
