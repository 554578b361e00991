"""What a finished training writes down: the errors of its best model, and what they are beside
predictors that need no network.
"""

from __future__ import annotations

from typing import Any

import torch

from segnn.model import PhysicalModel
from segnn.recipe import Recipe
from segnn.training.baselines import baseline_scores, fit_baselines
from segnn.training.batches import in_order
from segnn.training.details import details
from segnn.training.epochs import Epochs
from segnn.training.equivariance import equivariance
from segnn.training.score import all_labels, predict_batches, scores
from segnn.training.splits import Split
from segnn.training.verdict import MEANING, METRICS, verdict
from segnn.versions import versions


def make_results(recipe: Recipe, splits: dict[str, Split], epochs: Epochs) -> dict[str, Any]:
    """The best model evaluated on every split that was not trained on."""
    best = PhysicalModel.load(epochs.folder.model)
    names: list[str] = [name for name in ("test", "valid") if name in splits]
    found = {name: _scored(best, splits[name]) for name in names}
    shown = "test" if "test" in splits else "valid"
    targets = {
        name: {
            **{split: scored[name] for split, scored in found.items() if name in scored},
            **_beside(recipe, splits, shown, name, found[shown].get(name)),
        }
        for name in recipe.targets
    }
    main, done = targets[recipe.main], len(epochs.rows)
    return {
        "name": recipe.name,
        **{name: main[name] for name in found},
        "unit": main["unit"],
        "meaning": {name: MEANING[name] for name in METRICS},
        "baselines": main["baselines"],
        "verdict": main["verdict"],
        **({"target": recipe.main, "targets": targets} if len(targets) > 1 else {}),
        "warnings": epochs.facts["warnings"],
        "best_epoch": epochs.best_epoch,
        "epochs": done,
        "legs": list(epochs.trainer.legs),
        "stopped_early": epochs.stopped_early and done < recipe.training.epochs,
        "start_from": epochs.facts["start_from"],
        "seconds": round(epochs.seconds, 3),
        **(
            {}
            if epochs.processor_seconds is None
            else {"processor_seconds": round(epochs.processor_seconds, 3)}
        ),
        "seconds_per_epoch": round(epochs.seconds / done, 4),
        "seed": recipe.training.seed,
        "revision": epochs.folder.revision(),
        "parameters": sum(p.numel() for p in best.parameters()),
        "systems": {name: split.count for name, split in splits.items()},
        "threads": torch.get_num_threads(),
        **epochs.trainer.told_of_card(),
        "equivariance": equivariance(best, splits[shown]),
        "versions": versions(),
    }


def _scored(model: PhysicalModel, split: Split) -> dict[str, dict[str, Any]]:
    """The errors of every target on ``split``, as they stand in results.json."""
    batches = in_order(split.features, model.recipe.training.batch_size)
    found, labels = predict_batches(model, batches), all_labels(batches)
    return {
        name: {**score.to_dict(), **details(model.recipe, split, name, found[name])}
        for name, score in scores(found, labels).items()
    }


def _beside(
    recipe: Recipe, splits: dict[str, Split], shown: str, name: str, score: dict[str, Any] | None
) -> dict[str, Any]:
    """Unit and level of a target, and what stands beside its errors on the split ``shown``."""
    fitted = fit_baselines(recipe, splits["train"], name)
    baselines = baseline_scores(recipe, splits[shown], fitted, name)
    spec = recipe.targets[name]
    return {
        "unit": spec.unit,
        "level": spec.level,
        "baselines": baselines,
        "verdict": None if score is None else verdict(score["mse"], baselines, f"{shown} mse"),
    }
