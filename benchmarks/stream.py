"""Training systems beyond memory beside some that fit: time a step, and peak memory.

    python benchmarks/stream.py [--memory 64MiB] [--steps 150] [-o results/scaling/stream.json]

Each run is a process of its own: one of hardly any systems, whose peak is that of Python and the
network; one of a set that fits; one of a set of four times the memory, in an HDF5 file. The latter
two take turns, so that a busier moment of the machine meets both.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from shared import systems, tell

from segnn.data import save_systems
from segnn.model import PhysicalModel
from segnn.o3.memory import parse_bytes
from segnn.recipe import Recipe, load_recipe
from segnn.training.plan import bytes_of, nbytes
from segnn.training.splits import training_splits
from segnn.training.stream import Stream
from segnn.training.trainer import Trainer

TIMES = 4
WARM_UP = 20
TURNS = 3


def recipe(folder: Path, name: str, memory: int) -> Recipe:
    """The recipe ``charged`` with the training systems ``name``."""
    return load_recipe(
        "charged",
        [
            *("data.folder=null", "data.train_limit=null", f"data.memory={memory}"),
            *(f"data.train={folder}/{name}.h5", f"data.valid={folder}/tiny.h5"),
        ],
    )


def one(folder: Path, name: str, memory: int, steps: int) -> dict[str, Any]:
    """Some steps of a training, in this process."""
    model = PhysicalModel(recipe(folder, name, memory))
    train = training_splits(model, None, memory)["train"]
    model.calibrate(train.features)
    stream = None
    if train.whole is not None and train.plan is not None:
        stream = Stream(model, train.whole, train.source, train.plan)
    trainer = Trainer(model, train.features, stream=stream)
    ends, used = [], []
    while trainer.step < steps:
        for index in trainer.batches:
            trainer.train_on(index)
            ends.append(time.perf_counter())
            used.append(time.process_time())
            if trainer.step == steps:
                break
    return {
        "streamed": stream is not None,
        "systems": train.count,
        "step_ms": float(np.median(np.diff(ends[WARM_UP:])) * 1e3),
        "mean_step_ms": float(np.diff(ends[WARM_UP:]).mean() * 1e3),
        "processor_ms": float(np.diff(used[WARM_UP:]).mean() * 1e3),
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }


def measured(folder: Path, name: str, memory: int, steps: int) -> dict[str, Any]:
    """The same in a process of its own."""
    command = [sys.executable, __file__, "--child", name, "--folder", str(folder)]
    command += ["--memory", str(memory), "--steps", str(steps)]
    found: dict[str, Any] = json.loads(subprocess.check_output(command))
    return found


def compare(folder: Path, memory: int, steps: int) -> dict[str, Any]:
    """All runs, and what they say."""
    model = PhysicalModel(recipe(folder, "tiny", memory))
    few = systems(100)
    each = (nbytes(few) + bytes_of(model.features(few))) / len(few)
    sizes = {"tiny": 100, "fits": int(memory / 4 / each), "beyond": int(TIMES * memory / each)}
    for name, count in sizes.items():
        save_systems(folder / f"{name}.h5", systems(count))
    runs: dict[str, list[dict[str, Any]]] = {name: [] for name in sizes}
    for turn in range(TURNS):
        for name in sizes if turn == 0 else ("fits", "beyond"):
            runs[name].append(measured(folder, name, memory, steps))
    assert all(run["streamed"] for run in runs["beyond"])
    assert not any(run["streamed"] for run in runs["fits"])
    best = {name: {k: min(run[k] for run in held) for k in held[0]} for name, held in runs.items()}
    peak = max(run["peak"] for run in runs["beyond"]) - runs["tiny"][0]["peak"]
    ratios = {
        f"{key}_ratio": best["beyond"][key] / best["fits"][key]
        for key in ("step_ms", "mean_step_ms", "processor_ms")
    }
    return {
        "what": "recipe charged, batches of 100; a set of four times the memory over one that fits",
        "memory_allowed": memory,
        "memory_taken": peak,
        "memory_ratio": peak / memory,
        **ratios,
        "threads": torch.get_num_threads(),
        "runs": runs,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--memory", default="64MiB")
    parser.add_argument("--steps", type=int, default=150)
    parser.add_argument("-o", "--out", type=Path)
    parser.add_argument("--child", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    memory = parse_bytes(given.memory)
    if given.child:
        print(json.dumps(one(given.folder, given.child, memory, given.steps)))
        return
    with tempfile.TemporaryDirectory(prefix="segnn-") as folder:
        result = compare(Path(folder), memory, given.steps)
    tell(result, given.out)


if __name__ == "__main__":
    main()
