"""Words of one scalar, mostly a distance: inverse; envelope, bessel, gaussian up to a cutoff."""

from __future__ import annotations

from e3nn.o3 import Irrep, Irreps
from torch import Tensor

from segnn.errors import UserError
from segnn.o3 import radial
from segnn.o3.plan.vector import BESSEL, GAUSSIAN, HARMONICS, Block
from segnn.o3.trusted import any_of
from segnn.recipe.forms import of_length
from segnn.recipe.quantity import ExpressionError, Site, Term, Type
from segnn.recipe.tensors import Tensors
from segnn.recipe.units import DIMENSIONLESS
from segnn.recipe.vocabulary import Scope, word
from segnn.recipe.words_vector import whole_number

MOST_FUNCTIONS = 256


def _scalar(name: str, x: Term) -> None:
    if x.irreps.dim != 1 or x.irreps[0].ir != Irrep("0e"):
        raise ExpressionError(
            f"{name} got {x}", f"{name} takes one scalar 0e, such as distance or norm(velocity)"
        )


def _cutoff(name: str, x: Term, cutoff: Term) -> None:
    """A positive number in the unit of x, or a constant of that unit."""
    if cutoff.number is not None and cutoff.number > 0:
        return
    named = (
        cutoff.number is None
        and cutoff.site is Site.CONSTANT
        and cutoff.is_scalar
        and cutoff.unit == x.unit
    )
    if not named:
        raise ExpressionError(
            f"{name} got the cutoff {cutoff}",
            f"the cutoff is a positive number, or a constant of the unit of {x.text} ({x.unit}): "
            f"constants: {{cutoff: {{value: 2.0, unit: {x.unit}}}}}",
        )


def _basis(name: str, x: Term, count: Term, cutoff: Term) -> int:
    _scalar(name, x)
    _cutoff(name, x, cutoff)
    functions = whole_number(name, "number of functions", count)
    if not 2 <= functions <= MOST_FUNCTIONS:
        raise ExpressionError(
            f"{name} got {functions} functions",
            f"the number of functions is from 2 to {MOST_FUNCTIONS}",
        )
    return functions


@word("inverse(x)", "1 / x of one scalar that is never 0, such as a mass; the unit is inverted too")
def inverse(scope: Scope, x: Term) -> Term:
    """1/x; a zero in the data is a UserError."""
    _scalar("inverse", x)

    def compute(tensors: Tensors, value: Tensor) -> Tensor:
        zero = value[:, 0] == 0
        if any_of(zero):
            raise UserError(
                f"inverse({x.text}): {tensors.origin} has {x.text} = 0 in row"
                f" {int(zero.nonzero()[0])} of its {x.site.value}s; take a quantity that is never 0"
            )
        return 1 / value

    return Term(f"inverse({x.text})", Type(x.irreps, x.unit**-1, x.site), compute, (x,))


@word(
    "envelope(x, cutoff) or envelope(x, cutoff, p)",
    "1 at 0, falling smoothly to 0 at the cutoff and beyond; unitless",
)
def envelope(scope: Scope, x: Term, cutoff: Term, p: Term | None = None) -> Term:
    """1 − (p+1)(p+2)/2 u^p + p(p+2) u^(p+1) − p(p+1)/2 u^(p+2), u = x/cutoff, p = 6 if not given.

    With two continuous derivatives at the cutoff. Source: Gasteiger et al., DimeNet, ICLR 2020,
    arXiv 2003.03123, Eq. 8.
    """
    _scalar("envelope", x)
    _cutoff("envelope", x, cutoff)
    power = 6 if p is None else whole_number("envelope", "power p", p)
    if not 2 <= power <= 20:
        raise ExpressionError(f"envelope got the power {power}", "the power p is from 2 to 20")

    def compute(tensors: Tensors, value: Tensor, c: Tensor) -> Tensor:
        return radial.envelope(value, c, power)

    text = f"envelope({x.text}, {cutoff.text}, {power})"
    kind = Type(x.irreps, DIMENSIONLESS, x.site)
    form = of_length(x, lambda c: Block(HARMONICS, 0, envelope=(c, power)), cutoff)
    return Term(text, kind, compute, (x, cutoff), form=form)


@word(
    "bessel(x, n, cutoff)",
    "n radial Bessel functions sqrt(2) sin(k pi u) / u of u = x / cutoff; 0 from the cutoff on;"
    " unitless",
)
def bessel(scope: Scope, x: Term, n: Term, cutoff: Term) -> Term:
    """√2 sin(kπu)/u for k = 1 … n, √2 kπ at u = 0: orthonormal on the ball of radius 1 (with weight
    u²), zero beyond it.

    Source: Gasteiger et al., DimeNet, ICLR 2020, arXiv 2003.03123, Eq. 7, in units of the cutoff.
    """
    count = _basis("bessel", x, n, cutoff)

    def compute(tensors: Tensors, value: Tensor, c: Tensor) -> Tensor:
        return radial.bessel(value, count, c)

    text = f"bessel({x.text}, {count}, {cutoff.text})"
    form = of_length(x, lambda c: Block(BESSEL, count, c), cutoff)
    return Term(text, _functions(x, count), compute, (x, cutoff), form=form)


@word(
    "gaussian(x, n, cutoff)",
    "n Gaussians with centres spread evenly from 0 to the cutoff, as wide as their spacing;"
    " unitless",
)
def gaussian(scope: Scope, x: Term, n: Term, cutoff: Term) -> Term:
    """exp(−(x − μ_k)²/(2σ²)), μ_k = k σ for k = 0 … n − 1, σ = cutoff/(n − 1).

    Source: Schütt et al., SchNet, NeurIPS 2017, arXiv 1706.08566, Eq. 4, with this σ.
    """
    count = _basis("gaussian", x, n, cutoff)

    def compute(tensors: Tensors, value: Tensor, c: Tensor) -> Tensor:
        return radial.gaussian(value, count, c)

    text = f"gaussian({x.text}, {count}, {cutoff.text})"
    form = of_length(x, lambda c: Block(GAUSSIAN, count, c), cutoff)
    return Term(text, _functions(x, count), compute, (x, cutoff), form=form)


def _functions(x: Term, count: int) -> Type:
    return Type(Irreps(f"{count}x0e"), DIMENSIONLESS, x.site)
