"""A small recipe, its data, and the command line called in this process."""

from pathlib import Path

import numpy as np
from typer.testing import CliRunner

from segnn.cli import app
from segnn.model.check import random_systems
from segnn.recipe import load_recipe

ROOT = Path(__file__).resolve().parents[2]
TINY = """name: tiny
fields:
  position: {irreps: 1o, unit: length}
  velocity: {irreps: 1o, unit: length/time}
  charge: {irreps: 0e, unit: charge}
data: {folder: data}
inputs: [position - center(position), velocity, norm(velocity)]
node_attributes: [mean(edge_attributes), sh(velocity)]
message_scalars: [distance, source(charge) * target(charge)]
target: {array: target_position, irreps: 1o, unit: length, base: position}
model: {hidden: 4x0e+4x1o, layers: 1}
training: {epochs: 2, batch_size: 2}
"""


def call(*arguments, code=0):
    """Run the command; anything but the exit status expected fails the test. Returns typer's
    result.
    """
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, (
        f"exit status {result.exit_code}\n{result.stdout}\n{result.stderr}"
    )
    return result


def refused(*arguments):
    """Run a command that is the user's mistake; returns its message."""
    result = call(*arguments, code=2)
    assert result.stdout == ""
    assert "error: " in result.stderr
    assert "Traceback" not in result.stderr
    return result.stderr.partition("error: ")[2]


def arrays(sizes=(5, 5, 5, 5), seed=0):
    """Labelled systems of the recipe ``TINY`` in the published schema."""
    Path("tiny.yaml").write_text(TINY)
    made = random_systems(load_recipe("tiny.yaml"), sizes, seed).to_arrays()
    made["charge"] = made["charge"][..., 0]
    return made | {"target_position": made["position"] + 0.3 * made["velocity"]}


def write(path, **changed):
    """An NPZ file of these systems, some arrays replaced, or left out if None."""
    Path(path).parent.mkdir(exist_ok=True)
    kept = {name: value for name, value in (arrays() | changed).items() if value is not None}
    np.savez(path, **kept)
    return path


def prepare():
    """tiny.yaml and its data in the working directory."""
    for seed, split in enumerate(("train", "valid", "test")):
        write(f"data/{split}.npz", **arrays(seed=seed))


__all__ = ["ROOT", "TINY", "arrays", "call", "prepare", "refused", "write"]
