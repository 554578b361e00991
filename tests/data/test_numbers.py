"""Arrays of every kind: what is a number is read exactly, what is none is told."""

import numpy as np
import pytest
import torch

from segnn.data import Systems
from segnn.errors import UserError

POSITION = np.random.default_rng(0).normal(size=(4, 5, 3))


def read(value):
    return Systems.from_arrays({"position": POSITION, "charge": value}).node["charge"]


@pytest.mark.parametrize(
    "change",
    [
        lambda x: x.astype(">f8"),
        lambda x: x.astype("<f4"),
        lambda x: x.astype(">i2"),
        lambda x: np.asfortranarray(x),
        lambda x: x[::-1][::-1],
        lambda x: x.astype(bool),
        lambda x: x.astype(np.longdouble),
        lambda x: x.tolist(),
        lambda x: np.ma.masked_array(x, mask=False),
        lambda x: np.ma.masked_array(x),
        lambda x: torch.from_numpy(x.copy()),
    ],
)
def test_real_numbers_in_any_form(change):
    values = np.random.default_rng(1).integers(0, 2, (4, 5)).astype(float)
    np.testing.assert_array_equal(read(change(values)), values.reshape(-1))


@pytest.mark.parametrize("name", ["position", "charge", "offsets", "target_x"])
def test_masked_values_name_the_mask(name):
    arrays = {
        "position": POSITION.reshape(20, 3),
        "charge": np.ones(20),
        "offsets": np.array([0, 10, 20]),
        "target_x": np.ones(20),
    }
    arrays[name] = np.ma.masked_array(arrays[name])
    arrays[name][1] = np.ma.masked
    with pytest.raises(UserError, match=rf"array '{name}' has a mask with \d masked values"):
        Systems.from_arrays(arrays)


@pytest.mark.parametrize(
    "value",
    [
        np.full((4, 5), "CA"),
        np.full((4, 5), b"CA"),
        np.full((4, 5), None),
        np.ones((4, 5), complex),
        np.zeros((4, 5), "datetime64[s]"),
        np.zeros((4, 5), [("a", float)]),
        {"a": 1},
        torch.ones(4, 5, requires_grad=True),
        torch.ones(4, 5, device="meta"),
        [[1.0], [1.0, 2.0]],
    ],
)
def test_no_real_numbers(value):
    with pytest.raises(UserError, match=r"array 'charge' (has dtype|cannot be read)"):
        read(value)


def test_numbers_too_large_for_float64():
    with pytest.raises(UserError, match="'charge' is inf in system 0, particle 0"):
        read(np.full((4, 5), np.longdouble("1e400")))


@pytest.mark.parametrize("shape", [(4, 3, 5), (3, 5)])
def test_exchanged_axes(shape):
    with pytest.raises(UserError, match=r"axes look exchanged: numpy.swapaxes\(position, -1, -2\)"):
        Systems.from_arrays({"position": np.zeros(shape)})


def test_exchanged_axes_of_another_array():
    with pytest.raises(UserError, match=r"look exchanged: numpy.swapaxes\(velocity, -1, -2\)"):
        Systems.from_arrays({"position": POSITION, "velocity": np.zeros((4, 3, 5))})


def test_keys_that_are_no_names():
    with pytest.raises(UserError, match="the key 3 is a int, expected the name of an array"):
        Systems.from_arrays({"position": POSITION, 3: np.ones((4, 5))})


@pytest.mark.parametrize("value", [np.ones((4, 3)) * 2, np.full((4, 3), 0.5)])
def test_periodic_or_not(value):
    arrays = {"position": POSITION, "cell": np.tile(np.eye(3), (4, 1, 1))}
    with pytest.raises(UserError, match=r"'pbc' holds (2|0\.5), expected 1"):
        Systems.from_arrays({**arrays, "pbc": value})


@pytest.mark.parametrize("value", [np.ones((4, 3)), np.ones(3), np.array(2.0), np.ones(4)])
def test_lengths_of_a_box_as_cell(value):
    with pytest.raises(UserError, match=r"array 'cell' has shape .*cell = L\[:, :, None\]"):
        Systems.from_arrays({"position": POSITION, "cell": value})


def test_labels_are_not_looked_at_when_systems_are_read():
    label = np.full((4, 5), np.nan)
    assert np.isnan(
        Systems.from_arrays({"position": POSITION, "target_x": label}).node["target_x"]
    ).all()
