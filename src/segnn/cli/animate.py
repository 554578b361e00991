"""``segnn animate``: a forward pass, or a trajectory, as a moving picture."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from segnn.cli.output import JsonFlag, note, print_json, progress_bar
from segnn.errors import UserError

HELP = """Draw a forward pass layer by layer, or a trajectory with fading trails, and write a GIF or an MP4.

    segnn animate charged data/charged/test.npz -o pass.gif
    segnn animate runs/charged data/charged/test.npz --system 3 --channel 7 -o pass.mp4
    segnn animate trajectory.npz -o trajectory.gif

A trajectory: position (T, N, 3), and if there are any predicted_position (T, N, 3), time (T,), charge (N,). MP4 needs the
program ffmpeg.
"""


def animate(
    target: Annotated[
        str,
        typer.Argument(help="A run, a model, or a trajectory.", metavar="RUN|MODEL|TRAJECTORY.npz"),
    ],
    systems: Annotated[Path | None, typer.Argument(help="For a model: its systems.", metavar="[SYSTEMS.npz]")] = None,
    out: Annotated[Path, typer.Option("-o", "--out", help="The .gif or .mp4 to write.")] = Path("out.gif"),
    system: Annotated[int, typer.Option(help="Which of the systems.")] = 0,
    channel: Annotated[int, typer.Option(help="Which channel of every irrep.")] = 0,
    frames: Annotated[int, typer.Option(help="Number of frames.")] = 100,
    fps: Annotated[float, typer.Option(help="Frames a second.")] = 20.0,
    json: JsonFlag = False,
) -> None:
    """Animate a model or a trajectory."""
    from segnn.viz.movie import check_movie, write_movie

    check_movie(out)
    if not 0 < fps <= 100:
        raise UserError(f"--fps {fps}: expected more than 0 and at most 100")
    if Path(target).suffix == ".npz":
        from segnn.viz.animate_trajectory import load_trajectory, trajectory_animation

        if systems is not None:
            raise UserError(f"{target} is a trajectory and takes no systems. For a forward pass: segnn animate MODEL {systems}")
        figure, draw = trajectory_animation(load_trajectory(target), frames)
    else:
        from segnn.cli.model import find_model, find_systems
        from segnn.viz.animate_pass import pass_animation

        model = find_model(target)
        found, source = find_systems(model.recipe, systems)
        figure, draw = pass_animation(model, found, system, channel, frames, source)
    with progress_bar("drawing") as progress:
        write_movie(out, figure, draw, frames, fps, progress)
    size = out.stat().st_size
    if json:
        print_json({"file": str(out), "frames": frames, "bytes": size})
    else:
        note(f"{frames} frames, {size / 1e6:.2f} MB: {out}")
