"""The cases of compiled_cases.py, in a process without the run-time type checks, which cannot be
traced.
"""

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize("which", ["not slow", pytest.param("slow", marks=pytest.mark.slow)])
def test_compiled(which):
    cases = Path(__file__).parent / "compiled_cases.py"
    command = [
        sys.executable,
        "-m",
        "pytest",
        "--noconftest",
        "-p",
        "no:cacheprovider",
        "-m",
        which,
        str(cases),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-5000:]
