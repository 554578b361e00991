"""``segnn simulate``: data made from physics."""

from __future__ import annotations

from typing import Annotated

import typer

from segnn.cli.group import Group
from segnn.cli.output import JsonFlag, help_text
from segnn.cli.simulate_atoms import ADSORBATES, FIELD, POLAR, adsorbates, field, polar
from segnn.cli.simulated import Counts, Force, Out, Seed, counts, write
from segnn.errors import UserError

app = typer.Typer(
    cls=Group,
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

Particles = Annotated[int, typer.Option(help="Particles in each system.")]
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


app.command("field", help=help_text(FIELD), short_help="A molecule in electric fields.")(field)
app.command("polar", help=help_text(POLAR), short_help="Molecules, dipoles and tensors.")(polar)
app.command("adsorbates", help=help_text(ADSORBATES), short_help="Adsorbates on metals, relaxed.")(
    adsorbates
)


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
