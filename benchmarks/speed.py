"""Time SEGNN, the same network in plain e3nn, and EGNN on a batch of the charged task.

    python benchmarks/speed.py --threads 2 --out results/speed.json
    python benchmarks/speed.py --threads 1 --dtype float32 float64 --repeats 50 --compile

Contenders take turns within each repeat, so that a slower or busier moment of the machine meets all of them. A
"forward" is without gradients; a "training" step is zero_grad, forward, mean squared error, backward and AdamW step.
Ratios are to the fastest e3nn row.
"""

import argparse
import datetime
import json
import os
import platform
import sys
import time
from collections.abc import Callable
from pathlib import Path

import e3nn
import numpy as np
import torch
from charged_setting import CONFIGURATION, ChargedBatch, charged_batch, contenders, num_parameters
from gemm_floor import floating_point_operations, gemm_floor
from rich.console import Console
from rich.table import Table
from torch import Tensor, nn

import segnn

Steps = dict[str, Callable[[], object]]
FLOOR = "matrix products alone"


def steps(network: nn.Module, arguments: tuple[Tensor, ...]) -> Steps:
    """The two functions that are timed, of a network and the arguments of its forward."""
    optimizer = torch.optim.AdamW(network.parameters(), lr=1e-4)
    with torch.no_grad():
        target = torch.zeros_like(network(*arguments))

    def forward() -> None:
        with torch.no_grad():
            network(*arguments)

    def training() -> None:
        optimizer.zero_grad()
        nn.functional.mse_loss(network(*arguments), target).backward()
        optimizer.step()

    return {"forward": forward, "training": training}


def build(batch: ChargedBatch, dtype: torch.dtype, compiled: bool) -> tuple[dict[str, Steps], dict[str, int]]:
    """The steps and the numbers of parameters of every contender that can be imported, and of the matrix products."""
    timed: dict[str, Steps] = {}
    parameters: dict[str, int] = {}
    for name, (make, arguments) in contenders(batch, compiled).items():
        torch.manual_seed(0)
        try:
            network = make()
        except ImportError as error:
            print(f"left out: {name} ({error})", file=sys.stderr)
            continue
        timed[name] = steps(network, arguments)
        parameters[name] = num_parameters(network)
        if name == "e3nn":
            nodes, edges = len(batch.position), batch.edge_index.shape[1]
            timed[FLOOR] = dict(gemm_floor(network, nodes, edges, dtype))
            gigaflop = floating_point_operations(network, nodes, edges) / 1e9
            print(f"matrix products of one forward pass: {gigaflop:.2f} GFLOP", file=sys.stderr)
    return timed, parameters


def measure(timed: dict[str, Steps], repeats: int, warm_up: int) -> dict[tuple[str, str], np.ndarray]:
    """Milliseconds of every (contender, step), each (repeats,), measured in turns."""
    milliseconds: dict[tuple[str, str], list[float]] = {(n, k): [] for k in ("forward", "training") for n in timed}
    for repeat in range(-warm_up, repeats):
        for (name, kind), values in milliseconds.items():
            start = time.perf_counter()
            timed[name][kind]()
            if repeat >= 0:
                values.append(1e3 * (time.perf_counter() - start))
    return {key: np.array(values) for key, values in milliseconds.items()}


def summarise(times: dict[tuple[str, str], np.ndarray], parameters: dict[str, int], dtype: str) -> list[dict]:
    """One row for each contender and step: median, quartiles, minimum, and how many times faster than e3nn."""
    median = {key: float(np.median(values)) for key, values in times.items()}
    rows = []
    for (name, kind), values in times.items():
        baseline = min(m for (other, k), m in median.items() if k == kind and other.startswith("e3nn"))
        first, third = np.percentile(values, [25, 75])
        rows.append(
            {
                "network": name,
                "step": kind,
                "dtype": dtype,
                "parameters": parameters.get(name),
                "median_ms": round(median[name, kind], 3),
                "quartiles_ms": [round(float(first), 3), round(float(third), 3)],
                "minimum_ms": round(float(values.min()), 3),
                "times_faster_than_e3nn": round(baseline / median[name, kind], 3),
            }
        )
    return rows


def cpu_name() -> str:
    """The processor's model name, as the operating system gives it."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.processor())


def show(rows: list[dict], threads: int, repeats: int) -> None:
    """Print the table."""
    table = Table(title=f"charged task, 500 nodes, 2000 edges; {threads} threads, median of {repeats}; {cpu_name()}")
    for column in ("step", "dtype", "network"):
        table.add_column(column)
    for column in ("parameters", "ms", "quartiles", "faster than e3nn"):
        table.add_column(column, justify="right")
    for row in rows:
        low, high = row["quartiles_ms"]
        parameters = f"{row['parameters']:,}" if row["parameters"] else ""
        ratio = f"{row['times_faster_than_e3nn']:.2f}x"
        table.add_row(
            row["step"],
            row["dtype"],
            row["network"],
            parameters,
            f"{row['median_ms']:.2f}",
            f"{low:.2f}-{high:.2f}",
            ratio,
        )
    Console(width=120).print(table)


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=2, help="torch threads")
    parser.add_argument("--dtype", nargs="+", default=["float32"], choices=["float32", "float64"])
    parser.add_argument("--repeats", type=int, default=30)
    parser.add_argument("--warm-up", type=int, default=5, help="repeats before the timed ones")
    parser.add_argument("--compile", action="store_true", help="also time e3nn under torch.compile; minutes to build")
    parser.add_argument("--out", type=Path, help="JSON file to write")
    options = parser.parse_args()

    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    if load and load > 0.5:
        print(f"the machine is busy (load average {load:.1f}): these times are not to be quoted", file=sys.stderr)
    torch.set_num_threads(options.threads)
    rows = []
    for dtype in options.dtype:
        torch.set_default_dtype(getattr(torch, dtype))  # e3nn keeps its coupling constants in the default type
        timed, parameters = build(charged_batch(getattr(torch, dtype)), getattr(torch, dtype), options.compile)
        rows += summarise(measure(timed, options.repeats, options.warm_up), parameters, dtype)
    show(rows, options.threads, options.repeats)
    if options.out:
        result = {
            "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
            "cpu": cpu_name(),
            "threads": options.threads,
            "load_average_before": load,
            "repeats": options.repeats,
            "warm_up": options.warm_up,
            "versions": {
                "python": platform.python_version(),
                "torch": torch.__version__,
                "e3nn": e3nn.__version__,
                "numpy": np.__version__,
                "segnn": getattr(segnn, "__version__", None),
            },
            "setting": {**CONFIGURATION, "systems": 100, "nodes": 500, "edges": 2000},
            "rows": rows,
        }
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
