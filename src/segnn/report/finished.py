"""Whether there is a finished run to report."""

from __future__ import annotations

from pathlib import Path

from segnn.errors import UserError


def require_results(folder: Path) -> Path:
    """The results.json of a run folder; UserError if there is none."""
    path = folder / "results.json"
    if not path.is_file():
        raise UserError(
            f"{path}: no such file, so there is nothing to report. Give the folder of a finished "
            "run, or finish it: 'segnn train' writes the file at its end."
        )
    return path
