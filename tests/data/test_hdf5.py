"""Systems in HDF5: what is written is read, damaged files are told."""

import subprocess
import sys

import numpy as np
import pytest

from segnn.data import Systems, load_systems, save_systems
from segnn.data.hdf5 import write_hdf5
from segnn.errors import UserError

h5py = pytest.importorskip("h5py")


def systems():
    rng = np.random.default_rng(0)
    sizes = [3, 1, 1]
    node = {"forces": rng.normal(size=(5, 3)), "atomic_number": np.array([8.0, 1, 1, 1, 6])}
    graph = {
        "energy": np.array([1.0, -1e5 - 1e-9, 3]),
        "cell": np.tile(np.eye(3), (3, 1, 1)),
        "pbc": np.zeros((3, 3)),
    }
    return Systems(rng.normal(size=(5, 3)), np.r_[0, np.cumsum(sizes)], node, graph)


def same(one, other):
    assert one.names == other.names
    held = {**one.node, **one.graph}
    assert all(np.array_equal({**other.node, **other.graph}[k], v) for k, v in held.items())
    np.testing.assert_array_equal(one.offsets, other.offsets)
    np.testing.assert_array_equal(one.position, other.position)


def test_there_and_back(tmp_path):
    held = systems()
    save_systems(tmp_path / "a.h5", held)
    again = load_systems(tmp_path / "a.h5")
    same(
        again,
        Systems(
            held.position,
            held.offsets,
            *map(dict, (sorted(held.node.items()), sorted(held.graph.items()))),
        ),
    )
    alone = held[1:]  # as many particles as systems: the groups say what is what
    save_systems(tmp_path / "b.hdf5", alone)
    assert set(load_systems(tmp_path / "b.hdf5").graph) == {"energy", "cell", "pbc"}


def test_units_are_in_the_file(tmp_path):
    write_hdf5(tmp_path / "a.h5", systems(), {"energy": "eV", "position": "angstrom"})
    with h5py.File(tmp_path / "a.h5") as file:
        assert file["graph/energy"].attrs["unit"] == "eV"
        assert file["position"].attrs["unit"] == "angstrom"
        assert file.attrs["format"] == "segnn systems 1"


def test_a_file_like_an_npz(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["position"] = np.zeros((2, 3, 3))
        file["species"] = np.array([[b"H", b"H", b"O"]] * 2)
    read = load_systems(tmp_path / "a.h5")
    assert read.node["species"].tolist() == [1, 1, 8, 1, 1, 8]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda f: f.__delitem__("offsets"), "not both 'position' .* and 'offsets'"),
        (lambda f: f.create_dataset("node/x", data=np.ones(4)), r"node/x has shape \(4,\)"),
        (lambda f: f.create_dataset("graph/x", data=np.full(3, np.nan)), "'x' is nan in system 0"),
    ],
)
def test_what_does_not_fit(tmp_path, change, told):
    save_systems(tmp_path / "a.h5", systems())
    with h5py.File(tmp_path / "a.h5", "a") as file:
        change(file)
    with pytest.raises(UserError, match=told):
        load_systems(tmp_path / "a.h5")


def test_damaged_and_missing(tmp_path):
    save_systems(tmp_path / "a.h5", systems())
    whole = (tmp_path / "a.h5").read_bytes()
    (tmp_path / "a.h5").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(UserError, match=r"a\.h5: cannot be read as HDF5"):
        load_systems(tmp_path / "a.h5")
    with pytest.raises(UserError, match=r"b\.h5: no such file"):
        load_systems(tmp_path / "b.h5")


def test_a_changed_number_is_told(tmp_path):
    """By the checksum of its chunk, as the ZIP of an NPZ does."""
    path = tmp_path / "a.h5"
    save_systems(path, systems())
    whole = path.read_bytes()
    place = whole.index(systems().graph["energy"].tobytes()) + 6
    path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
    with pytest.raises(
        UserError, match=r"a\.h5: cannot be read as HDF5 .* A file that was damaged"
    ):
        load_systems(path)


def test_while_another_process_writes_it(tmp_path):
    code = "import sys; from segnn.data import load_systems; load_systems(sys.argv[1])"
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["position"] = np.zeros((2, 3))
        command = [sys.executable, "-c", code, str(tmp_path / "a.h5")]
        read = subprocess.run(command, capture_output=True, text=True)
    assert "a.h5: cannot be read as HDF5 (" in read.stderr
    assert "or is still open elsewhere" in read.stderr
