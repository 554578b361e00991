"""``segnn evaluate``: the errors of a trained model on labelled systems."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from segnn.cli.output import DeviceOption, JsonFlag, complain, note, print_json, print_table
from segnn.files import check_output
from segnn.words import counted

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from segnn.training.evaluation import Predictions

HELP = """The errors of a trained model on labelled systems, beside predictors that know nothing.

    segnn evaluate runs/charged
    segnn evaluate runs/charged --data mine.npz --json
    segnn evaluate runs/charged --plots pictures

Without --data: the test systems of the recipe. RUN is a run folder, a model folder, or a packaged
model such as charged; the folder of a training with --seeds is evaluated as a committee: the errors
of its mean, and how its spread follows them.

--plots writes vector graphics, of every target: predicted against true values (parity), the error
against their size, the errors of the systems and of the elements, of a committee the error against
the spread, and of a run folder the learning curves.
"""


def evaluate(
    run: Annotated[
        str, typer.Argument(help="A run folder, model folder or packaged model.", metavar="RUN")
    ],
    data: Annotated[
        Path | None,
        typer.Option("--data", help="Systems with labels: a file, or a folder of splits."),
    ] = None,
    split: Annotated[
        str | None,
        typer.Option("--split", help="Which systems of a folder: train, valid or test (default)."),
    ] = None,
    plots: Annotated[
        Path | None,
        typer.Option("--plots", help="A folder to write pictures (SVG) to.", metavar="FOLDER"),
    ] = None,
    device: DeviceOption = "cpu",
    json: JsonFlag = False,
) -> None:
    """Evaluate a model."""
    from segnn.cli.model import require

    require(run, data)
    if plots is not None:
        check_output(plots / "parity.svg")
        from segnn.report.canvas import new_figure

        new_figure(1, 1)  # a missing matplotlib is told before anything is computed
    from segnn.training.evaluation import evaluated

    result, found = evaluated(run, data, split, device)
    if plots is not None:
        result["plots"] = draw(run, result, found, plots)
    if json:
        print_json(result)
        return
    from segnn.report.words import significant
    from segnn.training.verdict import error_rows

    title = f"{result['name']}: {counted(result['systems'], 'system')} of {result['data']}"
    for name, one in result.get("targets", {"": result}).items():
        print_table(
            f"{title}: {name} in {one['unit']}" if name else title,
            ("predictor", "mse", "mae", "rmse"),
            error_rows("this model", one, one),
            right=(1, 2, 3),
        )
        if one.get("labelled", result["systems"]) < result["systems"]:
            note(f"{one['labelled']} of {result['systems']} systems have labels of {name}")
        if "spread" in one:
            note(
                f"spread of {result['members']} members: root mean square "
                f"{significant(one['spread']['rms'])}; rank correlation with the error "
                f"{one['spread']['rank_correlation']:.2f}"
            )
    for name in result.get("unlabelled", ()):
        complain(f"{result['data']} has no labels of {name}: not evaluated", label="warning: ")
    for left in result["left_out"]:
        complain(f"system {left['system']} is left out: {left['reason']}", label="warning: ")
    if result["verdict"] is not None and not result["verdict"]["beaten"]:
        complain(result["verdict"]["text"], label="warning: ")
    if plots is not None:
        note(", ".join(result["plots"]))


def draw(
    run: str, result: dict[str, Any], found: dict[str, Predictions], folder: Path
) -> list[str]:
    """Write the figures; returns their paths."""
    from segnn.report.canvas import save_figure
    from segnn.report.evaluation import evaluation_figures, learning_figures

    figures: dict[str, Figure] = {}
    for name, one in found.items():
        drawn = evaluation_figures(one, result.get("targets", {name: result})[name])
        ending = f"-{name}" if len(found) > 1 else ""
        figures |= {f"{key}{ending}": figure for key, figure in drawn.items()}
    figures |= learning_figures(Path(run), {name: one.unit for name, one in found.items()})
    return [str(save_figure(figure, folder / f"{name}.svg")) for name, figure in figures.items()]
