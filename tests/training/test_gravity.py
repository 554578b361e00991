"""The recipes of the gravity benchmark through training and evaluation, on tiny systems."""

import numpy as np
import pytest

from segnn.data import save_systems
from segnn.model import PhysicalModel
from segnn.recipe import load_recipe
from segnn.simulate import gravity
from segnn.testing import assert_model_ok
from segnn.training import evaluate, train

SMALL = (
    "graph.neighbours=3",
    "model.hidden=4x0e+4x1o",
    "model.layers=1",
    "training.epochs=2",
    "training.batch_size=4",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Splits of 8, 4 and 5 systems of seven bodies, of unequal masses so that an unused mass would
    show.
    """
    folder = tmp_path_factory.mktemp("gravity")
    made = gravity.simulate(
        (8, 4, 5), particles=7, steps=200, start=50, horizon=100, masses=(0.5, 2.0)
    )
    for name, systems in made.items():
        save_systems(folder / f"{name}.npz", systems)
    return folder


@pytest.mark.parametrize("name", ["gravity", "gravity-cues", "gravity-force"])
def test_train_and_evaluate(name, folder, tmp_path):
    recipe = load_recipe(name, [f"data.folder={folder}", *SMALL])
    results = train(recipe, tmp_path / "run", progress=False)
    assert np.isfinite(results["test"]["mse"])
    found = evaluate(tmp_path / "run")
    assert found["mse"] == pytest.approx(results["test"]["mse"], rel=1e-6)
    baselines = results["baselines"]
    if name == "gravity-force":
        assert set(baselines) == {"mean_label"}
        return
    still = "stand_still" if name == "gravity" else "base_alone"
    assert set(baselines) == {"mean_change", still, "straight_line"}
    if name == "gravity-cues":
        return
    with np.load(folder / "test.npz") as test:
        moved = test["target_position"] - test["position"]
        assert baselines["stand_still"]["mse"] == pytest.approx((moved**2).mean())


@pytest.mark.parametrize("name", ["gravity", "gravity-cues", "gravity-force"])
def test_symmetric_with_three_neighbours(name, folder):
    model = PhysicalModel(load_recipe(name, SMALL))
    features = model.features(
        gravity.simulate((2, 0, 0), particles=7, steps=200, start=50, horizon=100)["train"]
    )
    assert features.edge_index.shape[1] == 2 * 7 * 3
    assert_model_ok(model, folder / "test.npz")
