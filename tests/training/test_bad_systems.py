"""Systems that cannot be used: named; in an evaluation the others go on, in a training nothing
begins.
"""

import re

import numpy as np
import pytest
from tests.training.helpers import make_data, recipe

from segnn.data import Systems, load_systems, save_systems
from segnn.errors import UserError
from segnn.training import evaluate, predictions, train


@pytest.fixture(scope="module")
def run(data, tmp_path_factory):
    out = tmp_path_factory.mktemp("runs") / "run"
    train(recipe(data, "training.epochs=1"), out, progress=False)
    return out


def spoil(systems, number, name, value):
    array = systems.position if name == "position" else systems.node[name]
    array[systems.offsets[number]] = value
    return systems


@pytest.mark.parametrize("number", [0, 2, 5])
@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("position", 1e200, r"squared error is not finite \(position is as large as 1e\+200\)"),
        ("velocity", 1e300, r"squared error is not finite \(velocity is as large as 1e\+300\)"),
        ("target_position", np.nan, r"its labels 'target_position' are not finite"),
    ],
)
def test_one_system_is_left_out_of_an_evaluation(number, name, value, told, run, data):
    whole = load_systems(data / "test.npz")
    others = [other for other in range(6) if other != number]
    expected = evaluate(run, whole[others])
    found = evaluate(run, spoil(load_systems(data / "test.npz"), number, name, value))
    ((left,),) = [found["left_out"]]
    assert left["system"] == number
    assert re.search(told, left["reason"])
    assert found["systems"] == 5
    assert found["mse"] == pytest.approx(expected["mse"], rel=1e-6)
    assert found["baselines"] == expected["baselines"]
    assert found["mse_per_system"] == pytest.approx(expected["mse_per_system"], rel=1e-5)


def test_all_are_bad(run, data):
    systems = load_systems(data / "test.npz")
    systems.position[:] = 1e200
    with pytest.raises(
        UserError, match=r"none of its 6 systems can be evaluated; system 0: its squared"
    ):
        evaluate(run, systems)


def test_nothing_is_left_out_of_good_systems(run):
    assert evaluate(run)["left_out"] == []
    assert len(predictions(run)["position"].mse) == 6


@pytest.mark.parametrize("split", ["train", "valid", "test"])
def test_a_training_names_the_system_before_it_begins(split, tmp_path):
    folder = make_data(tmp_path / "data")
    save_systems(
        folder / f"{split}.npz", spoil(load_systems(folder / f"{split}.npz"), 3, "position", 1e200)
    )
    with pytest.raises(UserError, match=rf"{split}\.npz: .* NaN or infinite in system 3 of"):
        train(recipe(folder), tmp_path / "run", progress=False)
    assert not (tmp_path / "run").exists()


def test_labels_that_are_no_numbers(data, tmp_path):
    made = {name: load_systems(data / f"{name}.npz") for name in ("train", "valid", "test")}
    made["train"] = spoil(made["train"], 4, "target_position", np.nan)
    with pytest.raises(UserError, match=r"'target_position' holds NaN .* in system 4 of 10"):
        train(recipe(data), tmp_path / "run", data=made, progress=False)


def test_labels_under_another_name_are_found(data, tmp_path):
    """The nearest name, 'position', is what is known already and never the labels."""
    systems = load_systems(data / "train.npz")
    systems.node["y"] = systems.node.pop("target_position")
    made = dict.fromkeys(("train", "valid", "test"), systems)
    with pytest.raises(UserError, match=r"missing array 'target_position'.*No field uses 'y': if"):
        train(recipe(data), tmp_path / "run", data=made, progress=False)
    systems.node.pop("y")
    with pytest.raises(UserError, match=r"present: position, velocity\. Add the labels"):
        train(recipe(data), tmp_path / "run", data=made, progress=False)


RADIUS = ("graph={kind: radius, cutoff: 1e-3}", "training.epochs=1")


def test_no_neighbour_within_the_cutoff(data, tmp_path, capfd):
    told = r"no particle of any system has a neighbour within graph.cutoff 0.001; the nearest one"
    with pytest.warns(UserWarning, match=told) as found:
        results = train(recipe(data, *RADIUS), tmp_path / "run", progress=False)
    assert len(found) == len(results["warnings"]) == 2  # train and valid
    systems = load_systems(data / "train.npz")
    nearest = []
    for s in range(len(systems)):
        x = systems.position[systems.offsets[s] : systems.offsets[s + 1]]
        away = np.linalg.norm(x[:, None] - x, axis=-1) + np.diag([np.inf] * len(x))
        nearest += away.min(1).tolist()
    typical = float(results["warnings"][0].split("typically ")[1].split(" away")[0])
    # the half with the nearest neighbours is enough to tell
    assert np.min(nearest) < typical < 1.05 * np.median(nearest)
    train(recipe(data, *RADIUS), tmp_path / "again")
    assert "warning: " in capfd.readouterr().err


def test_lonely_particles_of_one_are_no_surprise(data, tmp_path):
    rng = np.random.default_rng(0)
    alone = Systems(
        rng.normal(size=(8, 3)),
        np.arange(9),
        {"velocity": rng.normal(size=(8, 3)), "target_position": rng.normal(size=(8, 3))},
    )
    made = dict.fromkeys(("train", "valid", "test"), alone)
    assert (
        train(recipe(data, *RADIUS), tmp_path / "run", data=made, progress=False)["warnings"] == []
    )


def test_periodic_systems_are_measured_across_the_boundary():
    from segnn.data.inspect.oddities import typical_nearest

    two = Systems(
        np.array([[0.1, 0, 0], [9.9, 0, 0]]),
        np.array([0, 2]),
        graph={"cell": 10 * np.eye(3)[None]},
    )
    assert typical_nearest(two, 0.01) == pytest.approx(0.2)


def test_one_component_that_never_changes(data, tmp_path):
    made = {name: load_systems(data / f"{name}.npz") for name in ("train", "valid", "test")}
    for systems in made.values():
        systems.node["target_position"][:, 1] = 2.0
    with pytest.warns(UserWarning, match=r"the components 1 \(2\) are the same in all"):
        train(recipe(data, "training.epochs=1"), tmp_path / "run", data=made, progress=False)


@pytest.mark.parametrize("kind", ["systems", "arrays", "path"])
def test_data_in_memory(kind, run, data, tmp_path):
    made = {name: load_systems(data / f"{name}.npz") for name in ("train", "valid", "test")}
    if kind == "arrays":
        made = {name: systems.to_arrays() for name, systems in made.items()}
    if kind == "path":
        made = {name: str(data / f"{name}.npz") for name in made}
    task = recipe("nowhere", "training.epochs=1")
    results = train(task, tmp_path / "run", data=made, progress=False)
    whole = (run / "results.json").read_text()
    assert str(results["test"]["mse"]) in whole
    with pytest.raises(UserError, match=r"data holds 'train', expected systems under each"):
        train(task, tmp_path / "other", data={"train": made["train"]}, progress=False)


def test_a_recipe_by_its_file(data, tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text(recipe(data, "training.epochs=1").to_yaml())
    for given in (file, str(file)):
        train(given, tmp_path / "run", overwrite=True, progress=False)


def test_a_model_is_evaluated_as_its_folder_is(run):
    from segnn.model import load

    by_folder, by_model = evaluate(run), evaluate(load(run))
    assert by_model["mse"] == by_folder["mse"]
    assert by_model["baselines"].keys() == by_folder["baselines"].keys()
