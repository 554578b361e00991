"""A sweep runs, skips what is done, goes on after an interrupt, and keeps what diverged."""

import json
from dataclasses import replace

import pytest

from segnn.data import load_systems, save_systems
from segnn.errors import UserError
from segnn.recipe import load_recipe
from segnn.reproduce import run as reproduce_run
from segnn.reproduce.data import first_systems, make_data
from segnn.reproduce.run import begun, data_folders, execute, plan
from segnn.reproduce.store import Store, read_result
from segnn.reproduce.sweep import find_table, tables
from segnn.simulate.charged import simulate
from segnn.training import TrainingInterrupted, epochs
from segnn.training.folder import RunFolder
from segnn.training.revision import REVISION
from segnn.training.trainer import DivergedError

from .helpers import RECIPES, small

charged = load_recipe(RECIPES / "charged.yaml").model_dump(mode="json")


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data") / "charged"
    assert make_data(small(folder), folder)
    return folder


def planned_of(table, store, **choice):
    return plan(table.runs(**choice), store, RECIPES)


def test_data_are_made_once_and_checked(data, tmp_path):
    table = small(data)
    assert not make_data(table, data)
    more = small(data, data={"simulator": "charged", "systems": [9, 4, 5]})
    with pytest.raises(
        UserError, match=r"train.npz: holds 8 systems, the table charged needs 9. Remove the folder"
    ):
        make_data(more, data)
    (tmp_path / "train.npz").write_bytes(b"")
    with pytest.raises(UserError, match=r"valid.npz is missing. Remove the folder"):
        make_data(table, tmp_path)
    assert data_folders(planned_of(table, Store(tmp_path))) == [data]


def test_data_that_no_simulator_makes_have_to_be_there(tmp_path):
    table = find_table("qm9")
    with pytest.raises(UserError, match=r"train.npz: no such file, .* Make it: segnn data qm9"):
        make_data(table, tmp_path)
    for split in ("train", "valid", "test"):
        (tmp_path / f"{split}.npz").write_bytes(b"")
    assert not make_data(table, tmp_path)
    assert all(entry.simulator or entry.source for entry in tables().values())


@pytest.mark.parametrize(
    ("options", "name"),
    [
        ({"seed": 1}, "position"),
        ({"horizon": 900}, "target_position"),
        ({"start": 3000}, "position"),
        ({"particles": 4}, "position"),
    ],
)
def test_other_systems_are_told(options, name, tmp_path):
    """Enough of them, but not those of the table: nothing trained on them may stand beside a
    published figure.
    """
    for split, systems in simulate((8, 4, 5), **options).items():
        save_systems(tmp_path / f"{split}.npz", systems)
    cure = (
        r"segnn simulate charged --systems 8,4,5 --out .* --force.*--set data.folder=FOLDER"
        r" --results OTHER"
    )
    with pytest.raises(
        UserError,
        match=f"train.npz: not the systems of the table charged: '{name}' of the first.*{cure}",
    ):
        make_data(small(tmp_path), tmp_path)
    assert not make_data(small(tmp_path), tmp_path, compare=False)


def test_rounding_is_no_difference(data, tmp_path):
    """Another processor's rounding of chaotic systems; and every split is looked at."""
    for split in ("train", "valid", "test"):
        systems = load_systems(data / f"{split}.npz")
        save_systems(
            tmp_path / f"{split}.npz", replace(systems, position=systems.position * (1 + 1e-5))
        )
    assert not make_data(small(tmp_path), tmp_path)
    save_systems(
        tmp_path / "test.npz",
        replace(systems, node={**systems.node, "charge": -systems.node["charge"]}),
    )
    with pytest.raises(
        UserError, match=r"test.npz: not the systems of the table charged: 'charge' of the first"
    ):
        make_data(small(tmp_path), tmp_path)


def test_the_first_systems_are_those_of_the_whole_table():
    few = first_systems("charged", (3000, 2000, 2000))
    assert [len(systems) for systems in few.values()] == [1, 1, 1]
    many = first_systems("charged", (10001, 1, 1))
    assert (few["train"].position == many["train"][0].position).all()
    assert not (few["valid"].position == many["valid"].position).all()


def test_a_sweep_stores_every_run_and_repeats_none(data, tmp_path):
    table, results = small(data), tmp_path / "results"
    store = Store(results)
    first = planned_of(table, store, only=["all"], seeds=[0])
    assert [p.result for p in first] == [None, None]
    assert [p.seconds for p in first] == [None, None]
    for p in first:
        execute(p, store, tmp_path / "runs", progress=False)
    assert sorted(path.name for path in results.glob("*/*")) == [
        "charged-all-seed0.json",
        "mpnn-all-seed0.json",
    ]
    stored = json.loads((results / "charged" / "mpnn-all-seed0.json").read_text())
    assert stored["test"]["mse"] > 0
    assert stored["recipe"]["model"]["kind"] == "mpnn"
    assert set(stored["equivariance"]) == {"rotation", "reflection", "translation"}

    for again in (store, Store(results)):
        everything = planned_of(table, again)
        assert [p.run.id for p in everything if p.result] == ["mpnn-all-seed0", "charged-all-seed0"]
        other_seed = next(p for p in everything if p.run.id == "mpnn-all-seed1")
        assert other_seed.seconds == stored["seconds"]
    changed = small(data, set=[*reversed(table.set[:-1]), "model.layers=2"])
    assert all(p.result is None for p in planned_of(changed, store))
    assert [p.run.id for p in planned_of(changed, store) if p.outdated] == [
        "mpnn-all-seed0",
        "charged-all-seed0",
    ]


def test_a_result_of_an_older_mechanism_is_shown_and_repeated(data, tmp_path):
    """Found by its recipe in any table, or by its name where the recipe has changed since; neither
    its result nor its run folder is taken for today's.
    """
    table, results, runs = small(data), tmp_path / "results", tmp_path / "runs"
    (first,) = planned_of(table, Store(results), only=["mpnn", "all"], seeds=[0])
    execute(first, Store(results), runs, progress=False)
    path = results / "charged" / "mpnn-all-seed0.json"
    stored = json.loads(path.read_text())
    assert stored["revision"] == REVISION
    del stored["revision"]
    path.write_text(json.dumps(stored))
    folder = RunFolder(runs / "charged" / "mpnn-all-seed0")
    folder.write_json(folder.versions_file, {})

    (again,) = planned_of(table, Store(results), only=["mpnn", "all"], seeds=[0])
    assert (again.result, again.shown, again.outdated) == (None, stored, True)
    assert again.seconds == stored["seconds"]
    (other,) = planned_of(table, Store(results), only=["mpnn", "all"], seeds=[1])
    assert (other.shown, other.seconds) == (None, stored["seconds"])
    changed = small(data, set=[*table.set[:-1], "training.learning_rate=0.5"])
    (renamed,) = planned_of(changed, Store(results), only=["mpnn", "all"], seeds=[0])
    assert (renamed.result, renamed.shown) == (None, stored)
    path.rename(path.with_name("elsewhere-seed0.json"))
    (moved,) = planned_of(table, Store(results), only=["mpnn", "all"], seeds=[0])
    assert (moved.shown, moved.outdated) == (stored, False)

    store = Store(results)
    execute(moved, store, runs, progress=False)
    for after in (store, Store(results)):
        (done,) = planned_of(table, after, only=["mpnn", "all"], seeds=[0])
        assert (done.result["revision"], done.earlier) == (REVISION, None)


def test_an_interrupted_run_goes_on(data, tmp_path, monkeypatch):
    store = Store(tmp_path / "results")
    (planned,) = planned_of(small(data), store, only=["charged", "all"], seeds=[0])
    from segnn.training import run as training_run

    calls = []
    fit = training_run.fit

    def interrupted(epochs, progress):
        calls.append(epochs)
        if len(calls) == 1:
            raise TrainingInterrupted("stopped")
        return fit(epochs, progress)

    monkeypatch.setattr(training_run, "fit", interrupted)
    with pytest.raises(TrainingInterrupted):
        execute(planned, store, tmp_path / "runs", progress=False)
    assert store.find(planned.recipe) is None
    execute(planned, store, tmp_path / "runs", progress=False)
    assert store.find(planned.recipe)["test"]["mse"] > 0


def test_a_run_folder_of_another_recipe_is_replaced(data, tmp_path):
    store, runs = Store(tmp_path / "results"), tmp_path / "runs"
    (planned,) = planned_of(small(data), store, only=["mpnn", "all"], seeds=[0])
    before = execute(planned, store, runs, progress=False)
    other = small(data, set=[*small(data).set[:-1], "training.epochs=2"])
    (planned,) = planned_of(other, store, only=["mpnn", "all"], seeds=[0])
    assert planned.outdated
    assert planned.result is None
    after = execute(planned, store, runs, progress=False)
    assert (before["epochs"], after["epochs"]) == (1, 2)
    assert store.find(planned.recipe)["epochs"] == 2


def test_a_training_that_diverges_is_a_result(data, tmp_path, monkeypatch):
    def diverge(*args, **kwargs):
        raise DivergedError("the training loss became nan in epoch 3.\nThe last good checkpoint: x")

    store = Store(tmp_path / "results")
    (planned,) = planned_of(small(data), store, only=["mpnn", "all"], seeds=[0])
    monkeypatch.setattr("segnn.training.train", diverge)
    result = reproduce_run.execute(planned, store, tmp_path / "runs", progress=False)
    assert result["diverged"] == "the training loss became nan in epoch 3."
    assert (result["name"], result["seed"], result["seconds"], result["curve"]) == (
        "charged",
        0,
        0,
        None,
    )
    assert result["threads"] >= 1
    assert "torch" in result["versions"]
    (again,) = planned_of(small(data), Store(tmp_path / "results"), only=["mpnn", "all"], seeds=[0])
    assert again.result["diverged"] == result["diverged"]


def test_a_training_that_diverges_late_keeps_its_curve_and_time(data, tmp_path, monkeypatch):
    store, runs = Store(tmp_path / "results"), tmp_path / "runs"
    table = small(data, set=[*small(data).set[:-1], "training.epochs=3"])
    (first,) = planned_of(table, store, only=["mpnn", "all"], seeds=[0])
    score, calls = epochs.validation_error, []

    def diverge(*args):
        calls.append(args)
        mse, known = score(*args)
        return (mse if len(calls) < 3 else float("nan")), known

    monkeypatch.setattr(epochs, "validation_error", diverge)
    result = execute(first, store, runs, progress=False)
    assert "validation mse became nan in epoch 3" in result["diverged"]
    assert result["curve"]["epoch"] == [1, 2]
    assert result["seconds"] > 0
    assert read_result(store.path(first.run))["curve"] == result["curve"]
    (again,) = planned_of(table, store, only=["mpnn", "all"], seeds=[1])
    assert again.seconds is None  # a training that was cut short says nothing of another's time
    monkeypatch.undo()
    (other,) = planned_of(small(data), store, only=["mpnn", "all"], seeds=[0])
    assert (
        execute(other, store, runs, progress=False)["epochs"] == 1
    )  # what diverged is stored; its folder may go


def test_an_unfinished_run_of_another_recipe_is_never_replaced(data, tmp_path, monkeypatch):
    store, runs = Store(tmp_path / "results"), tmp_path / "runs"
    (planned,) = planned_of(small(data), store, only=["mpnn", "all"], seeds=[0])
    folder = RunFolder(runs / "charged" / "mpnn-all-seed0")
    folder.path.mkdir(parents=True)
    folder.recipe_file.write_text(planned.recipe.to_yaml())
    folder.write_json(folder.versions_file, {"revision": REVISION})
    other = small(data, set=[*small(data).set[:-1], "training.epochs=2"])
    (changed,) = planned_of(other, store, only=["mpnn", "all"], seeds=[0])
    assert not begun(changed, store, runs)  # nothing was trained yet
    folder.last.parent.mkdir()
    folder.last.write_bytes(b"weeks of work")
    assert begun(planned, store, runs)
    with pytest.raises(
        UserError,
        match=(
            r"mpnn-all-seed0: holds an unfinished training of another recipe or by an older"
            r" mechanism. Go"
        ),
    ):
        execute(changed, store, runs, progress=False)
    folder.write_json(folder.versions_file, {})  # the same recipe, by an older mechanism
    with pytest.raises(UserError, match="an unfinished training of another recipe or by an older"):
        execute(planned, store, runs, progress=False)
    assert folder.last.read_bytes() == b"weeks of work"


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"test": {}}, "test.mse"),
        ({"test": None}, "test"),
        ({"test": {"mse": "x"}}, "test.mse"),
        ({"recipe": None}, "recipe"),
        ({"baselines": None}, "baselines"),
        ({"equivariance": {}}, "equivariance.rotation"),
        ({"equivariance": {"rotation": {"change": 0.0}}}, "equivariance.rotation.deviation"),
        ({"curve": {"epoch": [1]}}, "curve.valid_error"),
        ({"curve": {"epoch": [1], "valid_error": []}}, "curve"),
        ({"seconds": "x"}, "seconds"),
        ({"epochs": None}, "epochs"),
        ({"diverged": None}, "diverged"),
        ({"diverged": "nan", "seconds": "x"}, "seconds"),
    ],
)
def test_damaged_results_are_told(tmp_path, change, key):
    path = tmp_path / "mpnn-all-seed0.json"
    whole = {"test": {"mse": 1.0}, "recipe": {}, "curve": None}
    path.write_text(json.dumps(whole))
    assert read_result(path) == whole
    path.write_text(json.dumps({**whole, **change}))
    with pytest.raises(
        UserError,
        match=rf"mpnn-all-seed0.json: not a stored result, key '{key}'.*Remove the file, and",
    ):
        read_result(path)


@pytest.mark.parametrize(
    ("text", "message"),
    [("{", "cannot be read as JSON"), ("[]", "holds a list"), ("null", "NoneType")],
)
def test_files_that_hold_no_object_are_told(tmp_path, data, text, message):
    (tmp_path / "charged").mkdir()
    (tmp_path / "charged" / "mpnn-all-seed0.json").write_text(text)
    with pytest.raises(UserError, match=message):
        planned_of(small(data), Store(tmp_path))


@pytest.mark.parametrize(
    "old", [{"name": "old"}, {**charged, "model": {**charged["model"], "hidden": "x"}}]
)
def test_a_recipe_that_is_none_any_more_counts_as_not_run(tmp_path, data, old):
    (tmp_path / "charged").mkdir()
    path = tmp_path / "charged" / "mpnn-all-seed0.json"
    path.write_text(json.dumps({"test": {"mse": 1.0}, "recipe": old}))
    planned = planned_of(small(data), Store(tmp_path), only=["mpnn", "all"], seeds=[0])
    assert [(p.result, p.outdated) for p in planned] == [(None, True)]


def test_what_others_train_is_shown_and_never_trained(tmp_path):
    """The results of another program lie under its name; none of ours is taken for it, although the
    recipe is the same.
    """
    table = find_table("acac")
    (ours, theirs) = (
        next(run for run in table.runs(["150"], [0]) if run.method.id == method)
        for method in ("acac", "mace")
    )
    told = {"test": {"mse": 0.04}, "seed": 0, "revision": REVISION}
    (tmp_path / "acac").mkdir()
    store = Store(tmp_path)
    store.write(ours, ours.recipe(RECIPES), {**told, "test": {"mse": 0.01}})
    (planned,) = plan([theirs], Store(tmp_path), RECIPES)
    assert planned.result is None
    assert not planned.is_left
    store.path(theirs).write_text(json.dumps({**told, "recipe": {"training": {"seed": 0}}}))
    (one, other) = plan([ours, theirs], Store(tmp_path), RECIPES)
    assert (one.shown["test"]["mse"], other.shown["test"]["mse"]) == (0.01, 0.04)
