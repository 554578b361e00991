"""What is odd about a recipe, though it is no mistake: told when it is trained or looked at.

Base names of units are the user's own, and nothing is converted; so a misspelt one is told with the
name that is perhaps meant, and is no error. A stored model may have any.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from segnn.recipe.units import Unit

if TYPE_CHECKING:
    from segnn.recipe.schema import Recipe

QUANTITIES = """acceleration action angle area charge count current density dipole distance energy
entropy field force frequency length magnetization mass moment momentum polarizability power
pressure quadrupole spin stress temperature time torque velocity volume"""
UNITS = """ampere angstrom atm bar barn bohr cal cm coulomb dalton debye degree electronvolt eV
femtosecond fs gauss GeV gigapascal GHz GPa gram hartree hour Hz inch joule kcal keV kelvin kg
kilocalorie kilogram kilojoule kilometer kJ km liter meter metre meV MeV MHz micrometer microsecond
micrometre millimeter millimetre millisecond mm mol mole molecule MPa mRy mu_B muB nanometer
nanometre nanosecond newton nm ns pascal percent picometer picometre picosecond pm ps radian rad
rydberg second tesla THz um volt watt ångström"""
KNOWN = tuple(f"{QUANTITIES} {UNITS}".split())
LONG = tuple(name for name in KNOWN if len(name) >= 4)
SHORTEST, NEAR = 3, 0.8


def oddities(recipe: Recipe) -> list[str]:
    """Sentences on ``recipe``; none where nothing is odd."""
    found = []
    for key, text in _units(recipe):
        for name, _ in Unit.parse(text).powers:
            meant = meant_by(name)
            if meant is not None:
                found.append(
                    f"{recipe.origin.name}: {key} is {text}: did you mean {meant!r} for {name!r}? "
                    "Units are compared by their names, and nothing is converted; a name of your "
                    "own may stay"
                )
    for name, target in recipe.targets.items():
        if target.array in recipe.field_arrays:
            found.append(
                f"{recipe.origin.name}: the labels of {name} are the array {target.array!r}, which "
                "is read as a field too: what is to be predicted is among what is known"
            )
    return found


def meant_by(name: str) -> str | None:
    """The known base name that ``name`` is near to without being one; None where there is none."""
    if name in KNOWN or len(name) < 2:
        return None
    for known in KNOWN:
        if known.lower() == name.lower():
            return known
    if len(name) < SHORTEST:
        return None
    near = difflib.get_close_matches(name.lower(), LONG, n=1, cutoff=NEAR)
    return near[0] if near else None


def _units(recipe: Recipe) -> Iterator[tuple[str, str]]:
    """The key and the text of every unit that the recipe declares."""
    for section in ("fields", "constants", "targets"):
        for name, spec in getattr(recipe, section).items():
            if spec.unit is not None:
                yield f"{section}.{name}.unit", spec.unit
