"""The numbers of a report: what `report.json` holds and the HTML shows."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from typing import Any

import numpy as np

from segnn.data import Systems
from segnn.report.inputs import Run, is_number
from segnn.report.published import CITATION, figures_for
from segnn.report.words import against_baseline, against_paper
from segnn.training.verdict import baseline_errors, shown_split

SHOWN = ((0.1, "an easy one"), (0.5, "the median"), (0.9, "a hard one"), (1.0, "the worst"))


def summarise(run: Run, commands: Sequence[str]) -> dict[str, Any]:
    """All numbers of the report, plain values only; those that are not finite are None."""
    name = str(run.results.get("name") or "run")
    split = shown_split(run.results)
    mse = float(run.results[split]["mse"])
    trivial = baseline_errors(run.results)
    _, reference = figures_for(name)
    sentences = [] if reference is None else [against_paper(mse, reference.mse, reference.spread)]
    if trivial:
        best = min(trivial.values(), key=lambda entry: _order(float(entry["mse"])))
        sentences.append(against_baseline(mse, str(best["label"]), float(best["mse"])))
    missing = []
    if split != "test":
        missing.append(
            "The recipe names no test systems, so all errors are those of the validation systems, "
            "by which the best epoch was chosen."
        )
    if reference is None:
        missing.append(f"No published figures are known here for the task “{name}”.")
    if not trivial:
        missing.append("results.json holds no baselines, so the trivial predictions are left out.")
    if run.metrics is None:
        missing.append("The run folder holds no metrics.csv, so the learning curve is left out.")
    if run.predictions is None:
        missing.append(
            "The run folder holds no predictions.npz, so single systems and their errors are "
            "left out; 'segnn predict RUN TEST.npz --keep-input -o RUN/predictions.npz' writes it."
        )
    if run.left_out:
        shown = ", ".join(map(str, run.left_out[:5])) + (", …" if len(run.left_out) > 5 else "")
        missing.append(
            f"predictions.npz holds no finite predictions for {len(run.left_out)} of its systems "
            f"(number {shown}, counted from 0), so these are left out."
        )
    if run.check is None:
        missing.append(
            "The run folder holds no check.json, so the symmetry check is left out; 'segnn check "
            "RUN --out RUN/check.json' writes it."
        )
    plain: dict[str, Any] = finite(
        {
            "name": name,
            "split": split,
            "results": run.results,
            "citation": None if reference is None else CITATION,
            "relation": " ".join(sentence for sentence in sentences if sentence),
            "paper": None
            if reference is None
            else {**reference._asdict(), "ratio": mse / reference.mse},
            "verdict": _verdict(run.results),
            "comparison": _comparison(name, run.results, list(trivial.values())),
            "learning": None if run.metrics is None else _learning(run),
            "predictions": None
            if run.predictions is None
            else _predictions(run.predictions, run.quantity, run.places),
            "check": None if run.check is None else _check(run.check),
            "commands": list(commands),
            "missing": missing,
        }
    )
    return plain


def change(
    systems: Systems, quantity: str, places: Collection[str]
) -> tuple[np.ndarray, np.ndarray]:
    """True and predicted values (rows, k) of particles or systems; of ``places`` the
    displacements.
    """
    held = systems.node if f"target_{quantity}" in systems.node else systems.graph
    base = systems.position if quantity in places else 0.0
    true, predicted = (
        held[f"{key}_{quantity}"].reshape(len(held[f"target_{quantity}"]), -1)
        for key in ("target", "predicted")
    )
    return true - base, predicted - base


def errors(
    systems: Systems, quantity: str, places: Collection[str]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """MSE of each system (S,); length of the error (rows,), and of the error of a prediction that
    needs no network (rows,): of ``places`` that particles stay where they are, of other quantities
    the mean of the true values.
    """
    true, predicted = change(systems, quantity, places)
    difference = predicted - true
    by_system = (difference**2).mean(1)
    if f"target_{quantity}" in systems.node:
        by_system = np.add.reduceat(by_system, systems.offsets[:-1]) / systems.sizes
    guess = 0.0 if quantity in places else true.mean(0)
    return by_system, np.sqrt((difference**2).sum(1)), np.linalg.norm(true - guess, axis=1)


def finite(value: Any) -> Any:
    """The same with every number that JSON does not know (NaN, infinity) replaced by None."""
    if isinstance(value, dict):
        return {str(key): finite(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [finite(entry) for entry in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _order(mse: float) -> float:
    """By which rows are sorted: what is not finite comes last."""
    return mse if math.isfinite(mse) else math.inf


def _verdict(results: dict[str, Any]) -> dict[str, Any] | None:
    """Whether the run beat its baselines, in a sentence; None where the results do not say."""
    found = results.get("verdict")
    if not isinstance(found, dict) or not isinstance(found.get("text"), str):
        return None
    return {"beaten": bool(found.get("beaten")), "text": found["text"]}


def _comparison(
    name: str, results: dict[str, Any], trivial: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Ours, the published and the trivial predictions, smallest error first; ours first among
    equals.
    """
    figures, reference = figures_for(name)
    seed, test = results.get("seed"), results[shown_split(results)]
    source = "one run" if seed is None else f"one run, seed {seed}"
    rows = [_row("ours", "This run", test, source)]
    rows += [
        {"kind": "reference" if row is reference else "published", "mae": None, **row._asdict()}
        for row in figures
    ]
    for entry in trivial:
        label = str(entry["label"])
        told = str(entry.get("meaning") or "no learning")
        rows.append(_row("trivial", label[:1].upper() + label[1:], entry, told))
    for row in rows:
        row["ratio"] = None if reference is None else row["mse"] / reference.mse
    return sorted(rows, key=lambda row: _order(row["mse"]))


def _row(kind: str, method: str, errors: dict[str, Any], source: str) -> dict[str, Any]:
    mae: Any = errors.get("mae")
    return {
        "kind": kind,
        "method": method,
        "mse": float(errors["mse"]),
        "mae": float(mae) if is_number(mae) else None,
        "spread": None,
        "source": source,
    }


def _learning(run: Run) -> dict[str, Any]:
    assert run.metrics is not None
    epoch, valid = run.metrics["epoch"], run.metrics["valid_error"]
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


def _predictions(systems: Systems, quantity: str, places: Collection[str]) -> dict[str, Any]:
    by_system, error, distance = errors(systems, quantity, places)
    true, predicted = change(systems, quantity, places)
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
        "median_change": float(np.median(distance)),
        "better_than_no_network": float((error < distance).mean()),
        "shown": [
            {"system": index, "why": why, "mse": float(by_system[index])}
            for index, why in shown.items()
        ],
    }


def _check(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {"passed": sum(row["passed"] for row in rows), "total": len(rows), "rows": rows}
