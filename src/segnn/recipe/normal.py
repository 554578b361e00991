"""Short forms of a recipe written out: one ``target``, names of arrays, what follows for a
derivative.

It works on what was read from the file, before any of it is checked: what makes no sense is left as
it is, for the schema and the compiler to tell.
"""

from __future__ import annotations

from typing import Any

from segnn.recipe.derivative import Derived, flattened, follows

SPECIES = {"irreps": "0e", "unit": "1", "level": "node", "array": "atomic_number"}


def normalised(data: dict[str, Any]) -> dict[str, Any]:
    """``data`` with ``targets`` only, every one with its array, derivatives with irreps, unit and
    level, and the field species declared; ``data`` itself is not changed.
    """
    made = dict(data)
    if "target" in made and "targets" not in made:
        short = made.pop("target")
        made["targets"] = {target_name(short): short}
        made["targets"] = _written_out(made, made["targets"], named=False)
    elif isinstance(made.get("targets"), dict):
        made["targets"] = _written_out(made, made["targets"], named=True)
    fields = made.get("fields", {})
    if made.get("species") and isinstance(fields, dict) and "species" not in fields:
        made["fields"] = {**fields, "species": SPECIES}
    return made


def target_name(short: Any) -> str:
    """The name of the one target of the short form: its array without ``target_``."""
    array = short.get("array") if isinstance(short, dict) else getattr(short, "array", None)
    return array.removeprefix("target_") if isinstance(array, str) else "target"


def _written_out(data: dict[str, Any], targets: dict[str, Any], named: bool) -> dict[str, Any]:
    found = {name: dict(t) if isinstance(t, dict) else t for name, t in targets.items()}
    for name, target in found.items():
        if named and isinstance(target, dict):
            target.setdefault("array", name)
    texts = {n: t.get("derivative") for n, t in found.items() if isinstance(t, dict)}
    for target in found.values():
        if isinstance(target, dict) and target.get("derivative") is not None:
            _follow(data, found, target, texts)
    return found


def _follow(
    data: dict[str, Any], targets: dict[str, Any], target: dict[str, Any], texts: dict[str, Any]
) -> None:
    """Give a derivative what follows from both sides."""
    written, fields = flattened(target["derivative"], texts), data.get("fields")
    fields = fields if isinstance(fields, dict) else {}
    found = None if written is None else follows(written, _typed(targets.get(written.of)), fields)
    if not isinstance(found, Derived):
        target.setdefault("irreps", "0e")  # told by the compiler
        return
    for key in ("irreps", "level", "unit"):
        target.setdefault(key, getattr(found, key))
    if found.cartesian is not None:
        target.setdefault("cartesian", found.cartesian)


def _typed(target: Any) -> Derived | None:
    if not isinstance(target, dict) or not isinstance(target.get("irreps"), str):
        return None
    unit, level = str(target.get("unit", "1")), target.get("level", "node")
    return Derived(target["irreps"], unit, level, target.get("cartesian"))
