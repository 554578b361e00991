"""Recipes that were damaged: whatever stands in the file, the answer is a recipe or a
`UserError`.
"""

import random

import pytest

from segnn.errors import UserError
from segnn.recipe import Cues, load_recipe
from segnn.recipe.packaged import PACKAGED_RECIPES

SOURCES = [path.read_bytes() for path in sorted(PACKAGED_RECIPES.glob("*.yaml"))]
SPLICES = [
    b"\0", b"\x07", b"\x85", b"\xff\xfe", b"\xef\xbb\xbf", b"\t", b"\r", b"\n", b"&a ", b"*a ",
    b"!!python/name:os ", b"<<: ", b"? ", b"- ", b": ", b"{", b"}", b"[", b"]", b"'", b'"', b"|\n",
    b"%YAML 9.9\n", b"---\n", b"...\n", b"# ", b".nan", b".inf", b"-1", b"0", b"1e999", b"9" * 400,
    b"9" * 5000, b"0x", b"0b", b"1:70", b"2001-99-99", b"null", b"true", b"~", b"1" * 30, b"1e-400",
    b"[" * 200, b"{" * 40, b"(" * 300, b"-" * 300, b"name", b"fields", b"model", b"1o",
    b"1e", b"9e",
    b"1x999e", b"99999999x0e", b"sh(", b"sum(", b"mean(", b"position", b"\xf0\x9f\x98\x80",
    "\u2028".encode(), "\ud800".encode("utf-8", "surrogatepass"), b"cross(velocity, velocity)",
]  # fmt: skip


def mutated(seed: int) -> bytes:
    """A packaged recipe with one to four damages."""
    rng = random.Random(seed)
    data = rng.choice(SOURCES)
    for _ in range(rng.randint(1, 4)):
        here, length = rng.randrange(len(data) + 1), rng.choice((0, 1, 1, 3, 10, 60))
        lines = data.splitlines(keepends=True)
        what = rng.randrange(6)
        if what == 0:  # something strange
            data = data[:here] + rng.choice(SPLICES) + data[here + length :]
        elif what == 1:  # other bytes
            data = data[:here] + rng.randbytes(rng.randint(1, 3)) + data[here + length :]
        elif what == 2:  # cut short
            data = data[:here]
        elif what == 3:  # the order of lines
            rng.shuffle(lines)
            data = b"".join(lines)
        elif what == 4:  # a line twice, or indented otherwise
            n = rng.randrange(len(lines)) if lines else 0
            data = b"".join([*lines[: n + 1], b" " * rng.randrange(4), *lines[n:]])
        else:  # the value of a key
            n = rng.randrange(len(lines)) if lines else 0
            head = lines[n].partition(b": ")[0] if lines else b""
            data = b"".join([*lines[:n], head, b": ", rng.choice(SPLICES), b"\n", *lines[n + 1 :]])
    return data


def check(seeds, path):
    """Load each of them; returns how many were refused."""
    refused = []
    for seed in seeds:
        path.write_bytes(mutated(seed))
        try:
            Cues(load_recipe(path))
        except UserError as error:
            refused.append(str(error))
        except Exception as error:
            raise AssertionError(f"seed {seed}: {type(error).__name__}: {error}") from error
    assert all(str(path) in message for message in refused), "the file is not named"
    return len(refused)


def test_mutated_recipes(tmp_path):
    refused = check(range(300), tmp_path / "mutated.yaml")
    assert 150 < refused < 300  # most are damaged beyond reading, some are recipes still


@pytest.mark.slow
def test_ten_thousand_mutated_recipes(tmp_path):
    assert check(range(300, 10_000), tmp_path / "mutated.yaml") > 5000
