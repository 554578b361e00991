import io
import os

import numpy as np
import pytest

from segnn.data import Systems, load_systems, save_systems
from segnn.errors import UserError


def make(sizes: list[int]) -> Systems:
    rng = np.random.default_rng(0)
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    return Systems(
        rng.normal(size=(offsets[-1], 3)),
        offsets,
        node={
            "charge": rng.normal(size=offsets[-1]),
            "target_force": rng.normal(size=(offsets[-1], 3)),
        },
        graph={
            "target_energy": rng.normal(size=len(sizes)),
            "cell": rng.normal(size=(len(sizes), 3, 3)),
        },
    )


@pytest.mark.parametrize("sizes", [[4, 4, 4], [4, 1, 3], [4], [3, 3, 3]], ids=str)
def test_round_trip(tmp_path, sizes):
    systems = make(sizes)
    path = tmp_path / "new" / "in.npz"
    save_systems(path, systems)
    read = load_systems(path)
    np.testing.assert_array_equal(read.position, systems.position)
    np.testing.assert_array_equal(read.offsets, systems.offsets)
    assert set(read.node) == set(systems.node)
    assert set(read.graph) == set(systems.graph)
    for name in systems.node:
        np.testing.assert_array_equal(read.node[name], systems.node[name])
    for name in systems.graph:
        np.testing.assert_array_equal(read.graph[name], systems.graph[name])
    with np.load(path) as stored:
        lead = (len(sizes), sizes[0]) if len(set(sizes)) == 1 else (sum(sizes),)
        assert stored["position"].shape == (*lead, 3)
        assert ("offsets" in stored) == (len(set(sizes)) > 1)


def test_loads_what_numpy_saved_with_integers(tmp_path):
    np.savez_compressed(
        tmp_path / "in.npz",
        position=np.zeros((2, 3, 3), np.float32),
        charge=np.ones((2, 3), np.int8),
    )
    systems = load_systems(tmp_path / "in.npz")
    assert systems.position.dtype == systems.node["charge"].dtype == np.float64


def test_saving_replaces_and_leaves_no_other_file(tmp_path):
    path = tmp_path / "in.npz"
    save_systems(path, make([2]))
    save_systems(str(path), make([5]))
    assert load_systems(path).sizes.tolist() == [5]
    assert os.listdir(tmp_path) == ["in.npz"]


def test_an_interrupted_save_keeps_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "in.npz"
    save_systems(path, make([2]))

    def broken(file, *_, **__):
        file.write(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr(np.lib.format, "write_array", broken)
    with pytest.raises(KeyboardInterrupt):
        save_systems(path, make([5]))
    assert load_systems(path).sizes.tolist() == [2]
    assert os.listdir(tmp_path) == ["in.npz"]


def test_missing_file_and_folder(tmp_path):
    with pytest.raises(UserError, match=r"absent\.npz: no such file"):
        load_systems(tmp_path / "absent.npz")
    with pytest.raises(UserError, match="is a folder"):
        load_systems(tmp_path)


def test_saving_where_it_cannot_be(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match=r"cannot write .*in\.npz: Not a directory"):
        save_systems(tmp_path / "file" / "in.npz", make([2]))
    (tmp_path / "folder.npz").mkdir()
    with pytest.raises(UserError, match=r"folder\.npz: it is a folder"):
        save_systems(tmp_path / "folder.npz", make([2]))
    assert sorted(os.listdir(tmp_path)) == ["file", "folder.npz"]


@pytest.mark.parametrize("content", [b"", b"x,y,z\n1,2,3\n"], ids=["empty", "csv"])
def test_not_an_npz(tmp_path, content):
    path = tmp_path / "in.npz"
    path.write_bytes(content)
    with pytest.raises(UserError, match=r"in\.npz: not an NPZ file"):
        load_systems(path)


def test_a_single_npy_is_not_an_npz(tmp_path):
    np.save(tmp_path / "in.npy", np.zeros((2, 3)))
    with pytest.raises(UserError, match=r"in\.npy: not an NPZ file"):
        load_systems(tmp_path / "in.npy")


@pytest.mark.parametrize("keep", [0.3, 0.9, 0.999])
def test_truncated(tmp_path, keep):
    path = tmp_path / "in.npz"
    save_systems(path, make([50, 50]))
    content = path.read_bytes()
    path.write_bytes(content[: int(keep * len(content))])
    with pytest.raises(UserError, match=r"in\.npz: (not an NPZ file, or cut short|damaged)"):
        load_systems(path)


def test_flipped_byte(tmp_path):
    path = tmp_path / "in.npz"
    save_systems(path, make([50, 50]))
    content = bytearray(path.read_bytes())
    content[1000] ^= 255
    path.write_bytes(content)
    with pytest.raises(UserError, match=r"in\.npz: damaged"):
        load_systems(path)


def test_damaged_header_of_an_array(tmp_path):
    import zipfile

    path = tmp_path / "in.npz"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("position.npy", b"\x93NUMPY\x01\x00 nonsense")
    with pytest.raises(UserError, match=r"in\.npz: (array 'position' is damaged|damaged)"):
        load_systems(path)


def test_an_entry_that_is_no_array(tmp_path):
    import zipfile

    path = tmp_path / "in.npz"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("readme.txt", "hello")
    with pytest.raises(UserError, match=r"in\.npz: entry 'readme\.txt' is not a NumPy array"):
        load_systems(path)


class Trap:
    """Unpickling this would touch a file."""

    path = ""

    def __reduce__(self):
        return (open, (self.path, "w"))


def test_a_pickle_is_refused_and_not_run(tmp_path):
    Trap.path = str(tmp_path / "ran")
    stream = io.BytesIO()
    np.savez(stream, position=np.zeros((2, 3)), species=np.array([Trap()], dtype=object))
    (tmp_path / "in.npz").write_bytes(stream.getvalue())
    with pytest.raises(
        UserError, match=r"in\.npz: array 'species' holds Python objects \(a pickle\)"
    ):
        load_systems(tmp_path / "in.npz")
    assert not (tmp_path / "ran").exists()


def test_mistakes_in_the_data_name_the_file(tmp_path):
    np.savez(tmp_path / "in.npz", position=np.full((2, 3), np.nan))
    with pytest.raises(
        UserError, match=r"in\.npz: array 'position' is nan in system 0, particle 0"
    ):
        load_systems(tmp_path / "in.npz")
