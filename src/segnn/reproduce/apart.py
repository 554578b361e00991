"""Configurations that are far from those that are trained on: regions of a file are left out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from segnn.data import Systems, load_systems
from segnn.files import write_atomically
from segnn.reproduce.sweep import Run, Table

PART = 0.2
"""Of the configurations, in each region."""
OXYGEN, HYDROGEN = 8, 1


def make_apart(table: Table, runs: Sequence[Run]) -> str | None:
    """Write the files of regions that ``runs`` need and that are missing; what was done, in words,
    or None. UserError as `leave_out`.
    """
    if table.apart is None:
        return None
    file, near, far = map(Path, table.apart)
    needed = any(str(near) in value for run in runs for value in run.setting.set)
    if not needed or (near.is_file() and far.is_file()):
        return None
    out = leave_out(file, near, far)
    return f"left {out} configurations of {file} out of {near}: {far}"


def leave_out(file: Path, near: Path, far: Path) -> int:
    """Write the configurations of ``file``, extended XYZ of one molecule with two oxygens and an
    ``energy`` in each frame, to ``far`` or ``near``; the number of the former.

    Far are two regions: the fifth in which the hydrogen between the oxygens is nearest to the
    middle, as while it passes from one to the other, and the fifth of the highest energies, as at a
    higher temperature. UserError if the file cannot be read.
    """
    systems = load_systems(file)
    energy = np.asarray(systems.graph["energy"])
    offset = np.array([off_the_middle(systems[n]) for n in range(len(systems))])
    out = (offset <= np.quantile(offset, PART)) | (energy >= np.quantile(energy, 1 - PART))
    # The frames as they are written, to the last digit: the number of atoms, a line, the atoms.
    lines, frames, start = file.read_text().splitlines(keepends=True), list[str](), 0
    for atoms in np.diff(systems.offsets):
        frames.append("".join(lines[start : start + atoms + 2]))
        start += int(atoms) + 2
    for path, chosen in ((near, ~out), (far, out)):
        write_atomically(path, "".join(np.array(frames)[chosen]).encode())
    return int(out.sum())


def off_the_middle(molecule: Systems) -> float:
    """By how much (in the unit of the positions) the hydrogen between two oxygens is nearer to one
    of them. It is the one with the shortest way from one over it to the other.
    """
    number = np.asarray(molecule.node["atomic_number"])
    oxygens = molecule.position[number == OXYGEN]
    hydrogens = molecule.position[number == HYDROGEN]
    ways = np.linalg.norm(hydrogens[:, None] - oxygens[None], axis=-1)
    one, other = ways[ways.sum(1).argmin()]
    return float(abs(one - other))
