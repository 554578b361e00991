// The marks of a system: balls, points, lines, arrows. Each is one draw call, however many nodes there are.

import * as THREE from "three";

const UP = new THREE.Vector3(0, 1, 0);

/**
 * A shape repeated at many places: balls of nodes, rings of predictions. The copies lie in one geometry: where a processor draws
 * (SwiftShader), each instance of an instanced mesh costs as much as a draw call of its own.
 */
export class Repeated {
  readonly mesh: THREE.Mesh<THREE.BufferGeometry, THREE.Material>;
  count = 0;
  private readonly shape: { place: Float32Array; normal: Float32Array; index: number[] };
  private readonly matrices: THREE.Matrix4[] = [];
  private readonly matrix = new THREE.Matrix4();
  private readonly turned = new THREE.Matrix3();

  constructor(geometry: THREE.BufferGeometry, material: THREE.Material) {
    const vertices = geometry.getAttribute("position").count;
    this.shape = {
      place: geometry.getAttribute("position").array as Float32Array,
      normal: geometry.getAttribute("normal").array as Float32Array,
      index: Array.from(geometry.getIndex()?.array ?? Array.from({ length: vertices }, (_, n) => n)),
    };
    this.mesh = new THREE.Mesh(new THREE.BufferGeometry(), material);
    this.mesh.frustumCulled = false;
    this.mesh.visible = false;
  }

  /** At ``places`` (n · 3), of one size or each of its own, each in its colour. */
  show(places: ArrayLike<number>, size: number | ((n: number) => number), colour: (n: number) => THREE.Color): void {
    this.reserve(places.length / 3);
    const paint = this.mesh.geometry.getAttribute("color") as THREE.BufferAttribute | undefined;
    const vertices = this.shape.place.length / 3;
    for (let n = 0; n < this.count; n++) {
      const scale = typeof size === "number" ? size : size(n);
      this.matrix.makeScale(scale, scale, scale).setPosition(places[3 * n], places[3 * n + 1], places[3 * n + 2]);
      this.put(n, this.matrix);
      const { r, g, b } = colour(n);
      for (let v = n * vertices; v < (n + 1) * vertices; v++) paint!.setXYZ(v, r, g, b);
    }
    if (paint) paint.needsUpdate = true;
  }

  /** How copy ``n`` lies. */
  matrixAt(n: number): THREE.Matrix4 {
    return this.matrices[n];
  }

  /** Move, turn and stretch copy ``n``. */
  put(n: number, matrix: THREE.Matrix4): void {
    this.matrices[n].copy(matrix);
    const { place, normal } = this.shape;
    const e = matrix.elements;
    const t = this.turned.getNormalMatrix(matrix).elements;
    const [places, normals] = ["position", "normal"].map((name) => this.mesh.geometry.getAttribute(name) as THREE.BufferAttribute);
    const [to, facing] = [places.array as Float32Array, normals.array as Float32Array];
    for (let k = 0, o = n * place.length; k < place.length; k += 3, o += 3) {
      const [x, y, z, nx, ny, nz] = [place[k], place[k + 1], place[k + 2], normal[k], normal[k + 1], normal[k + 2]];
      for (let i = 0; i < 3; i++) {
        to[o + i] = e[i] * x + e[4 + i] * y + e[8 + i] * z + e[12 + i];
        facing[o + i] = t[i] * nx + t[3 + i] * ny + t[6 + i] * nz;
      }
    }
    places.needsUpdate = normals.needsUpdate = true;
  }

  hide(): void {
    this.mesh.visible = false;
  }

  private reserve(count: number): void {
    this.mesh.visible = count > 0;
    if (count === this.count) return;
    this.count = count;
    if (!count) return;
    while (this.matrices.length < count) this.matrices.push(new THREE.Matrix4());
    const { place, index } = this.shape;
    const geometry = new THREE.BufferGeometry();
    for (const name of ["position", "normal", "color"]) geometry.setAttribute(name, new THREE.BufferAttribute(new Float32Array(count * place.length), 3));
    const all = new Uint32Array(count * index.length);
    for (let n = 0; n < count; n++) for (let k = 0; k < index.length; k++) all[n * index.length + k] = index[k] + (n * place.length) / 3;
    geometry.setIndex(new THREE.BufferAttribute(all, 1));
    this.mesh.geometry.dispose();
    this.mesh.geometry = geometry;
  }
}

/** Arrows: a shaft and a head each, two draw calls for all of them. */
export class Arrows {
  readonly group = new THREE.Group();
  private readonly shafts: Repeated;
  private readonly heads: Repeated;
  private readonly matrix = new THREE.Matrix4();
  private readonly turn = new THREE.Quaternion();

  /** ``sides``: of the prism that stands for the round shaft; twice as many of the head. */
  constructor(material: THREE.Material, sides = 8) {
    this.shafts = new Repeated(new THREE.CylinderGeometry(1, 1, 1, sides, 1, true).translate(0, 0.5, 0), material);
    this.heads = new Repeated(new THREE.ConeGeometry(1, 1, 2 * sides, 1, sides < 8).translate(0, 0.5, 0), material);
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
      this.shafts.put(n, this.matrix.compose(from, this.turn, new THREE.Vector3(wide, length - head, wide)));
      from.addScaledVector(along, length - head);
      this.heads.put(n, this.matrix.compose(from, this.turn, new THREE.Vector3(2.4 * wide, head, 2.4 * wide)));
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
