"""Spins on the atoms of small clusters that vibrate: energies, forces and effective fields, all of
one energy.

Each cluster is the N sites of a bcc lattice (a = 2.87 Å, iron) that lie nearest to a random point,
turned at random, every atom displaced from its site by a normal number of 0.1 Å along each axis.
Free boundaries. The spins are unit vectors, drawn from the distribution of mean field theory,
exp(κ n·S), about a random axis n, κ from 0 (disordered) to 4 (mean moment 0.75).
`segnn.simulate.spin_energy` says what the energy is.

===================  =======  =========  ==========================================
array                shape    unit       meaning
===================  =======  =========  ==========================================
`position`           (M, 3)   angstrom   of the atoms
`spin`               (M, 3)   1          unit vectors, axial (1e), odd in time
`target_energy`      (S,)     meV        of a cluster
`target_forces`      (M, 3)   meV/Å      −∂E/∂r
`target_field`       (M, 3)   meV        the effective field −∂E/∂S
===================  =======  =========  ==========================================
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segnn.data.systems import Systems
from segnn.errors import UserError
from segnn.simulate.protocol import Progress, check_draws
from segnn.splits import SPLITS

if TYPE_CHECKING:
    from segnn.simulate.spin_energy import Couplings

SYSTEMS = (500, 100, 200)
LATTICE = 2.87  # angstrom
JITTER = 0.1  # angstrom
ORDER = 4.0  # the largest κ
CHUNK = 50  # clusters a call


def simulate(
    systems: tuple[int, int, int] = SYSTEMS,
    atoms: int = 10,
    seed: int = 43,
    progress: Progress | None = None,
    *,
    jitter: float = JITTER,
    couplings: Couplings | None = None,
) -> dict[str, Systems]:
    """Draw the three splits and label them; every cluster has a stream of random numbers of its
    own, so that fewer are the first of more.

    - ``systems``: how many of train, valid, test. ``atoms``: N of each.
    - ``jitter``: the standard deviation of each coordinate about its site, in angstrom.
    - ``couplings``: the constants of the energy, by default those of iron for the exchange.
    - ``progress``: called as ``progress(done, total)`` with numbers of systems.

    Returns the splits by name; see the module for their arrays. Raises `UserError`.
    """
    _check(systems, atoms, seed, jitter)
    made: dict[str, Systems] = {}
    done = 0
    for split, (name, count) in enumerate(zip(SPLITS, systems, strict=True)):
        drawn = [draw(np.random.default_rng([seed, split, n]), atoms, jitter) for n in range(count)]
        position, spin = np.array(drawn).reshape(count, 2, atoms, 3).swapaxes(0, 1)
        parts = []
        for start in range(0, count, CHUNK):
            part = slice(start, start + CHUNK)
            parts.append(labels(position[part], spin[part], couplings))
            done += len(parts[-1][0])
            if progress is not None:
                progress(done, sum(systems))
        made[name] = _systems(position, spin, parts)
    return made


def draw(rng: np.random.Generator, atoms: int, jitter: float) -> tuple[np.ndarray, np.ndarray]:
    """Positions and spins (N, 3) of one cluster."""
    reach = int(np.ceil((atoms / 2) ** (1 / 3))) + 2
    grid = np.stack(np.meshgrid(*[np.arange(-reach, reach + 1)] * 3, indexing="ij"), -1)
    sites = LATTICE * np.concatenate([grid.reshape(-1, 3), grid.reshape(-1, 3) + 0.5])
    centre = LATTICE * rng.random(3)
    nearest = np.argsort(np.linalg.norm(sites - centre, axis=1), kind="stable")[:atoms]
    position = (sites[nearest] - centre) @ rotation(rng)
    position = position + jitter * rng.normal(size=(atoms, 3))
    return position, mean_field_spins(rng, atoms, ORDER * rng.random())


def rotation(rng: np.random.Generator) -> np.ndarray:
    """A proper rotation (3, 3), all equally likely: from a unit quaternion."""
    w, x, y, z = direction(rng, 1, 4)[0]
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
        ]
    )


def mean_field_spins(rng: np.random.Generator, count: int, kappa: float) -> np.ndarray:
    """Unit vectors (count, 3) of density exp(κ n·S) about a random n, by the inverse of their
    distribution of n·S.
    """
    axis = direction(rng, 1)
    share = rng.random(count)
    along = 2 * share - 1
    if kappa > 1e-6:
        along = 1 + np.log(share + (1 - share) * np.exp(-2 * kappa)) / kappa
    across = direction(rng, count)
    across -= (across @ axis.T) * axis
    across /= np.linalg.norm(across, axis=1, keepdims=True)
    spins: np.ndarray = along[:, None] * axis + np.sqrt(1 - along**2)[:, None] * across
    return spins


def direction(rng: np.random.Generator, count: int, dimensions: int = 3) -> np.ndarray:
    """Unit vectors (count, dimensions), all equally likely."""
    found: np.ndarray = rng.normal(size=(count, dimensions))
    found /= np.linalg.norm(found, axis=1, keepdims=True)
    return found


def labels(
    position: np.ndarray, spin: np.ndarray, couplings: Couplings | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Energies (S,), forces and fields (S, N, 3) of clusters (S, N, 3); see the module."""
    import torch

    from segnn.simulate.spin_energy import Couplings, derivatives

    given = torch.from_numpy(position), torch.from_numpy(spin)
    energy, forces, field = derivatives(*given, couplings or Couplings())
    return energy.numpy(), forces.numpy(), field.numpy()


def _systems(
    position: np.ndarray, spin: np.ndarray, parts: list[tuple[np.ndarray, np.ndarray, np.ndarray]]
) -> Systems:
    count, atoms = position.shape[:2]
    energy, forces, field = ([part[n] for part in parts] for n in range(3))
    rows = np.zeros((0, atoms, 3))
    return Systems(
        position=position.reshape(-1, 3),
        offsets=np.arange(count + 1) * atoms,
        node={
            "spin": spin.reshape(-1, 3),
            "target_forces": np.concatenate([rows, *forces]).reshape(-1, 3),
            "target_field": np.concatenate([rows, *field]).reshape(-1, 3),
        },
        graph={"target_energy": np.concatenate([np.zeros(0), *energy])},
    )


def _check(systems: tuple[int, int, int], atoms: int, seed: int, jitter: float) -> None:
    check_draws(systems, seed, SYSTEMS)
    if not 1 <= atoms <= 1000:
        raise UserError(f"atoms is {atoms}; expected 1 to 1000: triples of atoms are summed.")
    if not (np.isfinite(jitter) and jitter >= 0):
        raise UserError(f"jitter is {jitter}; expected a length in angstrom, 0 or more.")
