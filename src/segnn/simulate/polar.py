"""Small organic molecules labelled by GFN2-xTB (`segnn.simulate.xtb`) with what turns along: the
dipole vector and the polarizability tensor.

The molecules are those of ASE's collection G2 (Curtiss et al., JCP 1997) of H, C, N, O and F, of
three atoms or more, with paired electrons; every system is one of them, its atoms displaced at
random, turned at random. Or geometries from a file, each at most once.

===================  =========  ======  =======================================================
array                shape      unit    meaning
===================  =========  ======  =======================================================
`position`           (M, 3)     Å
`atomic_number`      (M,)
`molecule`           (S,)               its number in `names`, or in the file
`dipole`             (S, 3)     debye   of a neutral molecule: the same from every origin
`polarizability`     (S, 3, 3)  bohr³   symmetric
`alpha`              (S,)       bohr³   its trace / 3
`anisotropy`         (S,)       bohr³   √(3/2) times the Frobenius norm of its traceless part
===================  =========  ======  =======================================================

All labels are in the frame of `position`, that of the file. GFN2-xTB has a minimal basis, and its
polarizabilities are too small, most of all across a plane of atoms: 2.5 bohr³ for water, which has
9.8. They are a test of networks, and no chemistry.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from segnn.data import Systems, load_systems
from segnn.data.atoms import import_ase
from segnn.data.digest import digest_of
from segnn.data.joined import joined
from segnn.data.npz import write_npz
from segnn.errors import UserError
from segnn.simulate.protocol import Progress, check_draws, check_processes, in_processes
from segnn.simulate.spins import rotation
from segnn.simulate.xtb import BOHR, HARTREE, polarizability, single_point

SYSTEMS = (800, 100, 200)
SPLITS = {"train": False, "valid": False, "test": False, "test_molecule": True}
"""Whether the molecules of a split are those held out."""
ELEMENTS = (1, 6, 7, 8, 9)
UNSEEN = (
    *("C3H8", "C4H4O", "CH2NHCH2", "CH3CH2OH", "CH3CHO", "CH3CN", "CH3NO2", "C2H6NH"),
    *("H2CF2", "HCOOCH3", "butadiene", "cyclobutane"),
)
"""Of which no training system is made; their groups of atoms occur in others."""
DEBYE = 2.541746473  # of one e·bohr (CODATA 2018)
DRAWS = 10
PART = 100  # systems that are kept together while the others are labelled
CHUNK = 10

Sample = dict[str, np.ndarray]


@dataclass(frozen=True)
class Task:
    """One system to be drawn and labelled: ``stream`` seeds its random numbers, ``molecule`` is
    its number among those that are drawn from, ``jitter`` in Å.
    """

    stream: tuple[int, int, int]
    molecule: int
    numbers: np.ndarray
    rest: np.ndarray
    jitter: float


def simulate(
    systems: tuple[int, int, int] = SYSTEMS,
    seed: int = 43,
    progress: Progress | None = None,
    *,
    jitter: float = 0.1,
    processes: int = 1,
    molecules: Systems | None = None,
    unfinished: Path | None = None,
) -> dict[str, Systems]:
    """Draw and label all splits, some 20 ms of one core a system of eight atoms.

    - ``systems``: how many of train, of valid, and of each of the two test sets.
    - ``seed``: every system has a stream of random numbers of its own, so that fewer are the first
      of more.
    - ``progress``: called as ``progress(done, total)`` with numbers of systems.
    - ``jitter``: standard deviation of the displacement of an atom along an axis, in Å.
    - ``processes``: label in so many at a time; the result is the same.
    - ``molecules``: draw geometries with their ``atomic_number`` from these, none twice, in place
      of G2; every test molecule is then one that training has not seen, and there is no split
      ``test_molecule``.
    - ``unfinished``: a folder that keeps what is labelled until the caller removes it; a second
      call with the same options goes on from there.

    Returns the splits by name. Raises `UserError`, also where tblite or ASE is missing.
    """
    counts = check_draws(systems, seed, SYSTEMS)
    check_processes(processes)
    if not 0 <= jitter <= 0.3:
        raise UserError(
            f"jitter is {jitter}; expected 0 to 0.3 Å: beyond, bonds break, which GFN2-xTB "
            "does not describe."
        )
    single_point()  # a missing package is told before anything is drawn
    tasks = _from_g2(counts, seed, jitter)
    if molecules is not None:
        tasks = _from_file(counts, seed, jitter, molecules)
    kept = None if unfinished is None else unfinished / _digest(tasks)
    parts = [(n, s[i : i + PART]) for n, s in tasks.items() for i in range(0, len(s), PART)]
    found: dict[str, list[Systems]] = {name: [] for name in tasks}
    done, total = 0, sum(map(len, tasks.values()))
    missing = [task for n, part in parts if not _there(kept, n, part) for task in part]
    made = in_processes(sample, missing, processes, CHUNK)
    for name, part in parts:
        path = _file(kept, name, part)
        if path is not None and path.is_file():
            found[name].append(load_systems(path))
            done += len(part)
        else:
            samples = list[Sample]()
            for one in islice(made, len(part)):
                samples.append(one)
                done += 1
                if progress is not None:
                    progress(done, total)
            found[name].append(_systems(samples))
            if path is not None:
                _save(path, found[name][-1])
    return {name: joined(held or [_systems([])]) for name, held in found.items()}


def _file(kept: Path | None, name: str, part: list[Task]) -> Path | None:
    return None if kept is None else kept / f"{name}-{part[0].stream[2]}-{len(part)}.npz"


def _save(path: Path, part: Systems) -> None:
    """With ``offsets``, also where all molecules are of three atoms: then no vector of a system
    can be taken for numbers of its atoms.
    """
    rows = {"position": part.position, "offsets": part.offsets}
    write_npz(path, {**rows, **part.node, **part.graph})


def _there(kept: Path | None, name: str, part: list[Task]) -> bool:
    path = _file(kept, name, part)
    return path is not None and path.is_file()


def _digest(tasks: dict[str, list[Task]]) -> str:
    """Of what the labels depend on beside a system's number."""
    first = {name: held[0] for name, held in tasks.items() if held}
    arrays = {name: np.array([*one.stream[:2], one.jitter]) for name, one in first.items()}
    for name, one in first.items():
        arrays |= {f"{name} rest": one.rest, f"{name} numbers": one.numbers}
    return digest_of(arrays)[:12]


def names(held_out: bool = False) -> list[str]:
    """The molecules of G2 that are drawn from: those of training, or those held out."""
    import_ase()
    from ase.collections import g2

    found = []
    for name in sorted(g2.names):
        atoms: Any = g2[name]
        known = set(atoms.numbers) <= set(ELEMENTS) and len(atoms) >= 3
        paired = atoms.numbers.sum() % 2 == 0 and not atoms.get_initial_magnetic_moments().any()
        if known and paired and (name in UNSEEN) == held_out:
            found.append(name)
    return found


def _from_g2(counts: tuple[int, ...], seed: int, jitter: float) -> dict[str, list[Task]]:
    every = names() + names(held_out=True)
    from ase.collections import g2

    molecules: list[Any] = [g2[name] for name in every]
    tasks: dict[str, list[Task]] = {}
    sizes = dict(zip(SPLITS, (*counts, counts[2]), strict=True))
    for split, (name, size) in enumerate(sizes.items()):
        first, last = (len(names()), len(every)) if SPLITS[name] else (0, len(names()))
        tasks[name] = []
        for n in range(size):
            number = int(np.random.default_rng([seed, split, n]).integers(first, last))
            atoms = molecules[number]
            stream = (seed, split, n)
            tasks[name].append(Task(stream, number, atoms.numbers, atoms.positions, jitter))
    return tasks


def _from_file(
    counts: tuple[int, ...], seed: int, jitter: float, molecules: Systems
) -> dict[str, list[Task]]:
    if "atomic_number" not in molecules.node:
        raise UserError(
            f"the molecules have no array 'atomic_number' (M,); present: "
            f"{', '.join(molecules.names)}."
        )
    if sum(counts) > len(molecules):
        raise UserError(
            f"{sum(counts)} systems are asked for and the file holds {len(molecules)} molecules. "
            "Give fewer, or more molecules."
        )
    if molecules.periodic:
        raise UserError("the molecules have periodic boxes, in which a field has no meaning.")
    order = iter(np.random.default_rng(seed).permutation(len(molecules)))
    tasks: dict[str, list[Task]] = {}
    for split, (name, size) in enumerate(zip(("train", "valid", "test"), counts, strict=True)):
        tasks[name] = []
        for n in range(size):
            number = int(next(order))
            one = molecules[number]
            numbers = one.node["atomic_number"].astype(int)
            if numbers.sum() % 2:
                raise UserError(
                    f"molecule {number} of the file has an odd number of electrons. Leave it out: "
                    "labels are those of paired electrons."
                )
            tasks[name].append(Task((seed, split, n), number, numbers, one.position, jitter))
    return tasks


def sample(task: Task) -> Sample:
    """The system of a task: the first of its draws whose charges become self-consistent."""
    point, field = single_point(), np.zeros(3)
    for position in _draws(task):
        try:
            dipole = point(task.numbers, position, field).get("dipole") * DEBYE
            response = polarizability(point, task.numbers, position, field)
        except RuntimeError:  # what tblite raises
            continue
        response = response * HARTREE / BOHR**2
        trace = np.trace(response) / 3
        return {
            "position": position,
            "atomic_number": task.numbers.astype(float),
            "molecule": np.array(float(task.molecule)),
            "dipole": dipole,
            "polarizability": response,
            "alpha": np.array(trace),
            "anisotropy": np.sqrt(1.5) * np.linalg.norm(response - trace * np.eye(3)),
        }
    raise UserError(
        f"molecule {task.molecule}: none of {DRAWS} geometries has self-consistent charges. Leave "
        "it out, or give less jitter."
    )


def _draws(task: Task) -> Iterator[np.ndarray]:
    for draw in range(DRAWS):
        rng = np.random.default_rng([*task.stream, draw])
        moved = task.rest + task.jitter * rng.normal(size=task.rest.shape)
        yield moved @ rotation(rng).T


def _systems(samples: list[Sample]) -> Systems:
    graph = {"molecule": (), "dipole": (3,), "polarizability": (3, 3), "alpha": ()}
    sizes = [len(one["position"]) for one in samples]
    return Systems(
        position=np.concatenate([np.zeros((0, 3)), *(one["position"] for one in samples)]),
        offsets=np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)]).astype(np.int64),
        node={
            "atomic_number": np.concatenate(
                [np.zeros(0), *(one["atomic_number"] for one in samples)]
            )
        },
        graph={
            name: np.array([one[name] for one in samples]).reshape(len(samples), *shape)
            for name, shape in {**graph, "anisotropy": ()}.items()
        },
    )
