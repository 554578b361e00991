"""``segnn simulate`` of atoms: molecules in fields, molecules, adsorbates on metals."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from segnn.cli.output import JsonFlag, note
from segnn.cli.simulated import Counts, Force, Out, Seed, counts, write
from segnn.splits import SPLITS

if TYPE_CHECKING:
    from segnn.data import Systems

FIELD = """A molecule, methanol, at thermal displacements in random homogeneous electric fields,
labelled by GFN2-xTB.

Without options these are the systems of the table: 300 K, fields of up to 1 V/Å, 26 s of one core.
Needs the package tblite: pip install 'segnn[field]'.

    segnn simulate field --out data/field
    segnn simulate field --out data/hot --systems 500,100,100 --temperature 600 --seed 1

Each file holds position (S, N, 3) in Å, atomic_number (S, N), electric_field (S, 3) in V/Å, and the
labels energy (S) in eV, forces (S, N, 3), dipole (S, 3) in e Å, polarizability (S, 3, 3).
"""

ADSORBATES = """Small adsorbates on slabs of metals: the structure before a relaxation, and the
adsorption energy after it.

H, C, N, O, CO, OH, NO, NH, CH, CN on facets of Ni, Cu, Pd, Ag, Pt, Au and their alloys. Energies
are those of EMT, a test of networks and no chemistry: it knows H, C, N and O crudely. Three counts:
training, validation, and each of four test sets; in test_adsorbate.npz, test_metal.npz and
test_both.npz the adsorbate, the metal, or both are none of training. The 5000 systems take some 21
minutes of one core. Needs ASE: pip install 'segnn[atoms]'.

    segnn simulate adsorbates --out data/adsorbates --processes 2
    segnn simulate adsorbates --out data/few --systems 300,50,50

Each file holds position and relaxed_position in Å, atomic_number, tag, fixed and height of the
atoms, cell, pbc, and the energy (S) in eV.
"""

POLAR = """Small organic molecules with their dipole vectors and polarizability tensors, labelled
by GFN2-xTB.

Displaced and turned molecules of ASE's collection G2 (H, C, N, O, F), or the geometries of a file
with --molecules, each at most once. Three counts: training, validation, and each of two test sets;
in test_molecule.npz are molecules that training has not seen. Some 20 ms of one core a system.
What is labelled is kept: after an interrupt the same command goes on. Needs tblite and ASE: pip
install 'segnn[atoms,field]'.

    segnn simulate polar --out data/polar
    segnn simulate polar --out data/more --molecules data/qm9/train.npz --jitter 0 \\
        --systems 4000,500,500 --processes 2

Each file holds position in Å, atomic_number, and the labels dipole (S, 3) in debye, polarizability
(S, 3, 3), alpha (S) and anisotropy (S) in bohr³, in the frame of the positions.
"""


def field(
    *,
    out: Out,
    systems: Counts = "1600,200,200",
    seed: Seed = 43,
    temperature: Annotated[
        float, typer.Option(help="Of the classical displacements from the minimum, in K.")
    ] = 300.0,
    strength: Annotated[
        float, typer.Option("--field", help="Fields are drawn from the ball of this radius, V/Å.")
    ] = 1.0,
    force: Force = False,
    json: JsonFlag = False,
) -> None:
    """Draw and label molecules in fields."""
    from segnn.simulate.field import simulate

    wanted = counts(systems)
    write(
        out,
        force,
        json,
        lambda progress: simulate(wanted, seed, progress, temperature=temperature, field=strength),
    )


def adsorbates(
    *,
    out: Out,
    systems: Annotated[
        str, typer.Option(help="How many systems: train,valid, and each of four test sets.")
    ] = "3000,400,400",
    seed: Seed = 43,
    processes: Annotated[
        int, typer.Option(help="Relax in so many at a time; does not change the result.")
    ] = 1,
    force: Force = False,
    json: JsonFlag = False,
) -> None:
    """Draw and relax adsorbates on slabs."""
    from segnn.simulate.adsorbates import UNSEEN, simulate

    wanted, left_out = counts(systems), 0

    def run(progress: Callable[[int, int], None]) -> dict[str, Systems]:
        nonlocal left_out
        made = simulate(wanted, seed, progress, processes=processes)
        left_out = int(sum(part.graph["left_out"].sum() for part in made.values()))
        return made

    write(out, force, json, run, tuple(UNSEEN))
    if left_out:
        note(
            f"{left_out} relaxations did not converge or left the surface; others were drawn in "
            "their place (array left_out)"
        )


def polar(
    *,
    out: Out,
    systems: Annotated[
        str, typer.Option(help="How many systems: train,valid, and each of two test sets.")
    ] = "800,100,200",
    seed: Seed = 43,
    jitter: Annotated[
        float, typer.Option(help="Displacement of the atoms, standard deviation, Å.")
    ] = 0.1,
    molecules: Annotated[
        Path | None,
        typer.Option(help="Draw geometries from this file; then there is no test_molecule.npz."),
    ] = None,
    processes: Annotated[
        int, typer.Option(help="Label in so many at a time; does not change the result.")
    ] = 1,
    force: Force = False,
    json: JsonFlag = False,
) -> None:
    """Draw and label molecules."""
    from segnn.data import load_systems
    from segnn.simulate.polar import SPLITS as WITH_UNSEEN
    from segnn.simulate.polar import simulate

    wanted, unfinished = counts(systems), out / "unfinished"
    given = None if molecules is None else load_systems(molecules)
    write(
        out,
        force,
        json,
        lambda progress: simulate(
            wanted,
            seed,
            progress,
            jitter=jitter,
            processes=processes,
            molecules=given,
            unfinished=unfinished,
        ),
        tuple(WITH_UNSEEN) if given is None else SPLITS,
    )
    shutil.rmtree(unfinished, ignore_errors=True)
