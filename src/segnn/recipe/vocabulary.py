"""The closed vocabulary of expressions: every name a recipe may use, with its typing rule and its
evaluation.

A word is declared once, by a function from typed operands to a typed term::

    @word("norm(x)", "length of x")
    def norm(scope, x): ...   # checks the operand's type, returns a Term

The words stand in ``words_vector``, ``words_scalar``, ``words_graph`` and ``words_physics``.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from segnn.recipe.quantity import ExpressionError, Term


@dataclass(frozen=True)
class Scope:
    """What names stand for in one recipe: fields, constants, …; the default degree of sh(); the
    elements that species may be."""

    names: dict[str, Term] = field(default_factory=dict)
    attribute_degree: int = 1
    species: tuple[int, ...] = ()

    def with_name(self, name: str, term: Term) -> Scope:
        """This scope with one name more."""
        return replace(self, names={**self.names, name: term})


@dataclass(frozen=True)
class Word:
    """One function of the vocabulary: how it is called, what it means, and the rule that builds its
    term.
    """

    name: str
    usage: str
    meaning: str
    build: Callable[..., Term]

    def __call__(self, scope: Scope, operands: list[Term]) -> Term:
        """The typed term of this word on these operands; ExpressionError if they do not fit."""
        try:
            inspect.signature(self.build).bind(scope, *operands)
        except TypeError:
            raise ExpressionError(
                f"{self.name} got {len(operands)} operand{'' if len(operands) == 1 else 's'}",
                f"write {self.usage}: {self.meaning}",
            ) from None
        return self.build(scope, *operands)


VOCABULARY: dict[str, Word] = {}


def word(usage: str, meaning: str) -> Callable[[Callable[..., Term]], Callable[..., Term]]:
    """Enter a function into the vocabulary under the name that ``usage`` begins with."""

    def enter(build: Callable[..., Term]) -> Callable[..., Term]:
        name = usage.partition("(")[0]
        VOCABULARY[name] = Word(name, usage, meaning, build)
        return build

    return enter


def reference() -> str:
    """All words as a Markdown table, for docs/vocabulary.md."""
    lines = ["| word | meaning |", "|---|---|"]
    for name in sorted(VOCABULARY):
        entry = VOCABULARY[name]
        usage = ", ".join(f"`{one}`" for one in entry.usage.split(" or "))
        lines.append(f"| {usage} | {entry.meaning.replace('|', '&#124;')} |")
    return "\n".join(lines) + "\n"
