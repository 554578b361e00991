"""Threads: what the user asked of torch stays."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

OPENMP = """
import ctypes, torch
torch.set_num_threads(1)
import segnn.o3.kernel.threads
libraries = {line.split()[-1] for line in open("/proc/self/maps") if "gomp" in line and "torch" in line}
print(*{ctypes.CDLL(path).omp_get_max_threads() for path in libraries}, torch.get_num_threads())
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_numbas_start_leaves_torchs_number():
    """numba sets OpenMP's number when it starts, which torch's loops then take: one thread became two."""
    source = str(Path(__file__).parents[3] / "src")
    environment = {**os.environ, "PYTHONPATH": source, "NUMBA_NUM_THREADS": "2", "OMP_NUM_THREADS": "2"}
    run = subprocess.run([sys.executable, "-c", OPENMP], env=environment, capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["1", "1"]
