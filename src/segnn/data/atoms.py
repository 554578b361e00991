"""Atoms of ASE and systems: the same positions, species, cells, labels and further arrays.

Arrays keep the names they have in ASE, but for these:

================================  ==========================================================
ASE                               `Systems`
================================  ==========================================================
``positions``, ``numbers``        ``position`` (M, 3) in Å, ``atomic_number`` (M,)
``cell``, ``pbc``                 ``cell`` (S, 3, 3) with lattice vectors as rows, ``pbc`` (S, 3)
``tags``                          ``tag`` (M,)
``FixAtoms`` of the constraints   ``fixed`` (M,), 1 for atoms that do not move, else 0
other ``arrays[name]``            node array ``name`` (M, …)
``info[name]`` (numbers)          graph array ``name`` (S, …)
results of the calculator         ``energy`` (S,) in eV, ``forces`` (M, 3) in eV/Å, ``stress``
                                  (S, 3, 3) in eV/Å³, ``dipole`` (S, 3) in e·Å, ``charges`` (M,),
                                  ``magmoms`` (M,) and whatever else it holds
================================  ==========================================================

ASE moves ``energy`` and ``forces`` of an extended XYZ file into a calculator, and writes the stress
as six numbers xx, yy, zz, yz, xz, xy; here they stand where one looks for them, the stress as a
symmetric matrix. Texts, such as ``config_type``, are no numbers and are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np

from segnn.errors import UserError

if TYPE_CHECKING:
    from ase import Atoms

    from segnn.data.systems import Systems

VOIGT = ((0, 0), (1, 1), (2, 2), (1, 2), (0, 2), (0, 1))
"""Rows and columns of ASE's six numbers of a stress."""

OWN = {"positions": "position", "numbers": "atomic_number", "tags": "tag"}
MARKS = ("tag", "fixed")
"""0 for atoms of which ASE says nothing, where it says something of others."""
BOX = ("cell", "pbc")
RESULTS = {
    "energy": "graph",
    "free_energy": "graph",
    "stress": "graph",
    "dipole": "graph",
    "magmom": "graph",
    "forces": "node",
    "stresses": "node",
    "energies": "node",
    "charges": "node",
    "magmoms": "node",
}
"""What calculators of ASE know to be one value an atom (node) or one a configuration (graph)."""

FLAT = 1e-10
"""Lattice vectors are linearly dependent below this ratio of singular values."""

Arrays = dict[str, np.ndarray]


def read_frames(
    atoms: Atoms | Sequence[Atoms],
    source: str,
    needed: Collection[str] | None = None,
    aside: Callable[[str], bool] | None = None,
    missing: Collection[str] = (),
) -> dict[str, Any]:
    """The fields of `Systems` from one or many ASE ``Atoms``; see the table at the file's top.

    ``source`` is named in errors. ``needed``: the arrays that must be whole; others are left out
    where only some configurations have them or a value is not finite. None needs all. ``aside``
    says of a name whether the array is left out, whatever it holds. An open configuration of one
    atom, which cannot feel a force, has forces of zero where it has none and others have.
    ``missing``: arrays that some configurations may lack; there they are NaN.

    Raises `UserError` for no atoms, needed arrays that only some of the configurations have, values
    that are not finite, and cells that are flat or missing along a periodic axis.
    """
    frames: list[Any] = [atoms] if is_atoms(atoms) else list(atoms)
    if not frames:
        raise UserError(f"{source}: no configurations.")
    for n, frame in enumerate(frames):
        if len(frame) == 0:
            raise UserError(f"{source}: configuration {n} has no atoms. Remove it.")
    node = [_taken(of_atoms(frame), aside) for frame in frames]
    graph = [_taken(of_configuration(frame, source, n), aside) for n, frame in enumerate(frames)]
    _rest(frames, node)
    _unmarked(frames, node)
    _unlabelled(frames, node, graph, missing)
    offsets = np.concatenate([[0], np.cumsum([len(frame) for frame in frames])])
    return {
        "position": _positions(frames, source),
        "offsets": offsets,
        "node": _together(node, np.concatenate, source, needed, missing),
        "graph": _together(graph, np.stack, source, needed, missing) | cells(frames, source),
    }


def is_atoms(x: object) -> bool:
    """Whether ``x`` is an ``Atoms`` of ASE; told without importing ASE."""
    return hasattr(x, "get_positions") and hasattr(x, "arrays")


def make_frames(systems: Systems) -> list[Atoms]:
    """ASE ``Atoms`` of every system; see the table at the top of this file.

    Energies, forces, stresses, dipoles, charges and magnetic moments become results of a
    calculator, as ASE itself does when it reads them. Raises `UserError` without an array
    ``atomic_number`` (M,), or if ASE is not installed.
    """
    ase = import_ase()
    if "atomic_number" not in systems.node:
        raise UserError(
            "atoms need the array 'atomic_number' (M,); present: " + ", ".join(systems.names) + "."
        )
    frames = []
    for s in range(len(systems)):
        one = systems[s]
        frame = ase.Atoms(one.node["atomic_number"].astype(int), one.position)
        if one.cell is not None and one.pbc is not None:
            frame.set_cell(one.cell[0])
            frame.set_pbc(one.pbc[0])
        graph = {name: array[0] for name, array in one.graph.items() if name not in BOX}
        frames.append(furnished(frame, one.node, graph))
    return frames


def furnished(frame: Any, node: Arrays, graph: Arrays) -> Atoms:
    """The configuration with these arrays of its atoms and of itself: what calculators of ASE know
    as results of a calculator, which replaces the one there was, other arrays as such.
    """
    singlepoint = import_module("ase.calculators.singlepoint")
    results: dict[str, Any] = {}
    for name, array in node.items():
        if name in RESULTS:
            results[name] = array
        elif name == "tag" and array.ndim == 1 and (array == np.round(array)).all():
            frame.set_tags(array.astype(int))
        elif name == "fixed" and array.ndim == 1 and np.isin(array, (0, 1)).all():
            frame.set_constraint(import_module("ase.constraints").FixAtoms(mask=array != 0))
        elif name not in ("position", "atomic_number"):
            frame.set_array(name, array)
    for name, array in graph.items():
        if name in RESULTS:
            results[name] = _to_result(name, array)
        else:
            frame.info[name] = array if array.ndim > 0 else float(array)
    frame.calc = singlepoint.SinglePointCalculator(frame, **results) if results else None
    made: Atoms = frame
    return made


def import_ase() -> Any:
    """The package ``ase``; a `UserError` that names the extra where it is missing."""
    try:
        return import_module("ase")
    except ImportError as error:
        raise UserError(
            "files of atoms are read and written with ASE, which is not installed: "
            "pip install 'segnn[atoms]'"
        ) from error


def of_atoms(frame: Atoms) -> Arrays:
    """The arrays of the atoms of one configuration, by their names here."""
    found = {"atomic_number": frame.arrays["numbers"].astype(np.float64)}
    for name, array in frame.arrays.items():
        if name not in OWN and array.dtype.kind in "fiub":
            found[name] = array.astype(np.float64)
    found |= marks(frame)
    for name, value in _results(frame).items():
        if RESULTS.get(name) == "node" or _one_an_atom(name, value, len(frame)):
            found[name] = value
    return found


def marks(frame: Atoms) -> Arrays:
    """``tag`` and ``fixed`` of the atoms, where ASE says something of them."""
    found = {}
    if "tags" in frame.arrays:
        found["tag"] = frame.arrays["tags"].astype(np.float64)
    held = [c.index for c in frame.constraints if type(c).__name__ == "FixAtoms"]
    if held:
        found["fixed"] = np.zeros(len(frame))
        found["fixed"][np.concatenate(held)] = 1
    return found


def of_configuration(frame: Atoms, source: str, n: int) -> Arrays:
    """The numbers of configuration ``n`` as a whole, by their names here."""
    found = {}
    for name, value in frame.info.items():
        array = np.asarray(value)
        if array.dtype.kind in "fiub":
            found[name] = array.astype(np.float64)
    for name, value in _results(frame).items():
        if RESULTS.get(name) == "node" or _one_an_atom(name, value, len(frame)):
            continue
        if name in found and not np.array_equal(found[name], value):
            raise UserError(
                f"{source}: configuration {n} has two values of {name!r}, {found[name]} in info "
                f"and {value} in its calculator. Rename one of them."
            )
        found[name] = _matrix(value) if name == "stress" and value.shape == (6,) else value
    return found


def _results(frame: Atoms) -> Arrays:
    """What a calculator holds as results of exactly these atoms; nothing is computed."""
    results: Mapping[str, Any] = getattr(frame.calc, "results", None) or {}
    arrays = {name: np.asarray(value) for name, value in results.items() if value is not None}
    return {n: a.astype(np.float64) for n, a in arrays.items() if a.dtype.kind in "fiub"}


def _one_an_atom(name: str, value: np.ndarray, atoms: int) -> bool:
    return name not in RESULTS and value.ndim > 0 and len(value) == atoms


def _matrix(voigt: np.ndarray) -> np.ndarray:
    matrix = np.empty((3, 3))
    for value, (row, column) in zip(voigt, VOIGT, strict=True):
        matrix[row, column] = matrix[column, row] = value
    return matrix


def _to_result(name: str, value: np.ndarray) -> Any:
    if name == "stress" and value.shape == (3, 3):
        return np.array([value[at] for at in VOIGT])
    return float(value) if value.ndim == 0 else value


def _taken(arrays: Arrays, aside: Callable[[str], bool] | None) -> Arrays:
    if aside is None:
        return arrays
    return {name: array for name, array in arrays.items() if not aside(name)}


def _rest(frames: list[Any], node: list[Arrays]) -> None:
    """Forces of zero for open single atoms that have none, where others have some."""
    names = {name for arrays in node for name in arrays if name.endswith("forces")}
    for frame, arrays in zip(frames, node, strict=True):
        if len(frame) == 1 and not frame.pbc.any():
            arrays |= {name: np.zeros((1, 3)) for name in names - arrays.keys()}


def _unmarked(frames: list[Any], node: list[Arrays]) -> None:
    """Tags and fixed atoms: none where others have some, as ASE means it."""
    for name in MARKS:
        if any(name in arrays for arrays in node):
            for frame, arrays in zip(frames, node, strict=True):
                arrays.setdefault(name, np.zeros(len(frame)))


def _unlabelled(
    frames: list[Any], node: list[Arrays], graph: list[Arrays], missing: Collection[str]
) -> None:
    """NaN for those that lack one of the arrays ``missing``, where others have it."""
    for name in missing:
        for held, of_atoms in ((node, True), (graph, False)):
            known = next((arrays[name] for arrays in held if name in arrays), None)
            if known is None:
                continue
            for frame, arrays in zip(frames, held, strict=True):
                shape = (len(frame), *known.shape[1:]) if of_atoms else known.shape
                arrays.setdefault(name, np.full(shape, np.nan))


def _positions(frames: list[Any], source: str) -> np.ndarray:
    position = np.concatenate([frame.get_positions() for frame in frames])
    bad = np.flatnonzero(~np.isfinite(position).all(axis=1))
    if len(bad):
        ends = np.cumsum([len(frame) for frame in frames])
        n = int(np.searchsorted(ends, bad[0], side="right"))
        raise UserError(
            f"{source}: a position in configuration {n} is {position[bad[0]].tolist()}. Remove or "
            "repair this configuration."
        )
    return position


def _together(
    frames: list[Arrays],
    join: Any,
    source: str,
    needed: Collection[str] | None,
    missing: Collection[str],
) -> Arrays:
    """One array a name of all configurations, in one shape."""
    joined = {}
    for name in dict.fromkeys(name for frame in frames for name in frame):
        try:
            joined[name] = _whole(name, frames, join, source, name in missing)
        except UserError:
            if needed is None or name in needed:
                raise
    return joined


def _whole(name: str, frames: list[Arrays], join: Any, source: str, missing: bool) -> np.ndarray:
    lacking = [n for n, frame in enumerate(frames) if name not in frame]
    if lacking:
        raise UserError(
            f"{source}: {len(frames) - len(lacking)} of {len(frames)} configurations have "
            f"{name!r}, {len(lacking)} have not (the first of them is number {lacking[0]}). "
            "Give the array to all, or remove it from all; labels that are missing on purpose are "
            "declared by missing: masked in the recipe's target."
        )
    try:
        array: np.ndarray = join([frame[name] for frame in frames])
    except ValueError as error:
        shapes = sorted({str(frame[name].shape) for frame in frames})
        raise UserError(
            f"{source}: {name!r} has different shapes in different configurations: "
            f"{', '.join(shapes[:4])}."
        ) from error
    if not np.isfinite(array).all() and not (missing and not np.isinf(array).any()):
        n = next(n for n, frame in enumerate(frames) if not np.isfinite(frame[name]).all())
        raise UserError(f"{source}: {name!r} is not finite in configuration {n}. Remove it.")
    return array


def cells(frames: list[Any], source: str) -> Arrays:
    """``cell`` and ``pbc``; nothing where no configuration has either."""
    cell = np.stack([frame.cell.array for frame in frames]).astype(np.float64)
    pbc = np.stack([frame.pbc for frame in frames])
    for n in np.flatnonzero(pbc.any(axis=1) | ~np.isfinite(cell).all(axis=(1, 2))):
        vectors = cell[n][pbc[n]]
        where = f"{source}: configuration {n} is periodic along {_axes(pbc[n])}"
        if not np.isfinite(cell[n]).all() or (np.linalg.norm(vectors, axis=1) == 0).any():
            raise UserError(
                f'{where} but its cell is {cell[n].tolist()}. Give it a cell, or pbc="F F F".'
            )
        sizes = np.linalg.svd(vectors, compute_uv=False)
        if sizes[-1] <= FLAT * sizes[0]:
            raise UserError(
                f"{where}, but these lattice vectors are linearly dependent, the cell is "
                f"{cell[n].tolist()}. Correct the cell, or set pbc to F along the axis without a "
                "period."
            )
    if not cell.any() and not pbc.any():
        return {}
    return {"cell": cell, "pbc": pbc.astype(np.float64)}


def _axes(periodic: np.ndarray) -> str:
    return ", ".join(axis for axis, on in zip("abc", periodic, strict=True) if on) or "no axis"
