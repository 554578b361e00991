"""How atoms look, and which of them are bonded."""

import numpy as np
import pytest

from segnn.viz.elements import RADII, UNKNOWN, are_numbers, bonds, elements

WATER = np.array([[0.0, 0.0, 0.0], [0.76, 0.59, 0.0], [-0.76, 0.59, 0.0]])


def test_radii_stand_beside_their_elements():
    found = elements([1, 6, 26, 55, 79, 96])
    assert [(one.symbol, one.radius) for one in found.values()] == [
        ("H", 0.31),
        ("C", 0.76),
        ("Fe", 1.32),
        ("Cs", 2.44),
        ("Au", 1.36),
        ("Cm", 1.69),
    ]
    assert len(RADII) == 96


def test_elements_of_one_picture_differ_in_colour():
    found = elements([1, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16, 17, 26, 29, 30, 35, 53, 79])
    assert found[8].symbol == "O"
    assert len({one.colour for one in found.values()}) == len(found)
    rare = elements([97, 118, 119])
    assert [one.symbol for one in rare.values()] == ["Bk", "Og", "Z119"]
    assert {one.radius for one in rare.values()} == {UNKNOWN}


@pytest.mark.parametrize(
    ("values", "known"),
    [([1.0, 8.0], True), ([[1.0], [8.0]], True), ([0.0, 8.0], False), ([1.5], False), ([], False)],
)
def test_numbers_of_elements(values, known):
    assert are_numbers(np.array(values)) == known


def test_bonds_of_water():
    pairs, shift = bonds(WATER, np.array([8, 1, 1]))
    assert sorted(map(tuple, pairs.T.tolist())) == [(0, 1), (0, 2), (1, 0), (2, 0)]
    assert not shift.any()


def test_bonds_through_the_walls_of_a_box():
    """A molecule cut by two walls keeps its bonds; each half points out of the box."""
    cell = np.diag([4.0, 5.0, 6.0])
    place = (WATER @ np.linalg.inv(cell) % 1.0) @ cell
    pairs, shift = bonds(place, np.array([8, 1, 1]), cell, np.ones(3))
    assert pairs.shape == (2, 4)
    apart = np.linalg.norm(place[pairs[0]] + shift - place[pairs[1]], axis=1)
    np.testing.assert_allclose(apart, np.hypot(0.76, 0.59))
    assert shift.any(axis=1).sum() == 2
    alone, _ = bonds(place, np.array([8, 1, 1]), cell, np.zeros(3))
    assert alone.shape == (2, 2)
