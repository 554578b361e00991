"""``make versions``: are there packages within our bounds for every Python and every system?

Bounds are only as good as somebody tries them. For Python 3.10 to 3.13 on Linux, macOS and Windows
the oldest and the newest versions that pyproject.toml allows are resolved by uv, from wheels alone;
nothing is installed. Then mypy reads the sources as each Python would. One line a case; exit
status 1 if any fails.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PYTHONS = ("3.10", "3.11", "3.12", "3.13")
SYSTEMS = ("linux", "macos", "windows")
BOUNDS = {"oldest": "lowest-direct", "newest": "highest"}
EXTRAS = ("atoms", "hdf5", "plots", "web")  # tblite, of `field`, has wheels for Linux alone
SHOWN = ("torch", "numpy", "numba")


def resolved(python: str, system: str, bound: str) -> tuple[bool, str]:
    """Whether there are such packages, and what they are or why there are none."""
    command = ["uv", "pip", "compile", "--quiet", "--no-header", "--no-annotate"]
    command += ["--no-config", "--only-binary", ":all:"]
    command += ["--python-version", python, "--python-platform", system]
    command += ["--resolution", BOUNDS[bound], str(ROOT / "pyproject.toml")]
    command += [word for extra in EXTRAS for word in ("--extra", extra)]
    run = subprocess.run(command, capture_output=True, text=True)
    if run.returncode:
        return False, run.stderr.strip()
    found = dict(line.split("==") for line in run.stdout.split() if "==" in line)
    return True, ", ".join(f"{name} {found[name]}" for name in SHOWN)


def typed(python: str) -> tuple[bool, str]:
    """Whether mypy finds no mistake in the sources, read as this Python reads them."""
    command = [sys.executable, "-m", "mypy", "--python-version", python]
    run = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    return run.returncode == 0, run.stdout.strip()


def main() -> int:
    """Every case on a line of its own."""
    failed = 0
    cases = [
        (f"Python {python}, {system}, {bound}", resolved, (python, system, bound))
        for python in PYTHONS
        for system in SYSTEMS
        for bound in BOUNDS
    ]
    cases += [(f"Python {python}, types", typed, (python,)) for python in PYTHONS]
    for title, check, arguments in cases:
        good, text = check(*arguments)
        failed += not good
        print(f"{'ok  ' if good else 'FAIL'} {title}: {text}", flush=True)
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
