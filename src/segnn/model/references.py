"""Reference energies: of an extensive target, the part that is a sum of one number for each atom's
species.

Subtracted in float64 before anything is float32, whose spacing near −10 000 is a thousandth.
"""

from __future__ import annotations

import torch
from torch import Tensor

from segnn.data.elements import symbol
from segnn.errors import UserError
from segnn.model.exact import Exact
from segnn.o3.trusted import trusted
from segnn.recipe import Features
from segnn.recipe.targets import Reference

ALIKE = 1e-8
"""Relative to the largest, singular values of the compositions below this are zero."""


class References(Exact):
    """Σ over the nodes of one value for each species, for the target ``name``.

    ``values`` (species,): given by the recipe, or measured: least squares of the labels on the
    training systems, the shortest solution where the compositions do not tell all species apart
    (of isomers alone, only the sum is known). ``unknown`` (species, species) projects a composition
    onto what the training systems say nothing about: there, such values mean nothing, and a
    prediction is refused. Both float64, stored with the weights.
    """

    values: Tensor
    unknown: Tensor

    def __init__(self, name: str, reference: Reference):
        super().__init__()
        self.name, self.species, count = name, reference.species, len(reference.species)
        self.given = reference.values is not None
        start = torch.tensor(reference.values or (0.0,) * count, dtype=torch.float64)
        self.register_buffer("values", start)
        self.register_buffer("unknown", torch.zeros(count, count, dtype=torch.float64))

    def forward(self, f: Features) -> Tensor:
        """(rows, 1) of the target; UserError for a composition that the training says nothing
        about.
        """
        counts = f.composition[self.name]
        # Training systems are those that it was fitted to, and a card would have to be waited for.
        known = self.given or self.training or trusted()
        if not known and bool(self.unknown.any()):
            away = (counts @ self.unknown).abs().amax(1) > 1e-6 * counts.abs().amax(1)
            if bool(away.any()):
                self._refuse(counts[away][0])
        return (counts @ self.values)[:, None]

    @torch.no_grad()
    def fit(self, f: Features) -> None:
        """Fit the values to labels − base, unless the recipe gives them."""
        if self.given:
            return
        counts = f.composition[self.name]
        distinct, owner = counts.unique(dim=0, return_inverse=True)
        rows = torch.bincount(owner, minlength=len(distinct)).to(counts)
        rest = f.rest(self.name)[:, 0]
        mean = torch.zeros_like(rows).index_add_(0, owner, rest) / rows
        weight = rows.sqrt()[:, None]
        u, singular, v = torch.linalg.svd(weight * distinct, full_matrices=False)
        kept = singular > ALIKE * singular.max()
        u, singular, v = u[:, kept], singular[kept], v[kept]
        self.values.copy_(v.T @ ((u.T @ (weight[:, 0] * mean)) / singular))
        unknown = torch.eye(len(self.species), dtype=torch.float64) - v.T @ v
        self.unknown.copy_(torch.where(unknown.abs() < ALIKE, 0.0, unknown))

    def take_all(self) -> None:
        """From now on refuse no composition: for checks of what a prediction is made of, which take
        systems apart.
        """
        self.unknown.zero_()

    def _refuse(self, counts: Tensor) -> None:
        atoms = [
            f"{symbol(number)}{int(n) if n != 1 else ''}"
            for number, n in zip(self.species, counts.tolist(), strict=True)
            if n
        ]
        raise UserError(
            f"the reference of {self.name} is not known for {' '.join(atoms)}: the compositions of "
            "the training systems do not tell its species apart. Train with systems of other "
            f"compositions, such as isolated atoms, or give the references in the recipe: "
            f"targets.{self.name}.base: reference(species, …) with one number for each of "
            f"{', '.join(map(symbol, self.species))}"
        )
