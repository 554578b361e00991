"""Every mistake in the arrays is told with the file, the array, the value and the cure."""

import numpy as np
import pytest

from segnn.data import Systems
from segnn.errors import UserError

GOOD = {"position": np.zeros((4, 5, 3)), "velocity": np.zeros((4, 5, 3)), "charge": np.ones((4, 5))}
FLAT = {"position": np.zeros((6, 3)), "charge": np.ones(6), "offsets": np.array([0, 2, 6])}
SINGLE = {"position": np.zeros((5, 3))}


def with_value(shape: tuple[int, ...], index: tuple[int, ...], value: float) -> np.ndarray:
    array = np.zeros(shape)
    array[index] = value
    return array


CASES = {
    "missing position": (
        {"positions": np.zeros((5, 3))},
        ["no array 'position'", "Did you mean", "(S, N, 3)"],
    ),
    "nothing at all": ({}, ["no array 'position'", "present: nothing"]),
    "NaN": (
        {**GOOD, "velocity": with_value((4, 5, 3), (2, 3, 1), np.nan)},
        ["'velocity'", "nan", "system 2, particle 3", "1 such"],
    ),
    "infinite position": (
        {**GOOD, "position": with_value((4, 5, 3), (1, 0, 0), -np.inf)},
        ["'position'", "-inf", "system 1"],
    ),
    "NaN per system": (
        {**GOOD, "energy": with_value((4,), (3,), np.nan)},
        ["'energy'", "system 3"],
    ),
    "NaN in flat arrays": (
        {**FLAT, "charge": with_value((6,), (4,), np.nan)},
        ["'charge'", "system 1, particle 2"],
    ),
    "two coordinates": (
        {"position": np.zeros((4, 5, 2))},
        ["'position'", "(4, 5, 2)", "expected (S, N, 3)"],
    ),
    "four axes": ({"position": np.zeros((1, 4, 5, 3))}, ["'position'", "(1, 4, 5, 3)"]),
    "one axis": ({"position": np.zeros(3)}, ["'position'", "(3,)"]),
    "equal sizes and offsets": (
        {**GOOD, "offsets": np.array([0, 5])},
        ["'position'", "(4, 5, 3)", "offsets"],
    ),
    "no systems": ({"position": np.zeros((0, 5, 3))}, ["'position'", "(0, 5, 3)", "empty"]),
    "no particles": ({"position": np.zeros((4, 0, 3))}, ["'position'", "(4, 0, 3)", "empty"]),
    "particles disagree": (
        {**GOOD, "velocity": np.zeros((4, 6, 3))},
        ["'velocity'", "(4, 6, 3)", "(4, 5, 3)", "graph_"],
    ),
    "systems disagree": ({**GOOD, "charge": np.zeros((3, 5))}, ["'charge'", "(3, 5)", "(4, 5, 3)"]),
    "axes swapped": ({**GOOD, "velocity": np.zeros((4, 3, 5))}, ["'velocity'", "(4, 3, 5)"]),
    "scalar": ({**GOOD, "mass": np.float64(1)}, ["'mass'", "()"]),
    "flat sizes disagree": (
        {**FLAT, "charge": np.ones(5)},
        ["'charge'", "(5,)", "(6, 3)", "(2, …)"],
    ),
    "single sizes disagree": (
        {**SINGLE, "velocity": np.zeros((4, 3))},
        ["'velocity'", "(4, 3)", "(5, 3)"],
    ),
    "single vector of a wrong length": (
        {**SINGLE, "charge": np.zeros(4)},
        ["'charge'", "(4,)", "(5, 3)"],
    ),
    "cell of a wrong shape": (
        {**GOOD, "cell": np.zeros((4, 3))},
        ["'cell'", "(4, 3)", "(4, 3, 3)"],
    ),
    "pbc of a wrong shape": (
        {**GOOD, "cell": np.zeros((4, 3, 3)), "pbc": np.ones(4)},
        ["'pbc'", "(4,)", "(4, 3)"],
    ),
    "pbc without cell": ({**GOOD, "pbc": np.ones((4, 3))}, ["'pbc' without 'cell'"]),
    "graph array of a wrong length": (
        {**GOOD, "graph_energy": np.ones(5)},
        ["'graph_energy'", "(5,)", "(4, …)"],
    ),
    "offsets start": (
        {**FLAT, "offsets": np.array([1, 2, 6])},
        ["'offsets'", "starts at 1", "start at 0"],
    ),
    "offsets decrease": (
        {**FLAT, "offsets": np.array([0, 4, 2, 6])},
        ["'offsets'", "from 4 to 2 at system 1"],
    ),
    "a system without particles": (
        {**FLAT, "offsets": np.array([0, 6, 6])},
        ["'offsets'", "from 6 to 6 at system 1"],
    ),
    "offsets end": (
        {**FLAT, "offsets": np.array([0, 2, 5])},
        ["'offsets'", "ends at 5", "the 6 rows"],
    ),
    "offsets too short": ({**FLAT, "offsets": np.array([0])}, ["'offsets'", "(1,)"]),
    "offsets not integers": (
        {**FLAT, "offsets": np.array([0.0, 2.5, 6.0])},
        ["'offsets'", "float64", "integers"],
    ),
    "text": (
        {**GOOD, "charge": np.full((4, 5), "C")},
        ["'charge'", "<U1", "real numbers", "symbols of elements"],
    ),
    "objects": ({**GOOD, "species": np.full((4, 5), None)}, ["'species'", "object"]),
    "complex": ({**GOOD, "charge": np.ones((4, 5), complex)}, ["'charge'", "complex128"]),
    "ragged": ({**GOOD, "charge": [[1, 2], [3]]}, ["'charge'", "cannot be read as an array"]),
}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_mistakes(case):
    arrays, parts = CASES[case]
    with pytest.raises(UserError) as error:
        Systems.from_arrays(arrays, "in.npz")
    message = str(error.value)
    assert message.startswith("in.npz: ")
    for part in parts:
        assert part in message


@pytest.mark.parametrize("arrays", [GOOD, FLAT, SINGLE], ids=["equal", "varying", "single"])
def test_the_cases_start_from_good_data(arrays):
    Systems.from_arrays(arrays)
