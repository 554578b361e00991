"""``segnn info``: what a recipe or a model is made of, and what it costs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from segnn.cli.output import JsonFlag, note, print_json, print_table
from segnn.errors import UserError

if TYPE_CHECKING:
    from segnn.model.info import ModelInfo

HELP = """Irreps, layers, parameters, and the operations and memory of a step, before anything is
trained.

    segnn info charged
    segnn info runs/charged --json
    segnn info mine.yaml --particles 500

A batch holds training.batch_size systems like those of the data (--data, else the recipe's
folder), or random systems of --particles particles. Memory is the growth at the peak of a step,
beside state and batch. Too much? --set training.batch_size=50, or --set
training.checkpoint_layers=true, which computes the layers again in the backward pass. At the end
stands whether the training systems fit into memory (data.memory), or are read while the network
computes.
"""


def info(
    target: Annotated[
        str,
        typer.Argument(
            help="A recipe, a run or model folder, or a packaged model.", metavar="RECIPE|RUN|MODEL"
        ),
    ],
    data: Annotated[
        Path | None,
        typer.Option("--data", help="Systems that a batch is made of, a file."),
    ] = None,
    particles: Annotated[
        int | None, typer.Option(help="Instead of data: random systems of so many particles.")
    ] = None,
    overrides: Annotated[
        list[str] | None,
        typer.Option(
            "--set", help="Replace a value of a recipe; may be repeated.", metavar="KEY=VALUE"
        ),
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Describe a model."""
    from segnn.cli.model import find_model, find_systems, require

    require(target, data)
    if particles is not None and data is not None:
        raise UserError(f"--particles {particles} stands in place of data: leave out --data {data}")
    if particles is not None and particles < 1:
        raise UserError(f"--particles {particles}: expected at least 1")
    model = find_model(target, overrides=overrides or ())
    from segnn.model.check import random_systems
    from segnn.model.info import model_info
    from segnn.recipe.splits import declared_splits, is_there
    from segnn.training.fixed import why_never

    if particles is not None:
        systems, source = (
            random_systems(model.recipe, (particles,) * 4),
            f"random systems of {particles} particles",
        )
    else:
        systems, source = find_systems(model, data)
    found = model_info(model, systems, source)
    why = why_never(model)
    steps = "recorded as CUDA graphs" if why is None else f"one by one: {why}"
    found.kernels["training steps on a graphics card"] = steps
    training = None
    if (
        particles is None
        and data is None
        and all(
            is_there(model.recipe.data, split)
            for split in declared_splits(model.recipe.data) or ("",)
        )
    ):
        from segnn.training.splits import training_data

        training = training_data(model)
    if json:
        told = {"model": target, "data": source, **found.to_dict()}
        print_json(told | ({} if training is None else {"training_data": training}))
        return
    _print(target, source, found)
    if training is not None:
        note(f"training systems of {training['text']}")


def _print(target: str, source: str, found: ModelInfo) -> None:
    terms = [
        (key if n == 0 else "", entry["expression"], entry["irreps"], entry["unit"])
        for key, entries in found.cues.items()
        for n, entry in enumerate(entries)
    ]
    print_table(
        f"{target}: {found.name}, {found.kind}", ("cue", "expression", "irreps", "unit"), terms
    )
    print_table("Irreps", ("of", "irreps"), list(found.irreps.items()))
    batch = found.batch
    counts = (f"{batch[key]:.0f} {key}" for key in ("systems", "particles", "edges"))
    size = f"{', '.join(counts)}, as in {source}"
    layers = [
        (
            layer.name,
            layer.irreps,
            f"{layer.parameters:,}",
            f"{layer.rows:,}",
            f"{layer.flops / 1e6:,.2f}",
        )
        for layer in found.layers
    ]
    print_table(
        f"Layers, for a batch of {size}",
        ("layer", "irreps", "weights", "rows", "MFLOP"),
        layers,
        right=(2, 3, 4),
    )
    costs = [
        ("parameters", f"{found.parameters:,}"),
        ("state in training", f"{found.state_bytes / 2**20:.1f} MiB"),
        ("batch", f"{found.batch_bytes / 2**20:.1f} MiB"),
        (
            "forward pass",
            f"{found.forward_flops / 1e9:.3f} GFLOP, {found.forward_bytes / 2**20:.1f} MiB",
        ),
        (
            "training step",
            f"{found.step_flops / 1e9:.3f} GFLOP, {found.step_bytes / 2**20:.1f} MiB",
        ),
    ]
    print_table("Costs", ("of", ""), costs)
    print_table("Kernels", ("on", "path"), list(found.kernels.items()))
    for text in found.assumptions:
        note(f"- {text}")
