// The controls beside the picture: they read and write the page's choices, and say in words what the picture shows.

import * as THREE from "three";
import { channelCount, similarity } from "./features.ts";
import { describeAnswer, describeMarks, describePicked, nodeTable, pickedLine } from "./describe.ts";
import { digits, element, get } from "./dom.ts";
import { DRAWN_EDGES } from "./edges.ts";
import type { Page } from "./page.ts";

const LISTS: Record<string, string> = {
  inputs: "inputs of a node",
  node_attributes: "node attributes, steer the updates",
  edge_attributes: "edge attributes, steer the messages",
  message_scalars: "message scalars",
};

export class Panel {
  private message: string | null = null;
  private moment = "";

  constructor(private readonly page: Page) {
    const { session } = page.source;
    document.title = `segnn view: ${session.name}`;
    get("title").textContent = session.name;
    const irreps = session.irreps.map(({ mul, irrep }) => `${mul}x${irrep}`).join("+") || "no steerable features";
    const kind = session.frames ? "frame" : "system";
    const count = `${session.sizes.length} ${kind}${session.sizes.length === 1 ? "" : "s"}`;
    get("facts").textContent = session.model
      ? `${session.kind}, ${session.layers} layers, ${irreps}, ${session.parameters.toLocaleString("en")} weights · ${count} of ${session.source}`
      : `${count}, no model`;
    get("facts").title = get("facts").textContent;
    get("network-model").textContent = `${session.name} (${session.kind})`;
    get("h-features").toggleAttribute("data-empty", !session.irreps.length);
    if (!session.live && session.model) this.freeze();
    get("networks").hidden = !session.baseline;
    if (!session.model) get("h-answer").textContent = "Labels";
    if (session.elements.length) {
      get("pick-back").textContent = "Previous atom";
      get("pick-next").textContent = "Next atom";
      get("nodes").closest("details")!.querySelector("summary")!.textContent = "Atoms as a table";
    }
    if (!session.model) for (const part of document.querySelectorAll<HTMLElement>(".of-model, .live")) part.hidden = true;
    this.degrees();
    this.cues();
    this.colours();
    this.wire();
    this.showAngles();
  }

  busy(on: boolean): void {
    document.documentElement.dataset.busy = on ? "yes" : "no";
    if (on && this.page.ask.network === "baseline" && get("baseline").hidden) {
      get("baseline").hidden = false;
      get("baseline").textContent = "Training an MPNN on these systems for a few seconds …";
    }
  }

  told(message: string | null): void {
    this.message = message;
  }

  /** Write down everything that is shown. */
  update(): void {
    const { look, run, ask, view, playing, filming } = this.page;
    const { session } = this.page.source;
    const layer = Math.round(look.layer);
    const moment = `${layer} ${look.time.toFixed(1)}`;
    if (playing && moment === this.moment) return; // the page's words need not be set for every frame
    this.moment = playing ? moment : "";
    const set = (id: string, value: number | string) => {
      const input = get<HTMLInputElement>(id);
      if (document.activeElement !== input || input.type === "range") input.value = String(value);
    };
    set("layer", layer);
    set("time", look.time);
    set("channel", look.choice.channel);
    get("layer-name").textContent = layer === 0 ? "embedding" : `${layer} of ${session.layers}`;
    get("time-name").textContent = look.time === 0 ? "input" : look.time === 1 ? "predicted" : look.time.toFixed(2);
    const things = session.elements.length ? "atoms" : "nodes";
    get("system-name").textContent = `${ask.system} of ${session.sizes.length - 1}, ${session.sizes[ask.system]} ${things}`;
    set("system", ask.system);
    get("film").setAttribute("aria-pressed", String(filming));
    get("film").querySelector(".glyph")!.textContent = filming ? "❚❚" : "▶";
    get("film").querySelector(".word")!.textContent = filming ? "Pause" : "Play frames";
    const channels = channelCount(session.irreps, look.choice.irrep);
    get<HTMLInputElement>("channel").max = String(Math.max(0, channels - 1));
    get<HTMLInputElement>("other").max = String(Math.max(0, channels - 1));
    get("channel-name").textContent = channels ? `${look.choice.channel} of 0–${channels - 1}` : "none";
    get("other-row").hidden = look.other === null;
    get("other-name").textContent = look.other === null ? "" : String(look.other);
    get("play").setAttribute("aria-pressed", String(playing));
    get("play").querySelector(".glyph")!.textContent = playing ? "❚❚" : "▶";
    get("play").querySelector(".word")!.textContent = playing ? "Pause" : "Play the pass";
    if (playing) return; // words for every frame would be read out without end
    describeAnswer(get("answer"), this.page);
    if (filming) return;
    this.norms(layer);
    this.similar(layer);
    this.verdict();
    this.changed();
    this.notes();
    get("marks").replaceChildren(...describeMarks(this.page));
    this.nodeScale();
    const line = pickedLine(this.page);
    get("caption").hidden = !line;
    get("caption").textContent = line;
    const end = view.glyphCount ? digits(view.limit) : "max";
    get("scale-low").textContent = `−${end}`;
    get("scale-high").textContent = `+${end}`;
    get("size-name").textContent = `× ${look.size}`;
    describePicked(get("picked"), this.page);
    if (get("nodes").closest("details")!.open) nodeTable(get("nodes"), this.page, layer);
    const canvas = view.stage.canvas;
    canvas.dataset.glyphs = String(view.glyphCount);
    canvas.dataset.layer = String(layer);
    canvas.dataset.choice = `${look.choice.irrep} ${look.choice.channel}`;
    canvas.dataset.error = String(run?.meta.error?.prediction ?? "");
    const drawn = view.glyphCount ? `, the features of ${layer ? `layer ${layer}` : "the embedding"} as glyphs` : "";
    canvas.setAttribute("aria-label", `System ${ask.system} in three dimensions: ${view.count} nodes${drawn}. Arrow keys turn it.`);
  }

  showAngles(): void {
    const angles = new THREE.Euler().setFromQuaternion(this.page.turn, "XYZ").toArray();
    for (let axis = 0; axis < 3; axis++) {
      const degrees = Math.round(THREE.MathUtils.radToDeg(angles[axis] as number));
      const input = get<HTMLInputElement>(`angle-${axis}`);
      if (document.activeElement !== input) input.value = String(degrees);
      get(`angle-${axis}-name`).textContent = `${input.value}°`;
    }
    get<HTMLInputElement>("mirror").checked = this.page.mirrored;
  }

  /** In an exported page there is no model: what would run it is not shown, and one sentence says so. */
  private freeze(): void {
    for (const part of document.querySelectorAll<HTMLElement>(".live")) part.hidden = true;
    const { recorded } = this.page.source.session;
    get("frozen").textContent = `This page shows recorded runs. ${recorded ? `It cannot run the model itself: ${recorded}. ` : ""}To turn the input or to switch cues off, use segnn view.`;
    get("frozen").hidden = false;
  }

  private degrees(): void {
    const { session } = this.page.source;
    const box = get("degrees");
    const names = session.irreps.length > 1 ? ["all", ...session.irreps.map(({ irrep }) => irrep)] : session.irreps.map(({ irrep }) => irrep);
    for (const name of names) {
      const label = document.createElement("label");
      const input = document.createElement("input");
      Object.assign(input, { type: "radio", name: "degree", value: name, checked: name === this.page.look.choice.irrep });
      input.addEventListener("change", () => this.page.choose({ choice: { ...this.page.look.choice, irrep: name } }));
      label.append(input, element("span", name === "all" ? "whole vector" : name));
      box.append(label);
    }
    if (!names.length) {
      get("glyph-controls").hidden = true;
      const text = `A network of kind ${session.kind} carries plain numbers: there is nothing to draw as a glyph. View a model of kind segnn.`;
      get("glyph-controls").after(element("p", text, "hint"));
    } else if (session.irreps.every(({ l }) => l === 0)) {
      const text = "This model carries scalars only, whose glyphs are spheres. With hidden irreps such as 32x0e+32x1o there is more to see.";
      get("glyph-controls").after(element("p", text, "hint"));
    }
    if (session.irreps.some(({ pseudo }) => pseudo)) {
      const text = "Irreps of the other parity (0o, 1e, 2o …) are pseudofunctions: a mirror exchanges their colours.";
      get("glyph-controls").after(element("p", text, "hint"));
    }
  }

  private cues(): void {
    let list = "";
    for (const cue of this.page.source.session.cues) {
      if (cue.list !== list) get("cues").append(element("h3", LISTS[cue.list] ?? cue.list));
      list = cue.list;
      const label = element("label", "", "check");
      const input = document.createElement("input");
      Object.assign(input, { type: "checkbox", checked: true, disabled: !this.page.source.session.live });
      input.dataset.cue = cue.name;
      input.addEventListener("change", () => {
        const { ask } = this.page;
        ask.off = input.checked ? ask.off.filter((name) => name !== cue.name) : [...ask.off, cue.name];
        void this.page.refresh();
      });
      const text = document.createElement("span");
      text.append(element("code", cue.text), " ", element("small", `${cue.irreps}${cue.unit === "1" ? "" : `, ${cue.unit}`}`));
      label.append(input, text);
      get("cues").append(label);
    }
  }

  private colours(): void {
    const canvas = get<HTMLCanvasElement>("scale");
    const context = canvas.getContext("2d")!;
    const { colours } = this.page.source.session;
    for (let x = 0; x < 256; x++) {
      context.fillStyle = `rgb(${colours.slice(3 * x, 3 * x + 3).join()})`;
      context.fillRect(x, 0, 1, canvas.height);
    }
  }

  /** The colour bar of nodes whose field is a range of numbers. */
  private nodeScale(): void {
    const { scale } = this.page.view.colouring;
    get("node-scale").hidden = !scale;
    if (!scale) return;
    get("node-scale-name").textContent = `Colour of nodes: ${scale.name}`;
    const canvas = get<HTMLCanvasElement>("node-bar");
    canvas.setAttribute("aria-label", `Colours of ${scale.name} from ${digits(scale.low)} to ${digits(scale.high)}`);
    const context = canvas.getContext("2d")!;
    const bar = context.createLinearGradient(0, 0, canvas.width, 0);
    scale.colours.forEach((colour, k) => bar.addColorStop(k / (scale.colours.length - 1), `#${colour.getHexString()}`));
    context.fillStyle = bar;
    context.fillRect(0, 0, canvas.width, canvas.height);
    get("node-low").textContent = digits(scale.low);
    get("node-high").textContent = digits(scale.high);
  }

  private wire(): void {
    const { page } = this;
    const { session } = page.source;
    const on = (id: string, change: (input: HTMLInputElement) => void) => {
      const input = get<HTMLInputElement>(id);
      input.addEventListener("input", () => change(input));
    };
    get<HTMLInputElement>("layer").max = String(session.layers);
    get("layer").closest("label")!.hidden = get("play").hidden = !session.irreps.length;
    get("time").closest("label")!.hidden = !session.target.point; // only places move from input to prediction
    get("system").closest("label")!.hidden = session.sizes.length === 1;
    get("film").hidden = !session.frames;
    if (session.frames) {
      get("system-kind").textContent = "Frame";
      get("system").closest("label")!.classList.add("grow");
      get("bar").append(get("system").closest("label")!); // below the picture, where one looks while it plays
    }
    get("show-bonds").closest("label")!.hidden = !session.elements.length;
    get<HTMLInputElement>("show-edges").checked = page.look.edges;
    get("show-edges").closest("label")!.hidden = get("show-glyphs").closest("label")!.hidden = !session.model;
    get("show-truth").closest("label")!.hidden = get("pick-edge").hidden = !session.model;
    get("bar").hidden = !session.irreps.length && !session.target.point && !session.frames;
    get<HTMLInputElement>("system").max = String(session.sizes.length - 1);
    on("layer", ({ value }) => (page.stop(), page.choose({ layer: Number(value) })));
    on("time", ({ value }) => (page.stop(), page.choose({ time: Number(value) })));
    on("channel", ({ value }) => page.choose({ choice: { ...page.look.choice, channel: Number(value) } }));
    on("other", ({ value }) => page.choose({ other: Number(value) }));
    on("compare", ({ checked }) => page.choose({ other: checked ? Number(get<HTMLInputElement>("other").value) : null }));
    on("size", ({ value }) => page.choose({ size: Number(value) }));
    on("common", ({ checked }) => page.choose({ common: checked }));
    on("handle", () => page.show());
    on("mirror", ({ checked }) => ((page.mirrored = checked), void page.refresh()));
    on("system", ({ value }) => {
      get("system-name").textContent = value;
      page.stop();
      void page.turnTo(Number(value));
    });
    for (const name of ["glyphs", "edges", "bonds", "arrows", "truth", "labels"] as const) on(`show-${name}`, ({ checked }) => page.choose({ [name]: checked }));
    for (let axis = 0; axis < 3; axis++) {
      on(`angle-${axis}`, () => {
        const values = [0, 1, 2].map((k) => THREE.MathUtils.degToRad(Number(get<HTMLInputElement>(`angle-${k}`).value)));
        page.setTurn(new THREE.Quaternion().setFromEuler(new THREE.Euler(values[0], values[1], values[2], "XYZ")));
      });
    }
    for (const input of document.querySelectorAll<HTMLInputElement>("input[name=network]"))
      input.addEventListener("change", () => {
        page.ask.network = input.value as "model" | "baseline";
        void page.refresh();
      });
    get("play").addEventListener("click", () => page.play());
    get("film").addEventListener("click", () => void page.film());
    get("reset").addEventListener("click", () => {
      for (const input of document.querySelectorAll<HTMLInputElement>("[data-cue]")) input.checked = true;
      page.reset();
    });
    get("pick-next").addEventListener("click", () => page.step("node", 1));
    get("pick-back").addEventListener("click", () => page.step("node", -1));
    get("pick-edge").addEventListener("click", () => page.step("edge", 1));
    get("nodes").closest("details")!.addEventListener("toggle", () => this.update());
  }

  private norms(layer: number): void {
    const { page } = this;
    const values = page.view.layerNorms(layer);
    const body = get("irreps").querySelector("tbody")!;
    const rows = page.source.session.irreps.map(({ irrep, mul, pseudo }, n) => {
      const row = document.createElement("tr");
      row.append(element("td", pseudo ? `${irrep} (pseudo)` : irrep), element("td", String(mul)), element("td", digits(values[n])));
      row.className = page.look.choice.irrep === irrep ? "chosen" : "";
      return row;
    });
    get("irreps").hidden = !rows.length;
    body.replaceChildren(...rows);
  }

  private similar(layer: number): void {
    const { look, view } = this.page;
    const text = get("similarity");
    text.hidden = look.other === null;
    if (look.other === null) return;
    const cosine = similarity(view.channel(layer, look.choice), view.channel(layer, { ...look.choice, channel: look.other }));
    text.textContent =
      `Left: channel ${look.choice.channel}. Right: channel ${look.other}, in its own size. ` +
      (cosine === null ? "One of them vanishes." : `Cosine over all nodes: ${cosine.toFixed(2).replace("-", "−")}.`);
  }

  private verdict(): void {
    const { run } = this.page;
    const line = document.createElement("p");
    const error = run?.meta.error;
    if (!error) {
      line.textContent = "Not turned yet.";
    } else {
      const turned = error.prediction <= 1e-5;
      line.className = turned ? "turned" : "broken";
      line.append(turned ? "The prediction turned with the input. " : "The prediction did not turn with the input. ");
      line.append("Equivariance error ", element("b", digits(error.prediction)));
      if (error.features !== null) line.append(", of the features ", element("b", digits(error.features)));
      line.append(" (relative, in float64).");
      if (!this.page.source.session.served) line.append(` A pass took this page ${Math.ceil(1000 * (run.meta.seconds ?? 0))} ms.`);
    }
    if (get("verdict").textContent !== line.textContent) get("verdict").replaceChildren(line);
    const told = run?.meta.baseline;
    get("baseline").hidden = !told;
    if (told) get("baseline").textContent = `${told}.`;
    if (run && document.documentElement.dataset.busy !== "yes")
      for (const input of document.querySelectorAll<HTMLInputElement>("input[name=network]")) input.checked = input.value === run.meta.network;
  }

  private changed(): void {
    const { run, ask, view } = this.page;
    for (const input of document.querySelectorAll<HTMLInputElement>("[data-cue]")) {
      input.checked = !ask.off.includes(input.dataset.cue!);
      input.closest("label")!.classList.toggle("off", !input.checked);
    }
    const { target } = this.page.source.session;
    let text = "";
    if (run && (ask.off.length || ask.changes.length)) {
      const [now, before] = [view.array("prediction"), view.array("reference")];
      const sum = now.reduce((total, value, n) => total + (value - before[n]) ** 2, 0);
      const unit = target.unit === "1" ? "" : ` ${target.unit}`;
      text = `The prediction changed by ${digits(Math.sqrt(sum / Math.max(1, now.length)))}${unit} (rms).`;
      const truth = view.array("target");
      if (truth.length === now.length) {
        const error = (values: Float32Array) => Math.sqrt(values.reduce((total, value, n) => total + (value - truth[n]) ** 2, 0) / now.length);
        text += ` Its error: ${digits(error(now))}, with the input as it is ${digits(error(before))}.`;
      }
    }
    if (get("changed").textContent !== text) get("changed").textContent = text;
  }

  private notes(): void {
    const { run, view } = this.page;
    const { session } = this.page.source;
    const texts = [...(this.message ? [this.message] : []), ...(run?.meta.notes ?? [])];
    if (view.outside) texts.push(`${view.outside} of ${view.count} nodes lie far out, beyond this picture. Press 0, or zoom out, to see all.`);
    const crowd = `${view.count.toLocaleString("en")} ${session.elements.length ? "atoms" : "nodes"}`;
    if (view.crowd) texts.push(`${crowd}: drawn as points${session.model ? `; glyphs up to ${session.glyph_nodes} nodes` : ""}.`);
    else if (session.irreps.length && view.count > session.glyph_nodes) texts.push(`${crowd}: no glyphs, they are drawn up to ${session.glyph_nodes} nodes.`);
    if (run?.meta.network === "baseline") texts.push("An MPNN carries plain numbers: no glyphs. Its prediction is what is drawn.");
    const edges = view.edges.count;
    if (edges > DRAWN_EDGES) texts.push(`Of ${edges.toLocaleString("en")} edges the ${DRAWN_EDGES} shortest are drawn.`);
    if (run && session.model && view.count === 1) texts.push("One node, no edges: it hears of nobody, its features come from its own inputs.");
    else if (run?.arrays.edge_index && run.arrays.edge_index.shape[1] === 0) texts.push("This system has no edges: no messages are sent.");
    const key = texts.join("\n");
    if (get("notes").dataset.key === key) return;
    get("notes").dataset.key = key;
    get("notes").replaceChildren(...texts.map((text) => element("p", text)));
  }
}
