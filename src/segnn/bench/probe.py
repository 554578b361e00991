"""What only a fresh process can tell: peak memory of a step, and what the very first step costs.

``ask`` starts one; run as a module it is one: ``python -m segnn.bench.probe '{"kind": "memory",
…}'`` prints JSON.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from segnn.bench.particles import Particles

MIB = 2**20
STATUS, CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def ask(
    question: Mapping[str, Any], environment: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The answer of a fresh process; ``{"failed": reason}`` if it died, say for want of memory.

    question: kind ("memory" or "first call"), workload, size (number of the graph), contender,
    step, threads, dtype, device. Memory of a graphics card is what torch has given out of it.
    """
    command = [sys.executable, "-m", "segnn.bench.probe", json.dumps(dict(question))]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **(environment or {})},
        stdin=subprocess.DEVNULL,
    )
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:] or [f"exit status {done.returncode}"]
        return {"failed": last[0]}
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def _answer(question: Mapping[str, Any]) -> dict[str, Any]:
    import torch

    from segnn.bench.contenders import contender, make_network, make_optimizer
    from segnn.bench.device import peak_of, waiting
    from segnn.bench.workloads import WORKLOADS

    workload, name, step = WORKLOADS[question["workload"]], question["contender"], question["step"]
    dtype, device = getattr(torch, question["dtype"]), torch.device(question["device"])
    wait = waiting(device)
    torch.set_num_threads(question["threads"])
    network = make_network(name, workload, dtype)
    optimizer = make_optimizer(network.to(device))

    def made(particles: Particles) -> Callable[[], object]:
        one = contender(name, network, workload, particles, dtype, device)
        return one.steps((step,), optimizer)[step]

    tiny = made(workload.tiny())
    began = time.perf_counter()
    tiny()
    wait()
    first = time.perf_counter() - began
    if question["kind"] == "first call":
        return {"seconds": first}
    run = made(workload.sizes[question["size"]]())
    tiny()
    give_back()
    peak = peak_of(device)
    before = peak() if peak else resident()
    for _ in range(2):
        run()
    return {"peak_mib": ((peak() if peak else highest()) - before) / MIB}


def give_back() -> None:
    """Return freed memory to the system, and start the peak anew where the system can (Linux)."""
    import ctypes
    import gc

    gc.collect()
    if sys.platform == "linux":
        ctypes.CDLL(None).malloc_trim(0)
        CLEAR.write_text("5")


def resident() -> int:
    """Bytes in memory now."""
    return _status("VmRSS") if STATUS.exists() else highest()


def highest() -> int:
    """The most bytes in memory so far."""
    if STATUS.exists():
        return _status("VmHWM")
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (
        1 if sys.platform == "darwin" else 1024
    )


def _status(key: str) -> int:
    line = next(line for line in STATUS.read_text().splitlines() if line.startswith(key))
    return int(line.split()[1]) * 1024


if __name__ == "__main__":
    print(json.dumps(_answer(json.loads(sys.argv[1]))))
