"""Small adsorbates on slabs of metals: from the structure before the relaxation to the adsorption
energy after it, the shape of the task IS2RE of OC20 (Chanussot et al., ACS Catal. 2021).

Energies are those of EMT, the effective medium theory of ASE (Jacobsen, Stoltze, Nørskov, Surf.
Sci. 1996), which knows Ni, Cu, Pd, Ag, Pt and Au well, and H, C, N and O crudely: bonds in
molecules are too long or break. They are a test of networks, and no chemistry.

The adsorption energy is E(slab and adsorbate, relaxed) − E(slab, relaxed) − E(adsorbate alone,
relaxed). Relaxations let the adsorbate and the top layer move (BFGS, to 0.05 eV/Å). One that does
not converge in 200 steps, or in which the adsorbate leaves the surface, is left out, and another
system drawn in its place.

===================  =========  ====  =========================================================
array                shape      unit  meaning
===================  =========  ====  =========================================================
`position`           (M, 3)     Å     before the relaxation: the relaxed slab, the adsorbate over it
`atomic_number`      (M,)
`tag`                (M,)             0 adsorbate, 1 top layer, 2 and 3 the layers below
`fixed`              (M,)             1 for atoms that do not move
`height`             (M,)       Å     above the mean of the top layer
`relaxed_position`   (M, 3)     Å     after it
`cell`, `pbc`                         periodic along a and b
`energy`             (S,)       eV    the adsorption energy
`left_out`           (S,)             systems that were drawn before this one and left out
===================  =========  ====  =========================================================
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from segnn.data.atoms import import_ase
from segnn.data.systems import Systems
from segnn.errors import UserError
from segnn.simulate.protocol import Progress, check_draws, check_processes, in_processes
from segnn.simulate.slabs import (
    ADSORBATES,
    ADSORBED,
    METALS,
    TOP,
    UNSEEN_ADSORBATES,
    UNSEEN_METALS,
    Atoms,
    make_adsorbate,
    make_slab,
    placed,
)

SYSTEMS = (3000, 400, 400)
UNSEEN = {  # of each split, whether its adsorbates and its metals are those that are held out
    "train": (False, False),
    "valid": (False, False),
    "test": (False, False),
    "test_adsorbate": (True, False),
    "test_metal": (False, True),
    "test_both": (True, True),
}
FORCE = 0.05  # eV/Å, the largest force on an atom that may move at the end
STEPS = 200
GONE = 3.0  # Å; an adsorbate none of whose atoms is as near to a metal has left the surface
DRAWS = 50
CHUNK = 8

Sample = dict[str, np.ndarray]


def simulate(
    systems: tuple[int, int, int] = SYSTEMS,
    seed: int = 43,
    progress: Progress | None = None,
    *,
    processes: int = 1,
) -> dict[str, Systems]:
    """Draw and relax all splits, some 0.3 s of one core a system.

    - ``systems``: how many of train, of valid, and of each of the four test sets.
    - ``seed``: every system has a stream of random numbers of its own, so that fewer are the first
      of more.
    - ``progress``: called as ``progress(done, total)`` with numbers of systems.
    - ``processes``: relax in so many at a time; the result is the same.

    Returns the splits by name, ``test_adsorbate``, ``test_metal`` and ``test_both`` beside train,
    valid and test: there the adsorbate, the metal, or both are none of training. Raises
    `UserError`, also where ASE is missing.
    """
    counts = check_draws(systems, seed, SYSTEMS)
    check_processes(processes)
    import_ase()
    sizes = dict(zip(UNSEEN, (*counts[:2], *[counts[2]] * 4), strict=True))
    tasks = [(seed, split, n) for split, size in sizes.items() for n in range(size)]
    made: list[Sample] = []
    for one in in_processes(sample, tasks, processes, CHUNK):
        made.append(one)
        if progress is not None:
            progress(len(made), len(tasks))
    found, start = {}, 0
    for split, size in sizes.items():
        found[split] = _systems(made[start : start + size])
        start += size
    return found


def sample(task: tuple[int, str, int]) -> Sample:
    """One system, (seed, split, number): the first of its draws that relaxes."""
    seed, split, number = task
    for draw in range(DRAWS):
        rng = np.random.default_rng([seed, [*UNSEEN].index(split), number, draw])
        found = _drawn(rng, *UNSEEN[split])
        if found is not None:
            return {**found, "left_out": np.array(float(draw))}
    raise UserError(f"system {number} of {split}: none of {DRAWS} draws relaxed. Try another seed.")


def _drawn(rng: np.random.Generator, new_adsorbate: bool, new_metals: bool) -> Sample | None:
    names, alloys = choices(new_adsorbate, new_metals)
    name, metals = names[rng.integers(len(names))], alloys[rng.integers(len(alloys))]
    slab = make_slab(rng, metals)
    bare = relaxed(slab)
    if bare is None:
        return None
    whole = placed(rng, slab, name)
    before = whole.positions.copy()
    energy = relaxed(whole)
    if energy is None or not on_surface(whole):
        return None
    tags = whole.get_tags()
    return {
        "position": before,
        "atomic_number": whole.numbers.astype(float),
        "tag": tags.astype(float),
        "fixed": (tags > TOP).astype(float),
        "height": before[:, 2] - before[tags == TOP, 2].mean(),
        "relaxed_position": whole.positions.copy(),
        "cell": whole.cell.array.copy(),
        "pbc": whole.pbc.astype(float),
        "energy": np.array(energy - bare - alone(name)),
    }


def choices(new_adsorbate: bool, new_metals: bool) -> tuple[list[str], list[tuple[str, ...]]]:
    """The adsorbates and the metals that a split is drawn from, evenly; see ``UNSEEN``."""
    names = [name for name in ADSORBATES if (name in UNSEEN_ADSORBATES) == new_adsorbate]
    return names, [metals for metals in METALS if (metals in UNSEEN_METALS) == new_metals]


def relaxed(atoms: Atoms) -> float | None:
    """Relax these atoms where they are; their energy in eV, None if that takes too many steps."""
    from ase.calculators.emt import EMT
    from ase.optimize import BFGS

    atoms.calc = EMT()  # type: ignore[no-untyped-call]
    search: Any = BFGS(atoms, logfile=None)
    if not search.run(fmax=FORCE, steps=STEPS):
        return None
    return float(atoms.get_potential_energy())


@cache
def alone(name: str) -> float:
    """The energy of an adsorbate far from everything, eV."""
    energy = relaxed(make_adsorbate(name))
    assert energy is not None, "tested for every adsorbate"
    return energy


def on_surface(atoms: Atoms) -> bool:
    """Whether an atom of the adsorbate is near the metal, and none below the slab."""
    adsorbed = np.flatnonzero(atoms.get_tags() == ADSORBED)
    metal = np.flatnonzero(atoms.get_tags() != ADSORBED)
    nearest = min(atoms.get_distances(n, metal, mic=True).min() for n in adsorbed)
    lowest = atoms.positions[metal, 2].min()
    return bool(nearest <= GONE and (atoms.positions[adsorbed, 2] > lowest).all())


def _systems(samples: list[Sample]) -> Systems:
    names = ("atomic_number", "tag", "fixed", "height", "relaxed_position")
    graph = {"cell": (3, 3), "pbc": (3,), "energy": (), "left_out": ()}
    sizes = [len(one["position"]) for one in samples]

    def rows(name: str) -> np.ndarray:
        width = (3,) if name.endswith("position") else ()
        return np.concatenate([np.zeros((0, *width)), *(one[name] for one in samples)])

    return Systems(
        position=rows("position"),
        offsets=np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)]).astype(np.int64),
        node={name: rows(name) for name in names},
        graph={
            name: np.array([one[name] for one in samples]).reshape(len(samples), *shape)
            for name, shape in graph.items()
        },
    )
