"""``segnn data``: published data sets, from packages that hold them to files that recipes name."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from segnn.cli.group import Group
from segnn.cli.output import JsonFlag, help_text, note, print_json, progress_bar
from segnn.cli.simulated import new_files
from segnn.splits import SPLITS

app = typer.Typer(
    cls=Group, help="Published data sets as files.", no_args_is_help=True, rich_markup_mode=None
)

QM9 = """QM9: twelve properties of 130831 small organic molecules, in the split of the public codes.

Needs the package qm9pack, 104 MB: pip install 'segnn[qm9]'. Takes about half a minute.

    segnn data qm9 --out data/qm9
    segnn train qm9-alpha

Each file holds position (M, 3) in Å, offsets (S + 1,), atomic_number (M,), and for every molecule
alpha, mu, gap, homo, lumo, r2, zpve, U0, U, H, G and Cv (S,); README.md beside them tells their
units. train.npz holds 100000 molecules in random order: data.train_limit takes fewer of them.
"""


@app.callback()
def data() -> None:
    """Published data sets as files."""


@app.command("qm9", help=help_text(QM9), short_help="Properties of small organic molecules.")
def qm9(
    *,
    out: Annotated[Path, typer.Option("--out", help="Folder for train.npz, valid.npz, test.npz.")],
    force: Annotated[bool, typer.Option("--force", help="Replace files that exist.")] = False,
    json: JsonFlag = False,
) -> None:
    """Write QM9 into a folder."""
    from segnn.data import qm9, save_systems
    from segnn.files import write_atomically

    files = new_files(out, force)
    began, sources = time.perf_counter(), qm9.package_files()
    with progress_bar("reading QM9") as progress:
        systems = qm9.read_molecules(sources, progress)
    qm9.check(systems)
    made = qm9.public_split(systems)
    write_atomically(out / "README.md", qm9.describe().encode())
    for split, path in files.items():  # test.npz is written last
        save_systems(path, made[split])
    sizes, seconds = {split: len(made[split]) for split in SPLITS}, time.perf_counter() - began
    if json:
        paths = {split: str(path) for split, path in files.items()}
        print_json({"files": paths, "systems": sizes, "seconds": round(seconds, 2)})
    else:
        named = ", ".join(f"{path} ({sizes[split]})" for split, path in files.items())
        note(f"{len(systems)} molecules in {seconds:.0f} s: {named}")
