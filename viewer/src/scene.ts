// What is drawn of one run: nodes, edges, arrows, predictions, glyphs; and which node or edge lies under a pixel.

import * as THREE from "three";
import { colouring, type Colouring } from "./colouring.ts";
import { channelCount, columnsOf, norms, take, width, type Choice } from "./features.ts";
import { Atoms } from "./atoms.ts";
import { Glyphs, largest } from "./glyphs.ts";
import { moveLabels, showLabels } from "./labels.ts";
import { Arrows, Lines, Repeated } from "./marks.ts";
import { boxEnds } from "./box.ts";
import { Edges } from "./edges.ts";
import { faceEye, type Picked } from "./picking.ts";
import { heldInPicture, unseen } from "./framing.ts";
import { CORNER, flattestSide, unitOf } from "./sizes.ts";
import type { Session } from "./source.ts";
import { Stage } from "./stage.ts";
import { readTheme, type Theme } from "./theme.ts";
import { Vectors } from "./vectors.ts";
import type { Run } from "./wire.ts";

const EDGE = 32; // pixels: a node nearer to the edge of the picture is cut off

export interface Look {
  layer: number; // 0 after the embedding … L; fractions while the pass is played
  choice: Choice;
  other: number | null; // a second channel, beside the first
  common: boolean; // one size for all layers
  size: number;
  time: number; // 0 the input … 1 the predicted time
  edges: boolean;
  bonds: boolean;
  arrows: boolean;
  truth: boolean;
  labels: boolean;
  glyphs: boolean;
}

const MANY_ATOMS = 2000; // more of them than this are drawn as points

export class View {
  readonly stage: Stage;
  private theme: Theme;
  private run: Run | null = null;
  private spacing = 1;
  private loads = 0;
  private drawn = "";
  private shaped = "";
  private faced = "";
  private readonly sizes = new Map<string, number>();
  private readonly lit: THREE.Material;
  private readonly flat = new THREE.MeshBasicMaterial({ vertexColors: true });
  private readonly nodes: Repeated;
  private readonly predicted: Repeated;
  private readonly expected = new Repeated(new THREE.TorusGeometry(2.2, 0.14, 4, 4), this.flat); // a square
  private readonly truth: Repeated;
  private readonly points = new THREE.Points(
    new THREE.BufferGeometry(),
    new THREE.PointsMaterial({ size: 3, sizeAttenuation: false, vertexColors: true }),
  );
  readonly edges = new Edges();
  readonly atoms: Atoms;
  private readonly box = new Lines();
  private readonly pathPredicted = new Lines(true);
  private readonly pathTrue = new Lines();
  readonly vectors: Vectors;
  private readonly picked = new Repeated(new THREE.TorusGeometry(1.25, 0.09, 8, 48), this.flat);
  private readonly pickedEdge = new Arrows(this.flat);
  private readonly first: Glyphs;
  private readonly second: Glyphs;
  private readonly message: Glyphs;
  private readonly labels: HTMLElement;
  places = new Float32Array();
  colouring: Colouring = { colour: () => new THREE.Color(), key: [], scale: null };
  /** How many nodes lie far out and were left out of the picture when it was framed. */
  outside = 0;
  /** The |f| at which the glyphs' colours are full. */
  limit = 0;
  /** What the prediction is held against: the first one, turned, or the one with all cues. */
  before: "expected" | "reference" | null = null;

  constructor(canvas: HTMLCanvasElement, labels: HTMLElement, private readonly session: Session) {
    this.stage = new Stage(canvas);
    // Physical light costs a processor that draws by itself several times what plain light does.
    const look = { vertexColors: true };
    this.lit = this.stage.software ? new THREE.MeshLambertMaterial(look) : new THREE.MeshStandardMaterial({ ...look, roughness: 0.55, metalness: 0 });
    this.predicted = new Repeated(new THREE.OctahedronGeometry(1), this.lit);
    this.labels = labels;
    this.theme = readTheme();
    const crowded = Math.max(...session.sizes.slice(0, 1000)) > 40;
    this.nodes = new Repeated(crowded ? new THREE.SphereGeometry(1, 8, 6) : new THREE.SphereGeometry(1, 24, 16), this.lit);
    this.truth = new Repeated(new THREE.RingGeometry(1.32, 1.58, crowded ? 14 : 40), this.flat); // it faces the eye
    [this.first, this.second, this.message] = [0, 1, 2].map(() => new Glyphs(session.colours));
    this.vectors = new Vectors(session, this.lit, crowded ? 4 : 8);
    this.atoms = new Atoms(session, this.lit, crowded ? 6 : 14);
    this.stage.scene.add(
      ...[this.nodes, this.predicted, this.expected, this.truth, this.picked].map(({ mesh }) => mesh),
      this.edges.mesh,
      this.atoms.mesh,
      ...[this.box, this.pathPredicted, this.pathTrue].map(({ mesh }) => mesh),
      ...[this.first, this.second, this.message].map(({ mesh }) => mesh),
      this.vectors.group,
      this.pickedEdge.group,
      this.points,
    );
    this.points.frustumCulled = false;
    this.stage.beforeDraw = () => this.faceCamera();
    this.recolour();
  }

  private recolour(): void {
    this.colouring = this.atoms.here ? this.atoms.colouring() : colouring(this.session, this.run, this.theme);
  }

  /** Whether nodes are drawn as points, for there are too many to be balls. */
  get crowd(): boolean {
    return this.count > (this.atoms.here ? MANY_ATOMS : this.session.glyph_nodes);
  }

  get count(): number {
    return (this.run?.arrays.position?.shape[0] ?? 0) as number;
  }

  /** The name of a node: its number, of an atom with its element. */
  named(node: number): string {
    return this.atoms.here ? `Atom ${node}, ${this.atoms.symbol(node)}` : `Node ${node}`;
  }

  get glyphCount(): number {
    return this.first.count;
  }

  restyle(): void {
    this.theme = readTheme();
    this.drawn = "";
    this.recolour();
  }

  /** Take another run; ``fit`` also moves the camera to it. If all nodes were seen, they still are:
   * a turned input may reach farther than the picture, and only then is it framed anew. */
  load(run: Run, fit: boolean): void {
    const whole = this.run !== null && unseen(this.stage, this.array("position")) <= this.outside;
    this.run = run;
    this.edges.load(run);
    this.atoms.load(run);
    this.sizes.clear();
    this.loads++;
    this.recolour();
    this.spacing = unitOf(this.array("position"));
    this.vectors.load(run, this.spacing, fit);
    if (fit) this.face();
    else if (whole && unseen(this.stage, this.array("position"), EDGE) > this.outside) this.fit(false);
  }

  /** All nodes, or of many the ``whole`` system without those far out. */
  fit(whole = true): void {
    const names = this.session.target.point ? ["prediction", "target"] : [];
    const corners = boxEnds(this.array("cell"), this.array("origin"));
    const held = heldInPicture(this.array("position"), names.map((name) => this.array(name)), whole, this.spacing, this.centre());
    this.outside = held.outside;
    if (held.places.length) this.stage.frame([...held.places, ...corners], 0.6 * this.spacing);
  }

  /** After the camera was moved by hand: how many of those left out are still not seen. */
  lookAgain(): void {
    if (this.outside) this.outside = Math.min(this.outside, unseen(this.stage, this.places));
  }

  /** Look from the side from which the system is flattest, at a periodic box from a corner, then fit. */
  face(): void {
    const boxed = this.array("cell").length > 0;
    const away = new THREE.Vector3(...(boxed ? CORNER : flattestSide(this.array("position"))));
    if (away.z < 0) away.negate();
    away.y = THREE.MathUtils.clamp(away.y + 0.15, -0.8, 0.8); // a little from above, and never along the vertical
    this.stage.camera.position.copy(this.stage.orbit.target).add(away);
    this.fit(false);
  }

  centre(): THREE.Vector3 {
    const data = this.array("position");
    const sum = new THREE.Vector3();
    for (let n = 0; n < data.length; n += 3) sum.add(new THREE.Vector3(data[n], data[n + 1], data[n + 2]));
    return sum.divideScalar(Math.max(1, data.length / 3));
  }

  array(name: string): Float32Array {
    return (this.run?.arrays[name]?.data as Float32Array | undefined) ?? new Float32Array();
  }

  place(node: number): THREE.Vector3 {
    return new THREE.Vector3().fromArray(this.places, 3 * node);
  }

  /** Draw the run as ``look`` says. */
  show(look: Look, picked: Picked): void {
    if (!this.run) return;
    const { session } = this;
    const start = this.array("position");
    const prediction = session.target.point ? this.array("prediction") : new Float32Array();
    const target = session.target.point ? this.array("target") : new Float32Array();
    const many = this.crowd;
    // While the pass is played only the glyphs change from frame to frame.
    const { choice, other, common, size, layer, ...still } = look;
    const key = JSON.stringify([this.loads, Math.ceil(layer), still, picked, this.before]);
    if (key === this.drawn) {
      this.showGlyphs(look, picked);
      return this.stage.draw();
    }
    this.drawn = key;
    this.places = between(start, prediction, look.time);
    const { atoms } = this;
    const glyphs = look.glyphs && this.count <= session.glyph_nodes && Boolean(this.run.arrays.features);
    const ball = atoms.here ? atoms.radius(0, glyphs) : 0.075 * this.spacing;
    const radius = (n: number) => (atoms.here ? atoms.radius(n, glyphs) : ball);
    const { colour } = this.colouring;

    this.points.visible = many;
    if (many) {
      this.nodes.hide();
      this.showPoints(colour);
    } else {
      this.nodes.show(this.places, radius, colour);
    }
    if (look.bonds && !many) atoms.show(this.places, glyphs);
    else atoms.hide();
    this.showBox();
    this.showEdges(look);
    this.showPaths(look, start, prediction, target, ball, many);
    this.showArrows(look, many);
    this.showGlyphs(look, picked);
    this.showPicked(picked, picked?.kind === "node" ? Math.max(radius(picked.index), 0.055 * this.spacing) : ball);
    this.showLabels(look, many);
    this.stage.draw();
  }

  /** Norms of every irrep over the nodes at a layer. */
  layerNorms(layer: number): number[] {
    const features = this.run?.arrays.features;
    if (!features) return this.session.irreps.map(() => 0);
    return norms(this.session.irreps, features.data, layer * this.count, this.count);
  }

  /** A chosen channel of all nodes at a layer: (nodes · columns). */
  channel(layer: number, choice: Choice): Float32Array {
    const features = this.run?.arrays.features;
    if (!features) return new Float32Array();
    const { columns } = columnsOf(this.session.irreps, choice);
    return take(features.data, width(this.session.irreps), layer * this.count, this.count, columns);
  }

  private showPoints(colour: (n: number) => THREE.Color): void {
    const colours = new Float32Array(this.places.length);
    for (let n = 0; n < this.count; n++) colour(n).toArray(colours, 3 * n);
    this.points.geometry.setAttribute("position", new THREE.BufferAttribute(this.places, 3));
    this.points.geometry.setAttribute("color", new THREE.BufferAttribute(colours, 3));
  }

  private showEdges(look: Look): void {
    if (look.edges) this.edges.show(this.places, look.layer, this.theme.muted);
    else this.edges.hide(this.places);
  }

  /** The periodic cell, if there is one: it belongs to the system, whatever is switched off. */
  private showBox(): void {
    const [cell, origin] = [this.array("cell"), this.array("origin")];
    if (cell.length) this.box.show(boxEnds(cell, origin), this.theme.muted, () => 0.8);
    else this.box.hide();
  }

  private showPaths(
    look: Look,
    start: Float32Array,
    prediction: Float32Array,
    target: Float32Array,
    ball: number,
    many: boolean,
  ): void {
    const { theme } = this;
    const paths = (to: Float32Array) => {
      const out = new Float32Array(2 * to.length);
      for (let n = 0; n < to.length; n += 3) out.set([...start.subarray(n, n + 3), ...to.subarray(n, n + 3)], 2 * n);
      return out;
    };
    const before = this.before ? this.array(this.before) : [];
    if (many || !look.truth) {
      for (const mark of [this.predicted, this.truth, this.expected, this.pathPredicted, this.pathTrue]) mark.hide();
      return;
    }
    this.predicted.show(prediction, ball, () => theme.ours);
    this.truth.show(target, 1.1 * ball, () => theme.ink);
    this.expected.show(before, 0.95 * ball, () => theme.plus);
    this.faced = ""; // the rings lie as they were made
    this.pathPredicted.show(paths(prediction), theme.ours, () => 0.95);
    this.pathTrue.show(paths(target), theme.path, () => 0.9);
    (this.pathPredicted.mesh.material as THREE.LineDashedMaterial).scale = 1 / Math.max(1e-6, this.spacing);
  }

  private showArrows(look: Look, many: boolean): void {
    const thickness = Math.max((this.atoms.here ? 0.03 : 0.016) * this.spacing, 0.75 * this.stage.pixel);
    // Vectors belong to the input: at predicted places they would lie.
    const shown = { answers: look.truth && look.time === 0, fields: look.arrows && !many && look.time === 0, nodes: !many };
    this.vectors.show(shown, this.places, this.centre(), thickness, this.theme);
  }

  /** See `Vectors.scale`. */
  arrowScale(name: string): number {
    return this.vectors.scale(name);
  }

  private showGlyphs(look: Look, picked: Picked): void {
    const features = this.run?.arrays.features;
    const rowWidth = width(this.session.irreps);
    const [low, high] = [Math.floor(look.layer), Math.min(this.session.layers, Math.floor(look.layer) + 1)];
    const mixing = look.layer - low;
    const { degrees, columns } = columnsOf(this.session.irreps, look.choice);
    if (!features || this.count > this.session.glyph_nodes || !look.glyphs || !columns.length) {
      for (const glyphs of [this.first, this.second, this.message]) glyphs.hide();
      this.shaped = "";
      return;
    }
    const reach = 0.42 * look.size * this.spacing;
    const coarse = this.stage.playing && this.stage.software && this.count > 12;
    const limit = (layer: number, choice: Choice) => this.sizeOf(layer, choice);
    const blend = (choice: Choice) => (1 - mixing) * limit(low, choice) + mixing * limit(high, choice);
    const key = JSON.stringify([this.loads, low, look.choice, look.other, look.time, this.drawn, coarse]);
    const known = key === this.shaped; // between two layers only the mixture changes
    this.shaped = key;
    const row = (layer: number, cols: number[]) => take(features.data, rowWidth, layer * this.count, this.count, cols);
    const all = look.common
      ? Math.max(...Array.from({ length: this.session.layers + 1 }, (_, k) => limit(k, look.choice)))
      : blend(look.choice);
    this.limit = all;
    if (!known) this.first.show(degrees, row(low, columns), row(high, columns), this.places, coarse);
    this.first.set({ mixing, size: reach / all, limit: all });
    if (look.other !== null && look.other < channelCount(this.session.irreps, look.choice.irrep)) {
      const beside = columnsOf(this.session.irreps, { ...look.choice, channel: look.other });
      const most = blend({ ...look.choice, channel: look.other });
      if (!known) this.second.show(beside.degrees, row(low, beside.columns), row(high, beside.columns), this.places, coarse);
      this.second.set({ mixing, size: reach / most, limit: most });
    } else this.second.hide();
    this.showMessage(look, picked, reach);
  }

  /** The largest |f| of a channel over all nodes of a layer, kept until another run is loaded. */
  private sizeOf(layer: number, choice: Choice): number {
    const key = `${layer} ${choice.irrep} ${choice.channel}`;
    const known = this.sizes.get(key);
    if (known !== undefined) return known;
    const found = largest(columnsOf(this.session.irreps, choice).degrees, this.channel(layer, choice)) || 1;
    this.sizes.set(key, found);
    return found;
  }

  private showMessage(look: Look, picked: Picked, reach: number): void {
    const messages = this.run?.arrays.messages;
    const k = Math.max(1, Math.ceil(look.layer)) - 1;
    if (!messages || picked?.kind !== "edge") return this.message.hide();
    const edges = messages.shape[1];
    const { degrees, columns } = columnsOf(this.session.irreps_message, look.choice);
    const values = take(messages.data, messages.shape[2], k * edges + picked.index, 1, columns);
    const [a, b] = this.edges.ends(picked.index);
    const most = largest(degrees, values) || 1;
    this.message.show(degrees, values, values, Float32Array.from(a.lerp(b, 0.5).toArray()));
    this.message.set({ mixing: 0, size: (0.7 * reach) / most, limit: most });
  }

  private showPicked(picked: Picked, ball: number): void {
    this.picked.hide();
    this.pickedEdge.hide();
    if (picked?.kind === "node" && picked.index < this.count) {
      this.picked.show(this.places.subarray(3 * picked.index, 3 * picked.index + 3), 2.6 * ball, () => this.theme.ours);
    } else if (picked?.kind === "edge" && picked.index < this.edges.count) {
      const [a, b] = this.edges.ends(picked.index);
      this.pickedEdge.show(a.toArray(), b.sub(a).toArray(), 0.012 * this.spacing, this.theme.ours);
    }
  }

  private showLabels(look: Look, many: boolean): void {
    const count = look.labels && !many && this.count <= 60 ? this.count : 0;
    const charge = this.session.fields.find(({ name }) => name === "charge") ? this.array("field.charge") : null;
    const signs = charge?.length === this.count ? charge : null;
    showLabels(this.labels, count, (n) => `${this.atoms.symbol(n)}${n}${signs ? (signs[n] > 0 ? " +" : signs[n] < 0 ? " −" : "") : ""}`);
    this.stage.afterDraw = () => moveLabels(this.labels, (n) => this.stage.project(this.place(n)));
  }

  /** Rings face the eye, and the second channel stands to the right of the first, as the eye sees it. */
  private faceCamera(): void {
    const { camera } = this.stage;
    const right = new THREE.Vector3().setFromMatrixColumn(camera.matrixWorld, 0);
    const both = this.second.mesh.visible;
    this.first.aside = right.clone().multiplyScalar(both ? -0.3 * this.spacing : 0);
    this.second.aside = right.clone().multiplyScalar(0.3 * this.spacing);
    const facing = JSON.stringify([camera.quaternion.toArray(), this.drawn]);
    if (facing === this.faced) return;
    this.faced = facing;
    faceEye([this.picked, this.expected, this.truth], camera);
  }
}

function between(a: Float32Array, b: Float32Array, t: number): Float32Array<ArrayBuffer> {
  return Float32Array.from(a, (value, n) => (b.length === a.length ? value + t * (b[n] - value) : value));
}
