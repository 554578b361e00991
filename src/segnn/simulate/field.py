"""A molecule, methanol, at thermal displacements in random homogeneous electric fields, labelled by
the semi-empirical method GFN2-xTB (package ``tblite``).

Each split holds, for S systems of 6 atoms without a box:

===================  ===========  ==================================================================
array                shape        meaning
===================  ===========  ==================================================================
`position`           (M, 3)       Å; the centre of the molecule at rest is the origin
`atomic_number`      (M,)         C, O and four H
`electric_field`     (S, 3)       V/Å, which is eV / (e Å)
`energy`             (S,)         eV, of the molecule in the field
`forces`             (M, 3)       eV/Å, −∂E/∂x
`dipole`             (S, 3)       e Å, −∂E/∂F
`polarizability`     (S, 3, 3)    e² Å²/eV, −∂²E/∂F²; symmetric
===================  ===========  ==================================================================
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from segnn.data.systems import Systems
from segnn.errors import UserError
from segnn.simulate.protocol import Progress, check_draws, in_chunks
from segnn.simulate.xtb import BOHR, HARTREE, STEP, polarizability, single_point
from segnn.splits import SPLITS

NUMBERS = np.array([6, 8, 1, 1, 1, 1])
REST = np.array(  # the minimum of the energy without a field, in Å
    [
        [-0.143782184, 0.333375719, 0.0],
        [-0.133207063, -1.072917570, 0.0],
        [-1.189569040, 0.634977204, 0.0],
        [0.779281984, -1.380245500, 0.0],
        [0.343638150, 0.742405073, 0.891729326],
        [0.343638150, 0.742405073, -0.891729326],
    ]
)
BOLTZMANN = 8.617333262e-5  # eV/K
SYSTEMS = (1600, 200, 200)
RIGID = 6  # modes that only move or turn the molecule
CHUNK = 8

Label = dict[str, np.ndarray]


def simulate(
    systems: tuple[int, int, int] = SYSTEMS,
    seed: int = 43,
    progress: Progress | None = None,
    *,
    temperature: float = 300.0,
    field: float = 1.0,
) -> dict[str, Systems]:
    """Draw the three splits and label them, some 10 ms of one core a system.

    - `systems`: how many of train, valid, test. Each split has a stream of random numbers of its
      own, so that fewer systems are the first of more.
    - `seed`: of these streams.
    - `progress`: called as `progress(done, total)` with numbers of systems.
    - `temperature`: in K, of the classical displacements in the harmonic potential around the
      minimum. The molecule is turned at random.
    - `field`: V/Å; fields are drawn evenly from the ball of this radius.

    Returns the splits by name; see the module for their arrays. Raises `UserError`, also where
    the package tblite is missing.
    """
    counts = _check(systems, seed, temperature, field)
    label = labeller()
    modes = thermal_modes(label) * np.sqrt(BOLTZMANN * temperature)
    total, done, splits = sum(counts), 0, {}
    for split, (name, count) in enumerate(zip(SPLITS, counts, strict=True)):
        rng = np.random.default_rng([seed, split])
        drawn = [draw(rng, modes, field) for _ in range(count)]
        labels: list[Label] = [{}] * count

        def run(part: slice, drawn: Any = drawn, labels: Any = labels) -> None:
            labels[part] = [label(*system, True) for system in drawn[part]]

        def told(part: int, _: int, before: int = done) -> None:
            if progress is not None:
                progress(before + part, total)

        in_chunks(count, CHUNK, run, threads=1, progress=told)  # tblite has threads of its own
        splits[name] = _systems(drawn, labels)
        done += count
    return splits


def _check(
    systems: tuple[int, int, int], seed: int, temperature: float, field: float
) -> tuple[int, ...]:
    counts = check_draws(systems, seed, SYSTEMS)
    if not 0 <= temperature <= 2000:
        raise UserError(
            f"temperature is {temperature}; expected 0 to 2000 K: beyond, harmonic displacements "
            "tear the molecule apart."
        )
    if not 0 <= field <= 3:
        raise UserError(
            f"field is {field}; expected 0 to 3 V/Å: beyond, electrons leave the molecule."
        )
    return counts


def draw(
    rng: np.random.Generator, modes: np.ndarray, strength: float
) -> tuple[np.ndarray, np.ndarray]:
    """Positions (6, 3) and the field (3,) of one system."""
    from scipy.spatial.transform import Rotation

    moved = REST + (modes @ rng.normal(size=modes.shape[1])).reshape(REST.shape)
    turned = Rotation.random(rng=rng).apply(moved)
    direction = rng.normal(size=3)
    length = strength * rng.uniform() ** (1 / 3)
    return turned, length * direction / np.linalg.norm(direction)


def thermal_modes(label: Callable[..., Label]) -> np.ndarray:
    """(18, 12), Å/√eV: times √kT and normal numbers, the thermal displacements in the potential
    ½ dᵀ H d, whose covariance is kT H⁻¹.
    """
    size, step = REST.size, STEP * BOHR
    hessian = np.empty((size, size))
    for k, away in enumerate(step * np.eye(size).reshape(size, *REST.shape)):
        after, before = (label(REST + d, np.zeros(3), False)["forces"] for d in (away, -away))
        hessian[k] = ((before - after) / (2 * step)).reshape(size)
    stiffness, directions = np.linalg.eigh((hessian + hessian.T) / 2)
    modes: np.ndarray = directions[:, RIGID:] / np.sqrt(stiffness[RIGID:])
    # An eigenvector has no sign; let the largest component be positive on every machine.
    largest = np.abs(modes).argmax(0)
    modes *= np.sign(modes[largest, np.arange(modes.shape[1])])
    return modes


def labeller() -> Callable[..., Label]:
    """``label(position, field, response)``: what GFN2-xTB says of one system; `UserError` where
    tblite is missing.

    With ``response`` also the polarizability, by central differences of the dipole.
    """
    point = single_point()

    def label(position: np.ndarray, field: np.ndarray, response: bool) -> Label:
        here = point(NUMBERS, position, field)
        found = {
            "energy": np.array(here.get("energy") * HARTREE),
            "forces": -here.get("gradient") * HARTREE / BOHR,
            "dipole": here.get("dipole") * BOHR,
        }
        if response:
            found["polarizability"] = polarizability(point, NUMBERS, position, field)
        return found

    return label


def _systems(drawn: list[tuple[np.ndarray, np.ndarray]], labels: list[Label]) -> Systems:
    count, atoms = len(drawn), len(NUMBERS)

    def stacked(name: str, *shape: int) -> np.ndarray:
        return np.array([label[name] for label in labels]).reshape(-1, *shape)

    return Systems(
        position=np.array([position for position, _ in drawn]).reshape(-1, 3),
        offsets=np.arange(count + 1) * atoms,
        node={
            "atomic_number": np.tile(NUMBERS.astype(float), count),
            "forces": stacked("forces", 3),
        },
        graph={
            "electric_field": np.array([field for _, field in drawn]).reshape(-1, 3),
            "energy": stacked("energy"),
            "dipole": stacked("dipole", 3),
            "polarizability": stacked("polarizability", 3, 3),
        },
    )
