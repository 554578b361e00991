"""What a finished run says of further test sets than its own, and the share of errors within a
tolerance.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from segnn.reproduce.store import Result
from segnn.reproduce.sweep import Table
from segnn.training.evaluation import Predictions, evaluated
from segnn.training.verdict import shown_split


def with_beside(result: Result, table: Table, run: Path, data: str | None) -> Result:
    """The result of a run folder with the errors of every file of ``table.beside``, which lie in
    the folder ``data``, under ``beside``: by its name what a target has. Where the table says
    ``within``, each error has the share of rows within that much of their label, the run's own too.
    """
    found: dict[str, Any] = {}
    if data is not None:
        for name, file in table.beside.items():
            found[name] = _errors(table, *evaluated(run, Path(data) / file))
    if table.within is not None:
        split = shown_split(result)
        own = _errors(table, *evaluated(run, split=split))
        result = {**result, split: {**result[split], "within": own["test"]["within"]}}
    return {**result, "beside": found} if found else result


def _errors(table: Table, result: Result, predictions: dict[str, Predictions]) -> Result:
    """Of the target that the table compares, else of the result's main one."""
    main = table.targets[0] or result.get("target") or next(iter(predictions))
    found = result.get("targets", {}).get(main, result)
    errors = {key: found[key] for key in ("mse", "mae", "rmse")}
    if table.within is not None:
        errors["within"] = share(predictions[main], table.within)
    return {"test": errors, "unit": found["unit"], "baselines": found["baselines"]}


def share(found: Predictions, within: float) -> float:
    """The part of the rows all of whose coordinates are within so much of their label."""
    return float((np.abs(found.prediction - found.target) <= within).all(1).mean())
