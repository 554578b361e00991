"""Symbols of the elements by atomic number; X, number 0, is no element."""

from __future__ import annotations

_TABLE = """
X H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr
Rb Sr Y Zr Nb Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm Yb
Lu Hf Ta W Re Os Ir Pt Au Hg Tl Pb Bi Po At Rn Fr Ra Ac Th Pa U Np Pu Am Cm Bk Cf Es Fm Md No Lr Rf
Db Sg Bh Hs Mt Ds Rg Cn Nh Fl Mc Lv Ts Og
"""
SYMBOLS = tuple(_TABLE.split())
_NAMES = """
species symbol symbols element elements atom atoms atom_type atom_types type types
atomic_number atomic_numbers number numbers z Z
"""
SPECIES = frozenset(_NAMES.split())
"""Names of arrays that hold species: texts in these are symbols."""
NUMBERS = {name: number for number, name in enumerate(SYMBOLS)}


def symbol(number: float) -> str:
    """Of an atomic number; the number itself where there is no such element."""
    known = 0 <= number < len(SYMBOLS) and number == int(number)
    return SYMBOLS[int(number)] if known else f"{number:g}"
