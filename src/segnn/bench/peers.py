"""MACE and NequIP beside our networks, each in a Python in which it can be imported."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import torch

from segnn.bench.particles import Particles
from segnn.errors import UserError

PEERS = {
    "mace": "MACE (mace-torch): 32x0e+32x1o, l_max 3, correlation 3, 2 layers",
    "nequip": "NequIP: 4 layers, l = 2, 32 features",
}
_SCRIPT = Path(__file__).with_name("peer_process.py")
# Not as a file: Python would search its folder first, where cuequivariance.py is no such package.
_RUN = f"import runpy; runpy.run_path({str(_SCRIPT)!r}, run_name='__main__')"


def python_for(peer: str, pythons: Sequence[str]) -> str:
    """The first of these Pythons, or else this one, or else that of ``make contenders``, in which
    the peer's package can be imported.

    Raises UserError if there is none.
    """
    made = Path("contenders") / peer / "bin" / "python"  # where the target is given, in a checkout
    candidates = (*pythons, sys.executable, *([str(made)] if made.exists() else []))
    for python in candidates:
        command = [python, "-c", f"import importlib.util as u; exit(u.find_spec({peer!r}) is None)"]
        try:
            if subprocess.run(command, capture_output=True, check=False).returncode == 0:
                return python
        except OSError as error:
            raise UserError(
                f"--contender-python {python}: cannot be run ({error.strerror or error}); give the "
                "path of a Python interpreter"
            ) from error
    raise UserError(
        f"contender {peer!r} is not installed in {', '.join(candidates)}: 'make contenders' makes "
        "environments that have it; from elsewhere name them by --contender-python"
    )


class Peer:
    """A process that takes a step at every call; stopped by ``close``."""

    def __init__(self, name: str, python: str, particles: Particles, cutoff: float, threads: int):
        self.name = name
        self._said = tempfile.TemporaryFile("w+")  # noqa: SIM115  # lives as long as the process
        self._process = subprocess.Popen(
            [python, "-c", _RUN],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            text=True,
        )
        question = {
            "peer": name,
            "graph": _graph(particles),
            "cutoff": cutoff,
            "threads": threads,
        }
        self.parameters = int(self._answer(json.dumps(question)))

    def steps(self, names: tuple[str, ...]) -> dict[str, Callable[[], object]]:
        """The functions to time."""
        return {name: partial(self._answer, name) for name in names}

    def peak_mib(self) -> float | None:
        """MiB by which the process grew at most since the model was made, where that is known."""
        grown = float(self._answer("peak"))
        return grown if grown >= 0 else None

    def close(self) -> None:
        """Ends the process."""
        self._process.communicate()
        self._said.close()

    def _answer(self, line: str) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(line + "\n")
            self._process.stdin.flush()
            answer = self._process.stdout.readline()
        except BrokenPipeError:
            answer = ""
        if not answer:
            self._process.communicate()
            self._said.seek(0)
            last = self._said.read().strip().splitlines()[-1:] or ["no word"]
            raise UserError(f"contender {self.name!r} ended with: {last[0]}")
        return answer.strip()


def _graph(p: Particles) -> dict[str, Any]:
    sizes = torch.bincount(p.batch, minlength=p.graphs)
    return {
        "position": p.position.tolist(),
        "species": p.scalars.argmax(1).tolist(),
        "edge_index": p.edge_index.tolist(),
        "shift": p.shift.tolist(),
        "batch": p.batch.tolist(),
        "offsets": torch.nn.functional.pad(sizes.cumsum(0), (1, 0)).tolist(),
        "graphs": p.graphs,
        "neighbours": p.edges / max(p.nodes, 1),
    }
