"""A first recipe for a file of atoms with energies: the packaged recipe acac, for these species."""

from __future__ import annotations

import re
from collections.abc import Collection

from segnn.data.elements import symbol
from segnn.data.inspect.columns import energy_unit
from segnn.data.inspect.table import Table, labels_of
from segnn.errors import UserError
from segnn.recipe import yaml
from segnn.recipe.packaged import read_recipe
from segnn.words import counted

STEPS = 67_500
"""Configurations that are seen in a training: those of acac, 450 of them 150 times."""


def draft_potential(table: Table, name: str, target: str | None = None) -> str:
    """YAML text of a recipe for energies, and forces if there are some, of the atoms in a file.

    target: the array of energies; the one that is called so if None. Raises `UserError` where there
    is none, or where only some configurations have the labels.
    """
    energy, forces = labels_of(table.columns, target)
    names = ", ".join(table.columns) or "none"
    if energy is None:
        raise UserError(
            f"{table.source}: no array of energies{f' called {target!r}' if target else ''}, one "
            f"number for every configuration; it holds: {names}. Name one: --target NAME"
        )
    for column in (energy, forces):
        lacking = set(range(len(table.systems))) - set(column.owner if column else ())
        if column is not None and lacking and not _are_single(table, lacking, column.level):
            raise UserError(
                f"{table.source}: configuration {min(lacking)} has no {column.name!r}, others "
                "have. Give it to all, or remove the others."
            )
    labels = {"energy": energy.name} | ({} if forces is None else {"forces": forces.name})
    renamed = ", ".join(f"{k}: {yaml.flow(v)}" for k, v in labels.items() if k != v)
    said = f", labels: {{{renamed}}}" if renamed else ""
    species = sorted(set(table.systems.node["atomic_number"].astype(int).tolist()))
    count = len(table.systems)
    text = read_recipe("acac")
    head = (
        f"# Drafted by 'segnn init' from {counted(count, 'configuration')} of {table.source}, "
        "after the packaged recipe acac.\n# segnn inspect says what the file holds; then: segnn "
        f"check, segnn train.\n{_unused(table, labels.values())}name: {yaml.flow(name)}\n"
    )
    text = head + text[text.index("name: acac\n") + len("name: acac\n") :]
    data = (
        "# A tenth chooses the best epoch, another tests it; or name files: test: other.xyz\n"
        f"data: {{train: {yaml.flow(table.source)}, valid: {{fraction: 0.1}}, "
        f"test: {{fraction: 0.1}}{said}}}"
    )
    text = _line(text, r"(?:#[^\n]*\n)?data:.*", data)
    listed = f"[{', '.join(symbol(one) for one in species)}]"
    text = _line(text, r"species:.*", f"species: {listed}".ljust(49) + "# what the atoms may be")
    epochs = max(10, min(2000, round(STEPS / max(1, 0.8 * count))))
    text = _line(text, r"  epochs:.*", f"  epochs: {epochs}")
    unit = energy_unit(energy, table.systems) or "eV"
    text = text.replace("unit: eV", f"unit: {unit}")
    if forces is not None:
        return text
    return _line(text, r"  forces:.*\n", "").replace("; the forces are its derivative, exactly", "")


def _unused(table: Table, labels: Collection[str]) -> str:
    """A comment on what the file holds and the recipe does not read."""
    names = [yaml.flow(name) for name in table.columns if name not in {*labels, "atomic_number"}]
    if not names:
        return ""
    return (
        f"# Also in the file, and not used: {', '.join(names)}.\n"
        "# What the network is to know is declared under fields, such as tag: {irreps: 0e}, and "
        "named among the inputs.\n"
        "# What it is to learn is one more target, such as stress: {derivative: energy / strain, "
        "unit: eV/angstrom^3}.\n"
    )


def _are_single(table: Table, systems: set[int], level: str) -> bool:
    """Isolated atoms need no forces."""
    return level == "node" and all(table.systems.sizes[n] == 1 for n in systems)


def _line(text: str, pattern: str, new: str) -> str:
    return re.sub(rf"(?m)^{pattern}", lambda _: new, text, count=1)
