"""Do energies and forces belong together? A pair potential, fitted to the forces alone, tells.

The energy Σ φ(r) over pairs, with a smooth φ for every kind of pair, is linear in its
coefficients, and so are its forces. It is far from exact, but it is a smooth energy: what it makes
of the energies differs from them by a constant and a unit, and no single system is much worse than
the others. So

- the spread of the energies over the spread of the fitted ones is the factor between the unit of
  energy and that of the forces, 1 where they fit, 23.06 for kcal/mol beside eV/Å;
- a system whose forces are far worse fitted than all others has forces of something else;
- so has one whose energy is far off.

Where all systems are the same molecule, every pair of atoms is a kind of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from segnn.data.edges import complete, radius
from segnn.data.inspect.columns import composition, robust
from segnn.data.systems import Systems

REACH = 5.0
"""Pairs farther apart have no energy in the fit."""
KINDS_OF_SPECIES, KINDS_OF_ATOMS = 12, 5
"""Functions of the distance for every kind of pair."""
MOST_ATOMS = 20
"""Up to this size a molecule's pairs are kinds of their own."""
MOST_ROWS = 12_000
"""So many particles are fitted; the systems that are looked at are spread over the file."""
MOST_COEFFICIENTS = 600
EXPLAINED = 0.6
"""Correlation of fitted and given energies below which nothing is said on units."""
FAR, NOTABLE = 5.0, 0.3
"""Robust standard deviations, and the share of what is usual, from which on a system is told."""
FACTORS = {
    1.0: "",
    23.0605: "kcal/mol beside eV",
    27.2114: "eV beside hartree",
    627.5095: "kcal/mol beside hartree",
    51.4221: "eV beside hartree/bohr",
    96.4853: "kJ/mol beside eV",
    4.184: "kJ/mol beside kcal/mol",
}
"""Energies over what the forces say; the other way round it is the inverse."""
TOLERANCE = 1.35


@dataclass(frozen=True)
class Fit:
    """A fit of the forces of systems ``numbers`` (S,): ``force`` (S,) the root mean square of what
    is left of them, in that of the system's own and of all systems' forces together; ``share``, of
    all; ``energy`` (S,) fitted and ``given``, both without what the numbers of atoms explain.
    """

    numbers: np.ndarray
    force: np.ndarray
    share: float
    energy: np.ndarray
    given: np.ndarray


def net(systems: Systems, forces: np.ndarray) -> dict[str, Any]:
    """The largest sum of forces and of torques of a system, beside the forces; torques of open
    systems only.
    """
    owner = np.repeat(np.arange(len(systems)), systems.sizes)
    scale = max(float(np.sqrt(np.mean(forces**2))), 1e-300)
    found: dict[str, Any] = {"rms": scale}
    total = np.zeros((len(systems), 3))
    np.add.at(total, owner, forces)
    length = np.linalg.norm(total, axis=1)
    found["force"] = _largest(length, scale * np.sqrt(systems.sizes))
    is_open = np.ones(len(systems), bool) if systems.pbc is None else ~systems.pbc.any(axis=1)
    if is_open.any():
        centre = np.zeros((len(systems), 3))
        np.add.at(centre, owner, systems.position)
        arm = systems.position - (centre / systems.sizes[:, None])[owner]
        torque = np.zeros((len(systems), 3))
        np.add.at(torque, owner, np.cross(arm, forces))
        size = np.sqrt(np.bincount(owner, (arm**2).sum(1), minlength=len(systems)))
        length = np.where(is_open, np.linalg.norm(torque, axis=1), 0)
        found["torque"] = _largest(length, scale * np.maximum(size, 1e-12))
    return found


def _largest(length: np.ndarray, scale: np.ndarray) -> dict[str, Any]:
    relative = length / scale
    worst = int(np.argmax(relative))
    median = float(np.median(relative))
    return {
        "system": worst,
        "value": float(length[worst]),
        "relative": float(relative[worst]),
        "median_relative": median,
    }


def consistency(systems: Systems, energy: np.ndarray, forces: np.ndarray) -> dict[str, Any] | None:
    """What the fit says of energies (S,) and forces (M, 3); None for too few systems."""
    fit = fit_pairs(systems, energy, forces)
    if fit is None:
        return None
    left = robust(np.log(np.maximum(fit.force, 1e-12 * fit.force.max() + 1e-300)))
    correlation = _correlation(fit.energy, fit.given)
    found: dict[str, Any] = {
        "looked_at": len(fit.numbers),
        "unexplained_forces": fit.share,
        "correlation": correlation,
        "factor": None,
        "unit": None,
        "outliers": [],
    }
    bad = {int(n): "forces" for n in np.flatnonzero((left > FAR) & (fit.force > NOTABLE))}
    if abs(correlation) > EXPLAINED:
        factor = float(np.sign(correlation) * fit.given.std() / fit.energy.std())
        found["factor"] = factor
        found["unit"] = _unit(factor)
        rest = fit.given - factor * abs(correlation) * fit.energy
        off = np.abs(robust(rest))
        large = np.abs(rest - np.median(rest)) > NOTABLE * fit.given.std()
        bad = {int(n): "energy" for n in np.flatnonzero((off > FAR + 1) & large)} | bad
        left = np.maximum(left, off)
    order = sorted(bad, key=lambda n: -left[n])
    found["outliers"] = [
        {"system": int(fit.numbers[n]), "what": bad[n], "deviations": float(left[n])}
        for n in order[:5]
    ]
    return found


def _correlation(a: np.ndarray, b: np.ndarray) -> float:
    spread = a.std() * b.std()
    return float(((a - a.mean()) * (b - b.mean())).mean() / spread) if spread > 0 else 0.0


def _unit(factor: float) -> str | None:
    """The units that a factor stands for; "" where it is one, None for none that is known."""
    size = np.log(abs(factor))
    signed = [(sign * np.log(f), f, sign) for f in FACTORS for sign in (1, -1)]
    distance, known, sign = min((abs(size - log), f, sign) for log, f, sign in signed)
    if distance > np.log(TOLERANCE):
        return None
    if known == 1:
        return "" if factor > 0 else "the opposite sign"
    first, _, second = FACTORS[known].partition(" beside ")
    units = (first, second) if sign > 0 else (second.split("/bohr")[0], first)
    return f"energies in {units[0]} beside forces in {units[1]} per unit of length ({known:g})"


def fit_pairs(systems: Systems, energy: np.ndarray, forces: np.ndarray) -> Fit | None:
    """A pair potential fitted to the forces; None where there is too little to fit."""
    large = np.flatnonzero(systems.sizes > 1)
    rows = int(systems.sizes[large].sum())
    step = max(1, -(-rows // MOST_ROWS))
    numbers = large[::step]
    if len(numbers) < 8:
        return None
    chosen = np.repeat(np.isin(np.arange(len(systems)), numbers), systems.sizes)
    some, given, force = systems[numbers], energy[numbers], forces[chosen]
    pairs, shift, kind, functions, reach = _pairs(some)
    if not len(kind):
        return None
    vector = some.position[pairs[0]] + shift - some.position[pairs[1]]
    count = int(kind.max()) + 1
    if count * functions > min(MOST_COEFFICIENTS, force.size / 3):
        return None
    gradient, values = _design(vector, pairs, kind, functions, reach, len(some.position))
    matrix = gradient.reshape(-1, count * functions)
    normal = matrix.T @ matrix
    ridge = 1e-8 * np.trace(normal) / len(normal) * np.eye(len(normal))
    solution = np.linalg.solve(normal + ridge, matrix.T @ force.reshape(-1))
    owner = np.repeat(np.arange(len(some)), some.sizes)
    left = ((force - gradient @ solution) ** 2).sum(axis=1)
    size = np.mean(force**2)
    own = np.bincount(owner, (force**2).sum(axis=1), minlength=len(some)) / (3 * some.sizes)
    per_system = np.bincount(owner, left, minlength=len(some)) / (3 * some.sizes)
    per_system = np.sqrt(per_system / np.maximum(own + size, 1e-300))
    of_pairs = (values * solution.reshape(count, functions)[kind]).sum(axis=1)
    fitted = np.bincount(owner[pairs[1]], of_pairs, minlength=len(some))
    counts = composition(some)[1]
    project = counts @ np.linalg.pinv(counts)
    share = float(np.sqrt(left.sum() / force.size / size)) if size > 0 else 0.0
    return Fit(numbers, per_system, share, fitted - project @ fitted, given - project @ given)


def _once(pairs: np.ndarray, shift: np.ndarray) -> np.ndarray:
    """One of the two directions of every pair; of a particle and its image, one of the two."""
    forward = pairs[0] > pairs[1]
    itself = pairs[0] == pairs[1]
    first = np.argmax(np.abs(shift) > 1e-9, axis=1)
    chosen: np.ndarray = forward | (itself & (shift[np.arange(len(shift)), first] > 0))
    return chosen


def _pairs(systems: Systems) -> tuple[np.ndarray, np.ndarray, np.ndarray, int, float | None]:
    """Every pair once (2, E), its shift (E, 3) and kind (E,), numbers from 0; how many functions
    each kind has, and the distance at which they end.
    """
    if _is_one_molecule(systems):
        pairs, shift = complete(systems.offsets)
        once = pairs[0] > pairs[1]
        pairs = pairs[:, once]
        place = np.tile(np.arange(systems.sizes[0]), len(systems))
        return pairs, shift[once], _numbered(place, pairs), KINDS_OF_ATOMS, None
    pairs, shift = radius(
        systems.position, systems.offsets, REACH, cell=systems.cell, pbc=systems.pbc
    )
    once = _once(pairs, shift)
    pairs = pairs[:, once]
    species = systems.node.get("atomic_number", np.zeros(len(systems.position)))
    return pairs, shift[once], _numbered(species, pairs), KINDS_OF_SPECIES, REACH


def _is_one_molecule(systems: Systems) -> bool:
    """Whether all systems are the same small open molecule, with forces enough for its pairs."""
    size = int(systems.sizes[0])
    if size > MOST_ATOMS or (systems.sizes != size).any():
        return False
    if systems.pbc is not None and systems.pbc.any():
        return False
    if size * (size - 1) // 2 * KINDS_OF_ATOMS * 2 > 3 * len(systems.position):
        return False
    species = systems.node.get("atomic_number", np.zeros(len(systems.position)))
    return bool((species.reshape(-1, size) == species[:size].reshape(1, size)).all())


def _numbered(label: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    """Numbers from 0 for the unordered pairs of labels."""
    ends = np.sort(label[pairs], axis=0)
    kind: np.ndarray = np.unique(ends[0] * 1000 + ends[1], return_inverse=True)[1].reshape(-1)
    return kind


def _design(
    vector: np.ndarray,
    pairs: np.ndarray,
    kind: np.ndarray,
    functions: int,
    reach: float | None,
    rows: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Forces (M, 3, K) of every coefficient, and the pairs' functions (E, functions): Gaussians in
    the distance, spread over the distances of their kind, times (1 - r/reach)² where they end.
    """
    count = int(kind.max()) + 1
    distance = np.maximum(np.linalg.norm(vector, axis=1), 1e-9)
    low, high = np.full(count, np.inf), np.zeros(count)
    np.minimum.at(low, kind, distance)
    np.maximum.at(high, kind, distance)
    step = np.maximum((high - low) / (functions - 1), 0.02)[kind]
    place = (distance - low[kind]) / (1.5 * step)
    gap = np.ones_like(distance) if reach is None else 1 - distance / reach
    slope = np.zeros_like(distance) if reach is None else -2 * gap / reach
    gradient = np.zeros(rows * 3 * count * functions)
    values = np.empty((len(distance), functions))
    direction = vector / distance[:, None]
    for k in range(functions):
        away = place - k / 1.5
        bump = np.exp(-0.5 * away**2)
        values[:, k] = bump * gap**2
        push = -away * bump / (1.5 * step) * gap**2 + bump * slope
        for axis in range(3):
            for end, sign in ((1, 1.0), (0, -1.0)):
                at = ((pairs[end] * 3 + axis) * count + kind) * functions + k
                np.add.at(gradient, at, sign * push * direction[:, axis])
    return gradient.reshape(rows, 3, count * functions), values
