"""``training.start_from``: the weights of another model instead of fresh ones (fine-tuning)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from torch import Tensor

from segnn.errors import UserError
from segnn.model import PhysicalModel, load

# What the weights multiply and give: without these being equal they fit nowhere.
IRREPS = {
    "inputs": "irreps_in",
    "edge_attributes": "irreps_edge_attr",
    "node_attributes": "irreps_node_attr",
    "message_scalars": "irreps_message",
    "model.hidden": "irreps_hidden",
    "targets": "irreps_out",
}
NETWORK = ("kind", "layers", "norm")
# What they mean: a model that was trained with others starts further from its goal, no more.
MEANING = ("inputs", "edge_attributes", "node_attributes", "message_scalars", "define", "graph")


def start_from(model: PhysicalModel, source: str) -> tuple[dict[str, Any], list[str]]:
    """Give ``model`` the weights of the run, the model folder or the packaged model ``source``.

    Everything that is stored with the weights comes along, the scales that a fresh network measures
    on its data included. Returns what to write into results.json (``model``, ``name``, ``sha256``
    of the weights) and sentences on what the two recipes declare differently. Raises `UserError`
    that lists the differences where the weights do not fit.
    """
    other = load(source)
    here, there = model.state_dict(), other.state_dict()
    unfit = [
        f"  {key}: {was} there, {now} here" for key, was, now in _unfit(other, model) if was != now
    ]
    if not unfit:  # equal declarations, and yet other tensors: another version wrote them
        unfit = [
            f"  {name}: {_shape(there.get(name))} there, {_shape(here.get(name))} here"
            for name in sorted(here.keys() | there.keys())
            if _shape(here.get(name)) != _shape(there.get(name))
        ]
    if unfit:
        raise UserError(
            f"training.start_from: the weights of {source} do not fit this recipe:\n"
            + "\n".join(unfit)
            + "\nDeclare the same irreps and network as there, or leave start_from out."
        )
    model.load_state_dict({name: value.to(here[name].dtype) for name, value in there.items()})
    origin = {"model": source, "name": other.recipe.name, "sha256": _digest(there)}
    return origin, _other_meaning(source, other, model)


def _unfit(other: PhysicalModel, model: PhysicalModel) -> Iterator[tuple[str, Any, Any]]:
    """Key, value there, value here."""
    for key, name in IRREPS.items():
        was, now = (str(getattr(made.cues, name)) or "nothing" for made in (other, model))
        yield key, was, now
    for key in NETWORK:
        yield f"model.{key}", getattr(other.recipe.model, key), getattr(model.recipe.model, key)


def _other_meaning(source: str, other: PhysicalModel, model: PhysicalModel) -> list[str]:
    there, here = (made.recipe.model_dump(mode="json") for made in (other, model))
    changed = [key for key in MEANING if there[key] != here[key]]
    changed += [
        f"targets.{name}.{key}"
        for name, target in here["targets"].items()
        for key in ("array", "unit", "base", "scale")
        if target.get(key) != there["targets"].get(name, {}).get(key)
    ]
    if not changed:
        return []
    return [
        f"training.start_from: {source} was trained with other {', '.join(changed)} than this "
        "recipe has; its weights fit and are taken all the same"
    ]


def _shape(value: Tensor | None) -> str:
    return "missing" if value is None else str(tuple(value.shape))


def _digest(state: dict[str, Tensor]) -> str:
    digest = hashlib.sha256()
    for name, value in sorted(state.items()):
        digest.update(f"{name} {tuple(value.shape)} ".encode())
        digest.update(value.detach().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()
