"""The numbers of a report: what `report.json` holds and the HTML shows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from segnn.data import Systems
from segnn.report.inputs import Run, baselines
from segnn.report.published import CITATION, figures_for
from segnn.report.words import against_baseline, against_paper

BASELINES = {"stand_still": "Stand still", "straight_line": "Straight line"}
SHOWN = ((0.1, "an easy one"), (0.5, "the median"), (0.9, "a hard one"), (1.0, "the worst"))


def summarise(run: Run, commands: Sequence[str]) -> dict[str, Any]:
    """All numbers of the report, plain values only; those that are not finite are None."""
    name = str(run.results.get("name") or "run")
    mse = float(run.results["test"]["mse"])
    trivial = baselines(run.results)
    _, reference = figures_for(name)
    sentences = [] if reference is None else [against_paper(mse, reference.mse, reference.spread)]
    if trivial:
        best = min(
            trivial, key=lambda key: trivial[key] if math.isfinite(trivial[key]) else math.inf
        )
        sentences.append(against_baseline(mse, _baseline_label(best), trivial[best]))
    missing = []
    if reference is None:
        missing.append(f"No published figures are known here for the task “{name}”.")
    if not trivial:
        missing.append("results.json holds no baselines, so the trivial predictions are left out.")
    if run.metrics is None:
        missing.append("The run folder holds no metrics.csv, so the learning curve is left out.")
    if run.predictions is None:
        missing.append(
            "The run folder holds no predictions.npz, so single systems and their errors are "
            "left out."
        )
    if run.check is None:
        missing.append(
            "The run folder holds no check.json, so the symmetry check is left out; 'segnn check "
            "--json' writes it."
        )
    return finite(
        {
            "name": name,
            "results": run.results,
            "citation": None if reference is None else CITATION,
            "relation": " ".join(sentence for sentence in sentences if sentence),
            "paper": None
            if reference is None
            else {**reference._asdict(), "ratio": mse / reference.mse},
            "comparison": _comparison(name, mse, trivial, run.results.get("seed")),
            "learning": None if run.metrics is None else _learning(run),
            "predictions": None
            if run.predictions is None
            else _predictions(run.predictions, run.quantity),
            "check": None if run.check is None else _check(run.check),
            "commands": list(commands),
            "missing": missing,
        }
    )


def change(systems: Systems, quantity: str) -> tuple[np.ndarray, np.ndarray]:
    """True and predicted values (rows, k) of particles or systems; of positions the displacement."""
    held = systems.node if f"target_{quantity}" in systems.node else systems.graph
    base = systems.position if quantity == "position" else 0.0
    true, predicted = (
        held[f"{key}_{quantity}"].reshape(len(held[f"target_{quantity}"]), -1)
        for key in ("target", "predicted")
    )
    return true - base, predicted - base


def errors(
    systems: Systems, quantity: str = "position"
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """MSE of each system (S,); length of the error (rows,) and of the true value (rows,), of
    positions the distance moved.
    """
    true, predicted = change(systems, quantity)
    difference = predicted - true
    by_system = (difference**2).mean(1)
    if f"target_{quantity}" in systems.node:
        by_system = np.add.reduceat(by_system, systems.offsets[:-1]) / systems.sizes
    return by_system, np.sqrt((difference**2).sum(1)), np.linalg.norm(true, axis=1)


def finite(value: Any) -> Any:
    """The same with every number that JSON does not know (NaN, infinity) replaced by None."""
    if isinstance(value, dict):
        return {str(key): finite(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [finite(entry) for entry in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _baseline_label(key: str) -> str:
    return BASELINES.get(key, key.replace("_", " ").capitalize())


def _comparison(
    name: str, mse: float, trivial: dict[str, float], seed: object
) -> list[dict[str, Any]]:
    """Ours, the published and the trivial predictions, smallest error first; ours first among
    equals.
    """
    figures, reference = figures_for(name)
    source = "one run" if seed is None else f"one run, seed {seed}"
    rows: list[dict[str, Any]] = [
        {"kind": "ours", "method": "This run", "mse": mse, "spread": None, "source": source}
    ]
    rows += [
        {"kind": "reference" if row is reference else "published", **row._asdict()}
        for row in figures
    ]
    rows += [
        {
            "kind": "trivial",
            "method": _baseline_label(key),
            "mse": value,
            "spread": None,
            "source": "no learning",
        }
        for key, value in trivial.items()
    ]
    for row in rows:
        row["ratio"] = None if reference is None else row["mse"] / reference.mse
    return sorted(rows, key=lambda row: row["mse"] if math.isfinite(row["mse"]) else math.inf)


def _learning(run: Run) -> dict[str, Any]:
    assert run.metrics is not None
    epoch, valid = run.metrics["epoch"], run.metrics["valid_mse"]
    seen = np.flatnonzero(np.isfinite(valid) & np.isfinite(epoch))
    if not seen.size:
        return {
            "best_epoch": run.results.get("best_epoch"),
            "best_valid": None,
            "first_valid": None,
            "last_valid": None,
        }
    best = seen[valid[seen].argmin()]
    stated = run.results.get("best_epoch")
    if stated is not None and (match := seen[epoch[seen] == stated]).size:
        best = match[0]
    return {
        "best_epoch": int(epoch[best]),
        "best_valid": float(valid[best]),
        "first_valid": float(valid[seen[0]]),
        "last_valid": float(valid[seen[-1]]),
    }


def _predictions(systems: Systems, quantity: str) -> dict[str, Any]:
    by_system, error, distance = errors(systems, quantity)
    true, predicted = change(systems, quantity)
    order = np.argsort(by_system, kind="stable")
    shown: dict[int, str] = {}
    for quantile, why in SHOWN:
        shown.setdefault(int(order[round(quantile * (len(order) - 1))]), why)
    return {
        "systems": len(systems),
        "particles": len(error),
        "quantity": quantity,
        "mse": float(((predicted - true) ** 2).mean()),
        "median_system_mse": float(np.median(by_system)),
        "median_error": float(np.median(error)),
        "median_distance": float(np.median(distance)),
        "better_than_standing_still": float((error < distance).mean()),
        "shown": [
            {"system": index, "why": why, "mse": float(by_system[index])}
            for index, why in shown.items()
        ],
    }


def _check(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {"passed": sum(row["passed"] for row in rows), "total": len(rows), "rows": rows}
