"""What is predicted: outputs of the network and derivatives of them."""

from __future__ import annotations

from typing import Annotated, Literal

from e3nn.o3 import Irreps
from pydantic import Field, model_validator

from segnn.recipe.cartesian import FORMS
from segnn.recipe.section import Expression, Finite, IrrepsText, Positive, Section, UnitText


class LossSpec(Section):
    """What an error of this target counts in the training."""

    kind: Literal["mse", "mae", "huber"] | None = None
    """null takes training.loss."""
    weight: Annotated[Finite, Field(ge=0)] = 1.0
    """Multiplies the error in units of the target's spread on the training systems; with 0 the
    target is predicted and never trained on, and data need not hold its labels."""
    per: Literal["atom"] | None = None
    """``atom`` divides the error of a system by its number of nodes; null does not."""


class TargetSpec(Section):
    """What is predicted. An output of the network: prediction = base + shift + scale * (output of
    the network); the shift, the mean of target - base where it is an even scalar, is measured on
    the training systems. Or the derivative of another target, from the same network. Or the value
    of an expression in which other targets stand."""

    array: str
    """The labels in the data file; within targets the target's name if it is not given."""
    derivative: str | None = None
    """``-energy / position`` (forces), ``energy / strain``, ``-energy / NAME`` of a declared field;
    ``-energy / (NAME, NAME)`` is a second derivative. Irreps, unit and level follow from it."""
    value: Expression | None = None
    """``total(charge * (position - center(position)))``: made of outputs of the network, the
    targets that are named, and of fields. It is what is trained on; targets that only stand in it
    have loss: {weight: 0} and need no labels."""
    irreps: IrrepsText
    """How the target turns, as of a field."""
    cartesian: Literal["symmetric", "traceless", "antisymmetric", "general"] | None = None
    """Labels and predictions are matrices (3, 3) of this form, of irreps 0e+2e, 2e, 1e, 0e+1e+2e.
    Errors are those of the irreps, whose squares sum up to the matrix's."""
    unit: UnitText = "1"
    """Of the labels and of the predictions; of a derivative by strain also a stress, per volume."""
    level: Literal["node", "graph"] = "node"
    """One prediction per particle, or one per system."""
    pool: Literal["sum", "mean"] | None = None
    """For graph targets: the sum or the mean of an output of every node. A sum is extensive, as an
    energy is. null: the features are pooled, as model.pool says, and make the output together."""
    base: Expression | None = None
    """An expression of the target's irreps and unit, such as ``position``: the network then learns
    a displacement. ``reference(species)`` is the sum of one energy for each atom's species."""
    scale: Positive | None = None
    """Multiplies the output of the network; null takes a fifth of the root mean square of
    target - base on the training systems, or of that of the labels of its derivative."""
    centered: Expression | None = None
    """Weights, ``one`` or ``mass``: the weighted mean of prediction - base is zero in every system,
    exactly."""
    time: Literal["odd"] | None = None
    """Where fields are odd in time: ``odd`` for a target that changes its sign when all of these
    are reversed, such as a moment; null for one that does not, such as an energy. Of a derivative
    it follows."""
    missing: Literal["masked"] | None = None
    """``masked``: systems whose labels are NaN, or that lack the label in a file of atoms, count
    nowhere for this target: in no loss, error, reference or baseline. null refuses them."""
    loss: LossSpec = LossSpec()
    """The section loss: kind, weight, per."""

    @model_validator(mode="after")
    def _fits(self) -> TargetSpec:
        needed = None if self.cartesian is None else FORMS[self.cartesian]
        if needed is not None and Irreps(self.irreps) != Irreps(needed):
            raise ValueError(
                f"irreps: {needed} with cartesian: {self.cartesian} (irreps {self.irreps} are no "
                f"such matrix), or no cartesian"
            )
        if self.pool is not None and self.level != "graph":
            raise ValueError("level: graph with pool, or no pool: nodes are not pooled for nodes")
        if self.loss.per is not None and self.level != "graph":
            raise ValueError("level: graph with loss.per: atom; errors of nodes are per node")
        given = [key for key in ("pool", "base", "scale", "centered", "time") if getattr(self, key)]
        if self.derivative is not None and given:
            raise ValueError(
                f"a derivative without {given[0]}: these are of the target it is the derivative of"
            )
        if self.value is not None and (given or self.derivative is not None):
            other = given[0] if given else "derivative"
            raise ValueError(f"a value without {other}: an expression says all there is of it")
        return self
