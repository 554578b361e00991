"""Training, the run folder, evaluation. torch takes seconds to import, so names are looked up when
first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from segnn.training.evaluation import evaluate, predictions
    from segnn.training.interrupt import TrainingInterrupted
    from segnn.training.run import train

_HOME = {
    "train": "run",
    "evaluate": "evaluation",
    "predictions": "evaluation",
    "TrainingInterrupted": "interrupt",
}

__all__ = ["TrainingInterrupted", "evaluate", "predictions", "train"]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
