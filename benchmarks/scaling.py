"""One and two processes that train together: weak and strong scaling, and what goes over the wire.

    python benchmarks/scaling.py [--steps 40] [-o results/scaling/processes.json]

The recipe ``charged``, on CPUs, through gloo, one thread a process. Strong: the same batch of 100
in one and in two processes. Weak: 100 systems in each. The runs take turns. A machine that is busy
with others tells of the wall clock what it had left for us; the processor time is ours.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from shared import systems, tell
from torch import Tensor

from segnn.model import PhysicalModel
from segnn.recipe import load_recipe
from segnn.training.processes import Processes, connected
from segnn.training.trainer import Trainer

EACH = 100
WARM_UP = 8
TURNS = 2
SUMS = 30
RUNS = {"one": (1, EACH), "strong": (2, EACH), "weak": (2, 2 * EACH)}
"""Processes, and systems in a step."""
PLANNED = (1, 8, 64, 512, 1000)
NETWORK = 12.5e9
"""Bytes a second and machine that the plan supposes: 100 Gbit/s."""
LATENCY = 30e-6
"""Seconds of a message between machines that the plan supposes."""


class Counted(Processes):
    """Processes that count what they sum, and how long it takes."""

    sums: list[tuple[int, float]]

    def add(self, value: Tensor) -> None:
        begin = time.perf_counter()
        super().add(value)
        self.sums.append((value.numel() * value.element_size(), time.perf_counter() - begin))


def one(batch: int, steps: int) -> dict[str, Any]:
    """Some steps in this process, with the others that the environment names."""
    recipe = load_recipe("charged", [f"training.batch_size={batch}"])
    with connected(recipe.training) as found:
        counted = Counted(found.device, found.rank, found.size)
        counted.sums = []
        torch.manual_seed(0)
        model = PhysicalModel(recipe)
        features = model.features(systems(10 * batch))
        model.calibrate(features)
        trainer = Trainer(model, features, processes=counted)
        begun = 0.0, 0.0
        while trainer.step < steps:
            for index in trainer.batches:
                if trainer.step == WARM_UP:
                    counted.sums.clear()
                    begun = time.perf_counter(), time.process_time()
                trainer.train_on(index)
                if trainer.step == steps:
                    break
        took = time.perf_counter() - begun[0], time.process_time() - begun[1]
        done, sums = steps - WARM_UP, list(counted.sums)
        alone = _sum_alone(counted, sums[0][0] // 4) if sums and found.size > 1 else None
    return {
        "step_ms": 1e3 * took[0] / done,
        "processor_ms": 1e3 * took[1] / done,
        "bytes_a_step": sum(size for size, _ in sums) // done if found.size > 1 else 0,
        "waiting_ms": 1e3 * sum(seconds for _, seconds in sums) / done if found.size > 1 else 0.0,
        "sum_alone_ms": alone,
    }


def _sum_alone(processes: Counted, numbers: int) -> float:
    """Milliseconds of the processor for one sum of so many numbers, in this process."""
    value = torch.zeros(numbers)
    begin = time.process_time()
    for _ in range(SUMS):
        processes.add(value)
    return 1e3 * (time.process_time() - begin) / SUMS


def run(size: int, batch: int, steps: int) -> dict[str, Any]:
    """The same in ``size`` processes: the means over them, and processor time of all."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, __file__, "--child", str(batch), "--steps", str(steps)]
    common = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port), "WORLD_SIZE": str(size)}
    common |= {"OMP_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1", "LOCAL_WORLD_SIZE": str(size)}
    children = [
        subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            env={**os.environ, **common, "RANK": str(rank), "LOCAL_RANK": str(rank)},
        )
        for rank in range(size)
    ]
    told = [json.loads(child.communicate()[0]) for child in children]
    whole = {key: _mean([each[key] for each in told]) for key in told[0]}
    whole["processor_ms"] = sum(each["processor_ms"] for each in told)
    return {"processes": size, "systems_a_step": batch, **whole}


def _mean(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def plan(each: dict[str, Any], size: int) -> list[dict[str, float]]:
    """What the measured step and its bytes give on more devices, each with the measured time for
    its 100 systems: a sum in a ring takes 2 (n - 1) / n of the bytes and 2 (n - 1) messages, in a
    tree of the messages 2 log2 n; the better of the two, which is what libraries take.
    """
    found, step = [], each["processor_ms"] / 1e3
    for devices in PLANNED:
        wire = 2 * size / NETWORK
        ring = wire * (devices - 1) / devices + 2 * (devices - 1) * LATENCY
        tree = 2 * np.ceil(np.log2(devices)) * LATENCY + wire if devices > 1 else 0.0
        sums = min(ring, float(tree))
        found.append(
            {
                "devices": devices,
                "sum_ms": 1e3 * sums,
                "systems_a_second": devices * EACH / (step + sums),
                "efficiency": step / (step + sums),
                "step_ms_where_the_sum_is_a_tenth": 9e3 * sums,
            }
        )
    return found


def compare(steps: int) -> dict[str, Any]:
    """All runs in turns, their best, and the plan."""
    runs: dict[str, list[dict[str, Any]]] = {name: [] for name in RUNS}
    for _ in range(TURNS):
        for name, (size, batch) in RUNS.items():
            runs[name].append(run(size, batch, steps))
    best = {
        name: {key: min(r[key] for r in held) for key in ("step_ms", "processor_ms")}
        for name, held in runs.items()
    }
    size = int(runs["weak"][0]["bytes_a_step"])
    single = best["one"]
    return {
        "what": "recipe charged, 100 systems a step in one process; CPUs, gloo, one thread each",
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0],
        "bytes_summed_a_step": size,
        "strong": {
            "speed_up": single["step_ms"] / best["strong"]["step_ms"],
            "processor_time": best["strong"]["processor_ms"] / single["processor_ms"],
        },
        "weak": {
            "efficiency": single["step_ms"] / best["weak"]["step_ms"],
            "processor_time": best["weak"]["processor_ms"] / (2 * single["processor_ms"]),
        },
        "runs": runs,
        "plan": plan(single, size),
        "plan_supposes": {"bytes_a_second": NETWORK, "seconds_a_message": LATENCY},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--steps", type=int, default=40)
    parser.add_argument("-o", "--out", type=Path)
    parser.add_argument("--child", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child is not None:
        print(json.dumps(one(given.child, given.steps)))
        return
    tell(compare(given.steps), given.out)


if __name__ == "__main__":
    main()
