"""NPZ files of MD17, as they are published."""

import numpy as np
import pytest

import segnn
from segnn.data.layouts import in_schema
from segnn.errors import UserError

RNG = np.random.default_rng(0)
PLACES, PUSHES, ENERGIES = (
    RNG.normal(size=(4, 3, 3)),
    RNG.normal(size=(4, 3, 3)),
    RNG.normal(size=4),
)
WATER = np.array([8, 1, 1])
MD17 = {
    "R": PLACES,
    "z": WATER,
    "E": ENERGIES[:, None],
    "F": PUSHES,
    "theory": np.array("pbe+vdw-ts"),
    "md5": np.array(b"0"),
    "E_mean": np.array(1.0),
}
REVISED = {
    "coords": PLACES,
    "nuclear_charges": WATER.astype(np.uint8),
    "energies": ENERGIES,
    "forces": PUSHES,
    "old_indices": np.arange(4),
}


@pytest.mark.parametrize("arrays", [MD17, REVISED], ids=["MD17", "revised"])
def test_a_file_of_md17_is_read_as_it_is(arrays, tmp_path):
    np.savez(tmp_path / "water.npz", **arrays)
    systems = segnn.load_systems(tmp_path / "water.npz")
    assert systems.sizes.tolist() == [3] * 4
    np.testing.assert_array_equal(systems.position, PLACES.reshape(-1, 3))
    np.testing.assert_array_equal(systems.node["atomic_number"], np.tile(WATER, 4))
    np.testing.assert_array_equal(systems.node["forces"], PUSHES.reshape(-1, 3))
    np.testing.assert_array_equal(systems.graph["energy"], ENERGIES)
    assert set(systems.names) - {"old_indices"} == {"position", "atomic_number", "energy", "forces"}


def test_symbols_and_a_single_geometry(tmp_path):
    np.savez(tmp_path / "water.npz", **{**MD17, "z": np.array(["O", "H", "H"])})
    systems = segnn.load_systems(tmp_path / "water.npz")
    np.testing.assert_array_equal(systems.node["atomic_number"], np.tile(WATER, 4))
    one = {"R": PLACES[0], "z": WATER, "E": ENERGIES[:1], "F": PUSHES[0]}
    np.savez(tmp_path / "one.npz", **one)
    systems = segnn.load_systems(tmp_path / "one.npz")
    assert systems.sizes.tolist() == [3]
    assert systems.graph["energy"].ravel().tolist() == [ENERGIES[0]]


def test_other_files_are_left_as_they_are(tmp_path):
    """Positions under their own name, positions without elements, a box that nobody understands."""
    own = {"position": PLACES, "R": ENERGIES, "z": WATER}
    assert list(in_schema(own)) == ["position", "R", "z"]
    assert list(in_schema({"R": PLACES, "E": ENERGIES})) == ["R", "E"]
    assert list(in_schema({**MD17, "R": np.array(1.0)})) == list(MD17)
    np.savez(tmp_path / "boxed.npz", **MD17, lattice=np.eye(3))
    with pytest.raises(UserError, match="lattice"):
        segnn.load_systems(tmp_path / "boxed.npz")
    np.savez(tmp_path / "wrong.npz", **{**MD17, "z": np.array([8, 1])})
    with pytest.raises(UserError, match=r"'atomic_number' has shape \(2,\)"):
        segnn.load_systems(tmp_path / "wrong.npz")
