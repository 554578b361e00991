"""Every two training options together: a training ends with a model, and its last epoch was
validated.
"""

import subprocess
import sys
from itertools import combinations

import numpy as np
import pytest
from tests.training.helpers import make_data, recipe
from tests.training.test_train import metrics

from segnn.errors import UserError
from segnn.model import load
from segnn.training import train

# One value of every option that could get in another's way, most of them extreme.
OPTIONS = (
    "training.epochs=1",
    "training.epochs=5",
    "training.patience=2",
    "training.evaluate_every=5",
    "training.evaluate_every=100",
    "training.warmup=0.99",
    "training.schedule=one_cycle",
    "training.schedule=step",
    "training.clip=1e-6",
    "training.ema=0.9999",
    "training.batch_size=1",
    "training.batch_size=1000",
    "training.checkpoint_layers=true",
    "training.optimizer=adam",
    "training.loss=mae",
    "training.seed=9223372036854775807",
    "model.norm=batch",
    "data.train_limit=1",
    "data.valid_limit=1",
)
SMALL = (
    "model.hidden=2x0e+2x1o",
    "model.layers=1",
    "training.epochs=3",
    "training.batch_size=2",
    "training.ema=null",
    "training.clip=null",
    "training.warmup=0",
    "data.test_limit=2",
)


def pairs(options):
    """Two different options; two values of one option are no pair."""
    return [
        pair
        for pair in combinations(options, 2)
        if pair[0].partition("=")[0] != pair[1].partition("=")[0]
    ]


@pytest.fixture(scope="module")
def few(tmp_path_factory):
    """A folder with three training systems."""
    return make_data(tmp_path_factory.mktemp("few"), train=3)


def ends_with_a_model(folder, out, *options):
    task = recipe(folder, *SMALL, *options)
    results = train(task, out, progress=False)
    rows = metrics(out)
    assert rows[-1][3], "the last epoch was not validated"
    assert results["epochs"] == len(rows) <= task.training.epochs
    assert results["stopped_early"] == (len(rows) < task.training.epochs)
    assert rows[results["best_epoch"] - 1][3]
    assert np.isfinite([results["test"]["mse"], results["valid"]["mse"]]).all()
    assert load(out).recipe == task


@pytest.mark.parametrize("pair", pairs(OPTIONS), ids=" ".join)
def test_every_pair_ends_with_a_model(pair, few, tmp_path):
    ends_with_a_model(few, tmp_path / "run", *pair)


def test_patience_counts_validations(few, tmp_path):
    """Nothing is learned: of the validations after 5, 10, 15 epochs the last two bring nothing
    better.
    """
    settings = ("training.patience=2", "training.evaluate_every=5", "training.learning_rate=1e-30")
    out = tmp_path / "run"
    results = train(recipe(few, *SMALL, *settings, "training.epochs=40"), out, progress=False)
    assert (results["best_epoch"], results["epochs"]) == (5, 15)
    assert results["stopped_early"]


def test_compiled_layers_are_not_computed_again(few):
    """torch cannot trace it: refused with the recipe, before anything is computed."""
    with pytest.raises(UserError, match="compile or checkpoint_layers, one of the two"):
        recipe(few, "training.compile=true", "training.checkpoint_layers=true")


COMPILED = """
import sys, tempfile, warnings
from functools import partial
from pathlib import Path
import torch
import segnn.training.run as run
from segnn.model.compiled import compile
from tests.training.test_pairs import ends_with_a_model
warnings.filterwarnings("ignore", category=DeprecationWarning)
run.compile = partial(compile, backend="eager")
with tempfile.TemporaryDirectory() as folder:
    ends_with_a_model(sys.argv[1], Path(folder) / "run", *sys.argv[2:])
"""


@pytest.mark.slow
def test_compiled_with_what_meets_it(few):
    """Traced as torch.compile traces it, without the compiler of the generated code; in a process
    without the run-time type checks, which cannot be traced.
    """
    options = (
        "training.compile=true",
        "training.epochs=1",
        "model.norm=batch",
        "training.batch_size=1",
        "training.ema=0.9",
        "training.clip=1e-6",
    )
    command = [sys.executable, "-c", COMPILED, str(few), *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stdout + done.stderr
