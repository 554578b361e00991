"""``segnn rollout``: a trained model applied again and again."""

from __future__ import annotations

import json as json_text
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from segnn.cli.output import (
    JsonFlag,
    complain,
    note,
    plain,
    print_json,
    print_table,
    progress_bar,
)
from segnn.errors import UserError
from segnn.files import check_output, same_file

if TYPE_CHECKING:
    import numpy as np

    from segnn.data import Given
    from segnn.rollout import Trajectory

HELP = """Apply a model of positions again and again: each prediction is where the next one
starts.

    segnn rollout charged data/charged/test.npz --steps 10 -o rollout.npz
    segnn rollout charged in.npz --velocity runs/charged-velocity --steps 10 -o out.npz

A model predicts positions only, and the next step needs velocities: they come from the model of
--velocity (train one with segnn train charged-velocity), else from differences of positions over
--time. Charges and masses stay. rollout.npz holds position and velocity, arranged as the input
with one axis of steps + 1 states in front, and time. Systems with charge or mass are simulated
too: true_position and true_velocity, and in rollout.json and rollout.svg the growth of the error
and the drift of energy and momentum.
"""


SHOWN = 5


def rollout(
    model: Annotated[
        str,
        typer.Argument(help="A run folder, model folder or packaged model.", metavar="RUN|MODEL"),
    ],
    data: Annotated[
        Path, typer.Argument(help="The systems to start from, an NPZ file.", metavar="INITIAL.npz")
    ],
    steps: Annotated[int, typer.Option("--steps", help="How often the model is applied.")],
    out: Annotated[
        Path, typer.Option("-o", "--out", help="The NPZ file to write; JSON and SVG beside it.")
    ],
    velocity: Annotated[
        str | None,
        typer.Option(
            "--velocity", help="A model of the velocities after the same time.", metavar="RUN|MODEL"
        ),
    ] = None,
    time: Annotated[
        float | None,
        typer.Option("--time", help="Time of one step; the recipe's constant 'horizon', or 1."),
    ] = None,
    softening: Annotated[
        float | None,
        typer.Option("--softening", help="Of the gravity simulator, for systems with mass; 0.1."),
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Roll a model out."""
    from segnn.cli.model import require

    if steps < 1:
        raise UserError(f"--steps {steps}: expected at least 1")
    if out.suffix != ".npz" or same_file(out, data):
        raise UserError(
            f"{out}: give the name of a new .npz file with -o; .json and .svg are written "
            "beside it."
        )
    for path in (out, out.with_suffix(".json"), out.with_suffix(".svg")):
        check_output(path)
    require(model, data)
    require(velocity)
    import numpy as np

    from segnn.files import write_atomically
    from segnn.model import load
    from segnn.report import save_figure
    from segnn.rollout import check_softening, error_plot, measure, simulated
    from segnn.rollout import rollout as repeat

    loaded = load(model)
    read = loaded.read(data, labels=False)
    systems = read.systems
    check_softening(systems, softening)
    horizon = time if time is not None else _horizon(loaded.recipe)
    if not (np.isfinite(horizon) and horizon > 0):
        raise UserError(f"--time {horizon}: expected a positive time")
    with progress_bar("rolling out") as progress:
        found = repeat(
            loaded,
            systems,
            steps,
            velocities=None if velocity is None else load(velocity),
            horizon=horizon,
            source=str(data),
            progress=progress,
        )
    true = simulated(systems, len(found.time) - 1, horizon=horizon, softening=softening)
    measured = plain(
        {
            "model": model,
            "velocity": velocity
            or ("differences of positions" if found.velocity is not None else None),
            "input": str(data),
            "systems": len(systems),
            "steps": steps,
            "horizon": horizon,
            "ended_early": bool(found.ended),
            "ended": [
                {"system": number, "states": end.state + 1, "reason": end.reason}
                for number, end in found.ended.items()
            ],
            **measure(found, true, softening),
        }
    )
    write(out, data, read, found, true)
    write_atomically(
        out.with_suffix(".json"), (json_text.dumps(measured, indent=1) + "\n").encode()
    )
    files = [out, out.with_suffix(".json")]
    if true is not None:
        files.append(save_figure(error_plot(measured), out.with_suffix(".svg")))
    tell_ended(measured, steps)
    if json:
        print_json({**measured, "files": [str(file) for file in files]})
    else:
        if true is not None:
            show(measured)
        note(", ".join(map(str, files)))
    if len(found.time) == 1:  # not a single step of a single system
        raise typer.Exit(1)


def tell_ended(measured: dict[str, Any], steps: int) -> None:
    """Which systems ended before the others; a few of them by name."""
    ended = measured["ended"]
    for end in ended[:SHOWN]:
        complain(
            f"system {end['system']} of {measured['systems']} (counted from 0) ends after "
            f"{end['states'] - 1} of {steps} steps: {end['reason']}",
            label="warning: ",
        )
    if len(ended) > SHOWN:
        more = len(ended) - SHOWN
        complain(f"and {more} more systems, listed in the JSON file", label="warning: ")


def _horizon(recipe: Any) -> float:
    """The recipe's constant ``horizon``; else 1, which is said."""
    if "horizon" in recipe.constants:
        return float(recipe.constants["horizon"].value)
    note("one step is taken to be 1 unit of time; --time says otherwise")
    return 1.0


def write(out: Path, data: Path, read: Given, found: Trajectory, true: Trajectory | None) -> None:
    """States in front of the input's arrangement, and what does not change in time."""
    from segnn.cli.model import arrays_of
    from segnn.data.npz import write_npz

    given = arrays_of(data)
    shape = given["position"].shape

    def arranged(states: np.ndarray) -> np.ndarray:
        return states.reshape(len(states), *shape)

    arrays = {"time": found.time, "position": arranged(found.position)}
    if found.velocity is not None:
        arrays["velocity"] = arranged(found.velocity)
    if true is not None and true.velocity is not None:
        arrays |= {
            "true_position": arranged(true.position),
            "true_velocity": arranged(true.velocity),
        }
    constant = {
        name: value
        for name, value in given.items()
        if name not in arrays and not name.startswith("target_")
    }
    write_npz(out, {**constant, **arrays})


def show(measured: dict[str, Any]) -> None:
    """State by state, on stdout."""
    columns = (
        "time",
        "position mse",
        "straight line",
        "energy drift",
        "momentum drift",
        "angular momentum drift",
    )
    rows = [
        (
            f"{measured['time'][k]:g}",
            f"{measured['position_mse'][k]:.4g}",
            f"{measured['straight_line_mse'][k]:.4g}",
            *(
                f"{measured[f'{key}_drift']['model'][k]:.2g}"
                for key in ("energy", "momentum", "angular_momentum")
            ),
        )
        for k in range(1, measured["states"])
    ]
    print_table(
        f"{measured['model']} on {measured['systems']} systems",
        columns,
        rows,
        right=tuple(range(6)),
    )
