"""A trained model on labelled data: errors, errors of every system, the baselines beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from segnn.data import Systems
from segnn.errors import UserError
from segnn.model import PhysicalModel
from segnn.model import load as load_model
from segnn.model.committee import SPREAD, Committee, mean_and_spread
from segnn.model.isolate import failing, not_finite
from segnn.model.load import members as members_of
from segnn.model.mode import evaluating
from segnn.recipe.data_section import DataSpec
from segnn.recipe.splits import check_split, is_there
from segnn.recipe.splits import read_split as systems_of
from segnn.training.baselines import (
    Fitted,
    base_of,
    baseline_scores,
    fit_baselines,
    known_without_training,
)
from segnn.training.batches import in_order
from segnn.training.details import details
from segnn.training.folder import RunFolder
from segnn.training.score import Score, per_system, predict_batches
from segnn.training.splits import (
    Data,
    Split,
    bad_systems,
    make_split,
    read_split,
    require_labels,
)
from segnn.training.verdict import MEANING, baseline_errors, verdict


@dataclass(frozen=True)
class Predictions:
    """Predictions beside labels, for tables and plots, of a ``quantity`` in a ``unit``, of each
    ``level`` (node or graph).

    ``prediction``, ``target``, ``base``: (M, k) for node targets, (S, k) for graph targets, in the
    target's unit; ``offsets`` (S + 1,); ``mse`` and ``mae`` of every system (S,); of a committee
    ``spread``, between its members, (M,) or (S,).
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
    spread: np.ndarray | None = None


def evaluate(
    model: str | Path | PhysicalModel | Committee,
    data: Data | None = None,
    split: str | None = None,
) -> dict[str, Any]:
    """The errors of a trained model on labelled systems, beside those of predictors that need no
    network.

    - ``model``: a run folder, a model folder, a packaged model's name, or the model itself; a
      committee, or the folder of a training with ``--seeds``, by its mean.
    - ``data``: an NPZ file, a folder with train.npz, valid.npz, test.npz, `Systems`, or arrays in
      the published schema; None takes the recipe's own.
    - ``split``: train, valid or test of the recipe or of a folder; None takes test.

    Returns ``mse``, ``mae``, ``rmse`` over all coordinates in ``unit`` (squared for ``mse``),
    ``mse_per_system`` quantiles over the systems, ``meaning`` of these, ``systems`` (their number),
    ``baselines`` and the ``verdict`` on both, ``per_atom`` or ``per_species`` errors where there
    are such, of a committee ``spread``: of the first target, and of each under ``targets`` where
    there are several; those that are trained on but have no labels here are ``unlabelled``. A
    system with labels or a prediction that are not finite, or with an error of its own, stands
    under ``left_out`` with its number (from 0) and the reason, and counts nowhere else. Raises
    `UserError` where no target has labels, for labels that cannot be meant, where no system is
    left, and for a ``split`` beside one file.
    """
    return evaluated(model, data, split)[0]


def evaluated(
    model: str | Path | PhysicalModel | Committee,
    data: Data | None = None,
    split: str | None = None,
    device: str = "cpu",
) -> tuple[dict[str, Any], dict[str, Predictions]]:
    """What `evaluate` and `predictions` return, from one pass over the systems; ``device`` as of
    `segnn.load`, for models that are loaded here.
    """
    members, given = _members(model, device)
    made, (part, found, left_out) = members[0], _evaluated(members, given, data, split)
    fitted = _fitted(given, made)
    targets = {name: _errors(made, part, one, fitted.get(name, {})) for name, one in found.items()}
    main = made.recipe.main if made.recipe.main in targets else next(iter(targets))
    result = {
        "name": made.recipe.name,
        "data": part.source,
        "split": split or "test" if data is None else None,
        "systems": len(part.systems),
        "left_out": [{"system": number, "reason": text} for number, text in left_out.items()],
        **targets[main],
        "meaning": dict(MEANING),
    }
    if len(made.recipe.targets) > 1:
        trained = [name for name, spec in made.recipe.targets.items() if spec.loss.weight > 0]
        unlabelled = [name for name in trained if name not in targets]
        result |= {"target": main, "targets": targets, "unlabelled": unlabelled}
    if len(members) > 1:
        result["members"] = len(members)
    return result, found


def predictions(
    model: str | Path | PhysicalModel | Committee,
    data: Data | None = None,
    split: str | None = None,
) -> dict[str, Predictions]:
    """Like `evaluate`, but every prediction and every system's error, by the target's name; systems
    that `evaluate` leaves out are not among them.
    """
    return _evaluated(*_members(model), data, split)[1]


def _members(
    model: str | Path | PhysicalModel | Committee, device: str = "cpu"
) -> tuple[tuple[PhysicalModel, ...], str | Path | PhysicalModel]:
    """The models in evaluation mode, one or those of a committee; and what the first was given as,
    for what lies beside it.
    """
    if isinstance(model, str | Path):
        found = members_of(model)
        if len(found) < 2:
            return (load_model(model, device=device),), model
        return tuple(load_model(one, device=device) for one in found), found[0]
    if not isinstance(model, PhysicalModel | Committee):
        raise UserError(
            f"the model: got {type(model).__name__}, expected a run folder, the name of a packaged "
            "model, or what segnn.load returns"
        )
    parts = model.members if isinstance(model, Committee) else (model,)
    return tuple(map(evaluating, parts)), parts[0]


def _errors(
    model: PhysicalModel, part: Split, found: Predictions, fitted: Fitted
) -> dict[str, Any]:
    """What `evaluate` tells of one target."""
    prediction = torch.from_numpy(found.prediction)
    score = Score.of(prediction, torch.from_numpy(found.target))
    masked = model.recipe.targets[found.quantity].missing == "masked"
    baselines = baseline_scores(model.recipe, part, fitted, found.quantity)
    quantiles = np.quantile(found.mse, [0.1, 0.5, 0.9])
    return {
        **score.to_dict(),
        **details(model.recipe, part.with_labels(found.quantity), found.quantity, prediction),
        "mse_per_system": dict(zip(("p10", "median", "p90"), map(float, quantiles), strict=True)),
        **({} if found.spread is None else {"spread": _told_spread(found)}),
        **({"labelled": len(found.mse)} if masked else {}),
        "unit": found.unit,
        "baselines": baselines,
        "verdict": verdict(score.mse, baselines, "mse"),
    }


def _told_spread(found: Predictions) -> dict[str, float]:
    """The root mean square of a committee's spread over the rows, and the rank correlation of the
    spread with the error of its mean: 1 where the larger spread always has the larger error.
    """
    assert found.spread is not None
    error = np.linalg.norm(found.prediction - found.target, axis=1)
    middle = (len(error) - 1) / 2
    ranks, others = (np.argsort(np.argsort(v)) - middle for v in (found.spread, error))
    together = ranks @ others / (float(ranks @ ranks) or 1.0)
    return {
        "rms": float(np.sqrt(np.mean(found.spread**2))),
        "rank_correlation": float(together),
    }


def _evaluated(
    members: tuple[PhysicalModel, ...],
    given: str | Path | PhysicalModel,
    data: Data | None,
    split: str | None,
) -> tuple[Split, dict[str, Predictions], dict[int, str]]:
    made = members[0]
    systems, source = _systems(given, made, data, split)
    part, prediction, left_out = _usable(members, systems, source)
    features = part.features
    found = {}
    for name, labels in features.labels.items():
        own, there = features.with_labels(name), ~labels.isnan().any(1)
        predicted = prediction[name][there]
        error = predicted - own.labels[name]
        spread = prediction.get(name + SPREAD)
        spread = None if spread is None else spread[there]
        found[name] = Predictions(
            source=part.source,
            prediction=predicted.numpy(),
            target=own.labels[name].numpy(),
            base=base_of(own, name).numpy(),
            offsets=own.offsets.numpy(),
            mse=per_system(error.square(), own, name).numpy(),
            mae=per_system(error.abs(), own, name).numpy(),
            quantity=name,
            unit=made.recipe.targets[name].unit,
            level=made.recipe.targets[name].level,
            spread=None if spread is None else spread.numpy(),
        )
    return part, found, left_out


def _usable(
    members: tuple[PhysicalModel, ...], systems: Systems, source: str
) -> tuple[Split, dict[str, Tensor], dict[int, str]]:
    """The systems that can be evaluated, their predictions, and why the others cannot."""
    model = members[0]
    if not any(spec.array in systems.names for spec in model.recipe.targets.values()):
        require_labels(model.recipe, systems, source)
    left_out: dict[int, str] = {}
    for spec in model.recipe.targets.values():
        if spec.array in systems.names:
            left_out |= _without_labels(systems, spec.array, spec.missing == "masked")
    with np.errstate(over="ignore", invalid="ignore"):  # told below, with the system's number
        chosen = _others(systems, left_out, source)
        failed = failing(lambda part: model.features(systems[chosen[part]], source), len(chosen))
        left_out |= {int(chosen[number]): text for number, text in failed.items()}
        while True:
            chosen = _others(systems, left_out, source)
            part = make_split(model, systems[chosen] if left_out else systems, source)
            prediction = _predicted(members, part)
            bad = {
                number
                for name, labels in part.features.labels.items()
                for number in bad_systems(_square(prediction[name], labels), part.features, name)
            }
            if not bad:
                return part, prediction, dict(sorted(left_out.items()))
            reasons = {n: not_finite(part.systems, n, "its squared error") for n in bad}
            left_out |= {int(chosen[number]): text for number, text in reasons.items()}


def _square(prediction: Tensor, labels: Tensor) -> Tensor:
    """The squared error, zero where there is no label."""
    return torch.where(labels.isnan(), 0.0, prediction - labels).square()


def _predicted(members: tuple[PhysicalModel, ...], part: Split) -> dict[str, Tensor]:
    """Of one model its predictions, of several their mean, and the spread under NAME_spread."""
    rows = []
    for n, model in enumerate(members):
        features = part.features if n == 0 else model.features(part.systems, part.source)
        size = model.recipe.training.batch_size
        rows.append(predict_batches(model, in_order(features, size)))
    if len(rows) == 1:
        return rows[0]
    whole = mean_and_spread([{name: one.numpy() for name, one in row.items()} for row in rows])
    return {name: torch.from_numpy(value) for name, value in whole.items()}


def _without_labels(systems: Systems, array: str, masked: bool) -> dict[int, str]:
    """The systems whose labels are not finite; of ``masked`` ones infinite."""
    rows = systems.node[array] if array in systems.node else systems.graph[array]
    rows = rows.reshape(len(rows), -1)
    bad = (np.isinf(rows) if masked else ~np.isfinite(rows)).any(1)
    numbers = np.flatnonzero(bad)
    if array in systems.node:
        numbers = np.unique(np.searchsorted(systems.offsets, numbers, side="right") - 1)
    return {int(number): f"its labels {array!r} are not finite" for number in numbers}


def _others(systems: Systems, left_out: Mapping[int, str], source: str) -> np.ndarray:
    chosen = np.setdiff1d(np.arange(len(systems)), list(left_out))
    if left_out and not len(chosen):
        number, reason = next(iter(left_out.items()))
        raise UserError(
            f"{source}: none of its {len(systems)} systems can be evaluated; system {number}: "
            f"{reason}"
        )
    return chosen


def _systems(
    given: str | Path | PhysicalModel,
    model: PhysicalModel,
    data: Data | None,
    split: str | None,
) -> tuple[Systems, str]:
    chosen = split or "test"
    if data is None:
        held = systems_of(model.recipe, chosen)
        if held.drawn and not isinstance(given, PhysicalModel):
            RunFolder(given).check_drawn(chosen, held.systems, held.source)
        return held.systems, held.source
    if isinstance(data, str | Path) and Path(data).is_dir():
        check_split(DataSpec(folder=str(data)), chosen)
        data, split = Path(data) / f"{chosen}.npz", None
    read = model.read(data)
    if split is not None:
        raise UserError(
            f"split {split!r}: no folder of splits ({read.source}), so that all systems are taken."
            " Leave out the split."
        )
    return read.systems, read.source


def _fitted(given: str | Path | PhysicalModel, model: PhysicalModel) -> dict[str, Fitted]:
    """What the baselines of every target learned from the training systems: from results.json
    beside the model, or fitted now if the systems are here.
    """
    recipe = model.recipe
    if not isinstance(given, PhysicalModel):
        for folder in (Path(given), Path(given).parent):
            results = RunFolder(folder).results()
            if results is not None and (folder == Path(given) or folder / "model" == Path(given)):
                held = results.get("targets") or {recipe.main: results}
                stored = {
                    name: {
                        key: entry["fitted"]
                        for key, entry in baseline_errors(of).items()
                        if "fitted" in entry
                    }
                    for name, of in held.items()
                }
                if stored.get(recipe.main):  # the results of earlier versions do not hold it
                    return dict(stored)
    if not is_there(recipe.data, "train"):
        return {name: known_without_training(recipe, name) for name in recipe.targets}
    train = read_split(model, "train")
    return {name: fit_baselines(recipe, train, name) for name in recipe.targets}
