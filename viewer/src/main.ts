// The page: finds the session, keeps what was chosen, asks for runs and shows them.

import * as THREE from "three";
import { channelCount } from "./features.ts";
import { listen } from "./keys.ts";
import type { Page } from "./page.ts";
import { Panel } from "./panel.ts";
import type { Picked } from "./picking.ts";
import { View, type Look } from "./scene.ts";
import { findSource, Latest, type Ask, type Source } from "./source.ts";
import { nextTheme, whenThemeChanges } from "./theme.ts";
import type { Run } from "./wire.ts";

const SECONDS_A_LAYER = 1.1;
const FRAME_MS = 50;

class Viewer implements Page {
  readonly look: Look;
  readonly turn = new THREE.Quaternion();
  mirrored = false;
  ask: Ask;
  picked: Picked = null;
  run: Run | null = null;
  playing = false;
  filming = false;
  readonly view: View;
  readonly panel: Panel;
  private readonly latest = new Latest();
  private shownSystem = -1;

  constructor(readonly source: Source) {
    const { session } = source;
    const first = session.irreps.find(({ l }) => l > 0) ?? session.irreps[0];
    this.look = {
      layer: session.layers, choice: { irrep: first?.irrep ?? "all", channel: 0 }, other: null, common: false, size: 1, time: 0,
      edges: !session.elements.length, bonds: true, arrows: true, truth: true, labels: true, glyphs: true,
    };
    this.ask = { system: 0, rotation: [1, 0, 0, 0, 1, 0, 0, 0, 1], off: [], changes: [], network: "model" };
    const canvas = document.getElementById("canvas") as HTMLCanvasElement;
    this.view = new View(canvas, document.getElementById("labels")!, session);
    this.panel = new Panel(this);
    listen(this);
    whenThemeChanges(() => {
      this.view.restyle();
      this.show();
    });
    const { stage } = this.view;
    stage.orbit.addEventListener("end", () => {
      this.view.lookAgain();
      this.panel.update();
    });
    stage.turner.addEventListener("objectChange", () => this.setTurn(stage.turned.quaternion));
    stage.mover.addEventListener("objectChange", () => this.dragged(stage.moved.position));
  }

  /** Run the model as things are chosen now, and show what comes back. */
  async refresh(): Promise<void> {
    this.ask.rotation = this.matrix();
    const ask = structuredClone(this.ask);
    this.panel.busy(true);
    await this.latest.ask(async () => {
      try {
        this.run = await this.source.run(ask);
        const other = this.shownSystem !== ask.system && (this.shownSystem < 0 || !this.source.session.frames);
        this.view.load(this.run, other);
        if (other && this.shownSystem >= 0) this.picked = null;
        this.shownSystem = ask.system;
        this.view.before = !this.source.session.target.point ? null : ask.off.length || ask.changes.length ? "reference" : this.run.meta.error ? "expected" : null;
        this.panel.told(null);
      } catch (error) {
        this.panel.told(error instanceof Error ? error.message : String(error));
      }
      if (!this.latest.pending) this.panel.busy(false);
      this.show();
    });
  }

  /** Draw again, and write down what is drawn. */
  show(): void {
    this.view.show(this.look, this.picked);
    this.panel.update();
    this.grips();
  }

  /** Rotation and mirror as nine numbers; the mirror exchanges left and right of the untouched input. */
  matrix(): number[] {
    const m = new THREE.Matrix4().makeRotationFromQuaternion(this.turn);
    if (this.mirrored) m.multiply(new THREE.Matrix4().makeScale(-1, 1, 1));
    const e = m.elements; // column by column
    return [e[0], e[4], e[8], e[1], e[5], e[9], e[2], e[6], e[10]];
  }

  setTurn(turn: THREE.Quaternion): void {
    this.turn.copy(turn).normalize();
    this.panel.showAngles();
    void this.refresh();
  }

  choose(change: Partial<Look>): void {
    Object.assign(this.look, change);
    const most = Math.max(0, channelCount(this.source.session.irreps, this.look.choice.irrep) - 1);
    this.look.choice.channel = Math.min(this.look.choice.channel, most);
    this.show();
  }

  /** The whole system, also nodes far out. */
  fit(): void {
    this.view.fit();
    this.show();
  }

  pick(picked: Picked): void {
    this.picked = picked;
    this.show();
  }

  /** The next or previous node or edge, round and round. */
  step(kind: "node" | "edge", by: number): void {
    const edges = this.run?.arrays.edge_index?.shape[1] ?? 0;
    const count = kind === "node" ? this.view.count : edges;
    if (!count) return;
    const now = this.picked?.kind === kind ? this.picked.index : by > 0 ? -1 : 0;
    this.pick({ kind, index: (now + by + count) % count });
  }

  /** Set a field of a node, before the input is turned; ``turned`` values are turned back. */
  change(field: string, node: number, value: number[], turned: boolean): void {
    const back = turned ? this.applied(value, true, field) : value;
    this.ask.changes = this.ask.changes.filter((change) => change.field !== field || change.node !== node);
    this.ask.changes.push({ field, node, value: back });
    void this.refresh();
  }

  reset(): void {
    this.turn.identity();
    this.mirrored = false;
    this.ask.off = [];
    this.ask.changes = [];
    this.view.stage.turned.quaternion.identity();
    this.panel.showAngles();
    void this.refresh();
  }

  /** From embedding to last layer, smoothly, then the prediction in time. */
  play(on = !this.playing): void {
    this.playing = this.view.stage.playing = on;
    const { layers } = this.source.session;
    if (on) Object.assign(this.look, { layer: 0, time: 0 });
    this.panel.update();
    let last = performance.now();
    const tick = (now: number) => {
      if (!this.playing) return;
      const seconds = Math.min(0.25, (now - last) / 1000);
      last = now;
      if (this.look.layer < layers) this.look.layer = Math.min(layers, this.look.layer + seconds / SECONDS_A_LAYER);
      else this.look.time = Math.min(1, this.look.time + seconds / 1.5);
      if (this.look.time >= 1) this.playing = this.view.stage.playing = false;
      this.show();
      requestAnimationFrame(tick);
    };
    if (on) requestAnimationFrame(tick);
    else this.choose({ layer: Math.round(this.look.layer) });
  }

  /** Show another system as it is in the file. */
  async turnTo(system: number): Promise<void> {
    this.ask = { ...this.ask, system, changes: [] };
    await this.refresh();
  }

  /** Frame after frame, round and round; as fast as they come, but not faster than twenty a second. */
  async film(on = !this.filming): Promise<void> {
    this.filming = on;
    this.show();
    while (this.filming) {
      const began = performance.now();
      await this.turnTo((this.ask.system + 1) % this.source.session.sizes.length);
      await new Promise((done) => setTimeout(done, Math.max(0, FRAME_MS - (performance.now() - began))));
    }
  }

  stop(): void {
    this.playing = this.filming = this.view.stage.playing = false;
  }

  /** The matrix of the input, or its inverse, applied to a vector; a pseudovector (1e) keeps its sense under mirrors. */
  private applied(value: number[], inverse: boolean, field: string): number[] {
    const m = this.matrix();
    const even = this.source.session.fields.find(({ name }) => name === field)?.irreps.includes("1e");
    const sign = even && this.mirrored ? -1 : 1;
    return [0, 1, 2].map((i) => sign * [0, 1, 2].reduce((sum, j) => sum + (inverse ? m[3 * j + i] : m[3 * i + j]) * value[j], 0));
  }

  private dragged(tip: THREE.Vector3): void {
    const field = this.vectorField();
    if (!field || this.picked?.kind !== "node") return;
    const vector = tip.clone().sub(this.view.place(this.picked.index)).divideScalar(this.view.arrowScale(field));
    this.change(field, this.picked.index, vector.toArray(), true);
  }

  vectorField(): string | null {
    return this.source.session.fields.find(({ vector, editable }) => vector && editable)?.name ?? null;
  }

  private grips(): void {
    const { stage } = this.view;
    const { live } = this.source.session;
    const wanted = (document.getElementById("handle") as HTMLInputElement).checked;
    stage.turned.quaternion.copy(this.turn);
    stage.grip(stage.turner, stage.turned, live && wanted && this.run ? this.view.centre() : null);
    const field = this.vectorField();
    const data = field ? this.view.array(`field.${field}`) : null;
    if (!live || wanted || !field || !data?.length || this.picked?.kind !== "node" || this.look.time > 0 || !this.look.arrows) {
      return stage.grip(stage.mover, stage.moved, null);
    }
    const node = this.picked.index;
    const tip = new THREE.Vector3().fromArray(data, 3 * node).multiplyScalar(this.view.arrowScale(field));
    stage.grip(stage.mover, stage.moved, tip.add(this.view.place(node)));
  }
}

function fatal(text: string): void {
  const box = document.createElement("p");
  box.className = "fatal";
  box.setAttribute("role", "alert");
  box.textContent = text;
  document.body.append(box);
}

async function start(): Promise<void> {
  const theme = document.getElementById("theme")!;
  theme.addEventListener("click", () => (theme.textContent = `Theme: ${nextTheme()}`));
  let source: Source;
  try {
    source = await findSource();
  } catch (error) {
    return fatal(`The session cannot be read: ${error instanceof Error ? error.message : error}. Is 'segnn view' still running?`);
  }
  let page: Viewer;
  try {
    page = new Viewer(source);
  } catch (error) {
    const reason = error instanceof Error ? error.message : error;
    return fatal(`This browser draws no WebGL 2 (${reason}). Turn hardware acceleration on, or take another browser.`);
  }
  Object.assign(window, { viewer: page }); // for the console and the tests
  await page.refresh();
  document.documentElement.dataset.ready = "yes";
}

void start();
