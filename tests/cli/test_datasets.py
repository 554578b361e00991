"""``segnn data qm9``, and a training of all its properties on what it writes."""

import json
from pathlib import Path

import numpy as np
from tests.data.qm9_stand_in import declare, install

from segnn.data.qm9 import COLUMNS
from segnn.recipe import load_recipe, packaged_recipes

from .helpers import call, refused

SMALL = ("--set", "training.epochs=1", "--set", "model.layers=1", "--set", "model.hidden=4x0e+4x1o")


def test_from_the_package_to_predictions(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    install(tmp_path / "site", monkeypatch)
    assert "12 molecules, expected 130831" in refused("data", "qm9", "--out", "data/qm9")
    assert not Path("data").exists()
    assert "segnn data qm9 --out data/qm9" in refused("train", "qm9-alpha")
    declare(monkeypatch)
    made = json.loads(call("data", "qm9", "--out", "data/qm9", "--json").stdout)
    assert made["systems"] == {"train": 6, "valid": 3, "test": 3}
    assert "| `Cv` | (S,) | cal/mol/K |" in Path("data/qm9/README.md").read_text()
    assert "exists already" in refused("data", "qm9", "--out", "data/qm9")
    call("train", "qm9-all", *SMALL, "--out", "run")
    call("predict", "run", "data/qm9/test.npz", "-o", "out.npz")
    with np.load("out.npz") as out:
        assert all(out[name].shape == (3,) for name in COLUMNS)
    with np.load("data/qm9/test.npz") as held:
        arrays = dict(held)
    number, gap = arrays["atomic_number"].copy(), arrays["gap"].copy()
    number[1, 0], gap[1] = 16, np.nan
    np.savez("sulphur.npz", **arrays | {"atomic_number": number})
    message = refused("predict", "run", "sulphur.npz", "-o", "none.npz")
    assert "sulphur.npz" in message
    assert "S" in message
    np.savez("gaps.npz", **arrays | {"gap": gap})
    message = refused("evaluate", "run", "--data", "gaps.npz")
    assert "'gap'" in message
    assert "gaps.npz" in message


def test_a_recipe_for_each_target():
    whole, one = load_recipe("qm9-all"), load_recipe("qm9-gap")
    assert list(one.targets) == ["gap"]
    assert one.targets["gap"] == whole.targets["gap"]
    assert one.model == whole.model
    assert list(load_recipe("qm9-mu").targets) == ["mu", "charge", "dipole"]
    assert {f"qm9-{name}" for name in COLUMNS} <= {*packaged_recipes()}
