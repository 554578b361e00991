"""``segnn simulate``: data made from physics."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from segnn.cli.output import JsonFlag, help_text, note, print_json, progress_bar
from segnn.errors import UserError

app = typer.Typer(
    help="Make data: systems of particles, integrated in time.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

HELP = """Charged particles in empty space that attract and repel each other (the paper's Table 1).

Without options these are exactly the published systems: 5 particles, seed 43, the state after 3100 steps of 0.001 as the
input and the positions 1000 steps later as the target.

    segnn simulate charged --out data/charged
    segnn simulate charged --out data/twenty --particles 20 --systems 500,100,100 --seed 1

Each file holds position and velocity (S, N, 3), charge (S, N), target_position and target_velocity (S, N, 3).
"""

SPLITS = ("train", "valid", "test")


@app.callback()
def systems_to_simulate() -> None:
    """Keeps ``charged`` a subcommand, also while it is the only one."""


@app.command("charged", help=help_text(HELP), short_help="Charged particles (or springs) in empty space.")
def charged(
    out: Annotated[Path, typer.Option("--out", help="Folder for train.npz, valid.npz, test.npz; made if need be.")],
    systems: Annotated[str, typer.Option(help="How many systems: train,valid,test.")] = "3000,2000,2000",
    particles: Annotated[int, typer.Option(help="Particles in each system.")] = 5,
    seed: Annotated[int, typer.Option(help="Seed of all random numbers.")] = 43,
    springs: Annotated[bool, typer.Option("--springs", help="Springs between random pairs instead of charges.")] = False,
    start: Annotated[int, typer.Option(help="The step of the input state.")] = 3100,
    horizon: Annotated[int, typer.Option(help="Steps from the input to the target.")] = 1000,
    steps: Annotated[
        int | None, typer.Option(help="Length of the trajectory that random numbers are drawn for; 5000, or as needed.")
    ] = None,
    threads: Annotated[int | None, typer.Option(help="One per processor if not given; does not change the result.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace files that exist.")] = False,
    json: JsonFlag = False,
) -> None:
    """Simulate charged particles."""
    from segnn.data import save_systems
    from segnn.simulate.charged import simulate

    files = {split: out / f"{split}.npz" for split in SPLITS}
    there = [str(path) for path in files.values() if path.exists()]
    if there and not force:
        raise UserError(f"{', '.join(there)}: exists already. Give another folder with --out, or replace it with --force.")
    began = time.perf_counter()
    with progress_bar("simulating") as progress:
        made = simulate(
            systems=counts(systems),
            particles=particles,
            seed=seed,
            steps=steps if steps is not None else max(5000, start + horizon + 1),
            springs=springs,
            progress=progress,
            start=start,
            horizon=horizon,
            threads=threads,
        )
    for split, path in files.items():
        save_systems(path, made[split])
    seconds = time.perf_counter() - began
    if json:
        sizes = {split: len(made[split]) for split in SPLITS}
        print_json(
            {"files": {split: str(path) for split, path in files.items()}, "systems": sizes, "seconds": round(seconds, 2)}
        )
    else:
        total = sum(map(len, made.values()))
        note(f"{total} systems of {particles} particles in {seconds:.1f} s: {', '.join(map(str, files.values()))}")


def counts(text: str) -> tuple[int, int, int]:
    """``3000,2000,2000`` as three numbers."""
    parts = text.split(",")
    if len(parts) != 3 or not all(part.strip().isdigit() for part in parts):
        raise UserError(f"--systems {text}: expected three counts, train,valid,test, such as --systems 3000,2000,2000")
    train, valid, test = (int(part) for part in parts)
    return train, valid, test
