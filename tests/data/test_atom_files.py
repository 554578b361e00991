"""Files of atoms as people have them: every mistake in one is a sentence, none an exception of a
reader.
"""

import sqlite3
from contextlib import closing

import numpy as np
import pytest

from segnn.data import Systems, atom_files, given, load_systems, save_systems
from segnn.data.atom_files import read_atoms
from segnn.errors import UserError

ase = pytest.importorskip("ase")
pytest.importorskip("ase.io")

FRAME = """3
Lattice="4.0 0 0 0 5.0 0 0 0 6.0" Properties=species:S:1:pos:R:3:forces:R:3 energy=-1.5 pbc="T T F"
O 0.0 0.0 0.1 0.1 0.2 0.3
H 0.0 0.7 0.6 0.0 0.0 -0.3
H 0.0 -0.7 0.6 -0.1 -0.2 0.0
"""
ATOM = """1
Properties=species:S:1:pos:R:3 config_type=IsolatedAtom energy=-13.6 pbc="F F F"
H 0.0 0.0 0.0
"""


def read(tmp_path, text, **options):
    path = tmp_path / "in.xyz"
    path.write_text(text)
    return given(path, **options).systems


def test_isolated_atoms_feel_no_force(tmp_path):
    systems = read(tmp_path, FRAME + ATOM + FRAME)
    assert systems.sizes.tolist() == [3, 1, 3]
    assert systems.node["forces"][3].tolist() == [0, 0, 0]
    assert systems.graph["pbc"].tolist() == [[1, 1, 0], [0, 0, 0], [1, 1, 0]]


def test_arrays_that_nobody_needs_may_be_missing(tmp_path):
    text = FRAME.replace("energy", "note=3 energy") + FRAME
    needed = {"position", "energy", "forces"}
    assert "note" not in read(tmp_path, text, declared=needed).names
    with pytest.raises(UserError, match=r"in\.xyz: 1 of 2 .*'note', .* number 1"):
        read(tmp_path, text)
    with pytest.raises(UserError, match=r"in\.xyz: 1 of 2 .*'energy', .* number 1"):
        read(tmp_path, FRAME + FRAME.replace("energy=-1.5", ""), declared=needed)
    aside = read(tmp_path, FRAME + FRAME.replace("-1.5", "nan"), aside=lambda n: n == "energy")
    assert "energy" not in aside.names


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (FRAME + FRAME[:-30], "after 1 whole configurations"),
        (FRAME + FRAME[:60], "after 1 whole configurations"),
        (FRAME + "3\n", "after 1 whole configurations"),
        (FRAME.replace("H ", "Qq "), "configuration 0 has an atom of the unknown species 'Qq'"),
        (FRAME + "\n" + FRAME, r"line 6 is empty .* 5 lines that follow"),
        (FRAME.replace("5.0", "0.0"), "periodic along a, b but its cell"),
        (FRAME.replace("0 5.0 0", "8.0 0.0 0"), "linearly dependent"),
        (FRAME.replace("0 5.0 0", "0 nan 0"), "but its cell is"),
        (FRAME.replace("0.0 0.7", "0.0 inf"), "a position in configuration 0"),
        (FRAME.replace("-1.5", "inf"), "'energy' is not finite in configuration 0"),
        ("0\n\n" + FRAME, "configuration 0 has no atoms"),
    ],
)
def test_what_is_wrong_with_a_file(tmp_path, text, told):
    with pytest.raises(UserError, match=told) as error:
        read(tmp_path, text)
    assert "in.xyz" in str(error.value)


@pytest.mark.parametrize("count", ["99999999999", "+9_999_999_999"])
def test_a_count_that_no_file_holds_ends_at_once(tmp_path, count):
    """ASE would go on reading behind the end."""
    with pytest.raises(UserError, match=r"in\.xyz: line 9 says that 9{10,11} atoms follow"):
        read(tmp_path, FRAME + ATOM + FRAME.replace("3\n", f"{count}\n", 1))


def test_energies_keep_their_digits(tmp_path):
    systems = read(tmp_path, FRAME.replace("-1.5", "-123456.7890123456"))
    assert systems.graph["energy"][0] == -123456.7890123456


def test_a_database(tmp_path):
    from ase.db import connect

    frames = read_atoms_of(tmp_path, FRAME + ATOM)
    with connect(tmp_path / "in.db") as base:
        for n, frame in enumerate(frames):
            base.write(frame, key_value_pairs={"gap": 0.5 * n, "label": "text"})
    systems = load_systems(tmp_path / "in.db")
    assert systems.graph["gap"].tolist() == [0, 0.5]
    assert systems.graph["energy"].tolist() == [-1.5, -13.6]
    assert systems.node["forces"].shape == (4, 3)
    whole = (tmp_path / "in.db").read_bytes()
    (tmp_path / "half.db").write_bytes(whole[:3000])
    with pytest.raises(UserError, match=r"half\.db: cannot be read as an ASE database"):
        load_systems(tmp_path / "half.db")


def test_a_database_of_something_else_is_left_as_it_is(tmp_path):
    """ASE would make its tables in it, also in an empty file."""
    (tmp_path / "empty.db").touch()
    with closing(sqlite3.connect(tmp_path / "other.db")) as base:
        base.execute("CREATE TABLE letters (text)")
    for name, told in (("empty", "holds nothing"), ("other", "holds the tables letters")):
        path = tmp_path / f"{name}.db"
        before = path.read_bytes()
        with pytest.raises(UserError, match=f"{told}, and an ASE database has the table"):
            load_systems(path)
        assert path.read_bytes() == before


def read_atoms_of(tmp_path, text):
    (tmp_path / "of.xyz").write_text(text)
    return read_atoms(tmp_path / "of.xyz")


@pytest.mark.parametrize("here", [True, False])
def test_an_lmdb_that_is_none(tmp_path, monkeypatch, here):
    """Where the backend is missing, that is the cure."""
    if here:
        pytest.importorskip("ase_db_backends")
    else:
        monkeypatch.setattr(atom_files, "find_spec", lambda name: None)
    (tmp_path / "in.aselmdb").write_bytes(b"\0" * 100)
    cure = "cut short ends like this" if here else "pip install ase-db-backends"
    with pytest.raises(UserError, match=f"in.aselmdb: cannot be read.*{cure}"):
        load_systems(tmp_path / "in.aselmdb")
    assert [path.name for path in tmp_path.iterdir()] == ["in.aselmdb"]  # no lock beside it


def test_saved_by_suffix(tmp_path):
    systems = read(tmp_path, FRAME + FRAME)
    save_systems(tmp_path / "out.xyz", systems)
    again = load_systems(tmp_path / "out.xyz")
    for name, array in {**systems.node, **systems.graph}.items():
        np.testing.assert_allclose({**again.node, **again.graph}[name], array, atol=1e-8)


def test_species_by_symbol():
    held = {"position": np.zeros((2, 2, 3)), "species": [["H", "Cl"], ["H", "H"]]}
    assert Systems.from_arrays(held).node["species"].tolist() == [1, 17, 1, 1]
    named = Systems.from_arrays({"position": held["position"], "Z": held["species"]})
    assert named.node["Z"].tolist() == [1, 17, 1, 1]
    held["species"] = [["H", "Clx"], ["H", "H"]]
    with pytest.raises(UserError, match="'Clx', which is no chemical element"):
        Systems.from_arrays(held)
    held["species"] = [["CA", "CB"], ["CA", "CB"]]
    with pytest.raises(UserError, match="expected real numbers"):
        Systems.from_arrays(held)


def test_mutated_files_end_in_a_sentence(tmp_path):
    """Bytes changed, cut and doubled: read, or refused with the file's name; nothing else."""
    rng = np.random.default_rng(0)
    whole = (FRAME + ATOM + FRAME).encode()
    told = []
    for _ in range(150):
        data = bytearray(whole)
        for _ in range(rng.integers(1, 4)):
            at, kind = int(rng.integers(len(data))), rng.integers(4)
            if kind == 0:
                data[at] = int(rng.choice(list(b'0123456789.-+eE" =:\nTFHnan\xff')))
            elif kind == 1:
                del data[at : at + int(rng.integers(1, 30))]
            elif kind == 2:
                data[at:at] = data[at : at + int(rng.integers(1, 30))]
            else:
                del data[at:]
                break
            if not data:
                break
        path = tmp_path / "in.xyz"
        path.write_bytes(bytes(data))
        try:
            read_systems = load_systems(path)
        except UserError as error:
            told.append(str(error))
        else:
            assert np.isfinite(read_systems.position).all()
    assert 30 < len(told) < 150
    assert all("in.xyz" in text for text in told)
