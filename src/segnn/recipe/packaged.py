"""The recipes that are shipped with the package, by name."""

from __future__ import annotations

from functools import cache
from pathlib import Path

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
    if str(path_or_name) in packaged_recipes() and (not path.exists() or path.is_dir()):
        return PACKAGED_RECIPES / f"{path_or_name}.yaml"
    return path


def hides_packaged(path_or_name: str | Path) -> bool:
    """Whether a file takes the place of the packaged recipe of that very name."""
    path = Path(path_or_name)
    return str(path_or_name) in packaged_recipes() and path.exists() and not path.is_dir()
