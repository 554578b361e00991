"""A tiny task: ten systems of three or four particles that drift, a recipe for it."""

import errno
import os

import numpy as np

from segnn.data import Systems, save_systems
from segnn.recipe import parse_recipe

TEXT = """
name: tiny
fields:
  position: {{irreps: 1o, unit: length}}
  velocity: {{irreps: 1o, unit: length/time}}
data: {{folder: {folder}}}
inputs: [position - center(position), velocity, norm(velocity)]
message_scalars: [distance]
target: {{array: target_position, irreps: 1o, unit: length, base: position}}
model: {{hidden: 4x0e+4x1o, layers: 2}}
training: {{epochs: 4, batch_size: 4, learning_rate: 1e-2, ema: 0.9, clip: 1.0, warmup: 0.1}}
"""


def systems(count, seed):
    """Systems whose particles move along their velocity for 0.7, with some noise."""
    rng = np.random.default_rng(seed)
    offsets = np.concatenate([[0], np.cumsum(rng.integers(3, 5, size=count))])
    position, velocity = rng.normal(size=(2, offsets[-1], 3))
    noise = 0.01 * rng.normal(size=position.shape)
    node = {"velocity": velocity, "target_position": position + 0.7 * velocity + noise}
    return Systems(position=position, offsets=offsets, node=node)


def make_data(folder, train=10):
    """train.npz, valid.npz, test.npz in ``folder``."""
    folder.mkdir(exist_ok=True)
    for seed, (name, count) in enumerate({"train": train, "valid": 5, "test": 6}.items()):
        save_systems(folder / f"{name}.npz", systems(count, seed))
    return folder


def recipe(folder, *overrides):
    """The recipe for the data in ``folder``."""
    return parse_recipe(TEXT.format(folder=folder), "tiny.yaml", overrides)


def fill_disk(patch):
    """There is no room for the second checkpoint that is written."""
    real, saves = os.replace, []

    def replace(source, target):
        if str(target).endswith("last.ckpt"):
            saves.append(target)
            if len(saves) == 2:
                raise OSError(errno.ENOSPC, "No space left on device")
        return real(source, target)

    patch.setattr(os, "replace", replace)
