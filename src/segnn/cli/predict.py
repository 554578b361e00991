"""``segnn predict``: raw arrays in, predicted arrays out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from segnn.cli.output import JsonFlag, complain, note, print_json
from segnn.errors import UserError
from segnn.files import check_output, same_file

if TYPE_CHECKING:
    import numpy as np

    from segnn.data import Systems

HELP = """Predict for the systems of an NPZ file, or of a file of atoms; labels are not needed.

    segnn predict runs/charged in.npz -o out.npz
    segnn predict charged in.npz -o out.npz --json

in.npz: position (S, N, 3), or (N, 3) for one system, or (M, 3) with offsets (S + 1,) for systems
of several sizes, and the fields of the recipe (velocity, charge, ...). out.npz holds the
predicted quantities under their own names (position; or energy and forces), arranged as the input.
MODEL is a run folder, a model folder, or the name of a packaged model; the folder of a training
with --seeds predicts means, and their spread as energy_spread, forces_spread, .... in.xyz
(extended XYZ) and what else ASE reads holds atoms; out.npz then has the rows of all atoms and
offsets.

A system too large for the machine's memory, or many systems at once: --memory 2GiB. Systems are
then taken as many at a time as fit, and one that does not fit goes through every layer in pieces;
predictions are the same up to round-off.
"""


def predict(
    model: Annotated[
        str, typer.Argument(help="A run folder, model folder or packaged model.", metavar="MODEL")
    ],
    data: Annotated[
        Path, typer.Argument(help="The systems, an NPZ or XYZ file.", metavar="IN.npz")
    ],
    out: Annotated[Path, typer.Option("-o", "--out", help="The NPZ file to write.")],
    keep: Annotated[
        bool,
        typer.Option(
            "--keep-input",
            help="Also write the arrays of the input; predictions are then named predicted_...",
        ),
    ] = False,
    memory: Annotated[
        str | None,
        typer.Option(
            help="Bound of the memory beside the input, 500MiB or 2GiB; none by default.",
            metavar="SIZE",
        ),
    ] = None,
    json: JsonFlag = False,
) -> None:
    """Predict with a model."""
    from segnn.cli.model import arrays_of, require
    from segnn.data.npz import write_npz
    from segnn.model.load import load_any

    require(model, data)
    if same_file(out, data):
        raise UserError(f"{out}: is the input file; give another name with -o.")
    check_output(out, ".npz")
    loaded = load_any(model)
    read = loaded.read(data, labels=False)
    systems = read.systems
    rows = loaded.predict_systems(systems, read.source, memory=memory)
    predicted = loaded.arranged(read, rows)
    targets = loaded.recipe.targets
    bad = sorted(
        {
            int(number)
            for name, spec in targets.items()
            for number in not_finite(rows[name], systems, spec.level)
        }
    )
    if len(bad):
        complain(
            f"{out}: the predictions of {len(bad)} of {len(systems)} systems are not finite, "
            f"the first of them system {bad[0]} "
            f"of {data}; its numbers are perhaps too large: check them, or their units",
            label="warning: ",
        )
    if keep:
        renamed = {
            name if name == "offsets" else f"predicted_{name}": value
            for name, value in predicted.items()
        }
        predicted = {**arrays_of(data), **renamed}
    write_npz(out, predicted)
    units = {f"predicted_{name}" if keep else name: spec.unit for name, spec in targets.items()}
    summary: dict[str, Any] = {
        "model": model,
        "input": str(data),
        "output": str(out),
        "systems": len(systems),
        "particles": len(systems.position),
        "arrays": {name: list(value.shape) for name, value in predicted.items()},
        "predicted": next(iter(units)),
        "unit": next(iter(units.values())),
        "units": units,
        "not_finite": len(bad),
    }
    if json:
        print_json(summary)
    else:
        shapes = [f"{name} {predicted[name].shape} in {unit}" for name, unit in units.items()]
        note(f"{', '.join(shapes)} for {len(systems)} systems: {out}")


def not_finite(values: np.ndarray, systems: Systems, level: str) -> np.ndarray:
    """The numbers of the systems with a prediction that is NaN or infinite; ``values`` (M, k) or
    (S, k).
    """
    import numpy as np

    offsets = systems.offsets if level == "node" else np.arange(len(systems) + 1)
    rows = np.flatnonzero(~np.isfinite(values.reshape(offsets[-1], -1)).all(1))
    return np.unique(np.searchsorted(offsets, rows, side="right") - 1)
