"""Dimensional units: exponents of named base units, "charge^2/length^2".

The names are the user's own (``length``, ``eV``); nothing is converted, sums of unequal units are
refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

_FACTOR = re.compile(
    r"\s*(?:(?P<one>1)|(?P<name>[^\W\d]\w*))\s*(?:\^\s*(?P<power>-?\d+|\(-?\d+/[1-9]\d*\)))?\s*"
)


@dataclass(frozen=True)
class Unit:
    """A product of powers of base names, sorted by name; no powers at all is dimensionless, written
    "1".
    """

    powers: tuple[tuple[str, Fraction], ...] = ()

    @classmethod
    def of(cls, powers: dict[str, Fraction]) -> Unit:
        """The unit with these exponents; zero exponents vanish."""
        return cls(tuple(sorted((name, power) for name, power in powers.items() if power != 0)))

    @classmethod
    def parse(cls, text: str) -> Unit:
        """Read "length/time^2", "charge^2*length^-1", "1", "1/time", "length^(1/2)".

        Raises ValueError with what was expected. ``/`` divides by the next factor only: "a/b/c" is
        a/(b·c).
        """
        powers: dict[str, Fraction] = {}
        position, sign = 0, 1
        while True:
            match = _FACTOR.match(text, position)
            if match is None:
                raise ValueError(
                    'names with * / ^, such as "length/time^2", or "1"; stopped at'
                    f" {text[position:]!r}"
                )
            if match["name"]:
                power = Fraction((match["power"] or "1").strip("()"))
                powers[match["name"]] = powers.get(match["name"], Fraction(0)) + sign * power
            position = match.end()
            if position == len(text):
                return cls.of(powers)
            if text[position] not in "*/":
                raise ValueError(
                    f"a unit with * or / between its names; stopped at {text[position:]!r}"
                )
            sign = 1 if text[position] == "*" else -1
            position += 1

    @property
    def dimensionless(self) -> bool:
        """Whether it is the unit 1."""
        return not self.powers

    def __mul__(self, other: Unit) -> Unit:
        powers = dict(self.powers)
        for name, power in other.powers:
            powers[name] = powers.get(name, Fraction(0)) + power
        return Unit.of(powers)

    def __truediv__(self, other: Unit) -> Unit:
        return self * other**-1

    def __pow__(self, exponent: int | Fraction) -> Unit:
        return Unit.of({name: power * exponent for name, power in self.powers})

    def __str__(self) -> str:
        above = "*".join(_power(name, power) for name, power in self.powers if power > 0)
        below = "".join("/" + _power(name, -power) for name, power in self.powers if power < 0)
        return (above or "1") + below


def _power(name: str, power: Fraction) -> str:
    if power == 1:
        return name
    return f"{name}^{power}" if power.denominator == 1 else f"{name}^({power})"


DIMENSIONLESS = Unit()
