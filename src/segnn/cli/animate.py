"""``segnn animate``: a forward pass, or a trajectory, as a moving picture."""

from __future__ import annotations

from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated

import typer

from segnn.cli.output import JsonFlag, note, print_json, progress_bar
from segnn.errors import UserError

if TYPE_CHECKING:
    from segnn.viz.trajectory import Trajectory

HELP = """Draw a forward pass layer by layer, or a trajectory with fading trails, and write a GIF
or an MP4.

    segnn animate charged data/charged/test.npz -o pass.gif
    segnn animate runs/charged data/charged/test.npz --system 3 --channel 7 -o pass.mp4
    segnn animate rollout.npz --system 3 -o rolled-out.gif
    segnn animate data/gravity/test.npz --time 2 -o simulated.gif
    segnn animate dynamics.xyz -o dynamics.gif

A trajectory is what 'segnn rollout' writes, the simulator's beside the model's, or a file of your
own: position (T, N, 3), and if there are any predicted_position or true_position (T, N, 3), time
(T,), charge (N,), cell (3, 3), atomic_number (N,); or a file of atoms that ASE reads, its
configurations one after the other. Systems with velocities and charges or masses are simulated on
from their state. MP4 needs the program ffmpeg.
"""


MOST_FRAMES = 10_000


def animate(
    target: Annotated[
        str,
        typer.Argument(
            help="A run, a model, a trajectory, or systems to simulate.",
            metavar="RUN|MODEL|FILE",
        ),
    ],
    systems: Annotated[
        Path | None, typer.Argument(help="For a model: its systems.", metavar="[SYSTEMS]")
    ] = None,
    *,
    out: Annotated[Path, typer.Option("-o", "--out", help="The .gif or .mp4 to write.")] = Path(
        "out.gif"
    ),
    system: Annotated[int, typer.Option(help="Which of the systems.")] = 0,
    channel: Annotated[
        int | None, typer.Option(help="For a model: which channel of every irrep; 0.")
    ] = None,
    time: Annotated[
        float | None, typer.Option(help="For systems: how long they are simulated; 3.")
    ] = None,
    frames: Annotated[int, typer.Option(help="Number of frames.")] = 100,
    fps: Annotated[float, typer.Option(help="Frames a second.")] = 20.0,
    json: JsonFlag = False,
) -> None:
    """Animate a model or a trajectory."""
    from segnn.cli.model import find_model, find_systems, is_file
    from segnn.viz.movie import check_movie, write_movie

    check_movie(out)
    if frames > MOST_FRAMES:
        raise UserError(f"--frames {frames}: expected at most {MOST_FRAMES}")
    if not 0 < fps <= 100:
        raise UserError(f"--fps {fps}: expected more than 0 and at most 100")
    if is_file(target):
        from segnn.viz.animate_trajectory import trajectory_animation

        if systems is not None:
            raise UserError(
                f"{target} is a trajectory and takes no systems. For a forward pass: segnn "
                f"animate MODEL {systems}"
            )
        if channel is not None:
            raise UserError(f"--channel {channel}: {target} is no model. Leave --channel out")
        length = 3.0 if time is None else time
        figure, draw = trajectory_animation(
            find_trajectory(Path(target), system, length, frames), frames
        )
    else:
        from segnn.viz.animate_pass import pass_animation

        if time is not None:
            raise UserError(
                f"--time {time}: is for systems that are simulated, and {target} is a model. Leave "
                "--time out"
            )
        model = find_model(target)
        found, source = find_systems(model, systems)
        figure, draw = pass_animation(model, found, system, channel or 0, frames, source)
    with progress_bar("drawing") as progress:
        write_movie(out, figure, draw, frames, fps, progress)
    size = out.stat().st_size
    if json:
        print_json({"file": str(out), "frames": frames, "bytes": size})
    else:
        note(f"{frames} frames, {size / 1e6:.2f} MB: {out}")


def find_trajectory(path: Path, number: int, time: float, frames: int) -> Trajectory:
    """The trajectory in a file, or that of one of its systems, simulated on for a time."""
    import numpy as np

    from segnn.data import given
    from segnn.data.atom_files import holds_atoms
    from segnn.data.npz import read_arrays
    from segnn.data.schema import is_label
    from segnn.rollout import simulated
    from segnn.simulate.protocol import DT
    from segnn.viz.trajectory import Course, Trajectory
    from segnn.viz.trajectory_file import holds_systems, load_trajectory

    if holds_atoms(path) or not holds_systems(read_arrays(path)):
        return load_trajectory(path, number)
    systems = given(path, aside=is_label).systems
    if not 0 <= number < len(systems):
        raise UserError(
            f"--system {number}: there are {len(systems)} systems in {path}, counted from 0"
        )
    if not DT <= time <= 1000:
        raise UserError(f"--time {time}: expected {DT} to 1000")
    steps = min(max(frames - 1, 1), round(time / DT))
    one = systems[number : number + 1]
    found = simulated(one, steps, horizon=DT * max(1, round(time / DT / steps)))
    if found is None:
        raise UserError(
            f"{path}: these systems cannot be simulated, they have no velocity with charge or "
            "mass. Animate a model on them "
            f"(segnn animate MODEL {quote(str(path))}), or a file with a time axis."
        )
    charge = (
        one.node["charge"].reshape(len(one.position), -1)[:, 0]
        if "charge" in one.node
        else [0.0] * len(one.position)
    )
    return Trajectory(Course(found.position, found.time, found.velocity), None, np.sign(charge))
