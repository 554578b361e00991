"""``segnn simulate``: data made from physics."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from segnn.cli.output import JsonFlag, help_text, note, print_json, progress_bar
from segnn.errors import UserError
from segnn.files import check_output
from segnn.splits import SPLITS

if TYPE_CHECKING:
    from segnn.data import Systems

app = typer.Typer(
    help="Make data: systems of particles, integrated in time.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

CHARGED = """Charged particles in empty space that attract and repel each other (the paper's Table
1).

Without options these are the published systems: 5 particles, seed 43, the state after 3100 steps
of 0.001 as the input and the positions 1000 steps later as the target.

    segnn simulate charged --out data/charged
    segnn simulate charged --out data/twenty --particles 20 --systems 500,100,100 --seed 1

Each file holds position and velocity (S, N, 3), charge (S, N), target_position and
target_velocity (S, N, 3).
"""

GRAVITY = """Masses in empty space that attract each other (the paper's Table C.3).

Without options these are the published systems: 100 unit masses, seed 43, softening 0.1, the
state after 3000 steps of 0.001 as the input, positions and forces 1000 steps later as targets.
All 14000 take some minutes.

A hundred bodies are chaotic: rounding in the last digit grows to some 1e-7 of position at the
input and 1e-4 at the target, so that files made on other processors differ by that much. It
changes no error that is reported here.

    segnn simulate gravity --out data/gravity
    segnn simulate gravity --out data/few --systems 500,100,100
    segnn simulate gravity --out data/heavy --systems 500,100,100 --particles 20 --masses 0.5,2

Each file holds position and velocity (S, N, 3), mass (S, N), target_position, target_velocity and
target_force (S, N, 3).
"""

SPINS = """Spins on the atoms of small clusters that vibrate: energies, forces and effective fields.

Exchange that depends on distance and neighbourhood, biquadratic exchange, anisotropy along the
surroundings, Dzyaloshinskii-Moriya and dipole-dipole energies, in meV and angstrom; labels are the
energy, minus its derivative by the positions and minus that by the spins.

    segnn simulate spins --out data/spins
    segnn simulate spins --out data/larger --systems 200,50,50 --atoms 30

Each file holds position and spin (S, N, 3), target_energy (S,), target_forces and target_field
(S, N, 3).
"""

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

Out = Annotated[
    Path, typer.Option("--out", help="Folder for train.npz, valid.npz, test.npz; made if need be.")
]
Counts = Annotated[str, typer.Option(help="How many systems: train,valid,test.")]
Particles = Annotated[int, typer.Option(help="Particles in each system.")]
Seed = Annotated[int, typer.Option(help="Seed of all random numbers.")]
Start = Annotated[int, typer.Option(help="The step of the input state.")]
Horizon = Annotated[int, typer.Option(help="Steps from the input to the target.")]
Steps = Annotated[
    int | None,
    typer.Option(
        help="Length of the trajectory that random numbers are drawn for; 5000, or as needed."
    ),
]
Threads = Annotated[
    int | None, typer.Option(help="One per processor if not given; does not change the result.")
]
Force = Annotated[bool, typer.Option("--force", help="Replace files that exist.")]


@app.command(
    "charged", help=help_text(CHARGED), short_help="Charged particles (or springs) in empty space."
)
def charged(
    *,
    out: Out,
    systems: Counts = "3000,2000,2000",
    particles: Particles = 5,
    seed: Seed = 43,
    springs: Annotated[
        bool, typer.Option("--springs", help="Springs between random pairs instead of charges.")
    ] = False,
    start: Start = 3100,
    horizon: Horizon = 1000,
    steps: Steps = None,
    threads: Threads = None,
    force: Force = False,
    json: JsonFlag = False,
) -> None:
    """Simulate charged particles."""
    from segnn.simulate.charged import simulate

    wanted, length = counts(systems), steps if steps is not None else max(5000, start + horizon + 1)
    write(
        out,
        force,
        json,
        lambda progress: simulate(
            wanted,
            particles,
            seed,
            length,
            springs,
            progress,
            start=start,
            horizon=horizon,
            threads=threads,
        ),
    )


@app.command(
    "gravity", help=help_text(GRAVITY), short_help="Masses in empty space that attract each other."
)
def gravity(
    *,
    out: Out,
    systems: Counts = "10000,2000,2000",
    particles: Particles = 100,
    seed: Seed = 43,
    softening: Annotated[
        float, typer.Option(help="The length below which the attraction is softened.")
    ] = 0.1,
    masses: Annotated[
        str,
        typer.Option(help="Mass of every particle, or LOWEST,HIGHEST: drawn uniformly between."),
    ] = "1",
    unit_velocities: Annotated[
        bool,
        typer.Option(
            "--unit-velocities", help="Initial velocities of length 1, as the paper's text has it."
        ),
    ] = False,
    start: Start = 3000,
    horizon: Horizon = 1000,
    steps: Steps = None,
    threads: Threads = None,
    force: Force = False,
    json: JsonFlag = False,
) -> None:
    """Simulate gravitating particles."""
    from segnn.simulate.gravity import simulate

    wanted, length = counts(systems), steps if steps is not None else max(5000, start + horizon + 1)
    low, high = mass_range(masses)
    write(
        out,
        force,
        json,
        lambda progress: simulate(
            wanted,
            particles,
            seed,
            length,
            progress,
            start=start,
            horizon=horizon,
            softening=softening,
            masses=(low, high),
            unit_velocities=unit_velocities,
            threads=threads,
        ),
    )


@app.command("spins", help=help_text(SPINS), short_help="Spins on atoms that move.")
def spins(
    *,
    out: Out,
    systems: Counts = "500,100,200",
    atoms: Annotated[int, typer.Option(help="Atoms in each cluster.")] = 10,
    seed: Seed = 43,
    jitter: Annotated[
        float, typer.Option(help="Displacement from the sites, standard deviation, angstrom.")
    ] = 0.1,
    force: Force = False,
    json: JsonFlag = False,
) -> None:
    """Draw clusters with spins and label them."""
    from segnn.simulate.spins import simulate

    wanted = counts(systems)
    write(
        out,
        force,
        json,
        lambda progress: simulate(wanted, atoms, seed, progress, jitter=jitter),
    )


@app.command(
    "field", help=help_text(FIELD), short_help="A molecule in electric fields, with its response."
)
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


@app.command("adsorbates", help=help_text(ADSORBATES), short_help="Adsorbates on metals, relaxed.")
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


def write(
    out: Path,
    force: bool,
    json: bool,
    simulate: Callable[[Callable[[int, int], None]], dict[str, Systems]],
    splits: tuple[str, ...] = SPLITS,
) -> None:
    """Simulate under a progress bar, write one file a split that has systems into ``out``, say what
    was made.
    """
    from segnn.data import save_systems

    files = {split: out / f"{split}.npz" for split in splits}
    there = [str(path) for path in files.values() if path.exists()]
    if there and not force:
        raise UserError(
            f"{', '.join(there)}: exists already. Give another folder with --out, or replace it "
            "with --force."
        )
    for path in files.values():
        check_output(path)
    began = time.perf_counter()
    with progress_bar("simulating") as progress:
        made = simulate(progress)
    empty = {split: files.pop(split) for split in splits if not len(made[split])}
    for split, path in files.items():
        save_systems(path, made[split])
    for path in empty.values():
        remove(path)
    seconds = time.perf_counter() - began
    if json:
        sizes = {split: len(made[split]) for split in splits}
        print_json(
            {
                "files": {split: str(path) for split, path in files.items()},
                "systems": sizes,
                "seconds": round(seconds, 2),
            }
        )
    else:
        total = sum(map(len, made.values()))
        particles = max(int(systems.sizes.max(initial=0)) for systems in made.values())
        note(
            f"{total} systems of {particles} particles in {seconds:.1f} s: "
            f"{', '.join(map(str, files.values()))}"
        )
    if empty:
        note(
            f"no systems, so no file: {', '.join(map(str, empty.values()))}; training needs "
            "train, valid and test"
        )


def remove(path: Path) -> None:
    """What --force replaces by no systems at all."""
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise UserError(
            f"{path}: cannot be removed ({error.strerror or error}). Give another folder with "
            "--out."
        ) from error


def counts(text: str) -> tuple[int, int, int]:
    """``3000,2000,2000`` as three numbers."""
    parts = text.split(",")
    if len(parts) != 3 or not all(part.strip().isdecimal() for part in parts):
        raise UserError(
            f"--systems {text}: expected three counts, train,valid,test, such as --systems "
            "3000,2000,2000"
        )
    train, valid, test = (int(part) for part in parts)
    return train, valid, test


def mass_range(text: str) -> tuple[float, float]:
    """``1`` or ``0.5,2`` as the lowest and the highest mass."""
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) not in (1, 2):
        raise UserError(
            f"--masses {text}: expected one mass, or the lowest and the highest, such as "
            "--masses 0.5,2"
        )
    return numbers[0], numbers[-1]
