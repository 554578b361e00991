"""`segnn convert`: any files as one HDF5 file, whole or not at all, also after a kill."""

import json
import resource
import subprocess
import sys

import numpy as np
import pytest

from segnn.data import Systems, convert, load_systems, save_systems
from segnn.data.assemble import Wanted
from segnn.data.convert import convert as write
from segnn.data.digest import digest_of
from segnn.data.stored import Stored
from segnn.errors import UserError

h5py = pytest.importorskip("h5py")


def systems(count, seed=0, **graph):
    rng = np.random.default_rng(seed)
    offsets = np.r_[0, np.cumsum(rng.integers(1, 4, size=count))]
    position = rng.normal(size=(offsets[-1], 3))
    node = {"forces": rng.normal(size=position.shape), "atomic_number": np.ones(len(position))}
    return Systems(position, offsets, node, {"energy": rng.normal(size=count), **graph})


def assert_same(read, *parts):
    assert len(read) == sum(map(len, parts))
    np.testing.assert_array_equal(read.sizes, np.concatenate([part.sizes for part in parts]))
    for name in ("forces", "atomic_number"):
        expected = np.concatenate([part.node[name] for part in parts])
        np.testing.assert_array_equal(read.node[name], expected)
    energies = np.concatenate([part.graph["energy"] for part in parts])
    np.testing.assert_array_equal(read.graph["energy"], energies)


@pytest.fixture
def small_pieces(monkeypatch):
    monkeypatch.setattr("segnn.data.convert.PIECE", 3)


def test_files_of_all_kinds_in_one(tmp_path, small_pieces):
    """An NPZ in a periodic box, an HDF5 file and extended XYZ that are open."""
    pytest.importorskip("ase")
    box = systems(4, 1, cell=np.tile(5 * np.eye(3), (4, 1, 1)))
    parts = [box, systems(5, 2), systems(7, 3)]
    for part, ending in zip(parts, ("npz", "h5", "xyz"), strict=True):
        save_systems(tmp_path / f"in{ending}.{ending}", part)
    parts[2] = load_systems(tmp_path / "inxyz.xyz")
    told = []
    inputs = [tmp_path / "innpz.npz", tmp_path / "*h5.h5", tmp_path / "inxyz.xyz"]
    units = Wanted(units={"energy": "eV"})
    result = write(inputs, tmp_path / "out.h5", units, lambda done, of: told.append(done))
    read = load_systems(tmp_path / "out.h5")
    assert_same(read, *parts)
    assert read.pbc.all(1).tolist() == [True] * 4 + [False] * 12
    assert (told[0], told[-1], result["systems"]) == (0, 16, 16)
    named = {"position": read.position, "offsets": read.offsets, **read.node, **read.graph}
    stored = Stored.open(tmp_path / "out.h5")
    assert stored.digest() == result["sha256"] == digest_of(named)
    with h5py.File(tmp_path / "out.h5") as file:
        assert file["graph/energy"].attrs["unit"] == "eV"
        assert file["position"].chunks is not None
    assert not (tmp_path / "out.h5.parts").exists()


def test_labels_get_their_names(tmp_path):
    held = systems(4)
    graph = {"REF": held.graph["energy"], "energy": np.zeros(4), "other": np.ones(4)}
    save_systems(tmp_path / "in.npz", Systems(held.position, held.offsets, held.node, graph))
    wanted = Wanted(labels={"energy": "REF"}, arrays=("atomic_number", "forces"))
    write([tmp_path / "in.npz"], tmp_path / "out.h5", wanted)
    assert_same(load_systems(tmp_path / "out.h5"), held)
    assert set(load_systems(tmp_path / "out.h5").graph) == {"energy"}
    with h5py.File(tmp_path / "out.h5") as file:
        assert json.loads(file.attrs["labels"]) == {"energy": "REF"}
    with pytest.raises(UserError, match=r"in\.npz: missing array 'spin'; present: position, "):
        write([tmp_path / "in.npz"], tmp_path / "a.h5", Wanted(arrays=("spin",)))


def test_goes_on_where_it_was_interrupted(tmp_path, small_pieces, monkeypatch):
    parts = [systems(4, 1), systems(5, 2)]
    files = [tmp_path / "0.npz", tmp_path / "1.npz"]
    for file, part in zip(files, parts, strict=True):
        save_systems(file, part)
    made = []

    def written(path, *rest):
        if len(made) == 3:
            raise KeyboardInterrupt
        made.append(path)
        original(path, *rest)

    original = convert.write_hdf5
    with monkeypatch.context() as patch:
        patch.setattr(convert, "write_hdf5", written)
        with pytest.raises(KeyboardInterrupt):
            write(files, tmp_path / "out.h5")
    assert not (tmp_path / "out.h5").exists()
    assert write(files, tmp_path / "out.h5")["resumed"] == 7
    assert_same(load_systems(tmp_path / "out.h5"), *parts)


def test_what_cannot_be_one_file(tmp_path, small_pieces):
    held = systems(4)
    save_systems(tmp_path / "a.npz", held)
    save_systems(tmp_path / "b.npz", Systems(held.position, held.offsets, {}, held.graph))
    told = r"b\.npz: array 'atomic_number' is missing, and .*a\.npz has it\. Add it, or take those "
    with pytest.raises(UserError, match=rf"{told}that all have: --array energy$"):
        write([tmp_path / "a.npz", tmp_path / "b.npz"], tmp_path / "out.h5")
    assert not (tmp_path / "out.h5.parts").exists()
    write([tmp_path / "a.npz", tmp_path / "b.npz"], tmp_path / "out.h5", Wanted(arrays=["energy"]))
    forces = {"atomic_number": np.ones((len(held.position), 2)), "forces": held.node["forces"]}
    save_systems(tmp_path / "d.npz", Systems(held.position, held.offsets, forces, held.graph))
    with pytest.raises(UserError, match=r"d\.npz: array 'atomic_number' has .* in .*a\.npz\."):
        write([tmp_path / "a.npz", tmp_path / "d.npz"], tmp_path / "e.h5")
    with pytest.raises(UserError, match=r"c\*: no file fits this pattern"):
        write([tmp_path / "c*"], tmp_path / "out.h5")
    with pytest.raises(UserError, match="is one of the input files"):
        write([tmp_path / "out.h5"], tmp_path / "out.h5")
    with pytest.raises(UserError, match=r"a\.npz: unit of 'spin': there is no such array"):
        write([tmp_path / "a.npz"], tmp_path / "c.h5", Wanted(units={"spin": "1"}))
    with pytest.raises(UserError, match=r"a\.npz: is named twice"):
        write([tmp_path / "a.npz", tmp_path / "a*"], tmp_path / "c.h5")
    assert not list(tmp_path.glob("*.parts"))


@pytest.mark.parametrize("kind", ["loop", "long", "cut", "empty"])
def test_a_file_that_cannot_be_read_leaves_nothing(tmp_path, kind):
    path = tmp_path / {"long": "x" * 300}.get(kind, "in.npz")
    if kind == "loop":
        path.symlink_to(path.name)
    elif kind in ("cut", "empty"):
        path.write_bytes(b"PK" * (kind == "cut"))
    told = {"loop": "cannot be read", "long": "cannot be read"}.get(kind, "not an NPZ file")
    with pytest.raises(UserError, match=told):
        write([path], tmp_path / "out.h5")
    assert not list(tmp_path.glob("out*"))


def test_some_systems_of_a_file_at_a_time(tmp_path):
    """In any order, twice, from far apart, of a view, under other names."""
    held = systems(60)
    save_systems(tmp_path / "in.h5", held)
    stored = Stored.open(tmp_path / "in.h5")
    arrays = [held.position, held.offsets, *held.node.values(), *held.graph.values()]
    assert stored.nbytes == sum(array.nbytes for array in arrays) - 8
    for index in (np.array([50, 3, 3, 0]), slice(7, 20), np.array([], np.int64)):
        expected, read = held[index], stored.read(index)
        assert sorted(read.names) == sorted(expected.names)
        np.testing.assert_array_equal(read.position, expected.position)
        np.testing.assert_array_equal(read.graph["energy"], expected.graph["energy"])
    view = stored.view(np.arange(60)[::-2])
    np.testing.assert_array_equal(view.read(slice(3)).position, held[[59, 57, 55]].position)
    np.testing.assert_array_equal(view.sizes, held[np.arange(60)[::-2]].sizes)
    other = Stored.open(tmp_path / "in.h5", {"label": "energy"})
    np.testing.assert_array_equal(other.read().graph["label"], held.graph["energy"])
    assert "energy" not in other.names
    with h5py.File(tmp_path / "in.h5", "a") as file:
        file["node/forces"][held.offsets[41]] = np.inf
    stored.read(slice(41))
    with pytest.raises(UserError, match=r"in\.h5: array 'forces' is not finite in system 41"):
        stored.read(np.array([41]))


def test_a_full_disk(tmp_path):
    """No file may grow beyond a limit; afterwards the same call goes on."""
    save_systems(tmp_path / "in.npz", systems(3000))
    code = "import sys; from segnn.data.convert import convert as c; c([sys.argv[1]], sys.argv[2])"
    command = [sys.executable, "-c", code, str(tmp_path / "in.npz"), str(tmp_path / "out.h5")]
    before = resource.getrlimit(resource.RLIMIT_FSIZE)

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, before[1]))

    done = subprocess.run(command, capture_output=True, text=True, preexec_fn=limit)
    assert "UserError: cannot write" in done.stderr
    assert "File too large; what was there before is unchanged" in done.stderr
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".h5"] == []
    assert write([tmp_path / "in.npz"], tmp_path / "out.h5")["systems"] == 3000
