"""Files of systems without a model: what the page is told of atoms, labels, boxes and frames."""

import numpy as np
import pytest

from segnn.data import given
from segnn.errors import UserError
from segnn.viewer import PlainSession
from segnn.viewer.request import RunRequest
from segnn.viewer.wire import pack, unpack

from .molecules import write_frames


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    path = write_frames(tmp_path_factory.mktemp("plain") / "frames.xyz")
    return PlainSession(given(path), "frames.xyz")


def test_what_is_told_of_a_file_of_atoms(shown):
    told = shown.describe()
    assert told["model"] is False
    assert told["frames"] is True
    assert [(one["number"], one["symbol"]) for one in told["elements"]] == [
        (1, "H"),
        (6, "C"),
        (8, "O"),
    ]
    assert told["fields"] == [
        {
            "name": "forces",
            "irreps": "1o",
            "unit": "eV/angstrom",
            "vector": True,
            "editable": False,
        }
    ]
    assert told["told"] == [{"name": "energy", "unit": "eV"}]


def test_a_frame_has_bonds_box_and_an_energy_in_full(shown):
    """Every atom of methanol has its bonds, also where the molecule is cut by the box."""
    meta, arrays = unpack(shown.run(RunRequest(system=2)))
    assert meta["told"]["energy"]["true"] == [-9391.254099941396 + 2]
    assert arrays["number"].tolist() == [6, 8, 1, 1, 1, 1]
    degree = np.bincount(arrays["bonds"][1], minlength=6)
    assert degree.tolist() == [4, 2, 1, 1, 1, 1]
    from_, to = arrays["bonds"]
    apart = arrays["position"][from_] + arrays["bond_shift"] - arrays["position"][to]
    assert np.linalg.norm(apart, axis=1).max() < 1.6
    assert arrays["cell"].shape == (3, 3)
    assert arrays["field.forces"].shape == (6, 3)


def test_systems_that_are_no_frames(tmp_path):
    rng = np.random.default_rng(0)
    np.savez(tmp_path / "it.npz", position=rng.normal(size=(3, 4, 3)), charge=np.ones((3, 4)))
    plain = PlainSession(given(tmp_path / "it.npz"), "it.npz")
    told = plain.describe()
    assert (told["frames"], told["elements"], told["length"]) == (False, [], "1")
    _, arrays = unpack(plain.run(RunRequest()))
    assert sorted(arrays) == ["field.charge", "position"]
    with pytest.raises(UserError, match="there are 3 systems, counted from 0"):
        plain.run(RunRequest(system=3))


def test_numbers_beyond_float32_are_packed_without_a_warning():
    _, arrays = unpack(pack({}, {"x": np.array([1e200, -1e200, 1.0])}))
    assert arrays["x"].tolist() == [np.inf, -np.inf, 1.0]
