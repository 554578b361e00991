// What the page is to its parts: its choices, and what can be asked of it. The page itself is in main.ts, which knows the parts.

import type * as THREE from "three";
import type { Picked } from "./picking.ts";
import type { Look, View } from "./scene.ts";
import type { Ask, Source } from "./source.ts";
import type { Run } from "./wire.ts";

export interface Page {
  readonly source: Source;
  readonly look: Look;
  readonly turn: THREE.Quaternion;
  readonly view: View;
  readonly picked: Picked;
  readonly run: Run | null;
  readonly playing: boolean;
  readonly filming: boolean;
  mirrored: boolean;
  ask: Ask;
  refresh(): Promise<void>;
  show(): void;
  setTurn(turn: THREE.Quaternion): void;
  choose(change: Partial<Look>): void;
  fit(): void;
  pick(picked: Picked): void;
  step(kind: "node" | "edge", by: number): void;
  change(field: string, node: number, value: number[], turned: boolean): void;
  reset(): void;
  play(on?: boolean): void;
  stop(): void;
  film(on?: boolean): Promise<void>;
  turnTo(system: number): Promise<void>;
}
