"""``segnn check``: is the model what it claims to be?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from segnn.cli.output import DeviceOption, JsonFlag, complain, note, plain, print_json, print_table
from segnn.files import check_output

HELP = """Check a model on your own data: symmetry, batching, degenerate systems, gradients. Exit
status 1 if anything fails.

    segnn check runs/charged
    segnn check mine.yaml --data mine.npz
    segnn check runs/charged --out runs/charged/check.json

From raw arrays to prediction, in float64 and float32: rotation, reflection, translation and
permutation; a batch against one system at a time; particles alone or in one place; derivatives
against finite differences; of energies with forces also that forces and torques balance, that
nothing jumps at the cutoff, and that two distant copies have twice the energy. A recipe is checked
with fresh weights. Data: --data, else the recipe's folder, else random systems with the recipe's
fields.

Errors are relative to what the network adds to the target's base: of the worst system in float64,
of the median system in float32. For "finite" rows the error is the fraction of values that are
not finite.
"""


def check(
    target: Annotated[
        str,
        typer.Argument(
            help="A run or model folder, a packaged model, or a recipe.", metavar="RUN|RECIPE"
        ),
    ],
    data: Annotated[
        Path | None, typer.Option("--data", help="Systems to check on: NPZ, HDF5 or atoms.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Also write the table as JSON.")] = None,
    seed: Annotated[
        int, typer.Option(help="Of rotations, directions and fresh weights.", min=0, max=2**63 - 1)
    ] = 0,
    device: DeviceOption = "cpu",
    json: JsonFlag = False,
) -> None:
    """Check a model."""
    from json import dumps

    from segnn.cli.model import find_model, find_systems, require

    if out is not None:
        check_output(out)
    require(target, data)
    from segnn.files import write_atomically
    from segnn.model.check import check_model
    from segnn.model.device import find_device
    from segnn.model.isolate import usable

    model = find_model(target, seed).to(find_device(device, "--device"))
    systems, source = find_systems(model, data)
    systems, left_out = usable(model, systems, source)
    rows = check_model(model, systems, seed, source)
    passed = all(row.passed for row in rows)
    result = plain(
        {
            "model": target,
            "data": source,
            "passed": passed,
            "left_out": [{"system": number, "reason": text} for number, text in left_out.items()],
            "rows": [row.to_dict() for row in rows],
        }
    )
    if out is not None:
        write_atomically(out, (dumps(result, indent=2) + "\n").encode())
    if json:
        print_json(result)
    else:
        cells = [
            (
                row.property,
                row.dtype,
                f"{row.error:.1e}",
                f"{row.tolerance:.0e}",
                "pass" if row.passed else "FAIL",
            )
            for row in rows
        ]
        columns = ("property", "dtype", "error", "tolerance", "verdict")
        print_table(f"{target} on {source}", columns, cells, right=(2, 3))
    for left in result["left_out"]:
        complain(f"system {left['system']} is left out: {left['reason']}", label="warning: ")
    if not passed:
        failed = sorted({row.property for row in rows if not row.passed})
        note(f"failed: {', '.join(failed)}")
        raise typer.Exit(1)
