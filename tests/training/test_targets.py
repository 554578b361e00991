"""A training on energies and forces: losses, metrics, resumption, and what is never trained on."""

import csv
import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from tests.model.atoms import RECIPE, model, systems

import segnn
from segnn.errors import UserError
from segnn.recipe import parse_recipe
from segnn.training import train
from segnn.training.evaluation import evaluate
from segnn.training.loss import Loss

SHORT = (
    "targets={energy: {irreps: 0e, unit: eV, level: graph, pool: sum, base: reference(species)},"
    " forces: {derivative: -energy / position}}",
    "model.layers=1",
    "training={epochs: 2, batch_size: 4, learning_rate: 0.01, ema: 0.9}",
)


def labelled(seed):
    return systems(seed, kinds=((1, 6, 8, 1), (6, 8), (1, 1, 6)) * 3)


DATA = {"train": labelled(0), "valid": labelled(1), "test": labelled(2)}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    out = tmp_path_factory.mktemp("targets") / "run"
    train(parse_recipe(RECIPE, overrides=SHORT), out, data=DATA, progress=False)
    return out


def test_results_tell_every_target(run):
    results = json.loads((run / "results.json").read_text())
    assert results["target"] == "energy"
    assert set(results["targets"]) == {"energy", "forces"}
    energy, forces = results["targets"].values()
    assert results["test"] == energy["test"]
    assert (energy["unit"], forces["unit"]) == ("eV", "eV/angstrom")
    assert set(energy["test"]["per_atom"]) == {"mse", "mae", "rmse"}
    assert set(forces["test"]["per_species"]) == {"H", "C", "O"}
    counts = np.bincount(DATA["test"].node["atomic_number"].astype(int))
    whole = sum(
        forces["test"]["per_species"][s]["mse"] * counts[z]
        for s, z in (("H", 1), ("C", 6), ("O", 8))
    )
    assert whole / counts.sum() == pytest.approx(forces["test"]["mse"])
    assert forces["baselines"]["mean_label"]["mse"] > 0


def test_metrics_have_a_column_for_each(run):
    with (run / "metrics.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 2
    assert float(rows[1]["valid_rmse_energy"]) > 0
    assert float(rows[1]["valid_rmse_forces"]) > 0


def test_evaluate_tells_what_the_training_told(run):
    stored = json.loads((run / "results.json").read_text())["targets"]
    found = evaluate(run, DATA["test"])
    for name in ("energy", "forces"):
        assert found["targets"][name]["rmse"] == pytest.approx(stored[name]["test"]["rmse"])
    assert found["rmse"] == found["targets"]["energy"]["rmse"]


def test_predictions_have_both(run):
    found = segnn.load(run).predict(DATA["test"])
    assert found["energy"].shape == (9,)
    assert found["forces"].shape == (27, 3)


def test_a_resumed_training_is_the_same(run, tmp_path):
    recipe = parse_recipe(RECIPE, overrides=[*SHORT, "training.epochs=1"])
    train(recipe, tmp_path / "run", data=DATA, progress=False)
    more = parse_recipe(RECIPE, overrides=SHORT)
    train(more, tmp_path / "run", data=DATA, resume=True, progress=False)
    legs = json.loads((tmp_path / "run" / "results.json").read_text())["legs"]
    assert legs == [1, 2]


def test_absent_labels_are_told_unless_they_are_never_trained_on(tmp_path):
    lacking = {
        name: replace(part, node=without(part.node, "forces")) for name, part in DATA.items()
    }
    with pytest.raises(UserError, match=r"missing array 'forces'.*targets\.forces\.array"):
        train(parse_recipe(RECIPE, overrides=SHORT), tmp_path / "a", data=lacking, progress=False)
    free = parse_recipe(RECIPE, overrides=[*SHORT, "targets.forces.loss.weight=0"])
    results = train(free, tmp_path / "b", data=lacking, progress=False)
    assert "test" not in results["targets"]["forces"]


def test_what_has_labels_is_evaluated(run):
    """A file with energies alone, with forces alone, with neither."""
    whole = evaluate(run, DATA["test"])["targets"]
    assert evaluate(run, DATA["test"])["unlabelled"] == []
    energies = replace(DATA["test"], node=without(DATA["test"].node, "forces"))
    found = evaluate(run, energies)
    assert (found["target"], found["unlabelled"]) == ("energy", ["forces"])
    assert found["targets"] == {"energy": whole["energy"]}
    forces = replace(DATA["test"], graph=without(DATA["test"].graph, "energy"))
    found = evaluate(run, forces)
    assert (found["target"], found["unlabelled"]) == ("forces", ["energy"])
    assert found["rmse"] == pytest.approx(whole["forces"]["rmse"])
    with pytest.raises(UserError, match="missing array 'energy'"):
        evaluate(run, replace(energies, graph=forces.graph))


def without(arrays, name):
    return {key: value for key, value in arrays.items() if key != name}


def loss_of(*overrides):
    made = model(*SHORT, *overrides, given=DATA["train"])
    features = made.features(DATA["train"])
    loss = Loss(made, features)
    found = {name: value + 1 for name, value in features.labels.items()}
    return loss, float(loss(found, features.labels, features.offsets.diff())), features


def test_the_loss_adds_up():
    loss, value, features = loss_of("targets.energy.loss.weight=3")
    assert value == pytest.approx(3 / loss.spread["energy"] ** 2 + 1 / loss.spread["forces"] ** 2)
    rms = float(features.labels["forces"].square().mean().sqrt())
    assert loss.spread["forces"] == pytest.approx(rms)
    assert loss.spread["energy"] == pytest.approx(rms * 3**0.5)


@pytest.mark.parametrize(("kind", "expected"), [("mae", 1.0), ("huber", 1.0 - 0.005)])
def test_kinds_of_losses(kind, expected):
    loss, value, _ = loss_of("targets.energy.loss.weight=0", f"targets.forces.loss.kind={kind}")
    spread = loss.spread["forces"]
    assert value == pytest.approx(1 / spread - (0.005 if kind == "huber" else 0.0))


def test_errors_per_atom():
    loss, value, features = loss_of("targets.forces.loss.weight=0", "targets.energy.loss.per=atom")
    sizes = features.offsets.diff().double()
    expected = (1 / sizes / loss.spread["energy"]).square().mean()
    assert value == pytest.approx(float(expected))


def test_a_fresh_network_has_forces_of_their_size_and_no_mean_energy():
    made = model(*SHORT, given=DATA["train"])
    features = made.features(DATA["train"])
    with torch.no_grad():
        found = made(features)
    size = float(
        found["forces"].square().mean().sqrt() / features.labels["forces"].square().mean().sqrt()
    )
    assert 0.03 < size < 30
    assert abs(float((found["energy"] - features.labels["energy"]).mean())) < 1.0
