"""Data that do not fit: the message names file, array, system and cure; no command goes on with
them.
"""

import json
from pathlib import Path

import numpy as np
import pytest

from .helpers import arrays, call, refused, write


def spoilt(name, value):
    """The array with one number replaced, in system 2, particle 3."""
    array = arrays()[name].copy()
    array[2, 3, ...] = value
    return array


class Innocent:
    """Something that only a pickle can hold."""


BAD = {
    "nan": (
        lambda: {"velocity": spoilt("velocity", np.nan)},
        ["'velocity'", "nan", "system 2, particle 3"],
    ),
    "infinity": (
        lambda: {"position": spoilt("position", np.inf)},
        ["'position'", "inf", "system 2, particle 3"],
    ),
    "missing array": (
        lambda: {"charge": None},
        ["missing array 'charge'", "present: position", "recipe"],
    ),
    "misspelt array": (
        lambda: {"velocity": None, "velocty": arrays()["velocity"]},
        ["'velocity'", "Did you mean 'velocty'"],
    ),
    "no positions": (lambda: {"position": None}, ["no array 'position'", "(S, N, 3)"]),
    "sizes disagree": (
        lambda: {"velocity": np.ones((4, 3, 3))},
        ["'velocity'", "(4, 3, 3)", "(20, 3)"],
    ),
    "sizes disagree, scalars": (
        lambda: {"charge": np.ones((4, 3))},
        ["'charge'", "(4, 3)", "(20, 1)", "fields.charge"],
    ),
    "wrong shape": (lambda: {"velocity": np.ones((4, 5, 2))}, ["'velocity'", "2)", "3)"]),
    "flat": (
        lambda: {"position": np.ones((4, 5, 2))},
        ["'position'", "(4, 5, 2)", "expected (S, N, 3)"],
    ),
    "empty": (
        lambda: {k: v[:0] for k, v in arrays().items()},
        ["'position'", "(0, 5, 3)", "empty"],
    ),
    "text": (lambda: {"charge": np.full((4, 5), "plus")}, ["'charge'", "real numbers"]),
    "pickle": (
        lambda: {"charge": np.full((4, 5), Innocent(), dtype=object)},
        ["'charge'", "pickle", "refused"],
    ),
}


@pytest.mark.parametrize("command", ["train", "predict", "check", "evaluate", "info"])
@pytest.mark.parametrize("bad", BAD)
def test_bad_arrays(here, command, bad):
    changes, told = BAD[bad]
    if command == "train":
        write("data/train.npz", **changes())
        message = refused("train", "tiny.yaml", "--out", "new")
        name = "data/train.npz"
    else:
        name = str(write("own.npz", **changes()))
        message = refused(
            *{
                "predict": ("predict", "run", name, "-o", "out.npz"),
                "check": ("check", "run", "--data", name),
                "evaluate": ("evaluate", "run", "--data", name),
                "info": ("info", "run", "--data", name),
            }[command]
        )
    for text in [name, *told]:
        assert text in message
    assert not Path("out.npz").exists()


@pytest.mark.parametrize(
    ("labels", "told"),
    [
        (None, ["missing array 'target_position'"]),
        (np.zeros((4, 5, 3)), ["'target_position'", "zero"]),
        (np.ones((4, 5, 3)), ["'target_position'", "[1.0, 1.0, 1.0]"]),
    ],
)
def test_labels_that_cannot_be_meant(here, labels, told):
    write("data/train.npz", target_position=labels)
    message = refused("train", "tiny.yaml", "--out", "new")
    for text in ["data/train.npz", *told]:
        assert text in message


def test_a_failed_start_does_not_block_the_next(here):
    """The run folder of a training that never began is no training that exists."""
    write("data/train.npz", charge=None)
    refused("train", "tiny.yaml", "--out", "new")
    write("data/train.npz")
    call("train", "tiny.yaml", "--set", "training.epochs=1", "--out", "new")


def test_bad_offsets(here):
    flat = arrays(sizes=(3, 5, 2))
    np.savez("own.npz", **(flat | {"offsets": np.array([0, 3, 9, 10])[[0, 1, 1, 3]]}))
    message = refused("predict", "run", "own.npz", "-o", "out.npz")
    assert "'offsets' goes from 3 to 3 at system 1" in message


def test_no_such_file(here):
    assert "nowhere.npz: no such file" in refused("predict", "run", "nowhere.npz", "-o", "out.npz")
    assert "data: is a folder" in refused("predict", "run", "data", "-o", "out.npz")
    told = refused("predict", "run", "data/tset.npz", "-o", "out.npz")
    assert "data/tset.npz: no such file. Did you mean data/test.npz?" in told
    Path("link.npz").symlink_to("gone.npz")
    told = refused("predict", "run", "link.npz", "-o", "out.npz")
    assert "link.npz: is a link to gone.npz, which is not there" in told


@pytest.mark.parametrize("content", [b"", b"no arrays at all", "cut"])
def test_file_that_is_no_npz_or_cut_short(here, content):
    whole = Path("data/test.npz").read_bytes()
    Path("own.npz").write_bytes(whole[: len(whole) // 2] if content == "cut" else content)
    message = refused("predict", "run", "own.npz", "-o", "out.npz")
    assert "own.npz: not an NPZ file, or cut short" in message


def test_the_input_is_not_overwritten(here):
    before = Path("data/test.npz").read_bytes()
    assert "is the input file" in refused(
        "predict", "run", "data/test.npz", "-o", "data/../data/test.npz"
    )
    assert Path("data/test.npz").read_bytes() == before


@pytest.mark.parametrize("sizes", [(5, 5, 5, 5), (3, 5, 2, 6)])
def test_predictions_that_are_not_finite_are_told(here, sizes):
    """Positions of 1e200 are numbers, and beyond what float32 holds."""
    given = arrays(sizes=sizes)
    flat = given["position"].reshape(-1, 3)
    for system in (1, 3):
        flat[sum(sizes[:system])] = 1e200
    np.savez("own.npz", **given)
    result = call("predict", "run", "own.npz", "-o", "out.npz", "--json")
    assert (
        "warning: out.npz: the predictions of 2 of 4 systems are not finite, the first of them"
        " system 1" in result.stderr
    )
    assert json.loads(result.stdout)["not_finite"] == 2
    assert "warning" not in call("predict", "run", "data/test.npz", "-o", "out.npz").stderr
