"""Models as calculators of ASE: energies, forces, stresses and what else a recipe declares.

from ase.io import read
from segnn.ase import Calculator

atoms = read("start.xyz")
atoms.calc = Calculator("acac")
atoms.get_potential_energy(), atoms.get_forces()
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from ase import Atoms, units
from ase.calculators import calculator

from segnn.data import Systems
from segnn.data.atoms import VOIGT
from segnn.data.skin import SkinnedRadius
from segnn.errors import UserError
from segnn.model import PhysicalModel
from segnn.model.committee import SPREAD, Committee, mean_and_spread
from segnn.model.load import load, load_any
from segnn.model.mode import frozen
from segnn.recipe.cartesian import to_matrices
from segnn.recipe.target import TargetSpec
from segnn.recipe.units import Unit

UNITS: dict[str, float] = {
    "eV": units.eV,
    "meV": 1e-3 * units.eV,
    "Hartree": units.Hartree,
    "hartree": units.Hartree,
    "Ha": units.Hartree,
    "Ry": units.Ry,
    "kcal": units.kcal,
    "kJ": units.kJ,
    "mol": units.mol,
    "angstrom": units.Angstrom,
    "Å": units.Angstrom,
    "bohr": units.Bohr,
    "Bohr": units.Bohr,
    "nm": units.nm,
    "e": 1.0,
    "D": units.Debye,
    "debye": units.Debye,
    "GPa": units.GPa,
}
"""What a recipe's units are in ASE's: eV, Å, e and what is made of them."""

IN_ASE = {
    "energy": "eV",
    "forces": "eV/angstrom",
    "stress": "eV/angstrom^3",
    "dipole": "e*angstrom",
    "charges": "e",
}
"""The properties that ASE knows, and their units there."""

Model = PhysicalModel | Committee | str | Path | list[str] | list[Path] | tuple[str | Path, ...]


class Calculator(calculator.Calculator):
    """A model, or several as a committee, that computes the properties of ASE ``Atoms``.

    - ``model``: a `PhysicalModel` or `Committee`, a run folder (or several: a committee), or the
      name of a packaged model.
    - ``skin``: in Å; pairs of atoms within the cutoff and the skin are searched once and kept until
      an atom has moved by half the skin. It changes no result.

    Properties are the recipe's targets under their names: ``energy`` (``free_energy`` is the same),
    ``forces``, ``stress`` (in ASE's order xx, yy, zz, yz, xz, xy), ``dipole``, ``charges`` where
    they are declared, in ASE's units eV, Å, e whatever those of the recipe; other targets in the
    recipe's own. All of them are computed at once. Of a committee every property is the mean, and
    ``results["energy_spread"]``, ``results["forces_spread"]`` hold the spread.

    Fields of the recipe are arrays of the atoms: ``atoms.arrays["spin"]`` of atoms,
    ``atoms.info["electric_field"]`` of a configuration; a change of them is seen.

    Raises `UserError` for units that ASE has no value of, atoms without the fields, and species
    that the model does not know.
    """

    def __init__(self, model: Model, *, skin: float = 1.0):
        super().__init__()  # type: ignore[no-untyped-call]
        loaded = _loaded(model)
        members = loaded.members if isinstance(loaded, Committee) else (loaded,)
        self.model = loaded
        self._members = tuple(frozen(member) for member in members)
        recipe = loaded.recipe
        self._targets = recipe.targets
        self._length = _in_ase(recipe.fields["position"].unit, "fields.position", "angstrom")
        self._factors = {name: _factor(name, spec) for name, spec in recipe.targets.items()}
        self._needed = recipe.field_arrays
        self._arrays = sorted(self._needed - {"position", "atomic_number"})
        self._search = (
            None
            if recipe.graph.cutoff is None
            else SkinnedRadius(recipe.graph.cutoff, skin / self._length)
        )
        self._seen: dict[str, np.ndarray] = {}
        also = ["free_energy"] if "energy" in recipe.targets else []
        self.implemented_properties = [*recipe.targets, *also]

    def check_state(self, atoms: Atoms, tol: float = 1e-15) -> list[str]:
        """What has changed since the last calculation; the recipe's fields count, too."""
        changes: list[str] = super().check_state(atoms, tol=tol)  # type: ignore[no-untyped-call]
        own = self._fields(atoms)
        same = own.keys() == self._seen.keys() and all(
            np.array_equal(value, self._seen[name]) for name, value in own.items()
        )
        return changes if same else [*changes, "fields"]

    def calculate(
        self,
        atoms: Atoms | None = None,
        properties: Sequence[str] = ("energy",),
        system_changes: Sequence[str] = tuple(calculator.all_changes),
    ) -> None:
        """Compute all properties of ``atoms``."""
        super().calculate(atoms, properties, system_changes)  # type: ignore[no-untyped-call]
        assert self.atoms is not None, "given now or before"
        self._seen = {name: np.array(value) for name, value in self._fields(self.atoms).items()}
        found = self._predict(self._systems(self.atoms))
        results = {}
        for name, spec in self._targets.items():
            value = found[name]
            if spec.cartesian is not None:
                value = to_matrices(value, spec.cartesian)
            results[name] = _as_in_ase(name, spec, value * self._factors[name])
            if name + SPREAD in found:
                spread = found[name + SPREAD] * self._factors[name]
                results[name + SPREAD] = spread if spec.level == "node" else float(spread[0])
        if "energy" in results:
            results["free_energy"] = results["energy"]
        self.results = results

    def _predict(self, systems: Systems) -> dict[str, np.ndarray]:
        edges = None
        if self._search is not None:
            pbc = None if systems.pbc is None else np.asarray(systems.pbc)
            edges = self._search(systems.position, systems.offsets, systems.cell, pbc)
        found = []
        with torch.no_grad():
            for member in self._members:
                tensors = member.cues.tensors(systems, "the atoms", edges)
                seen = member.cues.evaluate(tensors, member.dtype)
                rows = member(seen.to(member.dtype, device=member.device))
                found.append({name: value.cpu().numpy() for name, value in rows.items()})
        return found[0] if len(found) == 1 else mean_and_spread(found)

    def _systems(self, atoms: Atoms) -> Systems:
        """The atoms in the recipe's unit of length."""
        systems = Systems.from_ase(atoms, "the atoms", self._needed)
        if self._length == 1:
            return systems
        graph = dict(systems.graph)
        if "cell" in graph:
            graph["cell"] = graph["cell"] / self._length
        return replace(systems, position=systems.position / self._length, graph=graph)

    def _fields(self, atoms: Atoms) -> dict[str, np.ndarray]:
        """The arrays of the atoms that the recipe reads beside positions and species."""
        held = {**atoms.info, **atoms.arrays}
        return {name: np.asarray(held[name]) for name in self._arrays if name in held}


def _loaded(model: Model) -> PhysicalModel | Committee:
    if isinstance(model, PhysicalModel | Committee):
        return model
    return load_any(model) if isinstance(model, str | Path) else load(model)


def _factor(name: str, spec: TargetSpec) -> float:
    """What a target is multiplied by to be in ASE's unit; 1 for what ASE does not know."""
    if name not in IN_ASE:
        return 1.0
    return _in_ase(spec.unit, f"targets.{name}", IN_ASE[name])


def _in_ase(unit: str, key: str, expected: str) -> float:
    """The value of ``unit`` in ASE's units; UserError where a part of it is unknown."""
    value = 1.0
    powers = Unit.parse(unit).powers
    unknown = [name for name, _ in powers if name not in UNITS]
    if unknown or not powers:
        raise UserError(
            f"{key}.unit: {unit!r} has no value in ASE, which computes in {expected}. Set it to "
            f"what it is, in {', '.join(UNITS)}"
        )
    for name, power in powers:
        value *= UNITS[name] ** float(power)
    return value


def _as_in_ase(name: str, spec: TargetSpec, value: np.ndarray) -> Any:
    """The shape that ASE gives a property: no axis for the one system, none for scalars."""
    if spec.level == "graph":
        value = value[0]
    if spec.cartesian is None and value.shape[-1] == 1:
        value = value[..., 0]
    if name == "stress" and value.shape == (3, 3):
        return np.array([value[at] for at in VOIGT])
    return float(value) if value.ndim == 0 else value
