"""Chemical elements by symbol and by atomic number."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator

# fmt: off
SYMBOLS = (
    "H", "He", "Li", "Be", "B", "C", "N", "O", "F", "Ne", "Na", "Mg", "Al", "Si", "P", "S",
    "Cl", "Ar", "K", "Ca", "Sc", "Ti", "V", "Cr", "Mn", "Fe", "Co", "Ni", "Cu", "Zn", "Ga",
    "Ge", "As", "Se", "Br", "Kr", "Rb", "Sr", "Y", "Zr", "Nb", "Mo", "Tc", "Ru", "Rh", "Pd",
    "Ag", "Cd", "In", "Sn", "Sb", "Te", "I", "Xe", "Cs", "Ba", "La", "Ce", "Pr", "Nd", "Pm",
    "Sm", "Eu", "Gd", "Tb", "Dy", "Ho", "Er", "Tm", "Yb", "Lu", "Hf", "Ta", "W", "Re", "Os",
    "Ir", "Pt", "Au", "Hg", "Tl", "Pb", "Bi", "Po", "At", "Rn", "Fr", "Ra", "Ac", "Th",
    "Pa", "U", "Np", "Pu", "Am", "Cm", "Bk", "Cf", "Es", "Fm", "Md", "No", "Lr", "Rf", "Db",
    "Sg", "Bh", "Hs", "Mt", "Ds", "Rg", "Cn", "Nh", "Fl", "Mc", "Lv", "Ts", "Og",
)
# fmt: on


def symbol(number: float) -> str:
    """The symbol of an atomic number; the number itself where there is no such element."""
    known = 1 <= number <= len(SYMBOLS) and number == int(number)
    return SYMBOLS[int(number) - 1] if known else f"{number:g}"


def _numbers(value: Any) -> Any:
    """A list of symbols and numbers as atomic numbers; what is neither stays as it is."""
    if not isinstance(value, list | tuple):
        return value
    return tuple(
        SYMBOLS.index(one) + 1 if isinstance(one, str) and one in SYMBOLS else one for one in value
    )


def _each_once(numbers: tuple[int, ...]) -> tuple[int, ...]:
    twice = [symbol(one) for one in numbers if numbers.count(one) > 1]
    if twice:
        raise ValueError(f"every element once; {twice[0]} stands there twice")
    wrong = [one for one in numbers if not 1 <= one <= len(SYMBOLS)]
    if wrong:
        raise ValueError(f"symbols such as H, or atomic numbers from 1 to 118; got {wrong[0]}")
    return numbers


Species = Annotated[tuple[int, ...], BeforeValidator(_numbers), AfterValidator(_each_once)]
