"""``segnn predict``: raw arrays in, predicted arrays out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from segnn.cli.output import DeviceOption, JsonFlag, complain, note, print_json
from segnn.errors import UserError
from segnn.files import check_output, same_file
from segnn.words import counted

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np

    from segnn.data import Systems
    from segnn.model import PhysicalModel
    from segnn.model.committee import Committee

XYZ = (".xyz", ".extxyz")

HELP = """Predict for the systems of an NPZ file, or of a file of atoms; labels are not needed.

    segnn predict runs/charged in.npz -o out.npz
    segnn predict charged in.npz -o out.npz --json

in.npz: position (S, N, 3), or (N, 3) for one system, or (M, 3) with offsets (S + 1,) for systems
of several sizes, and the fields of the recipe (velocity, charge, ...). out.npz holds the
predicted quantities under their own names (position; or energy and forces), arranged as the input.
MODEL is a run folder, a model folder, or the name of a packaged model; the folder of a training
with --seeds predicts means, and their spread as energy_spread, forces_spread, ....

    segnn predict acac in.xyz -o out.xyz

in.xyz (extended XYZ) and what else ASE reads holds atoms; out.npz then has the rows of all atoms
and offsets. out.xyz holds the same atoms with predictions in the place of labels, as ASE reads
them; with --keep-input both, the predictions as predicted_energy and so on.

A system too large for the machine's memory, or many systems at once: --memory 2GiB. Systems are
then taken as many at a time as fit, and one that does not fit goes through every layer in pieces;
predictions are the same up to round-off. --processes 2 divides every system in space: each process
holds its nodes and their edges, and every layer exchanges the features at the border.
"""


def predict(
    model: Annotated[
        str, typer.Argument(help="A run folder, model folder or packaged model.", metavar="MODEL")
    ],
    data: Annotated[
        Path,
        typer.Argument(help="The systems: NPZ, HDF5, XYZ, or what else ASE reads.", metavar="IN"),
    ],
    out: Annotated[Path, typer.Option("-o", "--out", help="The NPZ or XYZ file to write.")],
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
    processes: Annotated[
        int | None,
        typer.Option(
            help="Divide every system among so many processes; under torchrun, among its own.",
            metavar="N",
        ),
    ] = None,
    device: DeviceOption = "cpu",
    json: JsonFlag = False,
) -> None:
    """Predict with a model."""
    from segnn.cli.model import arrays_of, require
    from segnn.data.inspect.oddities import odd_positions
    from segnn.data.npz import write_npz
    from segnn.model.load import load_any

    require(model, data)
    if same_file(out, data):
        raise UserError(f"{out}: is the input file; give another name with -o.")
    check_output(out, ".npz", *XYZ)
    from segnn.parallel.launched import launched  # imports torch

    loaded = load_any(model, device)
    read = loaded.read(data, labels=False)
    systems = read.systems
    from segnn.data.atom_files import holds_atoms

    known = holds_atoms(data) or "atomic_number" in systems.node
    if out.suffix.lower() in XYZ and not known:
        raise UserError(
            f"{out}: extended XYZ holds atoms, and {data} has no array 'atomic_number'. Give a "
            "name that ends in .npz, or add the array"
        )
    started = launched()
    speaks = started is None or started.rank == 0
    for told in odd_positions(systems, loaded.recipe.graph.cutoff, str(data)) if speaks else ():
        complain(told, label="warning: ")
    if processes is None:
        processes = 1 if started is None else started.size
    rows = loaded.predict_systems(systems, read.source, memory=memory, processes=processes)
    if not speaks:
        return
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
        predicted = {
            name if name == "offsets" else f"predicted_{name}": value
            for name, value in predicted.items()
        }
    if out.suffix.lower() in XYZ:
        write_frames(out, data, loaded, rows, keep)
    else:
        predicted = {**arrays_of(data), **predicted} if keep else predicted
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
        named = {name: f" in {unit}" if unit != "1" else "" for name, unit in units.items()}
        shapes = [f"{name} {predicted[name].shape}{unit}" for name, unit in named.items()]
        note(f"{', '.join(shapes)} for {counted(len(systems), 'system')}: {out}")


def write_frames(
    out: Path,
    data: Path,
    model: PhysicalModel | Committee,
    rows: Mapping[str, np.ndarray],
    keep: bool,
) -> None:
    """Write the configurations of ``data`` as extended XYZ with predictions in the place of their
    labels, or with ``keep`` beside them.
    """
    from segnn.data.atom_files import holds_atoms, read_atoms, write_atoms
    from segnn.data.atoms import furnished
    from segnn.model.committee import SPREAD
    from segnn.recipe.cartesian import to_matrices

    targets = model.recipe.targets

    taken = model.read(data, labels=False).systems
    frames = read_atoms(data) if holds_atoms(data) else taken.to_ase()
    parts: dict[str, dict[str, np.ndarray]] = {"node": {}, "graph": {}}
    for name, found in rows.items():
        own = name in targets
        target = targets[name if own else name.removesuffix(SPREAD)]
        if own and target.cartesian is not None:
            found = to_matrices(found, target.cartesian)
        one = found[:, 0] if found.shape[1:] == (1,) else found
        beside = keep or name in ("position", "atomic_number", "cell", "pbc")
        parts[target.level][f"predicted_{name}" if beside else name] = one
    for s, frame in enumerate(frames):
        atoms = slice(taken.offsets[s], taken.offsets[s + 1])
        node = {name: array[atoms] for name, array in parts["node"].items()}
        graph = {name: array[s] for name, array in parts["graph"].items()}
        kept = frame.calc
        furnished(frame, flat(node), graph)
        if keep:
            frame.calc = kept
    write_atoms(out, frames)


def flat(node: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Rows of matrices as rows of numbers: a column of an XYZ file holds no matrix."""
    return {
        name: array.reshape(len(array), -1) if array.ndim > 2 else array
        for name, array in node.items()
    }


def not_finite(values: np.ndarray, systems: Systems, level: str) -> np.ndarray:
    """The numbers of the systems with a prediction that is NaN or infinite; ``values`` (M, k) or
    (S, k).
    """
    import numpy as np

    offsets = systems.offsets if level == "node" else np.arange(len(systems) + 1)
    rows = np.flatnonzero(~np.isfinite(values.reshape(offsets[-1], -1)).all(1))
    return np.unique(np.searchsorted(offsets, rows, side="right") - 1)
