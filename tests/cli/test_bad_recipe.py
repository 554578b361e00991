"""Mistakes in a recipe or on the command line: what is told, and that nothing is written."""

import json
from pathlib import Path

import pytest

from .helpers import TINY, call, refused

NODE = "node_attributes: [mean(edge_attributes), sh(velocity)]"
MISTAKES = {
    "misspelt key": (
        "epochs: 2",
        "epohcs: 2",
        ["training.epohcs", "unknown key", "nearest", "epochs"],
    ),
    "misspelt section": ("training:", "trainning:", ["trainning", "nearest", "training"]),
    "wrong type": ("epochs: 2", "epochs: many", ["training.epochs", "'many'", "a whole number"]),
    "wrong choice": (
        "{hidden",
        "{kind: segn, hidden",
        ["model.kind", "'segn'", "nearest", "segnn"],
    ),
    "unknown field": ("norm(velocity)]", "norm(velocty)]", ["inputs[2]", "velocty", "velocity"]),
    "parity": (
        NODE,
        "node_attributes: [mean(edge_attributes), cross(velocity, velocity)]",
        ["1e", "1o"],
    ),
    "units": (
        "[position - center(position), velo",
        "[position - center(position) + velo",
        ["length", "length/time"],
    ),
    "bare point": (
        "[position - center(position),",
        "[position,",
        ["inputs[0]", "origin", "center(position)"],
    ),
    "base of another irrep": (
        "array: target_position, irreps: 1o",
        "array: target_position, irreps: 2e",
        ["target.base", "2e"],
    ),
    "bad irreps": (
        "charge: {irreps: 0e",
        "charge: {irreps: 0z",
        ["fields.charge.irreps", "'0z'", "0e"],
    ),
    "missing section": ("model: {hidden: 4x0e+4x1o, layers: 1}", "", ["model", "missing key"]),
    "not yaml": ("data: {folder: data}", "data: {folder: data", ["bad.yaml"]),
}


@pytest.mark.parametrize("command", ["train", "info"])
@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistake_in_the_recipe(here, command, mistake):
    before, after, told = MISTAKES[mistake]
    assert before in TINY
    Path("bad.yaml").write_text(TINY.replace(before, after))
    message = refused(command, "bad.yaml", *(["--out", "new"] if command == "train" else []))
    assert message.startswith("bad.yaml")
    if mistake not in ("missing section", "not yaml"):
        line = TINY[: TINY.index(before)].count("\n") + 1
        assert f"line {line}: " in message
    for text in told:
        assert text in message
    assert not Path("new").exists()


def test_every_mistake_is_told(here):
    Path("bad.yaml").write_text(TINY.replace("epochs: 2", "epohcs: 2, seed: -1"))
    message = refused("info", "bad.yaml")
    assert "2 mistakes" in message
    assert "training.seed" in message


@pytest.mark.parametrize(
    ("override", "told"),
    [
        ("training.epohcs=3", ["--set training.epohcs=3", "training.epohcs", "nearest", "epochs"]),
        ("training.epochs=lots", ["--set training.epochs=lots", "'lots'", "a whole number"]),
        ("training.epochs", ["--set training.epochs", "section.key=value"]),
        ("inputs.9=charge", ["inputs", "3 entries", "'9'"]),
        ("inputs.²=charge", ["inputs", "3 entries", "'²'"]),
        ("data.valid=0.1", ["data.valid", "0.1", "a list of these, or {fraction: 0.1}"]),
        ("data.memory=lots", ["data.memory", "'lots'", "expected  a size such as 500MiB"]),
        ("inputs.1=target_position", ["'target_position'", "labels are predicted, and cannot"]),
        ("inputs.1=chrge2", ["unknown name 'chrge2'", "did you mean 'charge'?"]),
        ("model.layers=100000000", ["model.layers", "less than or equal to 1000"]),
        (f"training.seed={2**63}", ["training.seed", str(2**63), f"less than {2**63}"]),
    ],
)
def test_mistake_in_an_override(here, override, told):
    message = refused("train", "tiny.yaml", "--set", override, "--out", "new")
    for text in told:
        assert text in message
    assert not Path("new").exists()


def test_a_name_that_is_near_to_none(here):
    """``charge`` shares half its letters with ``target``."""
    Path("bad.yaml").write_text(TINY.replace("  charge: {irreps: 0e, unit: charge}\n", ""))
    message = refused("info", "bad.yaml")
    assert "unknown name 'charge'" in message
    assert "did you mean" not in message
    assert "declare it under fields:" in message


def test_several_seeds_and_one(here):
    seeds = ("--seeds", "0,1", "--set", "training.seed=3", "--out", "new")
    assert "--set training.seed: both say the seed" in refused("train", "tiny.yaml", *seeds)


def test_more_than_memory_holds(here):
    told = refused("info", "tiny.yaml", "--particles", 10**13)
    assert "random systems of 10000000000000 particles take about" in told
    told = refused("info", "tiny.yaml", "--set", "model.hidden=999999999x0e+4x1o")
    assert "up to 1000000003 channels wide, take about" in told


def test_no_such_recipe(here):
    assert "did you mean the packaged recipe charged?;" in refused("train", "chraged")
    assert "recipe charged, without .yaml?;" in refused("train", "charged.yaml")
    assert "nearest there: tiny.yaml" in refused("train", "tinny.yaml", "--out", "new")


def test_missing_data_folder_names_the_cure(here):
    message = refused("train", "tiny.yaml", "--set", "data.folder=data/charged", "--out", "new")
    for text in (
        "tiny.yaml",
        "data.folder",
        "'data/charged'",
        "segnn simulate charged --out data/charged",
    ):
        assert text in message
    assert not Path("new").exists()


@pytest.mark.parametrize("systems", ["3000", "1,2", "a,b,c", "1,2,-3", "0,0,0", "²,1,1"])
def test_bad_counts(here, systems):
    assert systems.replace(",", "") in refused(
        "simulate", "charged", "--out", "made", "--systems", systems
    ).replace(", ", "").replace(",", "")
    assert not Path("made").exists()


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--particles", 0),
        ("--particles", 10**11),
        ("--seed", -1),
        ("--horizon", 0),
        ("--start", 10**18),
        ("--start", 10**40),
        ("--steps", 10),
        ("--steps", 10**40),
    ],
)
def test_bad_numbers_of_a_simulation(here, option, value):
    message = refused("simulate", "charged", "--out", "made", "--systems", "1,1,1", option, value)
    assert option.removeprefix("--") in message
    assert str(value) in message
    assert not Path("made").exists()


def test_simulate_never_overwrites_silently(here):
    before = Path("data/train.npz").read_bytes()
    message = refused("simulate", "charged", "--out", "data")
    assert "data/train.npz" in message
    assert "--force" in message
    assert Path("data/train.npz").read_bytes() == before


def test_a_split_without_systems_has_no_file(here):
    """--force leaves no file of other systems in its place; training names what is missing."""
    result = call("simulate", "charged", "--out", "data", "--systems", "8,0,4", "--force", "--json")
    assert "no systems, so no file: data/valid.npz" in result.stderr
    assert json.loads(result.stdout)["files"] == {
        "train": "data/train.npz",
        "test": "data/test.npz",
    }
    assert json.loads(result.stdout)["systems"] == {"train": 8, "valid": 0, "test": 4}
    assert sorted(path.name for path in Path("data").iterdir()) == ["test.npz", "train.npz"]
    message = refused("train", "tiny.yaml", "--out", "new")
    assert (
        "data/valid.npz: no such file. Check the path, or make the data with 'segnn simulate'."
        in message
    )


def test_set_on_a_trained_model(here):
    assert "only a recipe can be changed" in refused("info", "run", "--set", "model.layers=2")


def test_particles_of_info(here):
    assert "--particles 0" in refused("info", "tiny.yaml", "--particles", 0)


def test_two_sources_of_systems(here):
    told = refused("info", "run", "--particles", "3", "--data", "data/test.npz")
    assert "--particles 3 stands in place of data: leave out --data data/test.npz" in told
