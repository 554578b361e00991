"""The text of a recipe, from a file or from the packaged recipe of a name. Needs no torch, so that
a file that is missing is told at once.
"""

from __future__ import annotations

import codecs
import difflib
import os
from functools import cache
from glob import glob
from pathlib import Path

from segnn.errors import UserError

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


@cache
def packaged_recipes() -> tuple[str, ...]:
    """Their names, sorted."""
    return tuple(sorted(path.stem for path in PACKAGED_RECIPES.glob("*.yaml")))


def recipe_file(path_or_name: str | Path) -> Path:
    """The file that is meant: ``path_or_name`` if there is such a file, else the packaged recipe of
    that name, else the path as it was given, which then does not exist.
    """
    path = Path(path_or_name)
    if str(path_or_name) in packaged_recipes() and not _is_file(path):
        return PACKAGED_RECIPES / f"{path_or_name}.yaml"
    return path


def hides_packaged(path_or_name: str | Path) -> bool:
    """Whether a file takes the place of the packaged recipe of that very name."""
    return str(path_or_name) in packaged_recipes() and _is_file(Path(path_or_name))


def read_recipe(path_or_name: str | Path) -> str:
    """The text of the recipe. Raises `UserError` if it cannot be read as text, with the names of
    recipes that were perhaps meant.
    """
    file = recipe_file(path_or_name)
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
    if near := difflib.get_close_matches(file.name, there, n=1):
        return f"; nearest there: {near[0]}"
    files = f"; there are: {', '.join(there[:20])}" if there else ""
    near = difflib.get_close_matches(stem, packaged, n=1)
    meant = f"; did you mean the packaged recipe {near[0]}, without .yaml?" if near else ""
    return f"{files}{meant}; packaged recipes: {', '.join(packaged)}"


def _is_file(path: Path) -> bool:
    """Whether there is something to read, also a pipe, and not a folder."""
    return os.path.exists(path) and not os.path.isdir(path)  # unlike Path's, these never raise
