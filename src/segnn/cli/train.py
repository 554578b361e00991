"""``segnn train``: a recipe becomes a run folder."""

from __future__ import annotations

import sys
from contextlib import nullcontext, redirect_stdout
from pathlib import Path
from typing import Annotated

import typer

from segnn.cli.output import JsonFlag, note, print_json
from segnn.errors import UserError

HELP = """Train the model that a recipe declares, on the data it names; everything is written to a run folder.

    segnn train recipes/charged.yaml --out runs/charged
    segnn train recipes/charged.yaml --set training.epochs=50 --set training.seed=1 --out runs/short

The run folder holds recipe.yaml (as it was used), data.json (hashes of the data), versions.json, metrics.csv, checkpoints/,
model/ (the weights with the best validation error) and, at the end, results.json. Ctrl-C saves and stops; go on
with the same command and --resume.
"""


def train(
    recipe: Annotated[Path, typer.Argument(help="The recipe, a YAML file.", metavar="RECIPE")],
    out: Annotated[
        Path, typer.Option("--out", help="The run folder; new, or one to go on with (--resume).")
    ],
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
    from segnn.recipe import load_recipe

    loaded = load_recipe(recipe, overrides or ())
    folder = Path(loaded.data.folder)
    if not folder.is_dir():
        raise UserError(
            f"{recipe}: data.folder is {loaded.data.folder!r}, and there is no such folder (paths start from the working "
            f"directory).\nMake the charged particles:  segnn simulate charged --out {loaded.data.folder}\n"
            "or name your own:            --set data.folder=FOLDER  (with train.npz, valid.npz, test.npz)"
        )
    from segnn.training.run import train as train_recipe

    with (
        redirect_stdout(sys.stderr) if json else nullcontext()
    ):  # libraries may print; stdout is for the result alone
        results = train_recipe(loaded, out, resume=resume, overwrite=overwrite)
    if json:
        print_json(results)
        return
    mse, base = results["test"]["mse"], results.get("baselines", {}).get("stand_still")
    beside = "" if base is None else f" (standing still: {base:.4g})"
    note(
        f"test mse {mse:.5g}{beside}, best epoch {results['best_epoch']}, {results['seconds']:.0f} s: {out / 'results.json'}"
    )
