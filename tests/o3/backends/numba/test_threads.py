"""Threads: what the user asked of torch stays."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

OPENMP = """
import ctypes, torch
torch.set_num_threads(1)
import segnn.o3.backends.numba.threads
mapped = [line for line in open("/proc/self/maps") if "gomp" in line and "torch" in line]
libraries = {line.split()[-1] for line in mapped}
print(*{ctypes.CDLL(path).omp_get_max_threads() for path in libraries}, torch.get_num_threads())
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_numbas_start_leaves_torchs_number():
    """numba sets OpenMP's number when it starts, which torch's loops then take: one thread became
    two.
    """
    source = str(Path(__file__).parents[4] / "src")
    environment = {
        **os.environ,
        "PYTHONPATH": source,
        "NUMBA_NUM_THREADS": "2",
        "OMP_NUM_THREADS": "2",
    }
    run = subprocess.run(
        [sys.executable, "-c", OPENMP], env=environment, capture_output=True, text=True, check=True
    )
    assert run.stdout.split() == ["1", "1"]


CALLERS = """
import threading, torch
from numba import threading_layer
from segnn.nn import SteerableLinear
layer = SteerableLinear("32x0e+32x1o", "32x0e+32x1o", "1x0e+1x1o")
x, a = torch.randn(20_000, 128), torch.randn(20_000, 4)
y, found = layer(x, a), [None] * 4
def call(n):
    found[n] = layer(x, a)
threads = [threading.Thread(target=call, args=(n,)) for n in range(4)]
[t.start() for t in threads]
[t.join() for t in threads]
print(threading_layer(), all(torch.equal(y, z) for z in found))
"""


def test_several_callers_with_numbas_own_threads():
    source = str(Path(__file__).parents[4] / "src")
    threads = {
        "NUMBA_THREADING_LAYER": "workqueue",
        "NUMBA_NUM_THREADS": "2",
        "OMP_NUM_THREADS": "2",
    }
    environment = {**os.environ, "PYTHONPATH": source, **threads}
    run = subprocess.run(
        [sys.executable, "-c", CALLERS],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.stdout.split() == ["workqueue", "True"], run.stderr
