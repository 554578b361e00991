"""``segnn evaluate``: the errors of a trained model on labelled systems."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from segnn.cli.output import JsonFlag, print_json, print_table

HELP = """The errors of a trained model on labelled systems, beside predictors that know nothing.

    segnn evaluate runs/charged
    segnn evaluate runs/charged --data mine.npz --json

Without --data: the test systems of the recipe. RUN is a run folder, a model folder, or a packaged model such as charged.
"""

MEANING = {"stand_still": "standing still (target.base)", "straight_line": "straight line, fitted time"}


def evaluate(
    run: Annotated[str, typer.Argument(help="A run folder, model folder or packaged model.", metavar="RUN")],
    data: Annotated[
        Path | None, typer.Option("--data", help="Systems with labels: an NPZ file, or a folder of splits.")
    ] = None,
    split: Annotated[str, typer.Option("--split", help="Which systems of a folder: train, valid or test.")] = "test",
    json: JsonFlag = False,
) -> None:
    """Evaluate a model."""
    from segnn.training.evaluation import evaluate as evaluate_model

    result = evaluate_model(run, data, split)
    if json:
        print_json(result)
        return
    rows = [("this model", f"{result['mse']:.5g}", f"{result['mae']:.5g}")]
    baselines = result.get("baselines", {})
    rows += [(text, f"{baselines[key]:.5g}", "") for key, text in MEANING.items() if key in baselines]
    print_table(
        f"{result['name']}: {result['systems']} systems of {result['data']}", ("predictor", "mse", "mae"), rows, right=(1, 2)
    )
