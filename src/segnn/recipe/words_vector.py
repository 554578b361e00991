"""Words of vector algebra: norm, square_norm, normalized, compressed, bounded, dot, cross, outer,
sh, concat, unitless, one_hot.
"""

from __future__ import annotations

from functools import lru_cache

import torch
from e3nn.o3 import Irrep, Irreps
from torch import Tensor

from segnn.data.elements import NUMBERS, symbol
from segnn.errors import UserError
from segnn.o3 import safe
from segnn.o3.constant import constant, on_device
from segnn.o3.harmonics import spherical_harmonics
from segnn.o3.plan.vector import HARMONICS, LENGTH, Block
from segnn.o3.trusted import any_of
from segnn.recipe.algebra import BARE_POINT, common_site, concatenate, together
from segnn.recipe.cartesian import change_of_basis
from segnn.recipe.forms import of_vector
from segnn.recipe.quantity import ExpressionError, Site, Term, Type, join_sites
from segnn.recipe.tensors import Tensors
from segnn.recipe.units import DIMENSIONLESS
from segnn.recipe.vocabulary import Scope, word

MAX_DEGREE = 11


MATRICES = ("1x0e+1x2e", "1x0e+1x1e+1x2e")


def no_point(name: str, x: Term) -> None:
    """Refuse a point as operand of ``name``."""
    if x.type.point:
        raise ExpressionError(
            f"{name}({x.text}) depends on the origin: {x.text} is a point", BARE_POINT
        )


def whole_number(name: str, what: str, x: Term) -> int:
    """The literal whole number ``x``, or an error that names ``what`` it is for."""
    if not isinstance(x.number, int):
        raise ExpressionError(
            f"{name} got {x.text} for its {what}", f"the {what} is a whole number written out"
        )
    return x.number


def _copies(irreps: Irreps, x: Tensor) -> list[Tensor]:
    """Each entry ``mul x ir`` of x (rows, dim) as (rows, mul, 2l+1)."""
    return [
        x[:, s].reshape(-1, mul, ir.dim)
        for (mul, ir), s in zip(irreps, irreps.slices(), strict=True)
    ]


@word("norm(x)", "length of every copy of an irrep in x; a scalar 0e each, in the unit of x")
def norm(scope: Scope, x: Term) -> Term:
    """|x|, 0 with zero gradient at 0."""
    no_point("norm", x)

    def compute(tensors: Tensors, value: Tensor) -> Tensor:
        return torch.cat([safe.norm(copy)[..., 0] for copy in _copies(x.irreps, value)], dim=1)

    kind = Type(Irreps(f"{x.irreps.num_irreps}x0e"), x.unit, x.site)
    form = of_vector(x, Block(LENGTH, 1))
    return Term(f"norm({x.text})", kind, compute, (x,), form=form)


@word(
    "square_norm(x)",
    "squared length of every copy of an irrep in x; a scalar 0e each, in the squared unit of x",
)
def square_norm(scope: Scope, x: Term) -> Term:
    """|x|²."""
    no_point("square_norm", x)

    def compute(tensors: Tensors, value: Tensor) -> Tensor:
        return torch.cat([copy.square().sum(-1) for copy in _copies(x.irreps, value)], dim=1)

    kind = Type(Irreps(f"{x.irreps.num_irreps}x0e"), x.unit**2, x.site)
    return Term(f"square_norm({x.text})", kind, compute, (x,))


@word("normalized(x)", "direction of every copy of an irrep in x, dimensionless; zero stays zero")
def normalized(scope: Scope, x: Term) -> Term:
    """x/|x|, 0 with zero gradient at 0."""
    no_point("normalized", x)

    def compute(tensors: Tensors, value: Tensor) -> Tensor:
        return torch.cat(
            [safe.normalized(copy).flatten(1) for copy in _copies(x.irreps, value)], dim=1
        )

    return Term(f"normalized({x.text})", Type(x.irreps, DIMENSIONLESS, x.site), compute, (x,))


@word(
    "compressed(x)",
    "x with the length l of every copy of an irrep made log(1 + l), unitless; for heavy tails",
)
def compressed(scope: Scope, x: Term) -> Term:
    """x log(1 + |x|)/|x|, of the bare numbers of x: small values stay, large ones grow like their
    logarithm.
    """
    no_point("compressed", x)

    def compute(tensors: Tensors, value: Tensor) -> Tensor:
        copies = _copies(x.irreps, value)
        return torch.cat(
            [(safe.normalized(c) * torch.log1p(safe.norm(c))).flatten(1) for c in copies], dim=1
        )

    return Term(f"compressed({x.text})", Type(x.irreps, DIMENSIONLESS, x.site), compute, (x,))


@word(
    "bounded(x)",
    "x with the length l of every copy of an irrep made l / (1 + l) < 1, unitless; for heavy tails",
)
def bounded(scope: Scope, x: Term) -> Term:
    """x / (1 + |x|), of the bare numbers of x: small values stay, no length exceeds 1."""
    no_point("bounded", x)

    def compute(tensors: Tensors, value: Tensor) -> Tensor:
        return torch.cat(
            [(c / (1 + safe.norm(c))).flatten(1) for c in _copies(x.irreps, value)], dim=1
        )

    return Term(f"bounded({x.text})", Type(x.irreps, DIMENSIONLESS, x.site), compute, (x,))


@word(
    "dot(x, y)",
    "scalar product of two single irreps of equal degree; a pseudoscalar 0o if their parities"
    " differ",
)
def dot(scope: Scope, x: Term, y: Term) -> Term:
    """x · y."""
    a, b = _single("dot", x), _single("dot", y)
    what = f"cannot form dot of {x} and {y}"
    if a.l != b.l:
        raise ExpressionError(
            f"{what}: their degrees differ, {a.l} and {b.l}", "use two irreps of equal degree"
        )
    site = common_site(x, y, what)

    def compute(tensors: Tensors, u: Tensor, v: Tensor) -> Tensor:
        return (u * v).sum(1, keepdim=True)

    kind = Type(Irreps([(1, (0, a.p * b.p))]), x.unit * y.unit, site)
    return Term(f"dot({x.text}, {y.text})", kind, compute, together(x, y, site))


@word(
    "cross(x, y)", "cross product of two vectors; of two 1o (or two 1e) a 1e, of a 1o and a 1e a 1o"
)
def cross(scope: Scope, x: Term, y: Term) -> Term:
    """x × y."""
    parity, site = _two_vectors("cross", x, y)

    def compute(tensors: Tensors, u: Tensor, v: Tensor) -> Tensor:
        result: Tensor = torch.linalg.cross(*torch.broadcast_tensors(u, v), dim=1)
        return result

    kind = Type(Irreps([(1, (1, parity))]), x.unit * y.unit, site)
    return Term(f"cross({x.text}, {y.text})", kind, compute, together(x, y, site))


@word(
    "outer(x, y)",
    "all products x_a y_b of two vectors as 0e+1e+2e (0o+1o+2o if their parities differ): their"
    " scalar, cross and symmetric traceless product; of twice the same x only 0e+2e",
)
def outer(scope: Scope, x: Term, y: Term) -> Term:
    """x ⊗ y in irreps, by an orthonormal change of basis: the squares sum up to |x|²|y|²."""
    parity, site = _two_vectors("outer", x, y)
    same = x.text == y.text
    basis = change_of_basis("symmetric" if same else "general")

    def compute(tensors: Tensors, u: Tensor, v: Tensor) -> Tensor:
        u, v = torch.broadcast_tensors(u, v)
        return (u[:, :, None] * v[:, None]).flatten(1) @ on_device(basis, u.device).to(u.dtype)

    degrees = (0, 2) if same else (0, 1, 2)
    kind = Type(Irreps([(1, (l, parity)) for l in degrees]), x.unit * y.unit, site)  # noqa: E741
    return Term(f"outer({x.text}, {y.text})", kind, compute, together(x, y, site))


@word(
    "sh(x) or sh(x, degree)",
    "spherical harmonics of the direction of a vector, degrees 0 to model.attribute_degree",
)
def sh(scope: Scope, x: Term, degree: Term | None = None) -> Term:
    """Component-normalised SH embedding, |Y_l|² = 2l+1; (1, 0, 0, …) for the zero vector. Of a 1e
    all are even.
    """
    no_point("sh", x)
    if str(x.irreps) not in ("1x1o", "1x1e"):
        raise ExpressionError(f"sh got {x}", "sh embeds one vector, irreps 1o or 1e")
    lmax = scope.attribute_degree if degree is None else whole_number("sh", "degree", degree)
    if not 0 <= lmax <= MAX_DEGREE:
        raise ExpressionError(f"sh got degree {lmax}", f"degrees go from 0 to {MAX_DEGREE}")
    irreps = Irreps([(1, (l, x.irreps[0].ir.p ** l)) for l in range(lmax + 1)])  # noqa: E741

    def compute(tensors: Tensors, value: Tensor) -> Tensor:
        return spherical_harmonics(lmax, value)

    kind, form = Type(irreps, DIMENSIONLESS, x.site), of_vector(x, Block(HARMONICS, lmax))
    return Term(f"sh({x.text}, {lmax})", kind, compute, (x,), form=form)


@word(
    "concat(x, y, ...)",
    "x, y, … side by side, each of its irreps; in attribute lists, where entries are summed",
)
def concat(scope: Scope, x: Term, *others: Term) -> Term:
    """The operands one after another; equal units, sites as in a sum."""
    terms, site = [x, *others], x.site
    for other in others:
        site = _site_of(concat_text(terms), site, other)
        if other.unit != x.unit:
            raise ExpressionError(
                f"cannot concat {x} and {other}: their units differ, {x.unit} and {other.unit}",
                "drop the units with unitless(...)",
            )
    for term in terms:
        no_point("concat", term)
    return concatenate(terms, site)


def concat_text(terms: list[Term]) -> str:
    """The call as written."""
    return f"concat({', '.join(term.text for term in terms)})"


def _site_of(what: str, site: Site, term: Term) -> Site:
    joined = join_sites(site, term.site)
    if joined is None:
        raise ExpressionError(
            f"{what} mixes nodes and edges",
            f"write source(...) or target(...) around what lives on nodes ({term})",
        )
    return joined


@word("turning(x)", "x without its scalars (0e and 0o): the parts that turn with the system")
def turning(scope: Scope, x: Term) -> Term:
    """The irreps of degree 1 and higher."""
    no_point("turning", x)
    pairs = list(zip(x.irreps, x.irreps.slices(), strict=True))
    kept = [(entry, columns) for entry, columns in pairs if entry.ir.l > 0]
    if not kept:
        raise ExpressionError(
            f"turning got {x}", "turning takes a quantity with vectors, such as sh(x)"
        )

    def compute(tensors: Tensors, value: Tensor) -> Tensor:
        return torch.cat([value[:, columns] for _, columns in kept], dim=1)

    kind = Type(Irreps([entry for entry, _ in kept]), x.unit, x.site)
    return Term(f"turning({x.text})", kind, compute, (x,))


@word("trace(x)", "trace of a matrix of the irreps 0e+2e or 0e+1e+2e, such as a polarizability")
def trace(scope: Scope, x: Term) -> Term:
    """√3 times the scalar: the irreps of a matrix are orthonormal."""
    if str(x.irreps) not in MATRICES:
        raise ExpressionError(f"trace got {x}", "trace takes one matrix, 0e+2e or 0e+1e+2e")
    kind = Type(Irreps("0e"), x.unit, x.site)
    return Term(f"trace({x.text})", kind, lambda tensors, value: 3**0.5 * value[:, :1], (x,))


@word("unitless(x)", "the bare numbers of x, in the units of the data files")
def unitless(scope: Scope, x: Term) -> Term:
    """x without its unit."""
    no_point("unitless", x)
    return Term(
        f"unitless({x.text})",
        Type(x.irreps, DIMENSIONLESS, x.site),
        lambda tensors, value: value,
        (x,),
        form=x.form,
    )


@word(
    "one_hot(x, a, b, ...) or one_hot(species)",
    "1 in the column of the value that x has, among the numbers a, b, …; of species, among the"
    " elements that the recipe declares",
)
def one_hot(scope: Scope, x: Term, *choices: Term) -> Term:
    """One 0e per choice; a value that is none of them is a UserError."""
    if (
        not x.irreps.dim == 1
        or x.irreps[0].ir != Irrep("0e")
        or x.site not in (Site.NODE, Site.GRAPH)
    ):
        raise ExpressionError(
            f"one_hot got {x}", "one_hot takes one scalar 0e per node or graph, such as species"
        )
    declared = not choices and x.text == "species"
    numbers = list(scope.species) if declared else [choice.number for choice in choices]
    if None in numbers or len(set(numbers)) < len(numbers) or not numbers:
        raise ExpressionError(
            f"one_hot got the choices {', '.join(choice.text for choice in choices) or 'none'}",
            "write the values out, each once: one_hot(species, 1, 6, 7, 8, 9)",
        )
    text = f"one_hot({', '.join([x.text, *(choice.text for choice in choices)])})"

    known = _row(tuple(numbers))

    def compute(tensors: Tensors, value: Tensor) -> Tensor:
        hot = value == on_device(known, value.device).to(value.dtype)
        missing = ~hot.any(1)
        if any_of(missing):
            found = sorted(set(value[missing][:, 0].tolist()))[:5]
            if declared:
                _refuse_species(tensors, found, scope.species)
            raise UserError(
                f"{text}: {tensors.origin} has {x.text} = {', '.join(f'{v:g}' for v in found)}, "
                f"expected one of {numbers}; add the value to the recipe's one_hot(...)"
            )
        return hot.to(value.dtype)

    return Term(text, Type(Irreps(f"{len(numbers)}x0e"), DIMENSIONLESS, x.site), compute, (x,))


@lru_cache(maxsize=64)
@constant
def _row(numbers: tuple[float, ...]) -> Tensor:
    return torch.tensor([numbers], dtype=torch.float64)


def _refuse_species(tensors: Tensors, found: list[float], known: tuple[int, ...]) -> None:
    here = f"{tensors.origin}: there are atoms of {', '.join(map(symbol, found))}, and this recipe"
    learned = ", ".join(map(symbol, known))
    wrong = [number for number in found if not (number >= 1 and symbol(number) in NUMBERS)]
    if wrong:
        raise UserError(
            f"{here} knows {learned}. {symbol(wrong[0])} is no element: correct the array, atomic "
            "numbers are whole and from 1 to 118"
        )
    raise UserError(
        f"{here} knows {learned}: the model has never seen the others. Leave these systems out, or "
        f"train with species: [{', '.join(map(symbol, sorted({*known, *found})))}]"
    )


def _two_vectors(name: str, x: Term, y: Term) -> tuple[int, Site]:
    """The parity of their products and the site these lie on; ExpressionError for others."""
    a, b = _single(name, x), _single(name, y)
    what = f"cannot form {name} of {x} and {y}"
    if (a.l, b.l) != (1, 1):
        raise ExpressionError(f"{what}: both must be vectors", "use irreps 1o or 1e")
    return a.p * b.p, common_site(x, y, what)


def _single(name: str, x: Term) -> Irrep:
    no_point(name, x)
    if x.irreps.num_irreps != 1:
        raise ExpressionError(f"{name} got {x}", f"{name} takes single irreps, such as 1o")
    return next(ir for mul, ir in x.irreps if mul)
