"""Units: read, multiplied, divided, raised, compared, written."""

from fractions import Fraction

import pytest

from segnn.recipe.units import DIMENSIONLESS, Unit


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("1", "1"),
        ("length/time^2", "length/time^2"),
        (" charge ^ 2 * length^-1 ", "charge^2/length"),
        ("1/time", "1/time"),
        ("a/b/c", "a/b/c"),
        ("b*a", "a*b"),
        ("length/length", "1"),
        ("length^(1/2)", "length^(1/2)"),
    ],
)
def test_reads_and_writes(text, written):
    assert str(Unit.parse(text)) == written
    assert Unit.parse(written) == Unit.parse(text)


def test_algebra():
    length, time = Unit.parse("length"), Unit.parse("time")
    assert length / time * time == length
    assert (length / time) ** 2 == Unit.parse("length^2/time^2")
    assert (length**2) ** Fraction(1, 2) == length
    assert length**0 == DIMENSIONLESS
    assert (length / length).dimensionless
    assert length * time == time * length
    assert length != time


@pytest.mark.parametrize(
    "text", ["", "length^^2", "length time", "2*length", "length/", "^2", "length^1/2"]
)
def test_refuses(text):
    with pytest.raises(ValueError, match="stopped at"):
        Unit.parse(text)
