"""docs/vocabulary.md names every word as it is, and its examples are expressions."""

import re
from pathlib import Path

import pytest

from segnn.recipe.expression import VOCABULARY
from segnn.recipe.vocabulary import reference

from .helpers import recipe, term

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "vocabulary.md").read_text(encoding="utf-8")


def test_the_page_is_up_to_date():
    """If not: replace the last table of docs/vocabulary.md by what
    `segnn.recipe.vocabulary.reference()` returns.
    """
    assert PAGE.endswith(reference())
    assert all(f"`{name}(" in PAGE for name in VOCABULARY)


EXAMPLES = [
    text
    for line in PAGE.partition("| cue | expression |")[2].partition("\n\n")[0].splitlines()
    for text in re.findall(r"`([^`]+)`", line.split("|")[2] if line.count("|") > 2 else "")
    if not text.startswith(("target.", "model.", "data."))
    and text not in ("horizon", "one", "mass")
]


@pytest.mark.parametrize("expression", EXAMPLES)
def test_examples_are_expressions(expression):
    term(expression)


def test_examples_of_targets():
    assert len(EXAMPLES) >= 9
    for base in re.findall(r"`target.base: ([^`]+)`", PAGE):
        made = recipe(f"target.base={base}", "target.centered=one", "model.kind=segnn_refreshed")
        assert made.targets[made.main].base == base
