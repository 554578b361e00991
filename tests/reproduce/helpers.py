"""A small sweep: two methods and two settings of the charged recipe, a few systems, one epoch."""

from segnn.recipe.packaged import PACKAGED_RECIPES
from segnn.reproduce.sweep import Table, read_table

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
