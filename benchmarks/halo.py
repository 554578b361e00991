"""One large system in one process and divided among two: time, memory, and what they exchange.

    python benchmarks/halo.py [--bodies 100000] [-o results/scaling/halo.json]

The system of ``segnn bench large``, a periodic box with 20 neighbours of a body on average, and a
network of the same size; a prediction from positions on: neighbours, cues, layers; and a training
step. On CPUs, through gloo, one thread a process. A machine that is busy with others tells of the
wall clock what it had left for us; the processor time is ours, and of several processes the slowest
one counts.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from shared import tell

from segnn.bench.probe import give_back, highest, resident
from segnn.data import Systems
from segnn.model import PhysicalModel
from segnn.model.divided import DividedSystem
from segnn.model.in_processes import predict_with
from segnn.parallel.group import Group
from segnn.recipe import parse_recipe
from segnn.training.divided import DividedSystems
from segnn.training.processes import Processes, connected
from segnn.training.trainer import Trainer

NEIGHBOURS = 20
TINY = 500
SMALLER = 4
"""A step takes the memory of several predictions: of so many times fewer bodies."""
TURNS = 2
RECIPE = """
name: large
fields:
  position: {irreps: 1o, unit: length}
  velocity: {irreps: 1o, unit: length}
  mass: {irreps: 0e, unit: mass}
data: {folder: nowhere}
graph: {kind: radius, cutoff: 1.0}
inputs: [velocity, mean(relative_position), mass]
edge_attributes: [sh(relative_position)]
node_attributes: [mean(edge_attributes), sh(velocity)]
message_scalars: [distance, source(mass) * target(mass)]
target: {array: target_force, irreps: 1o, unit: length, level: node}
model: {channels: 64, degree: 1, attribute_degree: 1, layers: 4}
"""


def box(bodies: int) -> Systems:
    """Bodies of unit mass, evenly spread in a periodic box, on average 20 within the distance 1."""
    rng = np.random.default_rng(0)
    side = (bodies * 4 / 3 * np.pi / NEIGHBOURS) ** (1 / 3)
    node = {"velocity": rng.normal(size=(bodies, 3)), "mass": np.ones(bodies)}
    node["target_force"] = rng.normal(size=(bodies, 3))
    position = rng.uniform(0, side, (bodies, 3))
    return Systems(position, np.array([0, bodies]), node, {"cell": side * np.eye(3)[None]})


def one(bodies: int, kind: str) -> dict[str, Any]:
    """A prediction or a step in this process, with the others that the environment names."""
    torch.set_num_threads(1)
    torch.manual_seed(0)
    model = PhysicalModel(parse_recipe(RECIPE)).eval()
    with connected(model.recipe.training) as processes:
        prepare = prediction if kind == "predict" else step
        prepare(model, box(TINY), processes)()
        told = measured(prepare(model, box(bodies), processes))
        if processes.size == 1:
            return told | {"nodes": bodies, "halo": 0}
        group = Group(processes.rank, processes.size, processes.device)
        halo = DividedSystem(model, box(bodies), group, "a box").part.tensors.halo
        assert halo is not None
        rows = halo.nodes - halo.owned
        width = model.cues.irreps_hidden.dim * model.dtype.itemsize
        return told | {"nodes": halo.owned, "halo": rows, "halo_bytes_a_layer": rows * width}


def prediction(model: PhysicalModel, system: Systems, processes: Processes) -> Callable[[], object]:
    """From positions to predictions."""
    if processes.size == 1:
        return lambda: model.predict_systems(system)
    group = Group(processes.rank, processes.size, processes.device)
    return lambda: predict_with(model, system, "a box", group)


def step(model: PhysicalModel, system: Systems, processes: Processes) -> Callable[[], object]:
    """A training step on cues that are there."""
    whole = model.features(system)
    divided = None
    if processes.size > 1:
        divided = DividedSystems(model, system, "a box", whole, processes)
    trainer = Trainer(model.train(), whole, processes=processes, divided=divided)

    def run() -> None:
        trainer.train_on(torch.zeros(1, dtype=torch.int64))

    run()  # the first one also orders the nodes of a system in memory
    return run


def measured(run: Callable[[], object]) -> dict[str, float]:
    """Seconds of a call, by the clock and of the processor, and MiB beyond those before."""
    give_back()
    before = resident()
    begun = time.perf_counter(), time.process_time()
    run()
    took = time.perf_counter() - begun[0], time.process_time() - begun[1]
    return {"seconds": took[0], "processor": took[1], "peak_mib": (highest() - before) / 2**20}


def started(size: int, bodies: int, kind: str) -> list[dict[str, Any]]:
    """What each of ``size`` processes tells."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, __file__, "--child", kind, "--bodies", str(bodies)]
    common = {"OMP_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1"}
    if size > 1:
        common |= {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port), "WORLD_SIZE": str(size)}
    children = [
        subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            env={
                **os.environ,
                **common,
                **({"RANK": str(rank), "LOCAL_RANK": str(rank)} if size > 1 else {}),
            },
        )
        for rank in range(size)
    ]
    return [json.loads(child.communicate()[0]) for child in children]


def compare(bodies: int, kind: str) -> dict[str, Any]:
    """One process and two, in turns; the least of each time and of the memory."""
    runs: dict[str, list[list[dict[str, Any]]]] = {"one": [], "two": []}
    for _ in range(TURNS):
        runs["one"].append(started(1, bodies, kind))
        runs["two"].append(started(2, bodies, kind))
    best = {
        name: {
            key: min(max(told[key] for told in run) for run in held)
            for key in ("seconds", "processor", "peak_mib")
        }
        for name, held in runs.items()
    }
    single, both, part = best["one"], best["two"], runs["two"][0][0]
    return {
        "bodies": bodies,
        "load": os.getloadavg()[0],
        "faster": {key: single[key] / both[key] for key in ("seconds", "processor")},
        "memory": both["peak_mib"] / single["peak_mib"],
        "halo": part["halo"] / part["nodes"],
        "halo_bytes_a_layer": part["halo_bytes_a_layer"],
        "runs": runs,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--bodies", type=int, default=100_000)
    parser.add_argument("-o", "--out", type=Path)
    parser.add_argument("--child", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child is not None:
        print(json.dumps(one(given.bodies, given.child)))
        return
    result = {
        "what": f"a periodic box, {NEIGHBOURS} neighbours of a body; l_f = l_a = 1, 64, 4 layers,"
        " float32; predictions from positions on, and training steps on cues that are there",
        "cores": os.cpu_count(),
        "predict": compare(given.bodies, "predict"),
        "step": compare(given.bodies // SMALLER, "step"),
    }
    tell(result, given.out)


if __name__ == "__main__":
    main()
