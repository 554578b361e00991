"""Atoms of ASE and systems: nothing is lost, nothing is guessed."""

from __future__ import annotations

import json
import zlib
from pathlib import Path

import numpy as np
import pytest

from segnn.data import Systems, load_systems, save_systems
from segnn.data.atom_files import read_atoms
from segnn.errors import UserError

ase = pytest.importorskip("ase")
pytest.importorskip("ase.io")
ACAC = Path(__file__).parents[3] / "shared" / "data" / "acac" / "train_300K.xyz"


def water(**info: object) -> ase.Atoms:
    atoms = ase.Atoms("OH2", [[0.0, 0, 0], [0.76, 0.59, 0], [-0.76, 0.59, 0]])
    atoms.info.update(info)
    return atoms


def carbon_oxide() -> ase.Atoms:
    return ase.Atoms("CO", [[0.0, 0, 0], [0, 0, 1.13]])


def with_results(atoms: ase.Atoms, **results: object) -> ase.Atoms:
    from ase.calculators.singlepoint import SinglePointCalculator

    atoms.calc = SinglePointCalculator(atoms, **results)
    return atoms


def test_positions_species_and_offsets() -> None:
    systems = Systems.from_ase([water(), carbon_oxide()])
    assert systems.offsets.tolist() == [0, 3, 5]
    assert systems.node["atomic_number"].tolist() == [8, 1, 1, 6, 8]
    assert systems.names == ["position", "atomic_number"]  # no cell where there is none
    np.testing.assert_array_equal(systems.position[4], [0, 0, 1.13])


def test_one_configuration_is_one_system() -> None:
    assert len(Systems.from_ase(water())) == 1


def test_results_of_a_calculator_stand_under_their_names() -> None:
    forces = np.arange(9.0).reshape(3, 3)
    stress = np.array([1.0, 2, 3, 4, 5, 6])  # xx, yy, zz, yz, xz, xy
    systems = Systems.from_ase(with_results(water(), energy=-2.5, forces=forces, stress=stress))
    assert systems.graph["energy"].tolist() == [-2.5]
    np.testing.assert_array_equal(systems.node["forces"], forces)
    np.testing.assert_array_equal(systems.graph["stress"][0], [[1, 6, 5], [6, 2, 4], [5, 4, 3]])


def test_there_and_back_again(tmp_path: Path) -> None:
    first = with_results(
        water(charge=1.0), energy=-1.0, forces=np.ones((3, 3)), stress=np.arange(6.0)
    )
    first.set_cell([[4.0, 0, 0], [1, 5, 0], [0, 0, 6]])
    first.set_pbc([True, True, False])
    first.set_array("spin", np.arange(9.0).reshape(3, 3))
    before = Systems.from_ase(first)
    again = Systems.from_ase(before.to_ase())
    ase.io.write(tmp_path / "one.xyz", before.to_ase(), format="extxyz")
    read = Systems.from_ase(read_atoms(tmp_path / "one.xyz"))
    for name in before.names[1:]:
        for other, tolerance in ((again, 0.0), (read, 1e-8)):
            was = before.node.get(name, before.graph.get(name))
            now = other.node.get(name, other.graph.get(name))
            np.testing.assert_allclose(now, was, atol=tolerance, rtol=0)
    assert before.pbc is not None
    assert before.pbc.tolist() == [[True, True, False]]


def test_texts_are_left_out() -> None:
    assert "config_type" not in Systems.from_ase(water(config_type="300K")).names


@pytest.mark.parametrize(
    ("frames", "words"),
    [
        ([], ["no configurations"]),
        ([water(), ase.Atoms()], ["configuration 1", "no atoms"]),
        ([water(energy=1.0), water()], ["'energy'", "1 of 2", "number 1"]),
        ([water(dipole=[1.0, 0]), water(dipole=[1.0, 0, 0])], ["'dipole'", "different shapes"]),
        ([water(), water(energy=np.nan)][1:], ["'energy'", "not finite", "configuration 0"]),
        ([with_results(water(energy=1.0), energy=2.0)], ["two values of 'energy'"]),
    ],
)
def test_what_does_not_fit_is_named(frames: list[ase.Atoms], words: list[str]) -> None:
    with pytest.raises(UserError) as error:
        Systems.from_ase(frames, "in.xyz")
    assert all(word in str(error.value) for word in ["in.xyz", *words])


def test_periodic_without_a_cell() -> None:
    atoms = water()
    atoms.set_pbc([True, False, False])
    with pytest.raises(UserError, match="periodic along a but its cell is"):
        Systems.from_ase(atoms)


def test_species_are_needed_for_atoms() -> None:
    with pytest.raises(UserError, match="atomic_number"):
        Systems(np.zeros((1, 3)), np.array([0, 1])).to_ase()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2\n\nH 0 0 0\n", ["after 0 whole configurations"]),
        ("1\n\nH 0 0 0\n2\n\nH 0 0 0\n", ["after 1 whole configurations"]),
        ("", []),
        ("no atoms here\n", []),
    ],
)
def test_files_that_cannot_be_read(tmp_path: Path, text: str, words: list[str]) -> None:
    path = tmp_path / "in.xyz"
    path.write_text(text)
    with pytest.raises(UserError) as error:
        read_atoms(path)
    assert all(word in str(error.value) for word in [str(path), *words])


def test_missing_file_folder_and_unknown_format(tmp_path: Path) -> None:
    for path, word in ((tmp_path / "no.xyz", "no such file"), (tmp_path, "is a folder")):
        with pytest.raises(UserError, match=word):
            read_atoms(path)
    (tmp_path / "x.unknown").write_bytes(b"\0\1\2")
    with pytest.raises(UserError, match="does not know this format"):
        read_atoms(tmp_path / "x.unknown")


@pytest.mark.skipif(not ACAC.is_file(), reason="../shared/data/acac is not here")
def test_acetylacetone() -> None:
    systems = Systems.from_ase(read_atoms(ACAC), str(ACAC))
    assert len(systems) == 500
    assert set(systems.sizes) == {15}
    assert systems.node["forces"].shape == (7500, 3)
    assert systems.graph["energy"].min() > -9400


def test_every_form_of_atoms_is_the_same_systems(tmp_path: Path) -> None:
    from segnn.data import as_systems, load_systems

    frames = [with_results(water(), energy=1.0), with_results(carbon_oxide(), energy=2.0)]
    ase.io.write(tmp_path / "two.xyz", frames, format="extxyz")
    path = tmp_path / "two.xyz"
    for systems in (
        as_systems(frames),
        as_systems(path),
        as_systems(str(path)),
        load_systems(path),
    ):
        assert systems.offsets.tolist() == [0, 3, 5]
        assert systems.graph["energy"].tolist() == [1.0, 2.0]
    assert len(as_systems([path, frames[0]])) == 3


def test_tags_and_fixed_atoms_are_marks(tmp_path: Path) -> None:
    from ase.build import fcc111
    from ase.constraints import FixAtoms

    slab = fcc111("Cu", (1, 1, 3), vacuum=5.0)
    slab.set_constraint([FixAtoms([0]), FixAtoms(mask=slab.get_tags() == 2)])
    systems = Systems.from_ase([with_results(slab, forces=np.ones((3, 3))), water()[:1]])
    assert systems.node["tag"].tolist() == [3, 2, 1, 0]
    assert systems.node["fixed"].tolist() == [1, 1, 0, 0]
    assert "tags" not in systems.names
    (back, _) = systems.to_ase()
    assert back.get_tags().tolist() == [3, 2, 1]
    assert back.constraints[0].index.tolist() == [0, 1]
    save_systems(tmp_path / "slab.xyz", systems)
    again = load_systems(tmp_path / "slab.xyz")
    for name in ("tag", "fixed", "forces"):
        np.testing.assert_array_equal(again.node[name], systems.node[name])
    assert "fixed" not in Systems.from_ase(water()).names


def test_files_of_fairchem_hold_tags_constraints_and_labels(tmp_path: Path) -> None:
    """Rows of its layout: labels as numbers among the data, atoms with tags and constraints."""
    pytest.importorskip("ase_db_backends", reason="fairchem's backend of .aselmdb")
    pytest.importorskip("lmdb")
    from ase.build import fcc111
    from ase.constraints import FixAtoms
    from ase.db import connect

    slab = fcc111("Pt", (1, 1, 2), vacuum=5.0)
    slab.set_constraint(FixAtoms([0]))
    with connect(str(tmp_path / "is2re.aselmdb"), type="aselmdb") as rows:
        for sid in (7, 8):
            data = {"sid": sid, "y_relaxed": -0.5 * sid, "name": "a slab"}
            rows.write(with_results(slab, energy=-1.0), data=data)
    systems = load_systems(tmp_path / "is2re.aselmdb")
    assert systems.graph["y_relaxed"].tolist() == [-3.5, -4.0]
    assert systems.graph["sid"].tolist() == [7, 8]
    assert systems.node["tag"].tolist() == [2, 1, 2, 1]
    assert systems.node["fixed"].tolist() == [1, 0, 1, 0]


def test_a_row_of_a_newer_layout_is_told(tmp_path: Path) -> None:
    pytest.importorskip("ase_db_backends", reason="fairchem's backend of .aselmdb")
    lmdb = pytest.importorskip("lmdb")
    from ase.db import connect

    path = str(tmp_path / "new.aselmdb")
    with connect(path, type="aselmdb") as rows:
        for _ in range(2):
            rows.write(water())
    newer = zlib.compress(json.dumps({"layout": 2, "atoms": {"z": [1]}}).encode())
    for row in (newer, b"another compression"):
        with lmdb.open(path, subdir=False, map_size=2**24) as held, held.begin(write=True) as file:
            file.put(b"2", row)
        with pytest.raises(UserError, match=r"new.aselmdb: .* after 1 rows .*newer layout: update"):
            load_systems(path)
