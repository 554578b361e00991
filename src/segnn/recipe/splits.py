"""The systems of a recipe's splits: every file that a recipe names is read here and nowhere else.

A split is a list of files, or drawn from the systems of ``train``: the draw depends on the number
of these systems, on the fractions and on ``data.seed`` alone, so that it is the same in every
command.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from segnn.data import Systems
from segnn.data.hdf5 import is_hdf5
from segnn.data.joined import joined
from segnn.data.stored import Stored
from segnn.errors import UserError
from segnn.files import expanded, to_read
from segnn.recipe.data_section import DataSpec, Part
from segnn.recipe.reading import read
from segnn.recipe.schema import Recipe
from segnn.splits import SPLITS

VALID = 0.1
"""The share of the training systems that choose the best epoch where the recipe says nothing."""
SHOWN = 3


@dataclass(frozen=True)
class SplitSystems:
    """The systems of one split, the name that errors give them, and whether they were drawn from
    those of train. Of systems that stay in a file, ``stored``, ``systems`` holds none.
    """

    systems: Systems
    source: str
    drawn: bool
    stored: Stored | None = None


def declared_splits(data: DataSpec) -> tuple[str, ...]:
    """The splits that there are: all three, no test where files are named and none for it, none
    where the recipe names no data.
    """
    if not data.is_named:
        return ()
    return SPLITS if data.folder is not None or data.test is not None else SPLITS[:2]


def named_splits(data: DataSpec) -> tuple[str, ...]:
    """`declared_splits`; UserError for a recipe that names no data."""
    if not data.is_named:
        raise UserError(
            "the recipe names no data. Add the section data: {folder: data/mine}, with train.npz, "
            "valid.npz and test.npz, or data: {train: mine.xyz}; on the command line --set "
            "data.train=FILE; in Python segnn.train(recipe, out, data={'train': ..., 'valid': ...})"
        )
    return declared_splits(data)


def read_split(recipe: Recipe, split: str, *, labels: bool = True) -> SplitSystems:
    """The systems of one split, as many as the recipe allows; see `read_splits`."""
    return read_splits(recipe, (split,), labels=labels)[split]


def read_splits(
    recipe: Recipe,
    splits: Iterable[str] | None = None,
    *,
    labels: bool = True,
    most: int | None = None,
) -> dict[str, SplitSystems]:
    """The systems of some splits, by default of all that the recipe declares.

    Every file is read once. ``labels`` as of `segnn.recipe.reading.read`. With ``most``, training
    systems of more bytes stay in their HDF5 file. Raises `UserError` for a split that there is not,
    files that are missing or unusable, and too few systems to divide.
    """
    data = recipe.data
    wanted = named_splits(data) if splits is None else tuple(splits)
    for split in wanted:
        check_split(data, split)
    parts = _fractions(data)
    pool = None
    if any(_is_drawn(data, split) for split in wanted):
        pool, source = _read_files(recipe, "train", labels, most)
        rows = drawn(pool.sizes, parts, data.seed, source)
    found = {}
    for split in wanted:
        if pool is not None and _is_drawn(data, split):
            what = "left for" if split == "train" else "drawn for"
            held, source_of = _some(pool, rows[split]), f"{source}, the systems {what} {split}"
        else:
            held, source_of = _read_files(recipe, split, labels, most if split == "train" else None)
        held = _some(held, slice(getattr(data, f"{split}_limit")))
        drawn_ = _is_drawn(data, split)
        if isinstance(held, Systems):
            found[split] = SplitSystems(held, source_of, drawn_)
        elif split == "train":
            none = held.read(slice(0, 0))
            found[split] = SplitSystems(none, source_of, drawn_, held)
        else:
            found[split] = SplitSystems(held.read(), source_of, drawn_)
    return found


def _some(held: Systems | Stored, index: np.ndarray | slice) -> Systems | Stored:
    return held[index] if isinstance(held, Systems) else held.view(index)


def drawn(
    sizes: np.ndarray, parts: dict[str, float], seed: int, source: str
) -> dict[str, np.ndarray]:
    """Which systems, of ``sizes`` (S,) particles, belong to which split, index arrays.

    Every part gets the rounded fraction, at least one system; train is the rest in random order.
    Single particles (isolated atoms, which tell the energy of each species) are never drawn where
    there is anything larger, and stand first in train.
    """
    single = (sizes == 1) & bool((sizes > 1).any())
    order = np.random.default_rng(seed).permutation(np.flatnonzero(~single))
    counts = {split: max(1, round(fraction * len(order))) for split, fraction in parts.items()}
    if sum(counts.values()) >= len(order):
        shares = ", ".join(f"data.{split} takes {count}" for split, count in counts.items())
        raise UserError(
            f"{source}: holds {len(order)} system{'s' * (len(order) != 1)} to draw from, and "
            f"{shares}: none is left for training. Give more systems, or name a file for "
            "data.valid."
        )
    found, start = {}, 0
    for split, count in counts.items():
        found[split] = np.sort(order[start : start + count])
        start += count
    return {**found, "train": np.concatenate([np.flatnonzero(single), order[start:]])}


def split_files(data: DataSpec, split: str) -> list[Path]:
    """The files that the systems of ``split`` lie in, those of train where they are drawn from it.

    Patterns are expanded and sorted. Raises `UserError` for a file that is named and not there, or
    a pattern that fits none; in a folder the files are not looked for.
    """
    check_split(data, split)
    where = _where(data, split)
    if isinstance(where, float):
        return split_files(data, "train")
    if getattr(data, split) is None:
        return [Path(where[0])]
    found = [path for pattern in where for path in _matching(pattern, split)]
    twice = next((path for n, path in enumerate(found) if path in found[:n]), None)
    if twice is not None:
        raise UserError(
            f"data.{split}: {twice} is named twice, and its systems would be there twice. Name it "
            "once"
        )
    return found


def is_there(data: DataSpec, split: str) -> bool:
    """Whether the files of ``split`` are all there, without an error if not."""
    try:
        return split in declared_splits(data) and all(
            os.path.exists(path) for path in split_files(data, split)
        )
    except UserError:
        return False


def named_files(data: DataSpec, split: str) -> str:
    """Where the systems of ``split`` come from, in the words of the recipe."""
    where = _where(data, split)
    return named_files(data, "train") if isinstance(where, float) else ", ".join(where)


def check_split(data: DataSpec, split: str) -> None:
    """UserError for what is no split, or one that the recipe does not declare."""
    if split not in SPLITS:
        raise UserError(f"split {split!r}: expected one of {', '.join(SPLITS)}")
    if split not in named_splits(data):
        raise UserError(
            "the recipe names no test systems. Take those of validation (--split valid), give a "
            "file with --data, or name some in the recipe before training: data: {test: FILE}, or "
            "{fraction: 0.1}"
        )


def _where(data: DataSpec, split: str) -> tuple[str, ...] | float:
    """The files of a declared split, or its share of the systems of train."""
    named: tuple[str, ...] | Part | None = getattr(data, split)
    if isinstance(named, Part):
        return named.fraction
    if named is not None:
        return named
    return VALID if data.folder is None else (str(Path(data.folder) / f"{split}.npz"),)


def _fractions(data: DataSpec) -> dict[str, float]:
    found = {s: _where(data, s) for s in declared_splits(data)}
    return {split: where for split, where in found.items() if isinstance(where, float)}


def _is_drawn(data: DataSpec, split: str) -> bool:
    parts = _fractions(data)
    return split in parts or (split == "train" and bool(parts))


def _read_files(
    recipe: Recipe, split: str, labels: bool, most: int | None
) -> tuple[Systems | Stored, str]:
    files = split_files(recipe.data, split)
    if most is not None and len(files) == 1 and is_hdf5(files[0]):
        stored = Stored.open(files[0], recipe.data.labels)
        if stored is not None and stored.nbytes > most:
            return stored, str(files[0])
    systems = [read(recipe, path, labels=labels).systems for path in files]
    source = ", ".join(map(str, files[:SHOWN]))
    if len(files) > SHOWN:
        source += f" and {len(files) - SHOWN} more files"
    needed = recipe.field_arrays | (recipe.label_arrays if labels else frozenset())
    names = [str(path) for path in files]
    return joined(systems, source, names=names, needed=needed), source


def _matching(pattern: str, split: str) -> list[Path]:
    try:
        return [path if os.path.exists(path) else to_read(path) for path in expanded([pattern])]
    except UserError as error:
        raise UserError(
            f"data.{split}: {error} Paths start from the working directory; name another with "
            f"--set data.{split}=FILE"
        ) from None
