"""Which terms are functions of one vector alone: ``VectorForm``, found as a term is made.

Harmonics, lengths, envelopes, Bessel functions and Gaussians of one vector, their products with
envelopes and numbers, and such things side by side, are one operation with derivatives of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from segnn.o3.plan.vector import HARMONICS, LENGTH, Block, VectorPlan
from segnn.recipe.quantity import Term, VectorForm


def of_vector(x: Term, block: Block) -> VectorForm | None:
    """The form of a function of x, where x is one vector."""
    if x.irreps.num_irreps != 1 or x.irreps.dim != 3:
        return None
    return VectorForm(x, VectorPlan((block,)))


def of_length(x: Term, block: Callable[[float], Block], cutoff: Term) -> VectorForm | None:
    """The form of a function with a cutoff, where x is the length of a vector."""
    c = _number(cutoff)
    length = VectorPlan((Block(LENGTH, 1),))
    if c is None or c <= 0 or x.form is None or x.form.plan != length:
        return None
    return VectorForm(x.form.vector, VectorPlan((block(c),)))


def multiplied(scalar: Term, other: Term) -> VectorForm | None:
    """The form of ``scalar`` · ``other``: of a number, or of an envelope on what has none."""
    if other.form is None:
        return None
    factor, blocks = _number(scalar), other.form.plan.blocks
    if factor is not None:
        scaled = tuple(block._replace(scale=block.scale * factor) for block in blocks)
        return VectorForm(other.form.vector, VectorPlan(scaled))
    if scalar.form is None or scalar.form.vector.text != other.form.vector.text:
        return None
    (first, *more) = scalar.form.plan.blocks
    pure = (first.kind, first.size) == (HARMONICS, 0)
    if more or not pure or any(block.envelope[1] > 0 for block in blocks):
        return None
    under = tuple(
        block._replace(envelope=first.envelope, scale=block.scale * first.scale) for block in blocks
    )
    return VectorForm(other.form.vector, VectorPlan(under))


def side_by_side(terms: Sequence[Term]) -> VectorForm | None:
    """The form of terms one after another, where all are functions of the same vector."""
    forms = [term.form for term in terms if term.form is not None]
    if len(forms) < len(terms) or len({form.vector.text for form in forms}) != 1:
        return None
    blocks = tuple(block for form in forms for block in form.plan.blocks)
    return VectorForm(forms[0].vector, VectorPlan(blocks))


def _number(term: Term) -> float | None:
    """The value of a literal, or of a constant of the recipe."""
    return term.value if term.number is None else float(term.number)
