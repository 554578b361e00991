// Where runs come from: the server, or what an exported page holds.

import type { Entry } from "./features.ts";
import { LocalSource, type Live } from "./live/local.ts";
import { fromBase64, unpack, type Run } from "./wire.ts";

export interface Field {
  name: string;
  irreps: string;
  unit: string;
  vector: boolean;
  editable: boolean;
}

export interface Cue {
  name: string;
  list: string;
  text: string;
  irreps: string;
  unit: string;
}

/** One irrep of the target and its columns. */
export interface Part {
  irrep: string;
  l: number;
  start: number;
  size: number;
}

/** How an element is drawn: ``radius`` of its ball, in the systems' unit of length. */
export interface Element {
  number: number;
  symbol: string;
  colour: string;
  radius: number;
}

export interface Target {
  name: string;
  irreps: string;
  unit: string;
  level: string;
  point: boolean;
  parts: Part[];
}

export interface Session {
  version: string;
  name: string;
  task: string;
  kind: string;
  source: string;
  sizes: number[];
  layers: number;
  irreps: Entry[];
  irreps_message: Entry[];
  parameters: number;
  fields: Field[];
  cues: Cue[];
  model: boolean; // whether there is one, or only a file is looked at
  target: Target; // the one that is held against the input as it was
  others: Target[]; // whose arrays are prediction.NAME and target.NAME
  told: { name: string; unit: string }[]; // numbers of whole systems in the file
  elements: Element[];
  stick: number; // half the width of a bond
  frames: boolean; // the systems are one after the other in time
  length: string;
  colours: number[];
  glyph_nodes: number;
  live: boolean; // whether it can be run, by the server or in the page
  served: boolean; // by the server
  baseline: boolean; // whether the server can train a network that does not turn, to compare with
  recorded?: string | null; // why an exported page only shows recorded runs
}

/** All targets, and how the names of their arrays in a run end: of the first one these are prediction and target alone. */
export function answered({ target, others }: Pick<Session, "target" | "others">): { target: Target; key: string }[] {
  return [{ target, key: "" }, ...others.map((other) => ({ target: other, key: `.${other.name}` }))];
}

export interface Ask {
  system: number;
  rotation: number[];
  off: string[];
  changes: { field: string; node: number; value: number[] }[];
  network: "model" | "baseline";
}

export interface Source {
  session: Session;
  run(ask: Ask): Promise<Run>;
}

export async function findSource(): Promise<Source> {
  const embedded = document.getElementById("embedded");
  if (embedded?.textContent) {
    const { session, runs, live } = JSON.parse(embedded.textContent) as { session: Session; runs: string[]; live?: Live };
    return live ? new LocalSource(session, live) : { session, run: async (ask) => unpack(fromBase64(runs[ask.system])) };
  }
  const session = (await (await checked(await fetch("/api/session"))).json()) as Session;
  return {
    session,
    run: async (ask) => {
      const headers = { "content-type": "application/json" };
      const answer = await fetch("/api/run", { method: "POST", headers, body: JSON.stringify(ask) });
      return unpack(await (await checked(answer)).arrayBuffer());
    },
  };
}

async function checked(answer: Response): Promise<Response> {
  if (answer.ok) return answer;
  const told = await answer.json().catch(() => ({ error: answer.statusText }));
  throw new Error(told.error ?? `the server answered ${answer.status}`);
}

/** Runs one request at a time; of those that come meanwhile only the last is kept. */
export class Latest {
  private busy = false;
  private next: (() => Promise<void>) | null = null;

  /** Whether another request waits for the one that runs. */
  get pending(): boolean {
    return this.next !== null;
  }

  async ask(work: () => Promise<void>): Promise<void> {
    this.next = work;
    if (this.busy) return;
    this.busy = true;
    try {
      while (this.next) {
        const now = this.next;
        this.next = null;
        await now();
      }
    } finally {
      this.busy = false;
    }
  }
}
