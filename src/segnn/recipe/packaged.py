"""The text of a recipe, from a file or from the packaged recipe of a name. Needs no torch, so that
a file that is missing is told at once.
"""

from __future__ import annotations

import codecs
import os
import re
from functools import cache
from glob import glob
from pathlib import Path

from segnn.errors import UserError
from segnn.words import NEAR_FILE, nearest

# The longer marks first: the mark of UTF-32 begins with that of UTF-16.
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
MAX_BYTES = 1_000_000  # files of any length, and devices without an end, are not read whole
PACKAGED_RECIPES = Path(__file__).parent.parent / "recipes"
ALL = "-all"
TARGET = re.compile(r"^  (\w+): \{.*level: (graph|node)", re.MULTILINE)
"""A target in a recipe of many, each on a line of its own; those of nodes only stand in others."""


@cache
def packaged_recipes() -> tuple[str, ...]:
    """Their names, sorted. A recipe of many targets, ``qm9-all``, is also one for each of them:
    ``qm9-alpha`` is the same with the target alpha alone.
    """
    files = {path.stem: path for path in PACKAGED_RECIPES.glob("*.yaml")}
    parts = [
        f"{stem.removesuffix(ALL)}-{target}"
        for stem, path in files.items()
        if stem.endswith(ALL)
        for target, level in TARGET.findall(path.read_text(encoding="utf-8"))
        if level == "graph"
    ]
    return tuple(sorted([*files, *parts]))


def recipe_file(path_or_name: str | Path) -> Path:
    """The file that is meant: ``path_or_name`` if there is such a file, else the packaged recipe of
    that name, else the path as it was given, which then does not exist.
    """
    path = Path(path_or_name)
    if str(path_or_name) in packaged_recipes() and not _is_file(path):
        return PACKAGED_RECIPES / f"{path_or_name}.yaml"
    return path


def is_there(file: Path) -> bool:
    """Whether there is such a file, or one of many targets that it is a part of."""
    return _is_file(file) or _whole(file) is not None


def hides_packaged(path_or_name: str | Path) -> bool:
    """Whether a file takes the place of the packaged recipe of that very name."""
    return str(path_or_name) in packaged_recipes() and _is_file(Path(path_or_name))


def read_recipe(path_or_name: str | Path) -> str:
    """The text of the recipe. Raises `UserError` if it cannot be read as text, with the names of
    recipes that were perhaps meant.
    """
    file = recipe_file(path_or_name)
    if (whole := _whole(file)) is not None:
        return _one_target(whole, file.stem)
    try:
        with file.open("rb") as opened:
            data = opened.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise UserError(
            f"cannot read the recipe {path_or_name}: "
            f"{getattr(error, 'strerror', None) or error}{_meant(file)}"
        ) from None
    if len(data) > MAX_BYTES:
        raise UserError(
            f"cannot read the recipe {path_or_name}: it has more than {MAX_BYTES} bytes, so it is "
            "no recipe, which is a YAML file of some lines"
        )
    if data.startswith(b"PK\x03\x04"):
        raise UserError(
            f"cannot read the recipe {path_or_name}: it is an archive, such as an NPZ; a recipe is "
            "a YAML file. segnn init writes one for systems of your own"
        )
    return decode(data, str(path_or_name))


def _whole(file: Path) -> Path | None:
    """The packaged recipe of many targets that ``file``, which does not exist, is one target of."""
    whole = PACKAGED_RECIPES / f"{file.stem.rpartition('-')[0]}{ALL}.yaml"
    named = file.parent == PACKAGED_RECIPES and file.stem in packaged_recipes()
    return whole if named and not _is_file(file) else None


def _one_target(whole: Path, name: str) -> str:
    """The text of ``whole`` with one target and those that stand in it, under the name ``name``."""
    kept = name.rpartition("-")[2]
    lines = whole.read_text(encoding="utf-8").splitlines(keepends=True)
    said = next(line for line in lines if (target := TARGET.match(line)) and target[1] == kept)
    words = {*re.findall(r"\w+", said)}
    own = [line for line in lines if (target := TARGET.match(line)) is None or target[1] in words]
    return "".join(own).replace(f"name: {whole.stem}\n", f"name: {name}\n")


def decode(data: bytes, name: str) -> str:
    """The bytes of a YAML file as text: UTF-8, or UTF-16 or UTF-32 with a byte order mark.

    Raises `UserError` with the line of the first byte that is not text.
    """
    encoding = next((code for mark, code in MARKS if data.startswith(mark)), "utf-8")
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise UserError(
            f"cannot read the recipe {name}, line {line}: it is not UTF-8 text "
            f"(byte {data[error.start]:#04x}); save it as UTF-8"
        ) from None


def _meant(file: Path) -> str:
    """Name the recipe that was perhaps meant: a file nearby, or one that is packaged."""
    if os.path.isdir(file):
        inside = file / "recipe.yaml"
        return f". A recipe is a YAML file{f': {inside}' if os.path.isfile(inside) else ''}"
    if os.path.lexists(file):
        return ""
    packaged, stem = packaged_recipes(), file.name.removesuffix(".yaml").removesuffix(".yml")
    there = sorted(glob("*.y*ml", root_dir=file.parent))
    if near := nearest(file.name, there, NEAR_FILE):
        return f"; nearest there: {near}"
    files = f"; there are: {', '.join(there[:20])}" if there else ""
    ending = ", without .yaml" if stem != file.name else ""
    near = nearest(stem, packaged)
    meant = f"; did you mean the packaged recipe {near}{ending}?" if near else ""
    return f"{files}{meant}; packaged recipes: {', '.join(packaged)}"


def _is_file(path: Path) -> bool:
    """Whether there is something to read, also a pipe, and not a folder."""
    return os.path.exists(path) and not os.path.isdir(path)  # unlike Path's, these never raise
