"""segnn: Steerable E(3) equivariant graph neural networks with declared physical cues.

    model = segnn.load("charged")            # a packaged model, or a run folder
    model.predict({"position": ..., ...})    # arrays, segnn.Systems, or the path of an NPZ file
    segnn.train(segnn.load_recipe(path), "runs/mine")

Names and submodules are loaded when they are first used, so that ``import segnn`` stays cheap.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from segnn import light_imports

if TYPE_CHECKING:
    from segnn import (
        bench,
        data,
        errors,
        interop,
        model,
        nn,
        o3,
        recipe,
        report,
        rollout,
        simulate,
        testing,
        training,
        viz,
    )
    from segnn.data import Systems, as_systems, load_systems, save_systems
    from segnn.errors import UserError
    from segnn.model import PhysicalModel
    from segnn.model.compiled import compile
    from segnn.model.load import load
    from segnn.nn import SEGNN
    from segnn.o3 import limit_memory
    from segnn.recipe import load_recipe
    from segnn.training import evaluate, train

    __version__: str

light_imports.install()

_NAMES = {
    "SEGNN": "segnn.nn",
    "PhysicalModel": "segnn.model",
    "Systems": "segnn.data",
    "UserError": "segnn.errors",
    "as_systems": "segnn.data",
    "compile": "segnn.model.compiled",
    "evaluate": "segnn.training",
    "limit_memory": "segnn.o3",
    "load": "segnn.model",
    "load_recipe": "segnn.recipe",
    "load_systems": "segnn.data",
    "save_systems": "segnn.data",
    "train": "segnn.training",
}
_SUBMODULES = (
    *("bench", "data", "errors", "interop", "model", "nn", "o3", "recipe", "report", "rollout"),
    *("simulate", "testing", "training", "viz"),
)
__all__ = [
    "SEGNN",
    "PhysicalModel",
    "Systems",
    "UserError",
    "__version__",
    "as_systems",
    "bench",
    "compile",
    "data",
    "errors",
    "evaluate",
    "interop",
    "limit_memory",
    "load",
    "load_recipe",
    "load_systems",
    "model",
    "nn",
    "o3",
    "recipe",
    "report",
    "rollout",
    "save_systems",
    "simulate",
    "testing",
    "train",
    "training",
    "viz",
]


def __getattr__(name: str) -> Any:
    if name in _SUBMODULES:
        return import_module(f"segnn.{name}")
    if name == "__version__":
        value = _version()
    elif name in _NAMES:
        value = getattr(import_module(_NAMES[name]), name)
    else:
        raise AttributeError(f"module 'segnn' has no attribute {name!r}")
    globals()[name] = value
    return value


def _version() -> str:
    """The version of the installed package; asked for late, because finding it takes a while."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("segnn")
    except PackageNotFoundError:  # a source tree that is not installed
        return "0+unknown"


def __dir__() -> list[str]:
    return sorted(__all__)
