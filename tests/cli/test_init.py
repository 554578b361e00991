"""`segnn init`: data of one's own become a recipe that loads, checks and trains."""

import json
from pathlib import Path

import numpy as np
import pytest

from segnn.data import load_systems
from segnn.recipe import load_recipe

from .helpers import call, refused

RNG = np.random.default_rng(0)
SYSTEMS, N = 30, 6


def spins():
    """A pseudovector at every particle and as the label; a field per system."""
    spin = RNG.normal(size=(SYSTEMS, N, 3))
    return {
        "position": RNG.normal(size=(SYSTEMS, N, 3)),
        "spin": spin,
        "graph_field": RNG.normal(size=(SYSTEMS, 3)),
        "target_spin": spin + 0.1 * np.cross(spin, spin[:, ::-1]),
    }


def clouds():
    """Charges and kinds of several sizes; a vector and a scalar for every system."""
    sizes = RNG.integers(3, 8, SYSTEMS)
    particles = int(sizes.sum())
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    position, charge = RNG.normal(size=(particles, 3)), RNG.normal(size=particles)
    return {
        "position": position,
        "offsets": offsets,
        "charge": charge,
        "species": RNG.choice([1, 6, 8], particles),
        "norm": RNG.normal(size=particles),  # a word of the vocabulary
        "target_dipole": np.add.reduceat(charge[:, None] * position, offsets[:-1]),
        "target_energy": RNG.normal(size=SYSTEMS),
    }


def fluid():
    """A periodic box of 40 particles that move, and forces that must not become inputs."""
    cell = np.broadcast_to(3.0 * np.eye(3), (SYSTEMS, 3, 3))
    velocity = RNG.normal(size=(SYSTEMS, 40, 3))
    return {
        "position": 3.0 * RNG.random((SYSTEMS, 40, 3)),
        "velocity": velocity,
        "mass": np.ones((SYSTEMS, 40)),
        "force": RNG.normal(size=(SYSTEMS, 40, 3)),
        "cell": cell,
        "target_velocity": 0.9 * velocity,
    }


def scalars():
    """Nothing but positions, and an unmarked label."""
    position = RNG.normal(size=(SYSTEMS, N, 3))
    return {"position": position, "energy": (position**2).sum((1, 2))}


CASES = {
    "spins": (spins, [], ["spin: {irreps: 1e}", "graph_field: {irreps: 1o, level: graph}"]),
    "clouds": (
        clouds,
        [],
        [
            "one_hot(species, 1, 6, 8)",
            "norm_: {irreps: 0e, array: norm}",
            "level: graph",
            "# Other labels in the data: target_energy.",
        ],
    ),
    "fluid": (
        fluid,
        [],
        [
            "kind: radius, cutoff: 1.25",
            "left out: force, by its name a result",
            "left out: mass, the same number everywhere",
            "base: velocity",
        ],
    ),
    "scalars": (scalars, ["--target", "energy"], ["array: energy, irreps: 0e", "pool: mean"]),
}


@pytest.mark.parametrize("case", CASES)
def test_own_data_become_a_trained_model(tmp_path, monkeypatch, case):
    monkeypatch.chdir(tmp_path)
    make, options, told = CASES[case]
    given = make()
    np.savez("mine.npz", **given)
    found = json.loads(call("init", "mine.npz", "--split", "data/mine", *options, "--json").stdout)
    assert found["split"] == {"train": 24, "valid": 3, "test": 3}
    text = Path("mine.yaml").read_text(encoding="utf-8")
    for part in told:
        assert part in text, text
    assert "train.npz" in text
    assert load_recipe("mine.yaml").data.folder == "data/mine"
    parts = [load_systems(f"data/mine/{name}.npz") for name in ("train", "valid", "test")]
    total = sum(part.position.sum() for part in parts)
    assert total == pytest.approx(given["position"].sum())
    small = [f"model.hidden={'+'.join(f'2x{ir}' for ir in ('0e', '1o', '1e'))}", "model.layers=2"]
    call("train", "mine.yaml", *(f"--set={s}" for s in [*small, "training.epochs=1"]))
    assert json.loads(Path("runs/mine/results.json").read_text())["test"]["mse"] > 0
    again = refused("init", "mine.npz", "--split", "data/other", *options)
    assert "mine.yaml: exists already" in again
    assert Path("mine.yaml").read_text(encoding="utf-8") == text
    assert not Path("data/other").exists()


def test_an_hdf5_file_is_split(tmp_path, monkeypatch):
    pytest.importorskip("h5py")
    monkeypatch.chdir(tmp_path)
    np.savez("mine.npz", **{name: array[:10] for name, array in spins().items()})
    call("convert", "mine.npz", "-o", "mine.h5")
    assert "Split it: segnn init mine.h5 --split data/mine" in refused("init", "mine.h5")
    made = call("init", "mine.h5", "--split", "data/mine")
    assert "8 systems: data/mine/train.npz\n1 system: data/mine/valid.npz" in made.stderr
    assert load_systems("data/mine/train.npz").node["spin"].shape == (8 * N, 3)


def test_a_folder_of_splits(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("own").mkdir()
    for name in ("train", "valid", "test"):
        np.savez(f"own/{name}.npz", **spins())
    call("init", "own/train.npz", "-o", "sub/spins.yaml")
    assert load_recipe("sub/spins.yaml").data.folder == "own"


def test_mistakes(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    given = scalars()
    np.savez("mine.npz", **given)
    split = ("--split", "data/mine")
    assert "segnn init mine.npz --split data/mine" in refused("init", "mine.npz")
    np.savez("my own.npz", **given)
    assert "segnn init 'my own.npz' --split 'data/my own'" in refused("init", "my own.npz")
    assert "Say which: --target energy" in refused("init", "mine.npz", *split)
    message = refused("init", "mine.npz", *split, "--target", "enrgy")
    assert "--target enrgy: there is no such array; the file holds energy" in message
    message = refused("init", "mine.npz", *split, "--target", "position")
    assert "--target position: the positions are what is known" in message
    np.savez("same.npz", position=given["position"], target_energy=np.ones(SYSTEMS))
    assert "there is nothing to learn" in refused(
        "init", "same.npz", *split, "--target", "target_energy"
    )
    np.savez("one.npz", position=given["position"][0], target_velocity=given["position"][0])
    assert "holds 1 system, and train" in refused("init", "one.npz", *split)
    assert "no such file" in refused("init", "none.npz", *split)
    assert "ends in .yaml or .yml" in refused("init", "mine.npz", *split, "-o", "mine.txt")
    assert not Path("data").exists()
    Path("data/mine").mkdir(parents=True)
    Path("data/mine/test.npz").touch()
    assert "data/mine/test.npz: exists already" in refused("init", "mine.npz", *split)


@pytest.fixture
def frames(here):
    """in.xyz: jittered molecules of two kinds under the names of another program."""
    ase = pytest.importorskip("ase")
    ase_io = pytest.importorskip("ase.io")

    def write(energies="REF_energy", forces="REF_forces", lacking=None):
        rng, made = np.random.default_rng(0), []
        for n in range(12):
            symbols = ("OH2", "CO")[n % 2]
            place = np.array([[0.0, 0, 0], [0.8, 0.6, 0], [-0.8, 0.6, 0]])[: 3 - n % 2]
            frame = ase.Atoms(symbols, place + 0.05 * rng.normal(size=place.shape))
            frame.info[energies] = -10.0 * len(frame) + rng.normal()
            if forces and n != lacking:
                push = rng.normal(size=place.shape)
                frame.arrays[forces] = push - push.mean(0)
            made.append(frame)
        made.append(ase.Atoms("H", [[0.0, 0, 0]], info={energies: -0.5}))
        ase_io.write("in.xyz", made, format="extxyz")

    return write


def test_a_file_of_atoms_is_learned(frames):
    frames()
    call("init", "in.xyz", "-o", "mine.yaml")
    declared = load_recipe("mine.yaml")
    assert declared.species == (1, 6, 8)
    assert declared.data.labels == {"energy": "REF_energy", "forces": "REF_forces"}
    small = ("--set", "model.hidden=4x0e+4x1o", "--set", "model.layers=1")
    short = ("--set", "training.epochs=1", "--set", "training.ema=null")
    call("train", "mine.yaml", "--out", "made", *small, *short)
    results = json.loads(Path("made/results.json").read_text())
    assert results["systems"] == {"train": 11, "valid": 1, "test": 1}
    call("evaluate", "made")
    call("predict", "made", "in.xyz", "-o", "out.npz")
    with np.load("out.npz") as out:
        assert out["energy"].shape == (13,)
        assert out["forces"].shape == (31, 3)


def test_a_file_of_md17_is_learned_in_its_units(here):
    rng = np.random.default_rng(0)
    water = np.array([[0.0, 0, 0.12], [0, 0.76, -0.48], [0, -0.76, -0.48]])
    places = water + 0.05 * rng.normal(size=(10, 3, 3))
    energies = -76.4 * 627.51 + rng.normal(size=(10, 1))  # kcal/mol, of all electrons
    forces = rng.normal(size=(10, 3, 3))
    np.savez("md17_water.npz", R=places, z=[8, 1, 1], E=energies, F=forces, theory="pbe")
    told = json.loads(call("inspect", "md17_water.npz", "--json").stdout)["files"][0]["arrays"]
    units = {name: array["unit"] for name, array in told.items()}
    assert units == {"energy": "kcal/mol", "forces": "kcal/mol/angstrom"}
    call("init", "md17_water.npz")
    declared = load_recipe("md17_water.yaml")
    assert (declared.data.train, declared.species) == (("md17_water.npz",), (1, 8))
    assert {name: target.unit for name, target in declared.targets.items()} == units
    small = ("--set", "model.hidden=4x0e+4x1o", "--set", "training.epochs=1")
    call("train", "md17_water.yaml", "--out", "made", *small)
    call("init", "md17_water.npz", "--split", "parts", "--target", "energy", "-o", "parts.yaml")
    assert load_recipe("parts.yaml").data.folder == "parts"


def test_what_a_draft_leaves_out_is_said(frames):
    ase_io = pytest.importorskip("ase.io")
    frames()
    made = ase_io.read("in.xyz", ":")
    for frame in made:
        frame.info["my dipole"] = [1.0, 2.0, 3.0]
        frame.arrays["layer"] = np.zeros(len(frame), int)
    ase_io.write("in.xyz", made, format="extxyz")
    call("init", "in.xyz", "-o", "mine.yaml")
    assert "# Also in the file, and not used: layer, my dipole.\n" in Path("mine.yaml").read_text()
    assert list(load_recipe("mine.yaml").targets) == ["energy", "forces"]


def test_converted_atoms_are_learned(frames):
    pytest.importorskip("h5py")
    frames()
    call("convert", "in.xyz", "-o", "in.h5", "--array", "REF_energy", "--array", "atomic_number")
    call("init", "in.h5", "-o", "mine.yaml")
    declared = load_recipe("mine.yaml")
    assert (declared.data.train, list(declared.targets)) == (("in.h5",), ["energy"])


def test_what_a_file_of_atoms_lacks(frames):
    frames(forces=None)
    call("init", "in.xyz", "-o", "energies.yaml")
    assert list(load_recipe("energies.yaml").targets) == ["energy"]
    assert "forces are its derivative" not in Path("energies.yaml").read_text()
    frames(lacking=4)
    told = refused("init", "in.xyz", "-o", "mine.yaml")
    assert "in.xyz: configuration 4 has no 'REF_forces'" in told
    frames(energies="total")
    assert "no array of energies" in refused("init", "in.xyz", "-o", "mine.yaml")
    call("init", "in.xyz", "-o", "mine.yaml", "--target", "total")
    assert load_recipe("mine.yaml").data.labels["energy"] == "total"
    assert "leave --split out" in refused("init", "in.xyz", "-o", "a.yaml", "--split", "there")
