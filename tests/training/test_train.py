import csv
import json

import numpy as np
import pytest
import torch
from tests.training.helpers import recipe

from segnn.errors import UserError
from segnn.model import load
from segnn.recipe import parse_recipe
from segnn.recipe.data_section import DataSpec
from segnn.training import evaluate, predictions, train
from segnn.training.revision import REVISION

METRICS = ("epoch", "step", "train_loss", "valid_error", "learning_rate")


def metrics(run):
    """metrics.csv without the seconds."""
    with open(run / "metrics.csv") as file:
        return [tuple(row[key] for key in METRICS) for row in csv.DictReader(file)]


def weights(run):
    return load(run).state_dict()


def assert_equal_runs(a, b):
    """Bit for bit: metrics, best weights, the whole state of the last checkpoint."""
    assert metrics(a) == metrics(b)
    for name, value in weights(a).items():
        assert torch.equal(value, weights(b)[name]), name
    states = [torch.load(run / "checkpoints" / "last.ckpt", weights_only=True) for run in (a, b)]
    for key in ("state_dict", "optimizer_states", "segnn"):
        assert_same(states[0][key], states[1][key], key)
    for callback in ("WeightAverage",):
        assert_same(
            states[0]["callbacks"].get(callback), states[1]["callbacks"].get(callback), callback
        )
    results = [json.loads((run / "results.json").read_text()) for run in (a, b)]
    for key in ("test", "valid", "best_epoch", "epochs", "stopped_early"):
        assert results[0][key] == results[1][key], key


def assert_same(a, b, where):
    if isinstance(a, dict):
        assert a.keys() == b.keys(), where
        for key in a:
            assert_same(a[key], b[key], f"{where}.{key}")
    elif isinstance(a, list | tuple):
        assert len(a) == len(b), where
        for i, (x, y) in enumerate(zip(a, b, strict=True)):
            assert_same(x, y, f"{where}[{i}]")
    elif isinstance(a, torch.Tensor):
        assert torch.equal(a, b), where
    else:
        assert a == b, where


@pytest.fixture(scope="module")
def run(data, tmp_path_factory):
    """A finished training."""
    out = tmp_path_factory.mktemp("runs") / "run"
    train(recipe(data), out, progress=False)
    return out


def test_run_folder(run, data):
    files = sorted(str(path.relative_to(run)) for path in run.rglob("*") if path.is_file())
    inside = [
        "checkpoints/best.ckpt",
        "checkpoints/last.ckpt",
        "model/recipe.yaml",
        "model/weights.safetensors",
    ]
    assert files == sorted(
        ["recipe.yaml", "data.json", "versions.json", "metrics.csv", "results.json", *inside]
    )
    results = json.loads((run / "results.json").read_text())
    assert results["name"] == "tiny"
    assert results["epochs"] == 4
    assert results["seed"] == 0
    assert results["systems"] == {"train": 10, "valid": 5, "test": 6}
    assert results["parameters"] == sum(p.numel() for p in load(run).parameters())
    written = json.loads((run / "versions.json").read_text())
    assert written == {**results["versions"], "revision": REVISION}
    assert results["revision"] == REVISION
    rows = metrics(run)
    assert [row[:2] for row in rows] == [(str(n), str(3 * n)) for n in range(1, 5)]
    best = min(rows, key=lambda row: float(row[3]))
    assert results["best_epoch"] == int(best[0])
    assert results["valid"]["mse"] == pytest.approx(float(best[3]), rel=1e-12)


@pytest.mark.parametrize(
    ("settings", "chosen_by"),
    [
        (["training.loss=mae"], "mae"),
        (["training.loss=mae", "training.validate_by=mse"], "mse"),
        (["training.validate_by=mae"], "mae"),
    ],
)
def test_the_epoch_is_chosen_by_the_loss_or_as_the_recipe_says(data, tmp_path, settings, chosen_by):
    results = train(recipe(data, *settings), tmp_path / "run", progress=False)
    rows = metrics(tmp_path / "run")
    best = min(rows, key=lambda row: float(row[3]))
    assert results["best_epoch"] == int(best[0])
    assert results["valid"][chosen_by] == pytest.approx(float(best[3]), rel=1e-12)


def test_it_learns(data, tmp_path):
    settings = ("training.epochs=15", "training.evaluate_every=6")
    results = train(recipe(data, *settings), tmp_path / "run", progress=False)
    rows = metrics(tmp_path / "run")
    assert float(rows[-1][2]) < 0.5 * float(rows[0][2])
    assert [int(row[0]) for row in rows if row[3]] == [6, 12, 15]
    assert results["best_epoch"] in (6, 12, 15)


def test_two_runs_are_equal_bit_for_bit(run, data, tmp_path):
    train(recipe(data), tmp_path / "again", progress=False)
    assert_equal_runs(run, tmp_path / "again")
    train(recipe(data, "training.seed=1"), tmp_path / "other", progress=False)
    assert metrics(tmp_path / "other") != metrics(run)


def test_systems_given_to_a_recipe_without_data(data, run, tmp_path):
    text = recipe(data).model_copy(update={"data": DataSpec()}).to_yaml()
    given = {name: f"{data}/{name}.npz" for name in ("train", "valid", "test")}
    results = train(parse_recipe(text), tmp_path / "run", data=given, progress=False)
    assert_equal_runs(run, tmp_path / "run")
    assert evaluate(tmp_path / "run", data=given["test"])["mse"] == results["test"]["mse"]
    with pytest.raises(UserError, match="names no data"):
        evaluate(tmp_path / "run")


def test_no_global_state_is_touched(data, tmp_path):
    before = torch.get_rng_state(), np.random.get_state()[1].tolist()  # noqa: NPY002
    dtype, threads = torch.get_default_dtype(), torch.get_num_threads()
    train(recipe(data, "training.epochs=1"), tmp_path / "run", progress=False)
    assert torch.equal(before[0], torch.get_rng_state())
    assert before[1] == np.random.get_state()[1].tolist()  # noqa: NPY002
    assert (torch.get_default_dtype(), torch.get_num_threads()) == (dtype, threads)
    assert torch.is_grad_enabled()


def test_nothing_is_printed_without_progress(data, tmp_path, capfd):
    train(recipe(data, "training.epochs=1"), tmp_path / "run", progress=False)
    assert capfd.readouterr() == ("", "")


def test_progress_says_epoch_and_losses(data, tmp_path, capfd):
    train(recipe(data, "training.epochs=2"), tmp_path / "run")
    assert "epoch 2/2  train loss" in capfd.readouterr().err


def test_no_machine_in_the_run_folder(run):
    import platform

    text = "".join(
        (run / name).read_text() for name in ("versions.json", "results.json", "metrics.csv")
    )
    assert str(run) not in text
    assert not platform.node() or platform.node() not in text


@pytest.mark.parametrize("schedule", ["constant", "cosine", "one_cycle", "step"])
def test_the_rate_that_was_used_is_written(schedule, data, tmp_path):
    from segnn.training.schedule import learning_rate_factor

    task = recipe(data, f"training.schedule={schedule}", "training.epochs=2")
    train(task, tmp_path / "run", progress=False)
    factor = learning_rate_factor(task.training, 6)
    assert [float(row[4]) for row in metrics(tmp_path / "run")] == pytest.approx(
        [1e-2 * factor(2), 1e-2 * factor(5)], rel=1e-12
    )


def test_losses_and_optimizers(data, tmp_path):
    runs = {
        pair: metrics_of(data, tmp_path / "-".join(pair), *pair)
        for pair in [("mse", "adamw"), ("mae", "adamw"), ("mse", "adam")]
    }
    assert runs["mae", "adamw"] != runs["mse", "adamw"]


def metrics_of(data, out, loss, optimizer):
    settings = (
        f"training.loss={loss}",
        f"training.optimizer={optimizer}",
        "training.epochs=1",
        "training.weight_decay=0.1",
    )
    train(recipe(data, *settings), out, progress=False)
    return metrics(out)


def test_evaluate_a_run_a_model_and_other_data(run, data):
    results = json.loads((run / "results.json").read_text())
    found = evaluate(run)
    assert (found["mse"], found["mae"]) == (results["test"]["mse"], results["test"]["mae"])
    baselines = results["baselines"]
    assert found["baselines"] == baselines
    assert evaluate(run / "model")["baselines"] == baselines
    assert evaluate(run, split="valid")["mse"] == results["valid"]["mse"]
    assert evaluate(run, data, "valid")["mse"] == results["valid"]["mse"]
    assert evaluate(run, data / "valid.npz")["mse"] == results["valid"]["mse"]


def test_errors_of_every_system(run):
    found = predictions(run)["position"]
    error = (found.prediction - found.target) ** 2
    for s, (first, last) in enumerate(zip(found.offsets[:-1], found.offsets[1:], strict=True)):
        assert found.mse[s] == pytest.approx(error[first:last].mean())
    assert found.mae.shape == found.mse.shape == (6,)


def test_layers_computed_again_train_the_same(run, data, tmp_path):
    train(recipe(data, "training.checkpoint_layers=true"), tmp_path / "again", progress=False)
    for name, value in weights(run).items():
        assert torch.equal(value, weights(tmp_path / "again")[name]), name


def test_plain_networks_have_no_layers_to_compute_again(data, tmp_path):
    with pytest.raises(
        UserError,
        match=r"training.checkpoint_layers: a network of kind mpnn has no steerable layers",
    ):
        train(
            recipe(data, "training.checkpoint_layers=true", "model.kind=mpnn"),
            tmp_path / "run",
            progress=False,
        )


def test_a_recipe_that_asks_for_torch_compile_gets_it(data, tmp_path, monkeypatch):
    """On the network that is trained and the first batch; compiled_cases.py does it in earnest."""
    asked = []
    monkeypatch.setattr(
        "segnn.training.run.compile", lambda model, batch: asked.append((model, batch))
    )
    train(recipe(data, "training.epochs=1"), tmp_path / "eager", progress=False)
    assert asked == []
    train(
        recipe(data, "training.epochs=1", "training.compile=true"),
        tmp_path / "compiled",
        progress=False,
    )
    ((model, batch),) = asked
    assert len(batch) == 4
    best, trained = weights(tmp_path / "compiled"), model.state_dict()
    assert best.keys() == trained.keys()
