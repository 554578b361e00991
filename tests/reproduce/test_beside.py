"""Further test sets of a table, and the share of errors within a tolerance."""

import numpy as np
import pytest

from segnn.data import load_systems
from segnn.errors import UserError
from segnn.model.network import build_network
from segnn.recipe import Cues
from segnn.reproduce.data import make_data
from segnn.reproduce.markdown import render
from segnn.reproduce.rows import make_rows
from segnn.reproduce.run import execute, plan
from segnn.reproduce.store import Store
from segnn.simulate import adsorbates, charged
from segnn.training.evaluation import predictions

from .helpers import RECIPES, small


def test_every_test_set_is_evaluated_once(tmp_path, monkeypatch):
    def with_another(systems, progress=None):
        made = simulated(systems, progress=progress)
        return {**made, "other": made["valid"]}

    simulated = charged.simulate
    monkeypatch.setattr(charged, "simulate", with_another)
    folder = tmp_path / "data"
    table = small(
        folder,
        settings={},
        data={"simulator": "charged", "systems": [8, 5, 5]},
        targets=["", "elsewhere"],
        measure="mae",
        beside={"elsewhere": "other.npz"},
        within=0.4,
    )
    assert make_data(table, folder)
    assert load_systems(folder / "other.npz").names == load_systems(folder / "test.npz").names
    store = Store(tmp_path / "results")
    (run,) = plan(table.runs(["mpnn"], [0]), store, RECIPES)
    result = execute(run, store, tmp_path / "runs", progress=False)
    model = tmp_path / "runs" / "charged" / "mpnn-seed0"
    for held, file in ((result, "test"), (result["beside"]["elsewhere"], "other")):
        found = predictions(model, folder / f"{file}.npz")["position"]
        error = np.abs(found.prediction - found.target)
        assert held["test"]["mae"] == pytest.approx(error.mean(), rel=1e-5)
        assert held["test"]["within"] == (error <= 0.4).all(1).mean()
    assert 0 < result["test"]["within"] < 1
    page = render(table, make_rows(table, plan(table.runs(["mpnn"], [0]), store, RECIPES)), "x")
    for text in ("test MAE", "elsewhere: test MAE", "within 0.4", "elsewhere: within 0.4"):
        assert f"| {text}" in page
    assert f"| {100 * result['test']['within']:.1f} % |" in page
    (folder / "other.npz").unlink()
    with pytest.raises(UserError, match=r"other\.npz is missing"):
        make_data(table, folder)


def test_the_table_of_adsorbates_names_the_files_of_its_simulator():
    from segnn.reproduce.sweep import find_table

    table = find_table("adsorbates")
    assert {f"{split}.npz" for split in adsorbates.UNSEEN} == {
        *("train.npz", "valid.npz", "test.npz"),
        *table.beside.values(),
    }
    assert {*table.targets} == {"", *table.beside}
    assert table.systems == adsorbates.SYSTEMS
    cues = {run.method.id: Cues(run.recipe(RECIPES)) for run in table.runs(seeds=[0])}
    hidden = {name: str(one.irreps_hidden) for name, one in cues.items()}
    assert {name for name, irreps in hidden.items() if irreps == "64x0e"} == {"egnn", "schnet"}
    assert type(build_network(cues["egnn"])) is type(build_network(cues["schnet"]))
    fields = {name: {*one.fields} for name, one in cues.items()}
    for cue in ("tag", "fixed", "height"):
        lacking = {name for name, found in fields.items() if cue not in found}
        assert lacking == {f"without-{cue}", "species"}
