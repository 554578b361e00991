"""``segnn inspect``: what files of systems hold, before anyone trains on them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from segnn.cli.output import JsonFlag, complain, note, print_json, print_table
from segnn.errors import UserError

HELP = """What files of systems hold, and what is odd about them.

    segnn inspect train.xyz test.xyz
    segnn inspect train.xyz --cutoff 4 --cutoff 5 --picture train.png
    segnn inspect data/*.npz --json

FILES are extended XYZ and whatever else ASE reads, NPZ, HDF5. Shown: species, sizes, boxes, arrays
with their ranges and probable units, neighbours by cutoff, closest distances. Warned of: labels
that are absent, constant, zero or far from all others; energies and forces in different units, or
forces that are not minus the gradient of a smooth energy (by a pair potential fitted to all
forces); forces that do not add up to zero; atoms in one place; systems that are there twice, in
one file or in two. Nothing is written but the picture.
"""


def inspect(
    files: Annotated[list[Path], typer.Argument(help="Files of systems.", metavar="FILE...")],
    *,
    cutoff: Annotated[
        list[float] | None,
        typer.Option(help="Count neighbours within this distance; may be repeated.", min=1e-6),
    ] = None,
    picture: Annotated[
        Path | None, typer.Option("--picture", help="Draw histograms to this .png or .svg file.")
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Inspect files."""
    if picture is not None and picture.suffix not in (".svg", ".png"):
        raise UserError(f"--picture {picture}: a picture ends in .png or .svg")
    from segnn.data.inspect import inspect as look
    from segnn.data.inspect.geometry import CUTOFFS

    result = look(files, tuple(cutoff or CUTOFFS))
    if picture is not None:
        from segnn.report.canvas import save_figure
        from segnn.report.inspection import inspection_figure

        save_figure(inspection_figure(result), picture)
    if json:
        print_json(result)
        return
    for entry in result["files"]:
        print_table(entry["file"], ("", ""), facts(entry))
        columns = ("array", "of", "shape", "min", "max", "rms", "unit?")
        print_table("", columns, arrays(entry), right=(3, 4, 5))
    for hint in result["hints"]:
        text = f"{hint['file']}: {hint['text']}"
        complain(text, label="warning: " if hint["level"] == "warning" else "hint: ")
    if not result["hints"]:
        note("nothing odd was found")
    if picture is not None:
        note(f"picture: {picture}")


def facts(entry: dict[str, Any]) -> list[list[str]]:
    """Names and values of one file."""
    particles = entry["particles"]
    sizes = f"{particles['min']} to {particles['max']}, median {particles['median']:g}"
    if particles["min"] == particles["max"]:
        sizes = f"{particles['min']}"
    rows = [["systems", f"{entry['systems']}"], ["particles in each", sizes]]
    if entry.get("species"):
        rows.append(["species", ", ".join(f"{s} {n}" for s, n in entry["species"].items())])
        kinds = list(entry["compositions"].items())
        shown = ", ".join(f"{name} ({count})" for name, count in kinds[:6])
        rows.append(["compositions", shown + (", ..." if len(kinds) > 6 else "")])
    if entry["isolated_atoms"]:
        energies = (
            f"{s} {'without energy' if e is None else f'{e:.6g}'}"
            for s, e in entry["isolated_atoms"].items()
        )
        rows.append(["isolated atoms", ", ".join(energies)])
    if entry["boxes"] is not None:
        boxes = entry["boxes"]
        low, high = boxes["lengths"]
        spans = (
            f"{a:.4g}" if a == b else f"{a:.4g}-{b:.4g}" for a, b in zip(low, high, strict=True)
        )
        text = f"{' x '.join(spans)}, periodic {boxes['periodic']} of {entry['systems']}"
        rows.append(["boxes", f"{text} ({', '.join(boxes['axes'])})"])
    if entry["closest"] is not None:
        closest = entry["closest"]
        between = f" ({closest['pair']})" if closest["pair"] else ""
        where = f"{closest['distance']:.4g}{between} in system {closest['system']}"
        rows.append(["closest two", where])
    for reach, found in entry["neighbours"]["by_cutoff"].items():
        if particles["max"] == 1 and not found["max"]:
            continue
        alone = f", {100 * found['without']:.1f} % have none" if found["without"] else ""
        text = f"{found['mean']:.1f} ({found['min']} to {found['max']}{alone})"
        rows.append([f"neighbours within {reach}", text])
    fit = entry["consistency"]
    if fit is not None and fit["factor"] is not None:
        text = f"{fit['factor']:.3g} (by a pair potential; correlation {fit['correlation']:.2f})"
        rows.append(["energy over what forces say", text])
    return rows


def arrays(entry: dict[str, Any]) -> list[list[str]]:
    """One row for every array of a file."""
    rows = []
    for name, array in entry["arrays"].items():
        numbers = [f"{array[key]:.7g}" if key in array else "" for key in ("min", "max", "rms")]
        shape = " x ".join(map(str, array["shape"])) or "number"
        of = "particle" if array["level"] == "node" else "system"
        rows.append([name, of, shape, *numbers, array["unit"] or ""])
    return rows
