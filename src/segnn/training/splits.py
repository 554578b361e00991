"""The train, valid and test systems of a recipe, their labels checked before any time is spent on
training.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import torch

from segnn.data import Systems, SystemsLike
from segnn.data.digest import digest_of
from segnn.errors import UserError
from segnn.recipe import Features, Recipe
from segnn.recipe.splits import read_splits as splits_of

if TYPE_CHECKING:
    from segnn.model import PhysicalModel

Data = SystemsLike
"""What a public call takes as systems: `Systems`, arrays by name, an NPZ file, a list of these."""
SHOWN_SYSTEMS = 5


@dataclass(frozen=True)
class Split:
    """The systems of one split and their features, evaluated once; whether they were ``drawn``
    from the systems of train.
    """

    source: str
    systems: Systems
    features: Features
    drawn: bool = False

    def fingerprint(self) -> dict[str, Any]:
        """Of the systems, see `fingerprint`."""
        return fingerprint(self.systems)


def fingerprint(systems: Systems) -> dict[str, Any]:
    """The number of systems, and a hash of names, shapes and numbers of all their arrays."""
    arrays = {
        "position": systems.position,
        "offsets": systems.offsets,
        **systems.node,
        **systems.graph,
    }
    return {"systems": len(systems), "sha256": digest_of(arrays)}


def read_split(model: PhysicalModel, split: str) -> Split:
    """Read ``split`` of the model's recipe, as many systems as the recipe allows, with checked
    labels.
    """
    return read_splits(model, (split,))[split]


def read_splits(model: PhysicalModel, splits: Iterable[str] | None = None) -> dict[str, Split]:
    """Read some splits of the model's recipe, by default all that it declares."""
    held = splits_of(model.recipe, splits)
    return {
        name: replace(make_split(model, one.systems, one.source), drawn=one.drawn)
        for name, one in held.items()
    }


def given_split(model: PhysicalModel, split: str, data: Data) -> Split:
    """``data`` as the systems of ``split``, with checked labels."""
    named = isinstance(data, str | os.PathLike)
    read = model.read(data, None if named else f"the {split} systems")
    return make_split(model, read.systems, read.source)


def make_split(model: PhysicalModel, systems: Systems, source: str) -> Split:
    """The features of ``systems``; UserError if labels are absent, not finite, all zero, constant
    or equal to the base.
    """
    require_labels(model.recipe, systems, source)
    features = model.features(systems, source)
    for name in features.labels:
        check_labels(features, model.recipe, name, source)
    return Split(source, systems, features)


def require_labels(recipe: Recipe, systems: Systems, source: str) -> None:
    """UserError for data without the labels; what could be meant is an array that is no field.

    Labels of targets that are never trained on (loss.weight 0) may be absent.
    """
    lacking = [
        name
        for name, spec in recipe.targets.items()
        if spec.array not in systems.names and (spec.loss.weight > 0 or len(recipe.targets) == 1)
    ]
    if not lacking:
        return
    used = {spec.array or name for name, spec in recipe.fields.items()}
    used |= {"position", "cell", "pbc"} | recipe.label_arrays
    candidates = [name for name in systems.names if name not in used]
    key = array_key(recipe, lacking[0])
    hint = (
        f"No field uses {', '.join(map(repr, candidates))}: if that holds the labels, name it in "
        f"the recipe's {key}."
        if candidates
        else "Add the labels to the data."
    )
    raise UserError(
        f"{source}: missing array {recipe.targets[lacking[0]].array!r}, the labels that the "
        f"recipe's {key} names; present: {', '.join(systems.names)}. {hint}"
    )


def array_key(recipe: Recipe, name: str) -> str:
    """The key that names the array of a target's labels."""
    return "target.array" if len(recipe.targets) == 1 else f"targets.{name}.array"


def check_labels(features: Features, recipe: Recipe, name: str, source: str) -> None:
    """UserError for labels that are there but cannot be meant: not finite, all zero, constant,
    nothing but the base.
    """
    target, spec, key = features.labels[name], recipe.targets[name], array_key(recipe, name)
    array = spec.array
    cure = f"Check that {array!r} holds the labels, or name the right array in the recipe's {key}."
    bad = bad_systems(target, features, name)
    if bad:
        raise UserError(
            f"{source}: the target array {array!r} holds NaN or infinite numbers in "
            f"{named(bad, len(features))}. Correct these labels or leave the systems out."
        )
    if len(target) and not bool(target.any()):
        raise UserError(
            f"{source}: the target array {array!r} is zero throughout ({len(target)} rows). {cure}"
        )
    if len(target) > 1 and bool((target == target[0]).all()):
        value = [round(float(v), 6) for v in target[0]]
        shown = value[0] if len(value) == 1 else value
        raise UserError(
            f"{source}: the target array {array!r} is {shown} in all of its {len(target)} rows. "
            f"{cure}"
        )
    if name in features.base and spec.base is not None and torch.equal(target, features.base[name]):
        raise UserError(
            f"{source}: the target array {array!r} equals target.base ({spec.base}): nothing to "
            f"learn. {cure}"
        )


def check_inputs(split: Split) -> None:
    """UserError that names the systems whose cues are no finite numbers in the network's dtype: a
    single one of them would make every weight NaN.
    """
    features = split.features
    owner, edge_owner = features.node_graph, features.node_graph[features.edge_index[1]]
    bad: set[int] = set()
    for rows, systems in (
        (features.x, owner),
        (features.node_attr, owner),
        (features.edge_attr, edge_owner),
        (features.message, edge_owner),
    ):
        if rows is not None:
            bad |= set(systems[~torch.isfinite(rows).all(1)].tolist())
    for name in features.labels:
        bad |= set(bad_systems(features.rest(name).square(), features, name))
    if bad:
        raise UserError(
            f"{split.source}: what the network is given, or the square of what it has to learn, is "
            f"NaN or infinite in {named(sorted(bad), len(features))}. Their positions, fields or "
            "labels are perhaps too large for the recipe's expressions: correct them or their "
            "units, or leave these systems out."
        )


def bad_systems(rows: torch.Tensor, features: Features, name: str) -> list[int]:
    """The numbers of the systems in whose ``rows`` of the target ``name`` not all is finite."""
    rows = rows.reshape(len(rows), -1)
    found = features.rows_of(name)[~torch.isfinite(rows).all(1)]
    return sorted(set(found.tolist()))


def named(systems: Sequence[int], count: int) -> str:
    """ "system 3 of 10 (counted from 0)", "systems 1, 2, 4 and 7 more of 100 (counted from 0)"."""
    shown = ", ".join(map(str, systems[:SHOWN_SYSTEMS]))
    more = len(systems) - SHOWN_SYSTEMS
    return (
        f"system{'s' if len(systems) > 1 else ''} {shown}{f' and {more} more' if more > 0 else ''} "
        f"of {count} (counted from 0)"
    )
