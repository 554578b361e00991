"""Is the trained model better than what needs no network? Told in results.json and on the screen.

Plain numbers only: a report reads this without importing torch.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

OLD_LABELS = {"stand_still": "standing still", "straight_line": "straight line"}
METRICS = ("mse", "mae", "rmse")
MEANING = {
    "mse": "squared error, mean over all coordinates of all predicted rows, in unit^2",
    "mae": "absolute error, mean over all coordinates of all predicted rows, in unit",
    "rmse": "square root of mse, in unit",
    "mse_per_system": "quantiles over the systems of each system's own mse; large systems count "
    "no more than small ones",
}


def shown_split(results: Mapping[str, Any]) -> str:
    """The split whose errors stand for the training: test, or valid where there is no test."""
    return "test" if "test" in results else "valid"


def baseline_errors(results: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The baselines in ``results`` by their keys, each with ``label`` and ``mse``, mostly also
    ``mae`` and ``rmse``.

    Results of earlier versions hold the mse alone, of standing still and of the straight line.
    """
    held = results.get("baselines") or {}
    found: dict[str, dict[str, Any]] = {}
    for key, value in held.items():
        if isinstance(value, Mapping) and "mse" in value:
            found[key] = {"label": key.replace("_", " "), **value}
        elif key in OLD_LABELS and value is not None and not isinstance(value, Mapping):
            found[key] = {"label": OLD_LABELS[key], "mse": float(value)}
    return found


def verdict(
    mse: float, baselines: Mapping[str, Mapping[str, Any]], what: str = "test mse"
) -> dict[str, Any] | None:
    """Whether a model of error ``mse``, called ``what``, beats the best of ``baselines``; None
    without any.

    - ``beaten``: whether its mse is smaller than that of every baseline.
    - ``best_baseline``, ``label``: the key and the label of the best one.
    - ``mse``, ``baseline_mse``, ``ratio``: the model's, the baseline's, the first over the second
      (None where the baseline makes no error).
    - ``text``: the same in a sentence.
    """
    known = {key: float(value["mse"]) for key, value in baselines.items()}
    known = {key: value for key, value in known.items() if math.isfinite(value)}
    if not known:
        return None
    best = min(known, key=known.__getitem__)
    label, error = str(baselines[best]["label"]), known[best]
    beaten = mse < error
    beside = f"{what} {mse:.4g} beside {error:.4g} ({label})"
    text = (
        f"Better than the best baseline by a factor of {error / mse if mse else math.inf:.3g}: "
        f"{beside}."
        if beaten
        else f"No better than the best baseline: {beside}. What was learned is of no use yet; try "
        "a smaller training.learning_rate, more training.epochs or more training systems."
    )
    return {
        "beaten": beaten,
        "best_baseline": best,
        "label": label,
        "mse": mse,
        "baseline_mse": error,
        "ratio": mse / error if error > 0 else None,
        "text": text,
    }


def error_rows(name: str, score: Mapping[str, Any], results: Mapping[str, Any]) -> list[list[str]]:
    """A table of errors: the model called ``name``, then the baselines, smallest mse first; columns
    are the predictor, mse, mae, rmse, empty where unknown.
    """
    others = sorted(baseline_errors(results).values(), key=lambda entry: float(entry["mse"]))
    rows = [[name, *_cells(score)]]
    return rows + [[str(entry["label"]), *_cells(entry)] for entry in others]


def screen(results: Mapping[str, Any]) -> str:
    """What a finished training shows: the errors of every target on the test systems (on those of
    validation where there are none) and the verdict.
    """
    targets = results.get("targets") or {"": results}
    return "\n".join(_screen(name, one) for name, one in targets.items() if _shown(one))


def _shown(one: Mapping[str, Any]) -> str:
    return next((split for split in ("test", "valid") if split in one), "")


def _screen(name: str, one: Mapping[str, Any]) -> str:
    split = _shown(one)
    head = f"{name} in {one['unit']}, {split}" if name else split
    rows = [[head, *METRICS], *error_rows("this model", one[split], one)]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = [
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    found = one.get("verdict")
    return "\n".join([*lines, *([found["text"]] if found else [])])


def _cells(score: Mapping[str, Any]) -> list[str]:
    filled = dict(score)
    if "rmse" not in filled and float(filled["mse"]) >= 0:
        filled["rmse"] = math.sqrt(float(filled["mse"]))
    return [f"{filled[key]:.4g}" if key in filled else "" for key in METRICS]
