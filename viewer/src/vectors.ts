// Vectors as arrows: the fields of the nodes, and of an answer that is no place its parts of degree 1, predicted beside true; of a
// whole system they stand in its middle.

import * as THREE from "three";
import { take } from "./features.ts";
import { Arrows } from "./marks.ts";
import { arrowScaleOf, lengths } from "./sizes.ts";
import { answered, type Part, type Session, type Target } from "./source.ts";
import type { Theme } from "./theme.ts";
import type { Run } from "./wire.ts";

/** Colours of the vectors of an answer, one after the other. */
export const ANSWER_COLOURS = ["ours", "minus", "plus"] as const;

export interface Answer {
  name: string;
  kind: "prediction" | "target";
  array: string; // in a run
  target: Target;
  part: Part;
  number: number; // counted among the vectors of all answers
}

/** The vectors of all answers, true ones first: the predicted are drawn over them. */
export function answersOf(session: Pick<Session, "target" | "others">): Answer[] {
  const vectors = answered(session).flatMap(({ target, key }) => (target.point ? [] : target.parts.filter(({ l }) => l === 1)).map((part) => ({ target, key, part })));
  return (["target", "prediction"] as const).flatMap((kind) =>
    vectors.map(({ target, key, part }, number) => ({ name: `${kind}.${number}`, kind, array: `${kind}${key}`, target, part, number })),
  );
}

export class Vectors {
  readonly group = new THREE.Group();
  readonly answers: Answer[];
  private readonly arrows = new Map<string, Arrows>();
  private readonly scales = new Map<string, number>();
  private run: Run | null = null;
  private unit = 1;

  constructor(private readonly session: Session, material: THREE.Material, sides: number) {
    this.answers = answersOf(session);
    const fields = session.fields.filter(({ vector }) => vector);
    for (const { name } of [...fields, ...this.answers]) this.arrows.set(name, new Arrows(material, sides));
    for (const { group } of this.arrows.values()) this.group.add(group);
  }

  /** ``unit``: the distance of neighbours. ``anew``: arrows may have another scale than before. */
  load(run: Run, unit: number, anew: boolean): void {
    [this.run, this.unit] = [run, unit];
    if (anew) this.scales.clear();
  }

  /** Arrows at ``places`` (n · 3), those of a whole system at its ``centre``. ``shown.nodes``: whether nodes have answers drawn. */
  show(
    shown: { answers: boolean; fields: boolean; nodes: boolean },
    places: Float32Array<ArrayBufferLike>,
    centre: THREE.Vector3,
    thickness: number,
    theme: Theme,
  ): void {
    for (const [name, arrows] of this.arrows) {
      const answer = this.answers.find((one) => one.name === name);
      const whole = answer?.target.level === "graph";
      const at = whole ? Float32Array.from(centre.toArray()) : places;
      const vectors = this.of(name);
      const wanted = answer ? shown.answers && (whole || shown.nodes) : shown.fields;
      if (!wanted || !vectors.length || vectors.length !== at.length) arrows.hide();
      else arrows.show(at, vectors.map((value) => this.scale(name) * value), (whole ? 1.6 : 1) * thickness * (answer?.kind === "target" ? 0.8 : 1), this.colour(name, theme));
    }
  }

  /** Velocities as they are (one unit of time) where they fit; other vectors so that the longest is about a unit long. */
  scale(name: string): number {
    const known = this.scales.get(name);
    if (known !== undefined) return known; // it stays while a vector is dragged
    const number = this.answers.find((one) => one.name === name)?.number;
    const own = number === undefined ? [name] : [`prediction.${number}`, `target.${number}`]; // both on one scale
    const most = own.reduce((most, part) => lengths(this.of(part)).reduce((a, b) => Math.max(a, b), most), 0);
    const speed = this.session.fields.find((field) => field.name === name)?.unit === "length/time";
    const long = this.session.elements.length ? 1.7 : 0.9; // out of the ball of an atom
    const scale = speed ? arrowScaleOf(this.of(name), this.unit) : most > 0 ? (long * this.unit) / most : 1;
    if (most > 0) this.scales.set(name, scale);
    return scale;
  }

  /** The length of the longest vector of a field. */
  longest(name: string): number {
    return lengths(this.of(name)).reduce((a, b) => Math.max(a, b), 0);
  }

  /** The vectors (n · 3) of a field, or of a part of the answer. */
  private of(name: string): Float32Array {
    const data = (key: string) => (this.run?.arrays[key]?.data as Float32Array | undefined) ?? new Float32Array();
    const answer = this.answers.find((one) => one.name === name);
    if (!answer) return data(`field.${name}`);
    const columns = answer.target.parts.reduce((sum, { size }) => sum + size, 0);
    const all = data(answer.array);
    return take(all, columns, 0, all.length / columns, [0, 1, 2].map((k) => answer.part.start + k));
  }

  private colour(name: string, theme: Theme): THREE.Color {
    const answer = this.answers.find((one) => one.name === name);
    if (answer?.kind === "prediction") return theme[ANSWER_COLOURS[answer.number % ANSWER_COLOURS.length]];
    if (answer) return theme.path;
    return name === "velocity" ? theme.ink : theme.force;
  }
}
