"""The hidden irreps that a recipe asks for, written out or by a number of channels."""

from __future__ import annotations

from e3nn.o3 import Irreps

from segnn.nn.widths import balanced_irreps, weight_balanced_irreps
from segnn.recipe.schema import ModelSpec


def hidden_irreps(model: ModelSpec, attributes: Irreps) -> Irreps:
    """The irreps of ``model.hidden``, or those that ``channels``, ``degree`` and ``widths`` stand
    for.

    Raises ValueError if the channels do not suffice for every degree.
    """
    if model.hidden is not None:
        return Irreps(model.hidden)
    assert model.channels is not None
    if model.widths == "weights":
        return weight_balanced_irreps(model.channels, model.degree, attributes)
    return balanced_irreps(model.channels, model.degree)
