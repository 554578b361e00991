"""QM9 from a package: numbers, units, the split, and what is told of a package that is another."""

import numpy as np
import pytest

from segnn.data import qm9
from segnn.errors import UserError

from .qm9_stand_in import declare, install, rows


def refused(call, *arguments):
    with pytest.raises(UserError) as caught:
        call(*arguments)
    return str(caught.value)


def test_numbers_and_units(tmp_path, monkeypatch):
    first, *rest = rows()
    first["Dipole_debye"] = "1.5*^-6"
    first["XYZ_Ang"] = "[[0.,0,0],[1.,0,0],[0,9.1*^-1,0]]"
    install(tmp_path, monkeypatch, molecules=[first, *rest])
    told = []
    read = qm9.read_molecules(qm9.package_files(), lambda done, total: told.append(done / total))
    assert len(read) == 12
    assert told[-1] == 1
    assert read.graph["mu"][0] == 1.5e-6
    assert read.graph["U0"][0] == pytest.approx(float(first["InternalEnergy_0K_au"]) * 27.211386246)
    np.testing.assert_array_equal(read.position[:3], [[0, 0, 0], [1, 0, 0], [0, 0.91, 0]])
    np.testing.assert_array_equal(read.node["atomic_number"][:3], [8, 1, 1])


def test_the_public_split(tmp_path, monkeypatch):
    install(tmp_path, monkeypatch)
    declare(monkeypatch)
    read = qm9.read_molecules(qm9.package_files())
    qm9.check(read)
    split = qm9.public_split(read)
    state = np.random.RandomState(0).permutation(12)
    found = np.concatenate([split[name].graph["alpha"] for name in ("train", "valid", "test")])
    np.testing.assert_array_equal(found, read.graph["alpha"][state])
    assert [len(systems) for systems in split.values()] == [6, 3, 3]


def test_a_package_that_is_not_the_one(tmp_path, monkeypatch):
    monkeypatch.setattr(qm9, "PACKAGE", "qm9pack_absent")
    assert "which is not here: pip install 'segnn[qm9]'" in refused(qm9.package_files)
    monkeypatch.undo()
    files = install(tmp_path / "new", monkeypatch, version="2.0.0")
    assert "qm9pack 2.0.0 is here" in refused(qm9.package_files)
    files = install(tmp_path / "right", monkeypatch)
    files[1].unlink()
    assert "qm9_part2.csv: missing" in refused(qm9.package_files)


def test_damaged_numbers_name_the_molecule(tmp_path, monkeypatch):
    first, second, *rest = rows()
    files = install(tmp_path / "a", monkeypatch, molecules=[{**first, "HOMO_au": ""}, *rest])
    message = refused(qm9.read_molecules, files)
    assert "dsgdb9nsd_000001.xyz: column HOMO_au holds ''" in message
    files = install(tmp_path / "b", monkeypatch, molecules=[first, {**second, "XYZ_Ang": "[[0]]"}])
    assert "dsgdb9nsd_000002.xyz: no coordinates" in refused(qm9.read_molecules, files)


def test_other_molecules_and_units_are_told(tmp_path, monkeypatch):
    read = qm9.read_molecules(install(tmp_path, monkeypatch))
    assert "12 molecules, expected 130831" in refused(qm9.check, read)
    declare(monkeypatch)
    read.graph["gap"] /= 27.2
    assert "the mean of gap (HOMO_LUMO_gap_au)" in refused(qm9.check, read)


def test_the_package_itself(tmp_path):
    """The first molecules of each of its files: published values of three of them."""
    try:
        sources = qm9.package_files()
    except UserError as error:
        pytest.skip(str(error))
    files = []
    for source in sources:
        files.append(tmp_path / source.name)
        with source.open() as opened:
            files[-1].write_text("".join(line for line, _ in zip(opened, range(401), strict=False)))
    read = qm9.read_molecules(files)
    assert len(read) == 1200
    np.testing.assert_allclose(read.graph["alpha"][:3], [13.21, 9.46, 6.31])  # CH4, NH3, H2O
    np.testing.assert_allclose(read.graph["mu"][:3], [0, 1.6256, 1.8511])
    np.testing.assert_allclose(
        read.graph["gap"], read.graph["lumo"] - read.graph["homo"], atol=6e-3
    )
    np.testing.assert_array_equal(read.sizes[:3], [5, 4, 3])
