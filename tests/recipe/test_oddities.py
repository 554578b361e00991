"""Units that are perhaps misspelt are told, with what is perhaps meant; those of the project are
not.
"""

import pytest

from segnn.recipe import load_recipe, packaged_recipes, parse_recipe
from segnn.recipe.oddities import meant_by, oddities

from .helpers import TEXT


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("angstrm", "angstrom"),
        ("lenght", "length"),
        ("tme", "time"),
        ("Debey", "debye"),
        ("ev", "eV"),
        ("Ps", "ps"),
        ("kcl", "kcal"),
        ("eV", None),
        ("K", None),
        ("e", None),
        ("length", None),
        ("grid", None),
        ("tick", None),
        ("Ang", None),
    ],
)
def test_near_names(name, meant):
    assert meant_by(name) == meant


def test_misspelt_units_are_told_with_their_key():
    changed = ["fields.wind.unit=lenght/time", "constants.horizon.unit=second*tme"]
    first, second = oddities(parse_recipe(TEXT, "mine.yaml", changed))
    assert (
        "mine.yaml: fields.wind.unit is lenght/time: did you mean 'length' for 'lenght'?" in first
    )
    assert "constants.horizon.unit is second*tme: did you mean 'time' for 'tme'?" in second


@pytest.mark.parametrize("name", packaged_recipes())
def test_packaged_recipes_are_not_odd(name):
    assert oddities(load_recipe(name)) == []


def test_labels_that_are_known_already():
    told = oddities(load_recipe("charged", ["target.array=velocity"]))
    assert len(told) == 1
    assert (
        "the labels of velocity are the array 'velocity', which is read as a field too" in told[0]
    )
