"""`inspect` tells what files hold; each mistake that is put in is found, and nothing where there is
none.
"""

import json

import numpy as np
import pytest
from tests.cli.helpers import call

from segnn.data import Systems, save_systems
from segnn.data.inspect import inspect
from segnn.data.inspect.forces import consistency
from segnn.data.systems import rows_of
from segnn.errors import UserError

SHAPE = np.array([[0.0, 0, 0], [1.1, 0, 0], [-0.5, 1.0, 0], [-0.4, -0.6, 0.9], [-0.3, -0.5, -1.0]])
SPECIES = [6.0, 8.0, 1.0, 1.0, 1.0]


def energy_and_forces(position):
    """Of molecules (S, N, 3): Morse pairs, and a product of distances, which no pairs make."""
    n = position.shape[1]
    a, b = np.triu_indices(n, 1)
    vector = position[:, b] - position[:, a]
    distance = np.linalg.norm(vector, axis=2)
    decay = np.exp(-1.5 * (distance - 1.2))
    energy = (3 * (1 - decay) ** 2).sum(1) + 0.3 * (distance[:, 0] - 1) * (distance[:, 1] - 1)
    slope = 9 * (1 - decay) * decay
    slope[:, 0] += 0.3 * (distance[:, 1] - 1)
    slope[:, 1] += 0.3 * (distance[:, 0] - 1)
    push = (slope / distance)[:, :, None] * vector
    forces = np.zeros_like(position)
    for p, (i, j) in enumerate(zip(a, b, strict=True)):
        forces[:, i] += push[:, p]
        forces[:, j] -= push[:, p]
    return energy, forces


def molecules(count=120, seed=0, **changed):
    """Jittered copies of one molecule, an NPZ's arrays."""
    rng = np.random.default_rng(seed)
    position = SHAPE + 0.08 * rng.normal(size=(count, 5, 3))
    energy, forces = energy_and_forces(position)
    held = {
        "position": position,
        "atomic_number": np.tile(SPECIES, (count, 1)),
        "energy": energy - 100.0,
        "forces": forces,
    }
    return held | changed


@pytest.fixture
def look(tmp_path, monkeypatch):
    """Save arrays as files and inspect them."""
    monkeypatch.chdir(tmp_path)

    def run(**files):
        for name, arrays in files.items():
            np.savez(f"{name}.npz", **arrays)
        return inspect([f"{name}.npz" for name in files])

    return run


def texts(result):
    return "\n".join(f"{h['level']} {h['system']}: {h['text']}" for h in result["hints"])


def test_the_forces_of_the_test_are_the_gradient():
    position = SHAPE[None] + 0.1
    _, forces = energy_and_forces(position)
    moved = position.copy()
    moved[0, 2, 1] += 1e-6
    change = energy_and_forces(moved)[0] - energy_and_forces(position)[0]
    np.testing.assert_allclose(-change / 1e-6, forces[0, 2, 1], rtol=1e-4)


def test_a_pattern_stands_for_the_files_that_fit(look):
    look(b=molecules(4), a=molecules(3))
    assert [entry["file"] for entry in inspect("*.npz")["files"]] == ["a.npz", "b.npz"]
    with pytest.raises(UserError, match=r"c\*: no file fits this pattern"):
        inspect(["a.npz", "c*"])


def test_good_data_are_described_and_not_blamed(look):
    result = look(a=molecules(), b=molecules(seed=1))
    assert not result["hints"], texts(result)
    first = result["files"][0]
    assert first["systems"] == 120
    assert first["species"] == {"H": 360, "C": 120, "O": 120}
    assert first["compositions"] == {"CH3O": 120}
    assert first["arrays"]["forces"]["level"] == "node"
    assert first["arrays"]["forces"]["unit"] == "eV/angstrom"
    assert 0.8 < first["consistency"]["factor"] < 1.25
    assert first["neighbours"]["by_cutoff"]["3"]["mean"] == pytest.approx(4, abs=0.1)
    assert 0.7 < first["closest"]["distance"] < 1
    json.dumps(result)


@pytest.mark.parametrize(
    ("factor", "told"),
    [
        (23.06, "energies in kcal/mol beside forces in eV"),
        (27.2114, "energies in eV beside forces in hartree"),
        (1 / 27.2114, "energies in hartree beside forces in eV"),
        (627.51, "energies in kcal/mol beside forces in hartree"),
        (-1.0, "the opposite sign"),
    ],
)
def test_units_that_do_not_fit(look, factor, told):
    held = molecules()
    held["energy"] = factor * held["energy"]
    assert told in texts(look(a=held))


def test_forces_that_are_no_gradient(look):
    held = molecules()
    held["forces"][17] *= -1
    assert "warning 17: forces of system 17 are not minus the gradient" in texts(look(a=held))
    held = molecules()
    held["energy"][31] += 3
    assert "energy of system 31 does not fit its forces" in texts(look(a=held))
    mixed = molecules(forces=np.random.default_rng(9).normal(size=(120, 5, 3)))
    assert "forces are not minus the gradient of a smooth energy" in texts(look(a=mixed))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"energy": np.zeros(120)}, "warning None: energy is zero throughout"),
        ({"energy": np.full(120, 2.5)}, "warning None: energy is 2.5 in all systems"),
        ({"forces": np.zeros((120, 5, 3))}, "forces is zero throughout"),
        (
            {"energy": np.r_[np.random.default_rng(0).normal(size=119), 900.0]},
            "hint 119: energy of",
        ),
    ],
)
def test_labels_that_cannot_be_meant(look, change, told):
    assert told in texts(look(a=molecules(**change)))


def test_forces_and_torques_that_do_not_vanish(look):
    held = molecules()
    held["forces"][5] += [0.3, 0, 0]
    result = look(a=held)
    assert "the forces of some systems do not add up to zero; system 5 is the worst" in texts(
        result
    )
    turned = molecules()
    turned["forces"] = turned["forces"] @ np.array([[0.0, 1, 0], [-1, 0, 0], [0, 0, 1]])
    assert "the torques of most systems do not add up to zero" in texts(look(a=turned))


def test_systems_that_are_there_twice(look):
    first, second = molecules(), molecules(seed=1)
    for name in first:
        first[name][9] = first[name][3]
        second[name][4] = first[name][70]
    second["position"][4] += [5.0, -2.0, 1.0]
    result = look(a=first, b=second)
    assert result["files"][0]["duplicates"] == [[3, 9]]
    assert result["shared"][0]["pairs"] == [(70, 4)]
    assert "1 system is also in a.npz (the first: 4 here, 70 there)" in texts(result)


def test_other_fields_make_other_systems(look):
    """Spins that differ, and fields that differ, at the same positions: no duplicates."""
    held = molecules(40)
    for name in held:
        held[name] = np.repeat(held[name][:1], 40, axis=0)
    rng = np.random.default_rng(0)
    assert len(look(a=held)["files"][0]["duplicates"][0]) == 40
    assert not look(a=held | {"spin": rng.normal(size=(40, 5, 3))})["files"][0]["duplicates"]
    assert not look(a=held | {"graph_field": rng.normal(size=(40, 3))})["files"][0]["duplicates"]


def test_atoms_in_one_place(look):
    held = molecules()
    held["position"][8, 3] = held["position"][8, 0] + [0.05, 0, 0]
    result = look(a=held)
    assert result["files"][0]["closest"]["pair"] == "C-H"
    assert "warning 8: 1 system has atoms closer than 0.3 angstrom" in texts(result)


def test_periodic_pairs(tmp_path):
    """Boxes thinner than the reach: the fit counts every image once, and finds the unit."""
    rng = np.random.default_rng(3)
    sizes = np.full(60, 4)
    _, offsets = rows_of(np.r_[0, np.cumsum(sizes)], np.arange(60))
    box = 4.5 * np.eye(3)
    grid = np.array([[0.0, 0, 0], [2.2, 2.2, 0], [2.2, 0, 2.2], [0, 2.2, 2.2]])
    position = (grid + 0.12 * rng.normal(size=(60, 4, 3))).reshape(-1, 3)
    energy, forces = np.zeros(60), np.zeros_like(position)
    images = np.array([[i, j, k] for i in (-1, 0, 1) for j in (-1, 0, 1) for k in (-1, 0, 1)])
    for s in range(60):
        x = position[4 * s : 4 * s + 4]
        vector = x[None, :, None] + images @ box - x[:, None, None]
        distance = np.linalg.norm(vector, axis=3)
        near = (distance > 1e-9) & (distance < 4.4)
        r = np.where(near, distance, 1.0)
        energy[s] = 0.5 * np.where(near, (1 - r / 4.4) ** 3 * 40 / r, 0).sum()
        slope = -3 / 4.4 * (1 - r / 4.4) ** 2 * 40 / r - (1 - r / 4.4) ** 3 * 40 / r**2
        push = np.where(near, slope / r, 0)[..., None] * vector
        forces[4 * s : 4 * s + 4] = push.sum((1, 2))
    graph = {"cell": np.tile(box, (60, 1, 1)), "pbc": np.ones((60, 3))}
    systems = Systems(position, offsets, {"forces": forces}, {"energy": energy, **graph})
    found = consistency(systems, energy, forces)
    assert found["correlation"] > 0.95
    assert found["factor"] == pytest.approx(1, abs=0.1)
    save_systems(tmp_path / "box.npz", systems)
    entry = inspect(tmp_path / "box.npz")["files"][0]
    assert entry["boxes"]["thinnest"] == pytest.approx(4.5)
    assert entry["boxes"]["periodic"] == 60


def test_files_of_atoms(tmp_path):
    ase = pytest.importorskip("ase")
    ase_io = pytest.importorskip("ase.io")
    held = molecules(30)
    frames = []
    for n in range(30):
        frame = ase.Atoms(SPECIES, held["position"][n])
        frame.info["REF_energy"] = held["energy"][n]
        if n != 11:
            frame.arrays["REF_forces"] = held["forces"][n]
        frames.append(frame)
    frames[4].set_cell([[0, 9.0, 0], [9, 0, 0], [0, 0, 9]])
    frames[4].set_pbc(True)
    frames.append(ase.Atoms("H", [[0.0, 0, 0]], info={"REF_energy": -13.5}))
    ase_io.write(tmp_path / "in.xyz", frames, format="extxyz")
    result = inspect(tmp_path / "in.xyz")
    assert result["files"][0]["isolated_atoms"] == {"H": -13.5}
    told = texts(result)
    assert "2 of 31 systems without REF_forces" in told
    assert "hint 4: the cell of system 4 is left-handed" in told
    frames[6].set_pbc(True)
    ase_io.write(tmp_path / "in.xyz", frames, format="extxyz")
    assert "configuration 6 is periodic along a, b, c but its cell is" in texts(
        inspect(tmp_path / "in.xyz")
    )


def test_where_nothing_is_left_the_mistake_is_told(tmp_path):
    path = tmp_path / "nan.xyz"
    path.write_text('1\nProperties=species:S:1:pos:R:3 pbc="F F F"\nH 0.0 nan 0.0\n')
    with pytest.raises(UserError, match="a position in configuration 0 is"):
        inspect(path)


def test_a_mistake_names_its_file_once(tmp_path):
    path = tmp_path / "flat.xyz"
    path.write_text('1\nLattice="0 0 0 0 0 0 0 0 0" pbc="T T T"\nH 0.0 0.0 0.0\n')
    told = [hint["text"] for hint in inspect(path)["hints"]]
    assert [text for text in told if text.startswith("configuration 0 is periodic")]
    assert not [text for text in told if str(path) in text]


def test_the_command(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    np.savez("a.npz", **molecules(40))
    found = json.loads(call("inspect", "a.npz", "--cutoff", "2.5", "--json").stdout)
    assert list(found["files"][0]["neighbours"]["by_cutoff"]) == ["2.5"]
    pytest.importorskip("matplotlib")
    shown = call("inspect", "a.npz", "--picture", "a.svg")
    assert "CH3O (40)" in shown.stdout
    assert "nothing odd was found" in shown.stderr
    assert (tmp_path / "a.svg").stat().st_size > 1000
