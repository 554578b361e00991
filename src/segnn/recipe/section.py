"""What the sections of a recipe are made of: types of values, and the class of all sections."""

from __future__ import annotations

from typing import Annotated, Any

from e3nn.o3 import Irreps
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from segnn.recipe.units import Unit


def _irreps(text: str) -> str:
    try:
        irreps = Irreps(text)
    except (ValueError, TypeError):
        irreps = Irreps("")
    if irreps.dim == 0:
        raise ValueError(
            'irreps such as "1o" (vector), "0e" (scalar), "1e" (pseudovector), "32x0e+32x1o"'
        )
    return text


def _unit(text: str) -> str:
    Unit.parse(text)
    return text


def _one_as_text(value: Any) -> Any:
    return "1" if type(value) is int and value == 1 else value


def _expression_text(value: Any) -> Any:
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _expressions(value: Any) -> Any:
    """A list as a tuple of texts; what a comma cut apart in ``[a, f(x, y)]`` is put together
    again."""
    if not isinstance(value, list | tuple):
        return value
    whole: list[Any] = []
    for item in value:
        item = _expression_text(item)
        if (
            whole
            and isinstance(item, str)
            and isinstance(whole[-1], str)
            and whole[-1].count("(") > whole[-1].count(")")
        ):
            whole[-1] = f"{whole[-1]}, {item}"
        else:
            whole.append(item)
    return tuple(whole)


def as_tuple(value: Any) -> Any:
    """A list of YAML as a tuple; anything else as it is."""
    return tuple(value) if isinstance(value, list) else value


IrrepsText = Annotated[str, AfterValidator(_irreps)]
UnitText = Annotated[str, BeforeValidator(_one_as_text), AfterValidator(_unit)]
Expression = Annotated[str, BeforeValidator(_expression_text), Field(min_length=1)]
Expressions = Annotated[tuple[Expression, ...], BeforeValidator(_expressions)]
SomeExpressions = Annotated[
    tuple[Expression, ...], BeforeValidator(_expressions), Field(min_length=1)
]
Count = Annotated[int, Field(ge=1)]
Finite = Annotated[float, Field(allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class Section(BaseModel):
    """A part of a recipe: unknown keys are errors, values are not coerced, nothing changes after
    loading.
    """

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, use_attribute_docstrings=True
    )
