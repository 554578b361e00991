"""The declared tables: every run is a valid recipe, under a name of its own, held against the
figure that is meant.
"""

import pytest

from segnn.errors import UserError
from segnn.recipe import Cues, load_recipe
from segnn.report.published import published
from segnn.reproduce.declared import titles
from segnn.reproduce.sweep import find_table, identity, tables

from .helpers import RECIPES, small

OWN = ("charged-cues",)  # a recipe of its own
HIDDEN = {0: "64x0e", 1: "32x0e+32x1o"}


@pytest.mark.parametrize("name", list(tables()))
def test_every_run_is_a_recipe_with_a_name_of_its_own(name):
    table = find_table(name)
    runs = table.runs()
    tried = [method for setting in table.settings for method in table.tried(setting)]
    assert len({run.id for run in runs}) == len(runs) == len(table.seeds) * len(tried)
    # Cues of positions only; parts of a potential and a mean, each in one of seven settings, and
    # others' potentials, each in three; scalars without a dipole, and 40 epochs of SEGNN alone.
    untried = {"gravity": 3, "acac": 8 * 6 + 2 * 4, "qm9": 3 + 2 * 6}.get(name, 0)
    assert len(table.settings) * len(table.methods) - len(tried) == untried
    runs = [run for run in runs if run.seed == 0 and not run.method.elsewhere]
    recipes = [run.recipe(RECIPES) for run in runs]
    same = 4 if name == "orders" else 0  # with l_f = 0 two pairs of methods are equal, for both l_a
    assert len({identity(recipe) for recipe in recipes}) == len(recipes) - same
    for run, recipe in zip(runs, recipes, strict=True):
        assert recipe.training.seed == run.seed
        Cues(recipe)


@pytest.mark.parametrize("name", ["charged", "orders", "samples", "gravity"])
def test_published_figures_find_their_methods(name):
    """No method is left beside the figure it should be held against; only quoted methods stay
    alone.
    """
    table = find_table(name)
    ours = {
        (method.published or method.label, setting.id)
        for method in table.methods
        for setting in table.settings
    }
    alone = {row.method for row in published(name) if (row.method, row.setting) not in ours}
    quoted = {
        "SE(3)-Transformer",
        "TFN",
        "NMP",
        "Radial Field",
        "SEGNN_G+P (2,2), (2,3)",
        "CGENN",
        "Multivector Neurons",
    }
    assert alone == (
        quoted | {"PONITA, rotations augmented", "SEGNO", "segnn-jax"}
        if name == "charged"
        else set()
    )
    for method in table.methods:
        assert not method.published or method.published in {row.method for row in published(name)}


@pytest.mark.parametrize("name", ["charged", "gravity", "cues"])
def test_one_budget_for_all_methods(name):
    by = {
        run.id: run.recipe(RECIPES)
        for run in find_table(name).runs(seeds=[0])
        if run.method.id not in OWN
    }
    recipes = by.values()
    budgets = {
        (recipe.targets[recipe.main].array, recipe.training.model_dump_json()) for recipe in recipes
    }
    assert len(budgets) == len({array for array, _ in budgets})  # one for each target
    assert len({recipe.data.model_dump_json(exclude={"time_reversal"}) for recipe in recipes}) == 1
    reversed_in_time = {run for run, recipe in by.items() if recipe.data.time_reversal is not None}
    assert reversed_in_time == ({"reversal-seed0"} if name == "cues" else set())
    assert {recipe.model.layers for recipe in recipes} == {4}


def test_methods_are_what_their_labels_say():
    by = {run.method.id: run.recipe(RECIPES) for run in find_table("charged").runs(seeds=[0])}
    assert {name: recipe.model.kind for name, recipe in by.items()} == {
        "mpnn": "mpnn",
        "egnn": "egnn",
        "segnn_gp-00": "segnn",
        "along_edges-00": "segnn_along_edges",
        "se_linear-22": "se_linear",
        "se_nonlinear-11": "se_nonlinear",
        "se_nonlinear_pp-11": "se_nonlinear",
        "segnn_g-11": "segnn",
        "charged": "segnn",
        "charged-cues": "segnn_refreshed",
    }
    steered_by_velocity = {
        name
        for name, recipe in by.items()
        if any("velocity" in text for text in recipe.node_attributes)
    }
    assert steered_by_velocity == {
        "mpnn",
        "egnn",
        "segnn_gp-00",
        "along_edges-00",
        "se_nonlinear_pp-11",
        "charged",
        *OWN,
    }
    assert by["charged"] == load_recipe(RECIPES / "charged.yaml")
    assert str(Cues(by["se_linear-22"]).irreps_hidden) == "20x0e+20x1o+20x2e"


def test_degrees_of_the_orders():
    for run in find_table("orders").runs():
        cues = Cues(run.recipe(RECIPES))
        features, attributes = map(int, run.setting.id)
        assert (cues.irreps_hidden.lmax, cues.irreps_edge_attr.lmax) == (features, attributes)
        if features < 2:
            assert attributes > 1 or str(cues.irreps_hidden) == HIDDEN[features]


def test_the_same_training_in_two_tables_is_one():
    def found(table, method, setting):
        return next(
            r.recipe(RECIPES)
            for r in find_table(table).runs()
            if (r.method.id, r.setting.id) == (method, setting)
        )

    assert identity(found("orders", "segnn_gp", "11")) == identity(found("charged", "charged", ""))
    assert identity(found("orders", "segnn_g", "11")) == identity(
        found("charged", "segnn_g-11", "")
    )
    assert identity(found("samples", "charged", "3000")) == identity(
        found("charged", "charged", "")
    )
    assert identity(found("samples", "egnn", "3000")) == identity(found("charged", "egnn", ""))
    assert identity(found("samples", "egnn", "1000")) != identity(found("charged", "egnn", ""))


def test_gravity_has_both_targets_and_all_neighbours():
    table = find_table("gravity")
    seen = {
        (r.targets[r.main].array, r.graph.neighbours)
        for r in (run.recipe(RECIPES) for run in table.runs(seeds=[0]))
    }
    assert seen == {
        (f"target_{target}", k) for target in ("position", "force") for k in (5, 20, 50)
    }


def test_a_method_of_some_settings():
    """Its own recipe stands before the setting's; settings it does not name do without it."""
    runs = [run for run in find_table("gravity").runs() if run.method.id == "gravity-cues"]
    assert [run.setting.id for run in runs] == ["position-5", "position-20", "position-50"]
    assert {run.recipe(RECIPES).name for run in runs} == {"gravity-cues"}
    assert [run.recipe(RECIPES).graph.neighbours for run in runs] == [5, 20, 50]


def test_the_pace_of_a_method_gives_it_more_epochs():
    """Equal time, not equal steps; what is said on the command line counts for all."""
    by = {run.method.id: run for run in find_table("qm9").runs(["alpha-10000"], [0])}
    epochs = {name: run.recipe(RECIPES).training.epochs for name, run in by.items()}
    assert (epochs["segnn"], epochs["egnn"], epochs["schnet"]) == (50, 100, 125)
    assert by["schnet"].recipe(RECIPES).training.evaluate_every == 12
    assert by["schnet"].recipe(RECIPES, ["training.epochs=2"]).training.epochs == 2


def test_order_and_choice_of_runs(tmp_path):
    table = small(tmp_path)
    ids = [run.id for run in table.runs()]
    assert ids[:4] == ["mpnn-few-seed0", "charged-few-seed0", "mpnn-all-seed0", "charged-all-seed0"]
    assert len(ids) == 8
    assert [run.id for run in table.runs(["charged"], [3])] == [
        "charged-few-seed3",
        "charged-all-seed3",
    ]
    assert [run.id for run in table.runs(["mpnn", "all"], [0])] == ["mpnn-all-seed0"]
    assert [run.id for run in table.runs(["few"], [0])] == ["mpnn-few-seed0", "charged-few-seed0"]


def test_names_and_titles_are_those_of_the_tables():
    assert titles() == {name: table.title for name, table in tables().items()}


def test_mistakes(tmp_path):
    with pytest.raises(
        UserError,
        match=(
            r"no table 'chargd' to reproduce; did you mean 'charged'\?; expected one of .*charged,"
            r" orders, cues, samples, gravity, neighbours"
        ),
    ):
        find_table("chargd")
    table = small(tmp_path)
    with pytest.raises(
        UserError, match=r"--only segnn: the table charged has mpnn, charged, few, all"
    ):
        table.runs(["segnn"])
    with pytest.raises(
        UserError,
        match=r"charged.yaml: no such recipe, and charged/mpnn-few-seed0 needs it.*--recipes",
    ):
        table.runs()[0].recipe(tmp_path)
    paper = {"charged", "orders", "cues", "samples", "gravity", "neighbours"}
    assert paper | {
        "acac",
        "adsorbates",
        "field",
        "polar",
        "polar-qm9",
        "qm9",
        "qm9-orders",
        "spins",
    } == set(tables())
