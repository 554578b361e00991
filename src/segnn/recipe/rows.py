"""An array of the data as rows of the irreps that a recipe declares, or an error that says what its
shape means.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from e3nn.o3 import Irreps

from segnn.data import Systems
from segnn.errors import UserError
from segnn.recipe import cartesian


@dataclass(frozen=True)
class Declared:
    """What a recipe says of an array; ``key`` is the section that says so, fields.NAME or target;
    ``label``: whether it holds labels.

    ``form``: of matrices (3, 3), a key of `segnn.recipe.cartesian.FORMS`; None for irreps.
    """

    array: str
    irreps: str
    level: str
    key: str
    form: str | None = None
    label: bool = False

    @property
    def dim(self) -> int:
        """Numbers in a row."""
        return int(Irreps(self.irreps).dim)

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of a row in the data."""
        return (self.dim,) if self.form is None else (3, 3)

    def fits(self, shape: tuple[int, ...]) -> bool:
        """Whether a row of this shape can be meant; a single number needs no axis."""
        return shape == self.shape or (self.shape == (1,) and shape == ())

    @property
    def system_name(self) -> str:
        """The array's name with the prefix that makes it one row per system."""
        label, name = "target_" * self.array.startswith("target_"), self.array
        return f"{label}graph_{name.removeprefix('target_')}"

    @property
    def array_key(self) -> str:
        """The key of the recipe that names the array."""
        return f"{self.key}.array"


def declared_rows(systems: Systems, declared: Declared, source: str) -> np.ndarray:
    """The array as (rows, irreps.dim), matrices changed to irreps; or a UserError that names both
    shapes.
    """
    node = declared.level == "node"
    here, there = (systems.node, systems.graph) if node else (systems.graph, systems.node)
    count = len(systems.position) if node else len(systems)
    if declared.array not in here:
        raise UserError(f"{source}: {_wrong_level(systems, declared, there[declared.array])}")
    value = here[declared.array]
    if len(value) != count or not declared.fits(value.shape[1:]):
        raise UserError(f"{source}: {_wrong_shape(systems, declared, value)}")
    if declared.form is None:
        return value.reshape(count, declared.dim)
    _check_form(systems, declared, declared.form, value, source)
    return cartesian.to_rows(value, declared.form)


def _wrong_level(systems: Systems, declared: Declared, value: np.ndarray) -> str:
    """Of an array that is one row per system where the recipe says per node, or the reverse."""
    expected = (len(systems.position), *declared.shape)
    if declared.level == "node":
        return (
            f"array {declared.array!r} has shape {value.shape}, one row per system; the recipe's "
            f"{declared.key} says level: node, expected {expected} or the same with the axes of "
            f"'position' in front. Give one row per particle, or set {declared.key}.level: graph."
        )
    expected = (len(systems), *declared.shape)
    says = f"the recipe's {declared.key} says level: graph, one row per system, expected {expected}"
    shape = _stacked(systems, value)
    if _may_be_per_system(systems, declared, value):
        return (
            f"array {declared.array!r} of shape {shape} begins like 'position' and was therefore "
            f"read as one value per particle; {says}. Name it {declared.system_name!r} in the data "
            f"and in {declared.array_key}, which makes it one row per system; or, if it is one "
            f"value per particle, set {declared.key}.level: node and the irreps of that value."
        )
    return (
        f"array {declared.array!r} has shape {shape}, one row per particle; {says}. Give one row "
        f"per system, or set {declared.key}.level: node."
    )


def _wrong_shape(systems: Systems, declared: Declared, value: np.ndarray) -> str:
    node = declared.level == "node"
    count = len(systems.position) if node else len(systems)
    expected = f"{(count, *declared.shape)}" + (f" or ({count},)" if declared.shape == (1,) else "")
    means = "" if declared.form is None else f" and cartesian: {declared.form}"
    text = (
        f"array {declared.array!r} has shape {value.shape}; the recipe's {declared.key} declares "
        f"irreps {declared.irreps}{means}, expected {expected}, one row per {declared.level}."
    )
    if node and _may_be_per_system(systems, declared, value):
        return (
            f"{text} If {_stacked(systems, value)} is one row per system, name it "
            f"{declared.system_name!r} in the data and in {declared.array_key}, and set "
            f"{declared.key}.level: graph."
        )
    form = cartesian.FORMS.items()
    matching = [name for name, irreps in form if Irreps(irreps) == Irreps(declared.irreps)]
    if declared.label and value.shape[1:] == (3, 3) and matching:
        return f"{text} For matrices (3, 3), set {declared.key}.cartesian: {matching[0]}."
    return f"{text} Correct the array or the irreps."


def _stacked(systems: Systems, value: np.ndarray) -> tuple[int, ...]:
    """The shape of a node array (M, …) as (S, N, …) where all systems are of one size."""
    sizes = set(systems.sizes.tolist())
    shape = tuple(value.shape)
    return (len(systems), *sizes, *shape[1:]) if len(sizes) == 1 else shape


def _may_be_per_system(systems: Systems, declared: Declared, value: np.ndarray) -> bool:
    """Whether a node array holds as many numbers of one system as the recipe declares for it: what
    was meant to be per system, but begins as the positions do.
    """
    shape = _stacked(systems, value)
    alone = len(systems) == len(systems.position) and declared.fits(value.shape[1:])
    return alone or (shape != value.shape and declared.fits(shape[1:]))


def _check_form(
    systems: Systems, declared: Declared, form: str, value: np.ndarray, source: str
) -> None:
    outside = cartesian.outside(value, form)
    if not len(outside):
        return
    row = int(outside[0])
    node = declared.level == "node"
    system = int(np.searchsorted(systems.offsets, row, side="right") - 1) if node else row
    away = float(cartesian.deviation(value[row : row + 1], form)[0])
    has = cartesian.narrowest(value[np.isfinite(value).all((1, 2))])
    raise UserError(
        f"{source}: array {declared.array!r} is not {form}: system {system} of {len(systems)} "
        f"(counted from 0) deviates most, by {away:.3g} in a matrix with entries up to "
        f"{np.abs(value[row]).max():.3g} ({len(outside)} of {len(value)} matrices deviate). "
        f"Correct the labels, or set {declared.key}.cartesian: {has} and "
        f"{declared.key}.irreps: {cartesian.FORMS[has]}."
    )
