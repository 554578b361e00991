"""A trained model on labelled data: errors, errors of every system, the trivial predictors beside
them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from segnn.data import Systems, load_systems
from segnn.errors import UserError
from segnn.model import PhysicalModel
from segnn.model import load as load_model
from segnn.training.batches import in_order
from segnn.training.folder import RunFolder
from segnn.training.score import Score, labels, per_system, predict_batches
from segnn.training.splits import SPLITS, Split, make_split, read_split, split_path
from segnn.training.trivial import straight_line_time, trivial_scores

Data = str | Path | Systems | Mapping[str, Any] | None


@dataclass(frozen=True)
class Predictions:
    """Predictions beside labels, for tables and plots, of a ``quantity`` in a ``unit``, of each
    ``level`` (node or graph).

    ``prediction``, ``target``, ``base``: (M, k) for node targets, (S, k) for graph targets, in the
    target's unit; ``offsets`` (S + 1,); ``mse`` and ``mae`` of every system (S,).
    """

    source: str
    prediction: np.ndarray
    target: np.ndarray
    base: np.ndarray
    offsets: np.ndarray
    mse: np.ndarray
    mae: np.ndarray
    quantity: str
    unit: str
    level: str


def evaluate(folder: str | Path, data: Data = None, split: str = "test") -> dict[str, Any]:
    """The errors of the model in a run folder or model folder (or of a packaged model's name).

    ``data``: an NPZ file, a folder with train.npz, valid.npz, test.npz, `Systems`, or arrays in the
    published schema; None takes the recipe's own ``split``. Returns ``mse`` and ``mae`` over all
    coordinates, ``mse_per_system`` quantiles, the numbers of systems, and ``baselines``. Raises
    `UserError` for missing or unusable labels.
    """
    return evaluated(folder, data, split)[0]


def evaluated(
    folder: str | Path, data: Data = None, split: str = "test"
) -> tuple[dict[str, Any], Predictions]:
    """What `evaluate` and `predictions` return, from one pass over the systems."""
    model = load_model(folder)
    part = _split(model, data, split)
    found = _predictions(model, part)
    score = Score.of(torch.from_numpy(found.prediction), torch.from_numpy(found.target))
    quantiles = np.quantile(found.mse, [0.1, 0.5, 0.9])
    result = {
        "name": model.recipe.name,
        "data": part.source,
        "split": split if data is None else None,
        "systems": len(part.systems),
        **score.to_dict(),
        "mse_per_system": dict(zip(("p10", "median", "p90"), map(float, quantiles), strict=True)),
        "unit": model.recipe.target.unit,
        "baselines": trivial_scores(model.recipe, part, _fitted_time(folder, model)),
    }
    return result, found


def predictions(folder: str | Path, data: Data = None, split: str = "test") -> Predictions:
    """Like `evaluate`, but every prediction and every system's error."""
    model = load_model(folder)
    return _predictions(model, _split(model, data, split))


def _predictions(model: PhysicalModel, part: Split) -> Predictions:
    features = part.features
    prediction = predict_batches(model, in_order(features, model.recipe.training.batch_size))
    error = prediction - labels(features)
    return Predictions(
        source=part.source,
        prediction=prediction.numpy(),
        target=labels(features).numpy(),
        base=features.base.numpy(),
        offsets=features.offsets.numpy(),
        mse=per_system(error.square(), features).numpy(),
        mae=per_system(error.abs(), features).numpy(),
        quantity=model.quantity,
        unit=model.recipe.target.unit,
        level=model.recipe.target.level,
    )


def _split(model: PhysicalModel, data: Data, split: str) -> Split:
    if data is None:
        return read_split(model, split)
    if isinstance(data, Systems):
        return make_split(model, data, "the systems given")
    if isinstance(data, Mapping):
        return make_split(model, Systems.from_arrays(data), "the arrays given")
    path = Path(data)
    if path.is_dir():
        if split not in SPLITS:
            raise UserError(f"split {split!r}: expected one of {', '.join(SPLITS)}")
        path = path / f"{split}.npz"
    return make_split(model, load_systems(path), str(path))


def _fitted_time(folder: str | Path, model: PhysicalModel) -> float | None:
    """The straight line's time as fitted on the training systems: from results.json, or fitted now
    if they are here.
    """
    results = RunFolder(folder).results()
    if results is not None and "baselines" in results:
        time = results["baselines"].get("straight_line_time")
        return None if time is None else float(time)
    if not split_path(model.recipe, "train").is_file():
        return None
    return straight_line_time(model.recipe, read_split(model, "train"))
