"""Hidden irreps from a number of channels (paper, App. C: weight-balanced and dimension-balanced widths)."""

from __future__ import annotations

from math import isqrt

from e3nn.o3 import Irrep, Irreps

from segnn.recipe.schema import ModelSpec


def hidden_irreps(model: ModelSpec, attributes: Irreps) -> Irreps:
    """The irreps of ``model.hidden``, or those that ``channels``, ``degree`` and ``widths`` stand for.

    - ``weights``: n copies of every degree, n the smallest for which (n·V) ⊗ attributes → (n·V) has at least as many
      weights as a linear layer of ``channels`` × ``channels``; 64 channels of degree 1 under attributes of degree 1 are
      32x0e+32x1o.
    - ``dimension``: every degree gets an equal share of ``channels`` numbers, the rest become scalars.

    Parities are those of spherical harmonics. Raises ValueError if the channels do not suffice for every degree.
    """
    if model.hidden is not None:
        return Irreps(model.hidden)
    assert model.channels is not None
    degrees = [Irrep(l, (-1) ** l) for l in range(model.degree + 1)]  # noqa: E741
    if model.widths == "weights":
        paths = sum(mul for mul, a in attributes for x in degrees for y in x * a if y in degrees)
        copies = isqrt(max(0, model.channels**2 - 1) // max(paths, 1)) + 1
        return Irreps([(copies, ir) for ir in degrees])
    share = model.channels // len(degrees)
    copies_of = {ir: share // ir.dim for ir in degrees}
    if 0 in copies_of.values():
        needed = len(degrees) * degrees[-1].dim
        raise ValueError(f"{model.channels} channels do not reach degree {model.degree}; expected at least {needed}")
    copies_of[degrees[0]] += model.channels - sum(mul * ir.dim for ir, mul in copies_of.items())
    return Irreps([(mul, ir) for ir, mul in copies_of.items()])
