"""``segnn convert``: files of systems become one that is read in pieces."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from segnn.cli.output import JsonFlag, complain, note, print_json, progress_bar
from segnn.errors import UserError
from segnn.words import counted

HELP = """Files of systems as one HDF5 file, which a training reads in pieces where it does not fit
into memory.

    segnn convert md/*.xyz -o train.h5
    segnn convert set.db -o train.h5 --label energy=REF_energy --unit energy=eV
    segnn train mine.yaml --set data.train=train.h5

IN are NPZ, extended XYZ, ASE databases and what else ASE reads, HDF5; or patterns, in quotes. All
systems stand in OUT one after the other, with units and the names that the labels had. An array
must be in all of them; --array takes the named arrays alone. OUT appears when it is whole. What
interrupts a call (Ctrl-C, a kill, a full disk) leaves the pieces that are done in OUT.parts, and
the same command goes on with them.
"""

GEOMETRY = {"position", "offsets", "cell", "pbc"}


def convert(
    inputs: Annotated[list[str], typer.Argument(help="Files or patterns.", metavar="IN...")],
    out: Annotated[Path, typer.Option("-o", "--out", help="The HDF5 file (.h5) to write.")],
    label: Annotated[
        list[str] | None,
        typer.Option(help="An array and its name in IN; may be repeated.", metavar="NAME=OLD"),
    ] = None,
    unit: Annotated[
        list[str] | None,
        typer.Option(help="The unit of an array; may be repeated.", metavar="NAME=UNIT"),
    ] = None,
    array: Annotated[
        list[str] | None,
        typer.Option(help="Take this array, and none that is not named.", metavar="NAME"),
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Convert files."""
    from segnn.data.assemble import Wanted
    from segnn.data.convert import convert as write

    units, labels = _pairs("--unit", unit), _pairs("--label", label)
    _check_units(units)
    for name in GEOMETRY & labels.keys():
        raise UserError(
            f"--label {name}={labels[name]}: {name} is where the particles are, and read under its "
            "own name. Give another name"
        )
    wanted = Wanted(labels, units, tuple(array or ()))
    with progress_bar("converting") as progress:
        result = write(inputs, out, wanted, progress)
    if json:
        print_json(result)
        return
    if result["resumed"]:
        note(f"{counted(result['resumed'], 'system')} already there, from a call before")
    shapes = ", ".join(f"{name} {tuple(shape)}" for name, shape in result["arrays"].items())
    held = counted(result["systems"], "system"), counted(result["particles"], "particle")
    note(f"{held[0]} of {held[1]}: {out}\n{shapes}")


def _check_units(units: dict[str, str]) -> None:
    """UserError for what is no unit; a warning for one that is perhaps misspelt."""
    from segnn.recipe.oddities import meant_by
    from segnn.recipe.units import Unit

    for array, text in units.items():
        try:
            names = [name for name, _ in Unit.parse(text).powers]
        except ValueError as error:
            raise UserError(f"--unit {array}={text}: expected {error}") from error
        for name in names:
            if (meant := meant_by(name)) is not None:
                complain(
                    f"--unit {array}={text}: did you mean {meant!r} for {name!r}? A name of your "
                    "own may stay",
                    label="warning: ",
                )


def _pairs(option: str, given: list[str] | None) -> dict[str, str]:
    """``NAME=VALUE`` as a dictionary; UserError for anything else."""
    pairs = [text.partition("=") for text in given or ()]
    found: dict[str, str] = {}
    for text, (name, _, value) in zip(given or (), pairs, strict=True):
        if not name or not value:
            raise UserError(f"{option} {text}: expected NAME=VALUE")
        if name in found:
            raise UserError(
                f"{option} {text}: stands beside {option} {name}={found[name]}. Give one of them"
            )
        found[name] = value
    return found
