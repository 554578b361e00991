"""Lists of chemical elements in a recipe, by symbol or by atomic number."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator

from segnn.data.elements import NUMBERS, SYMBOLS, symbol


def _numbers(value: Any) -> Any:
    """A list of symbols and numbers as atomic numbers; what is neither stays as it is."""
    if not isinstance(value, list | tuple):
        return value
    return tuple(NUMBERS[one] if isinstance(one, str) and one in NUMBERS else one for one in value)


def _each_once(numbers: tuple[int, ...]) -> tuple[int, ...]:
    twice = [symbol(one) for one in numbers if numbers.count(one) > 1]
    if twice:
        raise ValueError(f"every element once; {twice[0]} stands there twice")
    wrong = [one for one in numbers if not 1 <= one < len(SYMBOLS)]
    if wrong:
        raise ValueError(f"symbols such as H, or atomic numbers from 1 to 118; got {wrong[0]}")
    return numbers


Species = Annotated[tuple[int, ...], BeforeValidator(_numbers), AfterValidator(_each_once)]
