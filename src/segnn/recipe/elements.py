"""Lists of chemical elements in a recipe, by symbol or by atomic number."""

from __future__ import annotations

import difflib
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator

from segnn.data.elements import NUMBERS, SYMBOLS, symbol


def _numbers(value: Any) -> Any:
    """A list of symbols and numbers as atomic numbers; what is neither is told."""
    if not isinstance(value, list | tuple):
        return value
    return tuple(one if _is_number(one) else _number(one) for one in value)


def _is_number(one: Any) -> bool:
    return isinstance(one, int) and not isinstance(one, bool)


def _number(one: Any) -> int:
    """The atomic number of a symbol."""
    if isinstance(one, str) and one in NUMBERS:
        return NUMBERS[one]
    near = difflib.get_close_matches(str(one).capitalize(), NUMBERS, n=3, cutoff=0.5)
    cure = f" (near: {', '.join(near)})" if near and isinstance(one, str) else ""
    raise ValueError(f"symbols such as H, or atomic numbers from 1 to 118; got {one!r}{cure}")


def _each_once(numbers: tuple[int, ...]) -> tuple[int, ...]:
    twice = [symbol(one) for one in numbers if numbers.count(one) > 1]
    if twice:
        raise ValueError(f"every element once; {twice[0]} stands there twice")
    wrong = [one for one in numbers if not 1 <= one < len(SYMBOLS)]
    if wrong:
        raise ValueError(f"symbols such as H, or atomic numbers from 1 to 118; got {wrong[0]}")
    return numbers


Species = Annotated[tuple[int, ...], BeforeValidator(_numbers), AfterValidator(_each_once)]
