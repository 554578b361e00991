"""``segnn train``: a recipe becomes a run folder."""

from __future__ import annotations

import re
import sys
from contextlib import nullcontext, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from segnn.cli.output import JsonFlag, note, print_json
from segnn.errors import UserError

if TYPE_CHECKING:
    from segnn.recipe import Recipe

HELP = """Train the model that a recipe declares, on the data it names; everything is written to a
run folder.

    segnn train charged
    segnn train mine.yaml --out runs/mine
    segnn train charged --set training.epochs=50 --set training.seed=1 --out runs/short

RECIPE is a YAML file, or the name of a packaged recipe. Of particles: charged, charged-cues,
charged-velocity, gravity, gravity-cues, gravity-force, spins; of atoms: acac, field, polar,
adsorbates, qm9-all, and qm9-alpha, -mu, -homo, -lumo, -gap, -r2, -zpve, -U0, -U, -H, -G, -Cv. Data
that are not there yet are simulated where that takes seconds; else the message says how to make
them. For data of your own: segnn init FILE.

The run folder holds recipe.yaml (as it was used), data.json (hashes of the data), versions.json,
metrics.csv, checkpoints/, model/ (the weights with the best validation error) and, at the end,
results.json. Ctrl-C saves and stops; go on with the same command and --resume.

    segnn train runs/mine/recipe.yaml --out runs/mine --resume --set training.epochs=120
    segnn train other.yaml --set training.start_from=runs/mine --out runs/other

The first gives a training more epochs, also after its end: the schedule of the learning rate runs
once more, over the added ones. The second begins with the weights of another run. A run and data
that lie elsewhere now: --resume --set data.folder=FOLDER. One training at a time uses a folder.

    segnn train mine.yaml --seeds 0,1,2,3 --out runs/mine
    segnn predict runs/mine in.npz -o out.npz

trains one after the other into runs/mine/seed0, seed1, ...; together they are a committee: its
prediction is their mean, and their spread tells where it cannot be trusted. With --resume the
seeds that are finished are left as they are.

    segnn train mine.yaml --set training.devices=2
    torchrun --nproc-per-node 2 -m segnn train mine.yaml

train in two processes, each with half of every batch: the same training, up to rounding.
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
    seeds: Annotated[
        str | None,
        typer.Option(help="Several trainings, a committee: their seeds, 0,1,2,3.", metavar="SEEDS"),
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Train a recipe."""
    from segnn.cli.data import provide_data
    from segnn.cli.model import find_recipe

    several = None if seeds is None else read_seeds(seeds)
    settings = overrides or []
    if several is not None and any(one.startswith("training.seed=") for one in settings):
        raise UserError(
            f"--seeds {seeds} and --set training.seed: both say the seed. Leave out --set"
        )
    loaded, packaged = find_recipe(recipe, settings)
    folder = Path("runs") / folder_name(loaded.name) if out is None else out
    runs = {folder: loaded}
    if several is not None:
        if (folder / "results.json").exists() or (folder / "versions.json").exists():
            raise UserError(
                f"{folder} holds one training; a committee needs a folder of its own, for a seed0, "
                "seed1 … in each. Give another one with --out"
            )
        runs = {
            folder / f"seed{seed}": find_recipe(recipe, [*settings, f"training.seed={seed}"])[0]
            for seed in several
        }
    found: list[dict[str, Any]] = []
    from segnn.parallel.launched import speaks  # imports torch: after what can be wrong at once
    from segnn.training.folder import RunFolder
    from segnn.training.ready import check_ready

    json, silent = json and speaks(), not speaks()
    going_on = {
        place: resume and (several is None or (place / "recipe.yaml").exists()) for place in runs
    }
    if not silent:  # before data are made
        for place, one in runs.items():
            check_ready(one, RunFolder(place), going_on[place], overwrite)
    provide_data(loaded, recipe, packaged)
    for place, one in runs.items():
        found.append(_train(one, place, going_on[place], overwrite, json))
        if not (json or silent):
            note(
                f"best epoch {found[-1]['best_epoch']} of {found[-1]['epochs']}, "
                f"{found[-1]['seconds']:.0f} s: {place / 'results.json'}"
            )
    if json:
        print_json(found[0] if several is None else {"seeds": several, "results": found})


def _train(
    recipe: Recipe, folder: Path, resume: bool, overwrite: bool, json: bool
) -> dict[str, Any]:
    from segnn.training.run import train as train_recipe

    with (
        redirect_stdout(sys.stderr) if json else nullcontext()
    ):  # libraries may print; stdout is for the result alone
        return train_recipe(recipe, folder, resume=resume, overwrite=overwrite)


def read_seeds(text: str) -> list[int]:
    """``0,1,2`` as numbers; UserError for anything else, and for a seed that is given twice."""
    parts = [part.strip() for part in text.split(",")]
    numbers = [int(part) for part in parts if part.isdecimal()]
    if len(numbers) < len(parts) or len(set(numbers)) < len(numbers):
        raise UserError(f"--seeds {text}: expected different whole numbers, such as 0,1,2,3")
    return numbers


def folder_name(name: str) -> str:
    """A recipe's name as that of a folder: one that lies in runs/, whatever the name holds."""
    return re.sub(r"[^\w.+-]+", "-", name).strip(".-")[:100] or "run"
