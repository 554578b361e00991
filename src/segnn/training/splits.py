"""The train, valid and test systems of a recipe, their labels checked before any time is spent on
training.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import torch

from segnn.data import Systems, SystemsLike
from segnn.data.digest import digest_of
from segnn.data.stored import Stored
from segnn.errors import UserError
from segnn.recipe import Features, Recipe
from segnn.recipe.splits import SplitSystems
from segnn.recipe.splits import read_splits as splits_of
from segnn.splits import SPLITS
from segnn.training.plan import (
    Plan,
    allowed_memory,
    bytes_of,
    nbytes,
    needs,
    plan_for,
    sample_of,
    told,
)

if TYPE_CHECKING:
    from segnn.model import PhysicalModel

IN_FILE = 4
"""A file whose systems alone take this part of the memory stays on disk."""
Data = SystemsLike
"""What a public call takes as systems: `Systems`, arrays by name, an NPZ file, a list of these."""
SHOWN_SYSTEMS = 5


@dataclass(frozen=True)
class Split:
    """The systems of one split and their features, evaluated once; whether they were ``drawn``
    from the systems of train.

    Of training systems that are too many for that, ``whole`` and ``plan`` say which they are and
    how they are taken; then ``systems`` are a sample of them.
    """

    source: str
    systems: Systems
    features: Features
    drawn: bool = False
    whole: Systems | Stored | None = None
    plan: Plan | None = None

    @property
    def count(self) -> int:
        """How many systems there are."""
        return len(self.systems if self.whole is None else self.whole)

    def with_labels(self, name: str) -> Split:
        """The systems that have labels of the target ``name``."""
        chosen = self.features.labelled(name)
        if bool(chosen.all()):
            return self
        features = self.features.with_labels(name)
        return replace(self, systems=self.systems[chosen.numpy()], features=features)

    def fingerprint(self) -> dict[str, Any]:
        """Of the systems, see `fingerprint`."""
        return fingerprint(self.systems if self.whole is None else self.whole)


def fingerprint(systems: Systems | Stored) -> dict[str, Any]:
    """The number of systems, and a hash of names, shapes and numbers of all their arrays."""
    if isinstance(systems, Stored):
        return {"systems": len(systems), "sha256": systems.digest()}
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
    return {name: _made(model, one) for name, one in held.items()}


def training_splits(
    model: PhysicalModel,
    data: Mapping[str, Data] | None,
    memory: int,
    plan: Plan | Literal["held"] | None = None,
) -> dict[str, Split]:
    """All splits of a training, those of the recipe or ``data``; training systems that do not fit
    into ``memory`` bytes with their cues as a sample of them.

    ``plan``: that of the training that goes on, "held" where all was in memory.
    """
    if data is None:
        most = memory // IN_FILE if plan is None else None if plan == "held" else 0
        read = splits_of(model.recipe, most=most)
    else:
        read = {name: _given(model, name, data[name]) for name in SPLITS if name in data}
    others = {name: _made(model, one) for name, one in read.items() if name != "train"}
    train = read["train"]
    whole = train.systems if train.stored is None else train.stored
    if plan is None:
        used = sum(nbytes(o.systems) + 2 * bytes_of(o.features) for o in others.values())
        plan = plan_for(model, whole, train.source, memory, used)
    if plan is None or plan == "held":
        systems = train.systems if train.stored is None else train.stored.read()
        made = _made(model, replace(train, systems=systems))
    else:
        require_labels(model.recipe, whole, train.source)
        sample = sample_of(whole, plan, model.recipe.data.seed)
        made = _made(model, replace(train, systems=sample))
        made = replace(made, whole=whole, plan=plan)
    found = {**others, "train": made}
    return {name: found[name] for name in read}


def training_data(model: PhysicalModel) -> dict[str, Any]:
    """Which way the training systems of the model's recipe would go here, and why.

    ``systems``: their number; ``bytes``: of all with their cues; ``allowed``: bytes that they may
    take in each process; ``held``: whether they are all held in memory; ``text``: in a sentence.
    """
    memory = allowed_memory(model.recipe)
    read = splits_of(model.recipe, most=memory // IN_FILE)
    train = read.pop("train")
    whole = train.systems if train.stored is None else train.stored
    found = needs(model, whole, train.source)
    others = sum(len(one.systems) for one in read.values()) * int(found.system + 2 * found.cues)
    plan = plan_for(model, whole, train.source, memory, others)
    return {
        "systems": found.count,
        "bytes": found.whole,
        "allowed": memory,
        "held": plan is None,
        "text": f"{train.source}: {told(plan, found, memory, others, train.stored is not None)}",
    }


def _made(model: PhysicalModel, one: SplitSystems) -> Split:
    require_labels(model.recipe, one.systems, one.source)
    return replace(make_split(model, one.systems, one.source), drawn=one.drawn)


def _given(model: PhysicalModel, split: str, data: Data) -> SplitSystems:
    named = isinstance(data, str | os.PathLike)
    read = model.read(data, None if named else f"the {split} systems")
    return SplitSystems(read.systems, read.source, False)


def make_split(model: PhysicalModel, systems: Systems, source: str) -> Split:
    """The features of ``systems``; UserError if labels that are there are not finite, all zero,
    constant or equal to the base.
    """
    features = model.features(systems, source)
    for name in features.labels:
        check_labels(features, model.recipe, name, source)
    return Split(source, systems, features)


def require_labels(recipe: Recipe, systems: Systems | Stored, source: str) -> None:
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
    masked = spec.missing == "masked"
    bad = bad_systems(torch.where(target.isnan() & masked, 0.0, target), features, name)
    if bad:
        missing = f"targets.{name}.missing: masked"
        also = "" if masked else f"; if they are missing on purpose, declare {missing}"
        raise UserError(
            f"{source}: the target array {array!r} holds {'' if masked else 'NaN or '}infinite "
            f"numbers in {named(bad, len(features))}. Correct these labels or leave the systems "
            f"out{also}."
        )
    if masked:
        target = target[~target.isnan().any(1)]
        if len(features) and not len(target):
            raise UserError(
                f"{source}: the target array {array!r} is NaN in all of its {len(features)} "
                f"systems: no labels at all. {cure}"
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
    if (
        name in features.base
        and spec.base is not None
        and torch.equal(features.labels[name], features.base[name])
    ):
        raise UserError(
            f"{source}: the target array {array!r} equals target.base ({spec.base}): nothing to "
            f"learn. {cure}"
        )


def check_inputs(split: Split) -> None:
    """UserError that names the systems whose cues are no finite numbers in the network's dtype: a
    single one of them would make every weight NaN.
    """
    features = split.features
    bad = bad_inputs(features)
    for name in features.labels:
        rest = torch.where(features.labels[name].isnan(), 0.0, features.rest(name))
        bad |= set(bad_systems(rest.square(), features, name))
    if bad:
        raise UserError(
            f"{split.source}: what the network is given, or the square of what it has to learn, is "
            f"NaN or infinite in {named(sorted(bad), len(features))}. Their positions, fields or "
            "labels are perhaps too large for the recipe's expressions: correct them or their "
            "units, or leave these systems out."
        )


def bad_inputs(features: Features) -> set[int]:
    """The numbers of the systems whose cues are not all finite."""
    owner, edge_owner = features.node_graph, features.node_graph[features.edge_index[1]]
    bad: set[int] = set()
    for rows, systems in (
        (features.x, owner),
        (features.node_attr, owner),
        (features.edge_attr, edge_owner),
        (features.message, edge_owner),
    ):
        if rows is not None and rows.shape[1] and not torch.isfinite(rows).all():
            bad |= set(systems[~torch.isfinite(rows).all(1)].tolist())
    return bad


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
