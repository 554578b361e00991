"""docs/recipe.md says what the schema says, of every key."""

from pathlib import Path

import pytest

from segnn.recipe import Recipe
from segnn.recipe.reference import page

DOCS = Path(__file__).parents[2] / "docs" / "recipe.md"


def test_the_page_is_up_to_date():
    assert DOCS.read_text(encoding="utf-8") == page(), "make docs"


def test_every_key_has_a_meaning():
    silent = [
        ".".join((*path, key))
        for path, section in Recipe.sections().items()
        for key, field in section.model_fields.items()
        if not field.description
    ]
    assert not silent


@pytest.mark.parametrize(
    "line",
    [
        "| `kind` | `complete`, `nearest`, `radius` | `complete` | ",
        "| `learning_rate` | number > 0 | `0.0005` | ",
        "| `ema` | number > 0, < 1 or `null` | `null` | ",
        "| `degree` | whole number ≥ 0, ≤ 11 | `1` | ",
        "| `seed` | whole number ≥ 0, < 2^63 | `0` | ",
        "| `checkpoint_layers` | `true` or `false` | `false` | ",
        "| `inputs` | list of expressions, not empty |  | ",
        "| `irreps` | irreps |  | ",
        "## `fields.NAME`",
    ],
)
def test_types_defaults_and_limits(line):
    assert any(text.startswith(line) for text in page().splitlines())
