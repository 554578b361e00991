"""An expression of a recipe, typed and fit for where it stands; or a mistake more."""

from __future__ import annotations

from segnn.recipe.algebra import BARE_POINT
from segnn.recipe.expression import parse
from segnn.recipe.origin import Mistake, Path
from segnn.recipe.quantity import ExpressionError, Site, Term
from segnn.recipe.vocabulary import Scope


def typed(
    mistakes: list[Mistake], scope: Scope, path: Path, text: str, site: Site, points: bool = False
) -> Term | None:
    """The typed term of ``text``, fit for ``site``; None, and one mistake more, if it is not."""
    try:
        term = parse(text, scope)
        if not points:
            _no_point(term)
        if term.site not in (site, Site.GRAPH, Site.CONSTANT):
            cure = (
                f"bring it to the nodes: sum({text}) or mean({text})"
                if site is Site.NODE
                else f"write source({text}) or target({text})"
                if site is Site.EDGE
                else f"bring it to the system: total({text}) or average({text})"
            )
            raise ExpressionError(f"{term} does not live on {site.value}s", cure)
    except ExpressionError as error:
        mistakes.append(Mistake(path, error.problem, (("in", text), ("cure", error.cure))))
        return None
    return term


def _no_point(term: Term) -> None:
    if term.type.point:
        raise ExpressionError(
            f"{term} is a point: its numbers depend on where the origin is", BARE_POINT
        )
