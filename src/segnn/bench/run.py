"""One workload measured from end to end: agreement, times in turns, peak memory, first call; as one
result for JSON.
"""

from __future__ import annotations

import datetime
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import torch

from segnn.bench.agreement import agreement
from segnn.bench.contenders import (
    DEFAULT,
    FLOOR,
    OURS,
    REFERENCE,
    Steps,
    can_take_part,
    contender,
    make_network,
    share_weights,
)
from segnn.bench.data_path import data_path
from segnn.bench.device import CPU, described, waiting
from segnn.bench.floor import floor_steps, products
from segnn.bench.goals import goals
from segnn.bench.machine import Others, busy, cpu_name, load_average
from segnn.bench.particles import CUTOFF, Particles
from segnn.bench.peers import PEERS, Peer, python_for
from segnn.bench.probe import ask
from segnn.bench.timing import Effort, summary, take_turns
from segnn.bench.workloads import Workload
from segnn.nn import SEGNN, Topology
from segnn.versions import versions

Stage = Callable[[str], AbstractContextManager[Callable[[int, int], None]]]
Row = dict[str, Any]


class Numbers(NamedTuple):
    """Of what kind numbers are, and where they lie."""

    dtype: torch.dtype
    device: torch.device


@contextmanager
def silent(text: str) -> Iterator[Callable[[int, int], None]]:
    """A stage that shows nothing."""
    yield lambda done, total: None


def measure(
    workload: Workload,
    names: Sequence[str] = DEFAULT,
    *,
    threads: int = 2,
    dtype: torch.dtype = torch.float32,
    device: torch.device = CPU,
    effort: Effort | None = None,
    probes: bool = True,
    stage: Stage = silent,
    pythons: Sequence[str] = (),
) -> dict[str, Any]:
    """Measure a workload on ``device``; ``probes`` adds what needs fresh processes: memory and the
    first call.
    ``pythons``: interpreters in which MACE and NequIP are looked for.

    Returns what ``segnn bench`` writes as JSON. Raises DisagreementError if contenders do not
    compute the same.
    """
    load = load_average()
    effort = effort or Effort()
    effort = replace(effort, seconds=effort.seconds / len(workload.sizes))
    peers = {
        name: partial(Peer, name, python_for(name, pythons), cutoff=CUTOFF, threads=threads)
        for name in names
        if name in PEERS and workload.basis
    }
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        parts = [
            _size(workload, n, names, Numbers(dtype, device), effort, stage, peers)
            for n in range(len(workload.sizes))
        ]
    finally:
        torch.set_num_threads(before)
    rows = [row for part in parts for row in part.pop("rows")]
    question = {
        "workload": workload.name,
        "threads": threads,
        "dtype": str(dtype).removeprefix("torch."),
        "device": str(device),
    }
    if probes:
        _memory([row for row in rows if row["contender"] not in PEERS], question, stage)
    _ratios(rows)
    data = [part.pop("data") for part in parts]
    result = {
        "workload": workload.name,
        "text": workload.text,
        "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "cpu": cpu_name(),
        "device": described(device),
        "threads": threads,
        "dtype": question["dtype"],
        "load_average_before": load,
        "busy": busy(load, [part["processors_of_others"] for part in parts]),
        "versions": versions(),
        "setting": {**workload.network, "edges_prepared": workload.prepared},
        "sizes": parts,
        "rows": rows,
        "data": data[0],
        "exponent": _exponent(rows),
        "first_call": _first_call(workload, question, stage) if probes and OURS in names else None,
    }
    wanted = workload.goal if device.type == "cpu" else workload.goal_on_card
    return {**result, "goals": goals(wanted, result)}


def _size(
    workload: Workload,
    number: int,
    names: Sequence[str],
    numbers: Numbers,
    effort: Effort,
    stage: Stage,
    peers: Mapping[str, Callable[[Particles], Peer]],
) -> dict[str, Any]:
    """Times on one of the workload's graphs."""
    particles, (dtype, device) = workload.sizes[number](), numbers
    taking_part = [name for name in names if can_take_part(name, workload, particles.edges)]
    with stage(f"{workload.name}: networks") as progress:
        networks = {}
        for n, name in enumerate(taking_part):
            if name != FLOOR and name not in PEERS:
                networks[name] = make_network(name, workload, dtype)
            progress(n + 1, len(taking_part))
        share_weights(networks, workload)
    contenders = {
        name: contender(name, network, workload, particles, dtype, device)
        for name, network in networks.items()
    }
    agreed = agreement(contenders, dtype, gradients=workload.steps != ("forward",))

    timed: dict[str, Steps] = {name: c.steps(workload.steps) for name, c in contenders.items()}
    started = {name: peers[name](particles) for name in taking_part if name in PEERS}
    timed.update({name: peer.steps(workload.steps) for name, peer in started.items()})
    found = products(SEGNN(**workload.network), particles)
    if FLOOR in taking_part:
        timed[FLOOR] = dict(floor_steps(found, dtype, workload.steps, device))
    steps = {(step, name): timed[name][step] for step in workload.steps for name in taking_part}
    with stage(f"{workload.name}: {particles.edges} edges") as progress:
        others = Others()
        times = take_turns(steps, effort, progress, waiting(device))
    parameters = {name: c.parameters for name, c in contenders.items()}
    parameters |= {name: peer.parameters for name, peer in started.items()}
    rows: list[Row] = [
        {
            "step": step,
            "contender": name,
            "size": number,
            "nodes": particles.nodes,
            "edges": particles.edges,
            "parameters": parameters.get(name),
            **summary(values),
            # of a peer: of all its steps
            "peak_mib": started[name].peak_mib() if name in started else None,
        }
        for (step, name), values in times.items()
    ]
    for peer in started.values():
        peer.close()
    ours = next(
        (r["median_ms"] for r in rows if (r["step"], r["contender"]) == ("training", OURS)), None
    )
    return {
        "data": (
            data_path(particles, workload.degrees[1], ours, device=device)
            if "training" in workload.steps
            else None
        ),
        "nodes": particles.nodes,
        "edges": particles.edges,
        "graphs": particles.graphs,
        "agreement": agreed,
        "processors_of_others": others.processors(),
        "prepare_edges_ms": _prepare_ms(particles.to(dtype, device)),
        "floor_gflop": {step: sum(p.flop(step) for p in found) / 1e9 for step in workload.steps},
        "rows": rows,
    }


def _prepare_ms(particles: Particles) -> float:
    """Median time to sort and index the edges, which is no part of a step of prepared edges."""
    wait = waiting(particles.edge_index.device)
    step = {"prepare": lambda: Topology(particles.edge_index, particles.nodes)}
    return float(np.median(take_turns(step, Effort(repeats=5), wait=wait)["prepare"]))


def _memory(rows: list[Row], question: dict[str, Any], stage: Stage) -> None:
    """Fill in the peak memory of every step, each measured in a process of its own."""
    asked = [row for row in rows if row["contender"] != FLOOR]
    with stage(f"{question['workload']}: memory") as progress:
        for n, row in enumerate(asked):
            answer = ask(
                {
                    **question,
                    "kind": "memory",
                    **{key: row[key] for key in ("contender", "step", "size")},
                }
            )
            row["peak_mib"] = answer.get("peak_mib")
            if "failed" in answer:
                row["failed"] = answer["failed"]
            progress(n + 1, len(asked))


def _ratios(rows: list[Row]) -> None:
    """Times faster than e3nn, as a range too, times the floor, and part of e3nn's memory."""
    by = {(row["size"], row["step"], row["contender"]): row for row in rows}
    for row in rows:
        reference, floor = (by.get((row["size"], row["step"], name)) for name in (REFERENCE, FLOOR))
        row["times_faster_than_e3nn"] = (
            reference["median_ms"] / row["median_ms"] if reference else None
        )
        row["times_faster_range"] = _range(reference, row) if reference else None
        row["times_the_floor"] = row["median_ms"] / floor["median_ms"] if floor else None
        known = reference is not None and reference["peak_mib"] and row["peak_mib"] is not None
        row["part_of_e3nn_memory"] = (
            row["peak_mib"] / reference["peak_mib"] if reference and known else None
        )


def _range(reference: Row, row: Row) -> list[float]:
    """The least and the largest factor between the quartiles of both times: machines vary."""
    slow, fast = reference["quartiles_ms"], row["quartiles_ms"]
    return [slow[0] / fast[1], slow[1] / fast[0]]


def _exponent(rows: list[Row]) -> float | None:
    """Of our time against the number of edges, fitted over the sizes; None for one size."""
    points = [
        (row["edges"], row["median_ms"])
        for row in rows
        if (row["contender"], row["step"]) == (OURS, rows[0]["step"])
    ]
    if len({edges for edges, _ in points}) < 2:
        return None
    edges, milliseconds = np.log(np.array(points)).T
    return float(np.polyfit(edges, milliseconds, 1)[0])


def _first_call(
    workload: Workload, question: dict[str, Any], stage: Stage
) -> dict[str, float | None]:
    """Seconds of our first step in a fresh process: with kernels to be compiled, and with kernels
    found on disk.
    """
    asked = {
        **question,
        "kind": "first call",
        "contender": OURS,
        "step": workload.steps[-1],
        "size": 0,
    }
    found = {}
    with stage(f"{workload.name}: first call") as progress, tempfile.TemporaryDirectory() as folder:
        for n, key in enumerate(("empty_cache_s", "warm_cache_s")):
            found[key] = ask(asked, {"NUMBA_CACHE_DIR": folder}).get("seconds")
            progress(n + 1, 2)
    return found
