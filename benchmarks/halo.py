"""One large system in one process and divided among two: time, memory, and what they exchange.

    python benchmarks/halo.py [--bodies 100000] [-o results/scaling/halo.json]

The system of ``segnn bench large``, a periodic box with 20 neighbours of a body on average, and a
network of the same size; a prediction from positions on: neighbours, cues, layers. On CPUs, through
gloo, one thread a process. A machine that is busy with others tells of the wall clock what it had
left for us; the processor time is ours, and of several processes the slowest one counts.
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
from shared import tell

from segnn.bench.probe import give_back, highest, resident
from segnn.data import Systems
from segnn.model import PhysicalModel
from segnn.model.divided import DividedSystem
from segnn.parallel.group import Group
from segnn.parallel.launched import joined, launched
from segnn.recipe import parse_recipe

NEIGHBOURS = 20
TINY = 500
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
    position = rng.uniform(0, side, (bodies, 3))
    return Systems(position, np.array([0, bodies]), node, {"cell": side * np.eye(3)[None]})


def one(bodies: int) -> dict[str, Any]:
    """A prediction in this process, with the others that the environment names."""
    torch.set_num_threads(1)
    torch.manual_seed(0)
    model, system, found = PhysicalModel(parse_recipe(RECIPE)).eval(), box(bodies), launched()
    if found is None:
        model.predict_systems(box(TINY))
        told = measured(lambda: model.predict_systems(system))
        return told | {"nodes": bodies, "halo": 0}
    with joined(found, torch.device("cpu")) as device:
        group = Group(found.rank, found.size, device)
        DividedSystem(model, box(TINY), group, "a box").predicted()
        parts: list[DividedSystem] = []

        def predict() -> None:
            parts.append(DividedSystem(model, system, group, "a box"))
            parts[0].predicted()

        told = measured(predict)
        halo = parts[0].part.tensors.halo
        assert halo is not None
        rows = halo.nodes - halo.owned
        width = model.cues.irreps_hidden.dim * model.dtype.itemsize
        return told | {"nodes": halo.owned, "halo": rows, "halo_bytes_a_layer": rows * width}


def measured(run: Any) -> dict[str, float]:
    """Seconds of a call, by the clock and of the processor, and MiB beyond those before."""
    give_back()
    before = resident()
    begun = time.perf_counter(), time.process_time()
    run()
    took = time.perf_counter() - begun[0], time.process_time() - begun[1]
    return {"seconds": took[0], "processor": took[1], "peak_mib": (highest() - before) / 2**20}


def started(size: int, bodies: int) -> list[dict[str, Any]]:
    """What each of ``size`` processes tells."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, __file__, "--child", "--bodies", str(bodies)]
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


def compare(bodies: int) -> dict[str, Any]:
    """One process and two, in turns; the least of each time, the most memory."""
    runs: dict[str, list[list[dict[str, Any]]]] = {"one": [], "two": []}
    for _ in range(TURNS):
        runs["one"].append(started(1, bodies))
        runs["two"].append(started(2, bodies))
    best = {
        name: {
            key: min(max(told[key] for told in run) for run in held)
            for key in ("seconds", "processor", "peak_mib")
        }
        for name, held in runs.items()
    }
    single, both = best["one"], best["two"]
    return {
        "what": f"{bodies} bodies in a periodic box, {NEIGHBOURS} neighbours each; l_f = l_a = 1,"
        " 64, 4 layers, float32; from positions to predictions",
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0],
        "faster": {key: single[key] / both[key] for key in ("seconds", "processor")},
        "memory": both["peak_mib"] / single["peak_mib"],
        "halo": runs["two"][0][0]["halo"] / runs["two"][0][0]["nodes"],
        "halo_bytes_a_layer": runs["two"][0][0]["halo_bytes_a_layer"],
        "runs": runs,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--bodies", type=int, default=100_000)
    parser.add_argument("-o", "--out", type=Path)
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        print(json.dumps(one(given.bodies)))
        return
    tell(compare(given.bodies), given.out)


if __name__ == "__main__":
    main()
