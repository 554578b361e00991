"""Molecular dynamics at constant energy in ASE, and how well the energy is kept.

    python examples/ase_md.py acac start.xyz --temperature 300 --picoseconds 20 -o nve.json

Velocities are drawn at the temperature, without drift and rotation. The drift of the total energy
is the slope of a straight line through it. --trajectory writes what `segnn view` plays.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import numpy as np
from ase import Atoms, units
from ase.io import read, write
from ase.md.velocitydistribution import Stationary, ZeroRotation
from ase.md.verlet import VelocityVerlet

from segnn.ase import Calculator


def run(
    atoms: Atoms, picoseconds: float, trajectory: Path | None = None, every: int = 20
) -> np.ndarray:
    """Time in ps, total energy in eV, temperature in K and closest pair in Å, every so many steps
    of half a femtosecond; what moves is written to ``trajectory``.
    """
    timestep = 0.5
    dynamics, rows = VelocityVerlet(atoms, timestep * units.fs), list[tuple[float, ...]]()

    def note() -> None:
        if trajectory is not None:
            write(trajectory, atoms, append=True)
        distances = atoms.get_all_distances()[np.triu_indices(len(atoms), 1)]
        rows.append(
            (
                dynamics.get_time() / (1000 * units.fs),
                atoms.get_total_energy(),
                atoms.get_temperature(),
                distances.min(),
            )
        )

    dynamics.attach(note, interval=every)
    dynamics.run(round(1000 * picoseconds / timestep))
    return np.array(rows)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("start")
    parser.add_argument("--temperature", type=float, default=300.0)
    parser.add_argument("--picoseconds", type=float, default=20.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--trajectory", type=Path)
    parser.add_argument("-o", "--out", type=Path)
    given = parser.parse_args()
    atoms = read(given.start, index=0)
    atoms.calc = Calculator(given.model)
    draw = np.random.default_rng(given.seed)
    width = np.sqrt(atoms.get_masses() * units.kB * given.temperature)[:, None]
    atoms.set_momenta(width * draw.normal(size=(len(atoms), 3)))  # Maxwell and Boltzmann
    Stationary(atoms)
    ZeroRotation(atoms)
    began = time.process_time()
    if given.trajectory is not None:
        given.trajectory.unlink(missing_ok=True)
    rows = run(atoms, given.picoseconds, given.trajectory)
    slope = np.polyfit(rows[:, 0], rows[:, 1], 1)[0]
    found = {
        "model": Path(given.model).name,
        "start_temperature_K": given.temperature,
        "picoseconds": given.picoseconds,
        "timestep_fs": 0.5,
        "seed": given.seed,
        "drift_meV_per_atom_and_ps": 1000 * slope / len(atoms),
        "deviation_meV_per_atom": 1000 * float(rows[:, 1].std()) / len(atoms),
        "mean_temperature_K": float(rows[:, 2].mean()),
        "highest_temperature_K": float(rows[:, 2].max()),
        "closest_pair_angstrom": float(rows[:, 3].min()),
        "processor_ms_per_step": 1000 * (time.process_time() - began) / (2000 * given.picoseconds),
    }
    text = json.dumps(found, indent=1)
    print(text)
    if given.out is not None:
        given.out.write_text(text + "\n")


if __name__ == "__main__":
    main()
