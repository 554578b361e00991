"""Derivatives of a target: how they are written, and what irreps, unit and level they have."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from e3nn.o3 import Irrep, Irreps

from segnn.recipe.units import Unit

_NAME = r"[^\W\d]\w*"
_WRITTEN = re.compile(
    rf"\s*(?P<sign>-?)\s*(?P<of>{_NAME})\s*/\s*"
    rf"(?:(?P<by>{_NAME})|\(\s*(?P<first>{_NAME})\s*,\s*(?P<second>{_NAME})\s*\))\s*"
)
STRAIN = "strain"
USAGE = "-energy / position, energy / strain, -energy / FIELD, or -energy / (FIELD, FIELD)"
POSITION_UNIT = "length"
MOST = 2


@dataclass(frozen=True)
class Written:
    """``sign`` · the derivative of the target ``of`` by all of ``by``, one after the other."""

    of: str
    by: tuple[str, ...]
    sign: int


@dataclass(frozen=True)
class Derived:
    """How a target turns, its unit, its level, and its form where it is a matrix (3, 3)."""

    irreps: str
    unit: str
    level: str
    cartesian: str | None = None


def parse_derivative(text: Any) -> Written | None:
    """``text`` read; None for what is no derivative."""
    match = _WRITTEN.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        return None
    by = (match["by"],) if match["by"] else (match["first"], match["second"])
    return Written(match["of"], by, -1 if match["sign"] else 1)


def flattened(text: Any, texts: Mapping[str, Any]) -> Written | None:
    """The derivative ``text`` as one of what is no derivative itself; ``texts`` are the derivatives
    among the targets, by name. None for what cannot be read, and for a circle.
    """
    found, seen = parse_derivative(text), set[str]()
    by: tuple[str, ...] = ()
    sign = 1
    while found is not None:
        by, sign = (*found.by, *by), sign * found.sign
        if texts.get(found.of) is None:
            return Written(found.of, by, sign)
        if found.of in seen:
            return None
        seen.add(found.of)
        found = parse_derivative(texts[found.of])
    return None


def follows(written: Written, of: Derived | None, fields: Mapping[str, Any]) -> Derived | str:
    """What the derivative of ``of`` is; or what is wrong with it.

    ``fields``: of every declared field its ``irreps``, ``unit`` and ``level``, as keys or as
    attributes.
    """
    if of is None:
        return f"there is no target {written.of!r} to take the derivative of"
    if len(written.by) > MOST:
        return f"{len(written.by)} derivatives of {written.of}, expected one or two"
    kind, same = of, len(written.by) == 2 and written.by[0] == written.by[1]
    for n, name in enumerate(written.by):
        known = _variable(name, fields)
        if isinstance(known, str):
            return known
        if kind.level != "graph":
            return (
                f"{written.of} by {' and '.join(written.by[:n]) or 'nothing'} has one value per "
                f"node: only what has one value per system has a derivative by {name}"
            )
        step = _step(kind, known, name, symmetric=same and n == 1)
        if isinstance(step, str):
            return step
        kind = step
    return kind


def _variable(name: str, fields: Mapping[str, Any]) -> Derived | str:
    """Irreps, unit and level of what is differentiated by."""
    position = fields.get("position")
    length = POSITION_UNIT if position is None else _of(position, "unit", POSITION_UNIT)
    if name == "position":
        return Derived("1o", length, "node")
    if name == STRAIN:
        return Derived("0e+2e", "1", "graph", "symmetric")
    if name not in fields:
        known = ", ".join(dict.fromkeys(["position", STRAIN, *fields]))
        return f"{name!r} is none of {known}"
    spec = fields[name]
    return Derived(_of(spec, "irreps", ""), _of(spec, "unit", "1"), _of(spec, "level", "node"))


def _step(of: Derived, by: Derived, name: str, symmetric: bool) -> Derived | str:
    try:
        mine, other = Irreps(of.irreps), Irreps(by.irreps)
        unit = str(Unit.parse(of.unit) / Unit.parse(by.unit))
    except (ValueError, TypeError, AssertionError):
        return "irreps and units of both sides"
    if mine.dim == 1:
        parity = mine[0].ir.p
        turned = Irreps([(mul, (ir.l, ir.p * parity)) for mul, ir in other])
        if by.cartesian is not None and parity == 1:
            return Derived(by.irreps, unit, by.level, by.cartesian)
        irreps = "+".join(str(ir) if mul == 1 else f"{mul}x{ir}" for mul, ir in turned)
        return Derived(irreps, unit, by.level)
    vectors = [Irreps("1o"), Irreps("1e")]
    if mine not in vectors or other not in vectors or mine != other:
        return (
            f"the derivative of {of.irreps} by {name} ({by.irreps}): expected a single scalar by "
            "anything, or a vector by a vector of the same parity"
        )
    form = "symmetric" if symmetric else "general"
    return Derived("0e+2e" if symmetric else "0e+1e+2e", unit, by.level, form)


def _of(spec: Any, key: str, default: str) -> str:
    value = spec.get(key) if isinstance(spec, Mapping) else getattr(spec, key, None)
    return default if value is None else str(value)


def is_scalar(irreps: str) -> bool:
    """Whether these irreps are one even scalar."""
    found = Irreps(irreps)
    return bool(found.dim == 1 and found[0].ir == Irrep("0e"))
