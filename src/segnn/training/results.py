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
from segnn.training.epochs import Epochs
from segnn.training.equivariance import equivariance
from segnn.training.score import Score, score_model
from segnn.training.splits import Split
from segnn.training.verdict import MEANING, METRICS, verdict
from segnn.versions import versions


def make_results(recipe: Recipe, splits: dict[str, Split], epochs: Epochs) -> dict[str, Any]:
    """The best model evaluated on every split that was not trained on."""
    best = PhysicalModel.load(epochs.folder.model)
    scores: dict[str, Score] = {
        name: score_model(best, in_order(splits[name].features, recipe.training.batch_size))
        for name in ("test", "valid")
        if name in splits
    }
    shown = "test" if "test" in splits else "valid"
    baselines = baseline_scores(recipe, splits[shown], fit_baselines(recipe, splits["train"]))
    done = len(epochs.rows)
    return {
        "name": recipe.name,
        **{name: score.to_dict() for name, score in scores.items()},
        "unit": recipe.target.unit,
        "meaning": {name: MEANING[name] for name in METRICS},
        "baselines": baselines,
        "verdict": verdict(scores[shown].mse, baselines, f"{shown} mse"),
        "warnings": epochs.facts["warnings"],
        "best_epoch": epochs.best_epoch,
        "epochs": done,
        "legs": list(epochs.module.legs),
        "stopped_early": epochs.stopped_early and done < recipe.training.epochs,
        "start_from": epochs.facts["start_from"],
        "seconds": round(epochs.seconds, 3),
        "seconds_per_epoch": round(epochs.seconds / done, 4),
        "seed": recipe.training.seed,
        "revision": epochs.folder.revision(),
        "parameters": sum(p.numel() for p in best.parameters()),
        "systems": {name: len(split.systems) for name, split in splits.items()},
        "threads": torch.get_num_threads(),
        "equivariance": equivariance(best, splits[shown]),
        "versions": versions(),
    }
