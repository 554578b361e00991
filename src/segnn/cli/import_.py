"""``segnn import``: weights of the public SEGNN code become a model."""

from __future__ import annotations

import os
from pathlib import Path
from shlex import quote
from typing import Annotated

import typer

from segnn.cli.output import JsonFlag, note, print_json
from segnn.errors import UserError

HELP = """Make a model from weights of the public SEGNN code.

    segnn import weights.safetensors --like charged.yaml -o models/theirs
    segnn import weights.npz --like mine.yaml -o models/theirs
    segnn evaluate models/theirs --data data/charged/test.npz

STATE holds the network's state dict as plain arrays: a safetensors file, or an NPZ with one array
for every tensor. A .pt or .pth file is a pickle, which can run code and is never opened: where it
was made, write it again with safetensors.torch.save_file(torch.load(...)["state_dict"], FILE).

--like is a recipe that declares the same network: its inputs, hidden irreps, attributes, layers,
norm and pool. Names and shapes of all tensors have to fit. That code takes irreps as they are
written: if it was given 1x1o+1x1o for two vectors, and not 2x1o, the order of its weights is
another one; say so with --written irreps_in=1x1o+1x1o.
"""

WRITTEN = ("irreps_in", "irreps_edge_attr", "irreps_node_attr", "irreps_out")


def import_state(
    state: Annotated[
        Path, typer.Argument(help="The weights: .safetensors or .npz.", metavar="STATE")
    ],
    *,
    like: Annotated[
        str, typer.Option("--like", help="A recipe of the same network.", metavar="RECIPE")
    ],
    out: Annotated[
        Path, typer.Option("-o", "--out", help="The model folder to write; new.", metavar="MODEL")
    ],
    overrides: Annotated[
        list[str] | None,
        typer.Option(
            "--set", help="Replace a value of the recipe; may be repeated.", metavar="KEY=VALUE"
        ),
    ] = None,
    written: Annotated[
        list[str] | None,
        typer.Option(
            "--written",
            help="irreps_in, irreps_out … as that code was given them; may be repeated.",
            metavar="KEY=IRREPS",
        ),
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Import weights."""
    from segnn.cli.model import find_recipe, require

    require(None, state)
    if os.path.lexists(out) and not (os.path.isdir(out) and not os.listdir(out)):
        raise UserError(f"{out}: exists already. Give the name of a new folder with -o")
    recipe, _ = find_recipe(like, overrides or ())
    from segnn.interop import import_reference

    try:
        model = import_reference(state, recipe, **as_written(written or []))
    except UserError as error:
        told = str(error)
        raise UserError(told if str(state) in told else f"{state}: {told}") from error
    model.save(out)
    parameters = sum(p.numel() for p in model.parameters())
    if json:
        print_json({"model": str(out), "like": like, "parameters": parameters})
    else:
        note(f"{parameters:,} parameters: {out}; try it: segnn evaluate {quote(str(out))}")


def as_written(options: list[str]) -> dict[str, str]:
    """``irreps_in=1x1o+1x1o`` as names and irreps."""
    found = {}
    for option in options:
        key, equals, irreps = option.partition("=")
        if key not in WRITTEN or not equals:
            raise UserError(
                f"--written {option}: expected one of {', '.join(WRITTEN)} with its irreps, such "
                "as --written irreps_in=1x1o+1x1o"
            )
        found[key] = irreps
    return found
