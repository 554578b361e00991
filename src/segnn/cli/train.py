"""``segnn train``: a recipe becomes a run folder."""

from __future__ import annotations

import re
import sys
from contextlib import nullcontext, redirect_stdout
from pathlib import Path
from typing import Annotated

import typer

from segnn.cli.output import JsonFlag, note, print_json

HELP = """Train the model that a recipe declares, on the data it names; everything is written to a
run folder.

    segnn train charged
    segnn train mine.yaml --out runs/mine
    segnn train charged --set training.epochs=50 --set training.seed=1 --out runs/short

RECIPE is a YAML file, or the name of a packaged recipe: charged, charged-cues, charged-velocity,
gravity, gravity-cues, gravity-force. The charged particles are simulated if they are not there
yet. For data of your own: segnn init FILE.npz.

The run folder holds recipe.yaml (as it was used), data.json (hashes of the data), versions.json,
metrics.csv, checkpoints/, model/ (the weights with the best validation error) and, at the end,
results.json. Ctrl-C saves and stops; go on with the same command and --resume.

    segnn train runs/mine/recipe.yaml --out runs/mine --resume --set training.epochs=120
    segnn train other.yaml --set training.start_from=runs/mine --out runs/other

The first gives a training more epochs, also after its end: the schedule of the learning rate runs
once more, over the added ones. The second begins with the weights of another run. A run and data
that lie elsewhere now: --resume --set data.folder=FOLDER. One training at a time uses a folder.
"""


def train(
    recipe: Annotated[
        str, typer.Argument(help="A YAML file, or a packaged recipe.", metavar="RECIPE")
    ],
    *,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            help="The run folder; new, or one to go on with (--resume). runs/NAME if not given.",
        ),
    ] = None,
    overrides: Annotated[
        list[str] | None,
        typer.Option(
            "--set", help="Replace a value of the recipe; may be repeated.", metavar="KEY=VALUE"
        ),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on from the last checkpoint in --out.")
    ] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace the training that --out holds.")
    ] = False,
    json: JsonFlag = False,
) -> None:
    """Train a recipe."""
    from segnn.cli.data import provide_data
    from segnn.cli.model import find_recipe

    loaded, packaged = find_recipe(recipe, overrides or ())
    folder = Path("runs") / folder_name(loaded.name) if out is None else out
    provide_data(loaded, recipe, packaged)
    from segnn.training.run import train as train_recipe

    with (
        redirect_stdout(sys.stderr) if json else nullcontext()
    ):  # libraries may print; stdout is for the result alone
        results = train_recipe(loaded, folder, resume=resume, overwrite=overwrite)
    if json:
        print_json(results)
        return
    note(
        f"best epoch {results['best_epoch']} of {results['epochs']}, {results['seconds']:.0f} s: "
        f"{folder / 'results.json'}"
    )


def folder_name(name: str) -> str:
    """A recipe's name as that of a folder: one that lies in runs/, whatever the name holds."""
    return re.sub(r"[^\w.+-]+", "-", name).strip(".-")[:100] or "run"
