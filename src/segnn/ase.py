"""Models as calculators of ASE: energies, forces, stresses and what else a recipe declares.

from ase.io import read
from segnn.ase import Calculator

atoms = read("start.xyz")
atoms.calc = Calculator("acac")
atoms.get_potential_energy(), atoms.get_forces()
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from ase import Atoms
from ase.calculators import calculator

from segnn.data import Systems
from segnn.data.atoms import VOIGT, marks
from segnn.errors import UserError
from segnn.model.committee import SPREAD
from segnn.potential import Model, Potential


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
    ``atoms.info["electric_field"]`` of a configuration; ``tag`` and ``fixed`` are ASE's tags and
    the constraint FixAtoms. A change of them is seen.

    Raises `UserError` for units that ASE has no value of, atoms without the fields, and species
    that the model does not know.
    """

    def __init__(self, model: Model, *, skin: float = 1.0):
        super().__init__()  # type: ignore[no-untyped-call]
        self._potential = Potential(model, skin)
        recipe = self._potential.recipe
        self._needed = recipe.field_arrays
        self._arrays = sorted(self._needed - {"position", "atomic_number"})
        self._seen: dict[str, np.ndarray] = {}
        also = ["free_energy"] if "energy" in recipe.targets else []
        self.implemented_properties = [*recipe.targets, *also]

    def check_state(self, atoms: Atoms, tol: float = 1e-15) -> list[str]:
        """What has changed since the last calculation; the recipe's fields count, too."""
        if not isinstance(atoms, Atoms):
            raise UserError(
                f"the atoms: got {type(atoms).__name__}, expected ase.Atoms, one configuration at "
                "a time; segnn.load(...).predict takes lists"
            )
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
        if self.atoms is None:
            raise UserError("the atoms: none were given. Set atoms.calc, or give them: atoms=...")
        self._seen = {name: np.array(value) for name, value in self._fields(self.atoms).items()}
        systems = Systems.from_ase(self.atoms, "the atoms", self._needed)
        rows = self._potential(systems, "the atoms")
        self.results = {name: self._result(name, value) for name, value in rows.items()}
        if "energy" in self.results:
            self.results["free_energy"] = self.results["energy"]

    def _result(self, name: str, rows: np.ndarray) -> Any:
        """The shape that ASE gives a property: no axis for the one system."""
        targets = self._potential.recipe.targets
        value = rows if targets[name.removesuffix(SPREAD)].level == "node" else rows[0]
        if name == "stress" and value.shape == (3, 3):
            return np.array([value[at] for at in VOIGT])
        return float(value) if value.ndim == 0 else value

    def _fields(self, atoms: Atoms) -> dict[str, np.ndarray]:
        """The arrays of the atoms that the recipe reads beside positions and species."""
        held = {**atoms.info, **atoms.arrays, **marks(atoms)}
        return {name: np.asarray(held[name]) for name in self._arrays if name in held}
