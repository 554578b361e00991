"""A model as simulations use one: all targets of systems in motion at once, in the units of ASE.

`segnn.ase` and `segnn.torch_sim` are two ways to call it.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from ase import units

from segnn.data import Systems
from segnn.data.edges import thinned
from segnn.data.skin import SkinnedRadius
from segnn.errors import UserError
from segnn.model import PhysicalModel
from segnn.model.committee import SPREAD, Committee, mean_and_spread
from segnn.model.load import load, load_any
from segnn.model.mode import frozen
from segnn.model.moving import MovingPredictions
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


class Potential:
    """Predicts for systems in Å what ``model`` declares, in eV, Å, e where ASE knows the property.

    - ``model``: a `PhysicalModel` or `Committee`, a run folder (or several: a committee), or the
      name of a packaged model.
    - ``skin``: in Å; pairs of nodes within the cutoff and the skin are searched once and kept until
      a node has moved by half the skin. It changes no result.

    Raises `UserError` for units that ASE has no value of.
    """

    def __init__(self, model: Model, skin: float):
        if isinstance(skin, bool) or not isinstance(skin, int | float | np.number):
            raise UserError(f"skin: {skin!r}, expected a length of 0 or more")
        loaded = _loaded(model)
        members = loaded.members if isinstance(loaded, Committee) else (loaded,)
        self.recipe = recipe = loaded.recipe
        self.members = tuple(frozen(member) for member in members)
        self._moving = {
            n: MovingPredictions(member)
            for n, member in enumerate(self.members)
            if member.device.type != "cpu"
        }
        self.length = _in_ase(recipe.fields["position"].unit, "fields.position", "angstrom")
        self.factors = {name: _factor(name, spec) for name, spec in recipe.targets.items()}
        cutoff = recipe.graph.cutoff
        self._search = None if cutoff is None else SkinnedRadius(cutoff, skin / self.length)

    def __call__(self, systems: Systems, source: str) -> dict[str, np.ndarray]:
        """Every target by its name: (M, …) for nodes, (S, …) for systems, scalars without a last
        axis, tensors as matrices where the recipe says so; of a committee the mean, and the spread
        (M,) or (S,) under ``NAME_spread``. ``source`` is named in errors.
        """
        rows, found = self._rows(self._scaled(systems), source), dict[str, np.ndarray]()
        for name, spec in self.recipe.targets.items():
            value, factor = rows[name], self.factors[name]
            if spec.cartesian is not None:
                value = to_matrices(value, spec.cartesian)
            elif value.shape[-1] == 1:
                value = value[:, 0]
            found[name] = value * factor
            if name + SPREAD in rows:
                found[name + SPREAD] = rows[name + SPREAD] * factor
        return found

    def _scaled(self, systems: Systems) -> Systems:
        """The systems in the recipe's unit of length."""
        if self.length == 1:
            return systems
        graph = dict(systems.graph)
        if "cell" in graph:
            graph["cell"] = graph["cell"] / self.length
        return replace(systems, position=systems.position / self.length, graph=graph)

    def _rows(self, systems: Systems, source: str) -> dict[str, np.ndarray]:
        edges = None
        if self._search is not None:
            edges = self._search(systems.position, systems.offsets, systems.cell, systems.pbc)
            if (most := self.recipe.graph.neighbours) is not None:
                edges = thinned(systems.position, edges, most)
        found = []
        with torch.no_grad():
            for n, member in enumerate(self.members):
                tensors = member.cues.tensors(systems, source, edges)
                seen = member.cues.to_run(tensors, member.dtype)
                seen = seen.to(member.dtype)
                rows = self._moving[n](seen) if n in self._moving else member(seen)
                found.append({name: value.numpy() for name, value in rows.items()})
        return found[0] if len(found) == 1 else mean_and_spread(found)


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
