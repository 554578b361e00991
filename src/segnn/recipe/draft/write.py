"""The text of a first recipe, with a comment on every choice."""

from __future__ import annotations

import keyword
import math
import re

from segnn.errors import UserError
from segnn.recipe import yaml
from segnn.recipe.cartesian import FORMS
from segnn.recipe.draft.look import Look, Seen
from segnn.recipe.expression import VOCABULARY
from segnn.recipe.names import RESERVED
from segnn.words import counted, span

UNITS = {"position": "length", "velocity": "length/time", "charge": "charge", "mass": "mass"}
COMPLETE = 30  # up to so many particles, all pairs are neighbours
NEIGHBOURS = 12  # otherwise about so many, a first shell
MOST_PAIRS = 2  # scalars and vectors of which messages see the product of both ends


def draft_recipe(look: Look, name: str, folder: str, target: str | None = None) -> str:
    """YAML text of a recipe for the data in ``folder`` that were looked at.

    target: the array to predict; the label of the file if None. Raises `UserError` if there is none
    or it cannot be one.
    """
    label = find_target(look, target)
    fields = [seen for seen in look.arrays if _is_field(seen, label)]
    parts = [
        f"# Drafted by 'segnn init' from {counted(look.systems, 'system')} of "
        f"{span(*look.sizes)} particles.\n"
        "# Read the comments, correct what is wrong, then: segnn check, segnn train.\n"
        f"name: {yaml.flow(name)}",
        _fields(look, fields, label),
        f"data: {{folder: {yaml.flow(folder)}}}                # train.npz, valid.npz, test.npz",
        _graph(look),
        _inputs(look, fields),
        _attributes(fields),
        _messages(fields),
        _target(look, label, fields),
        _model(label, fields),
        _training(look),
    ]
    return "\n\n".join(parts) + "\n"


def find_target(look: Look, name: str | None) -> Seen:
    """The array to predict. Raises `UserError` that lists the arrays if that is not clear."""
    there = {seen.name: seen for seen in look.arrays}
    names = ", ".join(there) or "none beside position"
    if name == "position":
        raise UserError(
            "--target position: the positions are what is known. Store what they become as "
            "target_position, or name another array: " + names
        )
    if name is not None and name not in there:
        raise UserError(f"--target {name}: there is no such array; the file holds {names}")
    labels = look.labels()
    found = there[name] if name is not None else labels[0] if labels else None
    if found is None:
        likely = [seen.name for seen in look.arrays if seen.is_result]
        example = likely[0] if likely else next(iter(there), "NAME")
        raise UserError(
            f"nothing says what is to be predicted: no array's name begins with target_ (arrays: "
            f"{names}). Say which: --target {example}, or store the labels as target_position, "
            "target_energy …"
        )
    if found.kind == "constant":
        raise UserError(f"{found.name}: the same number everywhere, there is nothing to learn")
    if found.irreps is None and found.kind != "tensor":
        raise UserError(
            f"{found.name}: rows of shape {found.shape} are neither scalars, vectors nor tensors "
            "(3, 3). Store one row per particle or per system"
        )
    return found


def _is_field(seen: Seen, label: Seen) -> bool:
    """Whether it may enter the network: no label, no result, nothing that is always the same."""
    usable = seen.irreps is not None and not seen.is_label and not seen.is_result
    return usable and seen is not label


def _key(seen: Seen) -> str:
    """The array's name as one that expressions can use."""
    name = re.sub(r"\W", "_", seen.name)
    taken = keyword.iskeyword(name) or name in VOCABULARY or name in RESERVED
    return f"{name}_" if taken else name if name.isidentifier() else f"a_{name}"


def _fields(look: Look, fields: list[Seen], label: Seen) -> str:
    lines = [
        "# What the data files hold. 0e: a scalar; 1o: a vector x, y, z; 1e: a vector that "
        "keeps its sign in a mirror (spin).",
        "# unit: names of your own with * / ^; quantities of unequal units are never added.",
        "fields:",
        "  position: {irreps: 1o, unit: length}        # a point: only differences of it may enter",
    ]
    for seen in fields:
        entry = f"irreps: {seen.irreps}"
        entry += f", unit: {UNITS[seen.name]}" if seen.name in UNITS else ""
        entry += f", level: {seen.level}" if seen.level == "graph" else ""
        entry += f", array: {yaml.flow(seen.name)}" if _key(seen) != seen.name else ""
        lines.append(f"  {_key(seen)}: {{{entry}}}".ljust(46) + f"# {_words(seen)}")
    out = [seen for seen in look.arrays if seen not in fields and seen is not label]
    lines += [f"# left out: {seen.name}, {_reason(seen)}" for seen in out]
    return "\n".join(lines)


def _words(seen: Seen) -> str:
    """What it was taken for, and why."""
    numbers = f"{seen.low:.3g} to {seen.high:.3g}"
    if seen.kind == "categories":
        return f"{len(seen.values)} kinds: {', '.join(map(str, seen.values))}"
    if seen.kind == "vector":
        other = (
            "1o if it points along a velocity" if seen.irreps == "1e" else "1e if a mirror keeps it"
        )
        return f"a vector, components {numbers}; {other}"
    return f"{'numbers' if seen.kind == 'scalars' else 'a number'}, {numbers}"


def _reason(seen: Seen) -> str:
    if seen.is_label:
        return "another label; predict it with segnn init --target"
    if seen.kind == "constant":
        return "the same number everywhere"
    if seen.is_result:
        return "by its name a result, which would give the answer away as an input"
    return f"rows of shape {seen.shape}; store scalars, vectors (3,) or columns (k,)"


def _graph(look: Look) -> str:
    note = (
        f"# Which particles see each other. A particle has a volume of about {look.spacing:.3g}^3."
    )
    if look.periodic:
        # So many neighbours are in a sphere of this radius, at the density of the cell.
        cutoff = look.spacing * (NEIGHBOURS / (4 / 3 * math.pi)) ** (1 / 3)
        about = f"# about {NEIGHBOURS} neighbours"
        return f"{note}\ngraph: {{kind: radius, cutoff: {cutoff:.3g}}}    {about}"
    if look.sizes[1] <= COMPLETE:
        return f"{note}\ngraph: {{kind: complete}}    # all pairs; or {{kind: radius, cutoff: …}}"
    near = max(1, min(NEIGHBOURS, look.sizes[0] - 1))
    return f"{note}\ngraph: {{kind: nearest, neighbours: {near}}}  # or {{kind: radius, cutoff: …}}"


def _inputs(look: Look, fields: list[Seen]) -> str:
    lines = [] if look.periodic else ["position - center(position)"]
    for seen in fields:
        if seen.kind == "categories":
            lines.append(f"one_hot({_key(seen)}, {', '.join(map(str, seen.values))})")
        else:
            lines += [_key(seen)] + [f"norm({_key(seen)})"] * (seen.kind == "vector")
    text = "\n".join(f"  - {line}" for line in lines or ["one"])
    return f"# What each node starts with, side by side.\ninputs:\n{text}"


def _polar(fields: list[Seen]) -> list[Seen]:
    return [seen for seen in fields if seen.irreps == "1o" and seen.level == "node"]


def _attributes(fields: list[Seen]) -> str:
    steering = "".join(f"\n  - sh({_key(seen)})" for seen in _polar(fields)[:MOST_PAIRS])
    return (
        "# What steers the messages along an edge, and the update of a node (summed): directions.\n"
        "edge_attributes:\n  - sh(relative_position)\n\n"
        f"node_attributes:\n  - mean(edge_attributes){steering}"
    )


def _messages(fields: list[Seen]) -> str:
    nodes = [seen for seen in fields if seen.level == "node"]
    lines = ["distance"]
    scalars = [_key(seen) for seen in nodes if seen.kind == "scalar"][:MOST_PAIRS]
    vectors = [_key(seen) for seen in nodes if seen.kind == "vector"][:MOST_PAIRS]
    lines += [f"source({name}) * target({name})" for name in scalars]
    lines += [f"dot(source({name}), target({name}))" for name in vectors]
    text = "\n".join(f"  - {line}" for line in lines)
    return f"# What a message sees besides the features of both ends.\nmessage_scalars:\n{text}"


def _target(look: Look, label: Seen, fields: list[Seen]) -> str:
    quantity = label.name.removeprefix("target_").removeprefix("graph_")
    unit = f", unit: {UNITS[quantity]}" if quantity in UNITS else ""
    if label.kind == "tensor":
        form = f"irreps: {FORMS[label.form]}, cartesian: {label.form}"
        note = f"a matrix (3, 3), {label.form}"
    else:
        form, note = f"irreps: {label.irreps}", _words(label)
    before = {_key(seen): seen for seen in fields} | {"position": None}
    same = quantity == "position" or (
        (field := before.get(quantity)) is not None
        and (field.irreps, field.level) == (label.irreps, label.level)
    )
    base = f", base: {quantity}" if same and label.level == "node" else ""
    change = "\n# base: the network predicts the change from it." if base else ""
    others = ", ".join(seen.name for seen in look.labels() if seen is not label)
    more = f"\n# Other labels in the data: {others}." if others else ""
    return (
        f"# What is predicted, one per {label.level}: {note}.{change}{more}\n"
        f"target: {{array: {yaml.flow(label.name)}, {form}{unit}, level: {label.level}{base}}}"
    )


def _model(label: Seen, fields: list[Seen]) -> str:
    degree = 2 if label.kind == "tensor" else 1
    axial = label.kind == "tensor" and "1e" in FORMS[label.form]
    axial = axial or any(seen.irreps == "1e" for seen in [label, *fields])
    kinds = ["0e", "1o"] + ["1e"] * axial
    kinds += ["2e"] * (degree == 2)
    channels = 32 if len(kinds) == 2 else 16
    hidden = "+".join(f"{channels}x{kind}" for kind in kinds)
    pool = "\n# pool: mean, or sum for what grows with the number of particles, such as an energy."
    kept = ", pool: mean" if label.level == "graph" else ""
    return (
        f"# The network: hidden irreps and layers are its size.{pool if kept else ''}\n"
        f"model: {{kind: segnn, hidden: {hidden}, attribute_degree: {degree}, layers: 4{kept}}}"
    )


def _training(look: Look) -> str:
    batch = max(4, min(50, look.systems // 20))
    return (
        "# How it is trained; segnn train RECIPE --set training.epochs=10 for a first try.\n"
        f"training:\n  epochs: 100\n  batch_size: {batch}\n  learning_rate: 3e-3\n"
        "  schedule: one_cycle\n  warmup: 0.1\n  clip: 1.0\n  ema: 0.99\n  loss: mae\n  seed: 0"
    )
