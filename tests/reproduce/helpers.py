"""A small sweep: two methods and two settings of the charged recipe, a few systems, one epoch;
results and rows that are made up.
"""

from segnn.recipe.packaged import PACKAGED_RECIPES
from segnn.report.published import Published
from segnn.reproduce.rows import Row
from segnn.reproduce.sweep import Table, read_table
from segnn.training.revision import REVISION

RECIPES = PACKAGED_RECIPES
SMALL = {
    "title": "A small table",
    "budget": "One epoch.",
    "recipe": "charged",
    "seeds": [0, 1],
    "data": {"simulator": "charged", "systems": [8, 4, 5]},
    "set": [
        "model.hidden=4x0e+4x1o",
        "model.layers=1",
        "training.epochs=1",
        "training.batch_size=4",
        "data.train_limit=8",
    ],
    "methods": {
        "mpnn": {"label": "MPNN", "set": ["model.kind=mpnn"], "note": "A note on MPNN."},
        "charged": {"label": "SEGNN_G+P (1,1)"},
    },
    "settings": {
        "few": {"label": "4 systems", "set": ["data.train_limit=4"]},
        "all": {"label": "8 systems"},
    },
}


def small(folder, **changes) -> Table:
    """The table, its data in ``folder``."""
    entry = {**SMALL, **changes}
    entry["set"] = [*entry["set"], f"data.folder={folder}"]
    return read_table("charged", entry)


VIEWS = ("rotation", "reflection", "translation")
TRAINING = {
    "loss": "mae",
    "optimizer": "adamw",
    "learning_rate": 0.006,
    "schedule": "one_cycle",
    "ema": 0.999,
}


def result(mse, change=1e-9, deviation=2e-7, revision=REVISION):
    """A stored result."""
    return {
        "revision": revision,
        "recipe": {"training": dict(TRAINING)},
        "test": {"mse": mse},
        "baselines": {"stand_still": 0.272},
        "seconds": 100.0,
        "epochs": 80,
        "parameters": 147424,
        "equivariance": {
            view: {"mse": mse, "change": change, "deviation": deviation} for view in VIEWS
        },
    }


def diverged(**more):
    """A stored training that diverged."""
    return {"diverged": "nan", "revision": REVISION, "recipe": {}, **more}


def row(mse=None, published=0.0043, spread=None, **more):
    """A row of one method with the errors ``mse``, beside a published figure."""
    errors = () if mse is None else tuple(mse) if isinstance(mse, list) else (mse,)
    return Row(
        "SEGNN_G",
        "",
        "",
        None if published is None else Published("x", published, spread, "paper"),
        errors=errors,
        **more,
    )
