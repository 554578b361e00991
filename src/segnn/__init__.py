"""segnn: Steerable E(3) equivariant graph neural networks with declared physical cues.

The names below are loaded when first used, so that ``import segnn`` stays cheap.
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from segnn import light_imports

light_imports.install()

try:
    __version__ = version("segnn")
except PackageNotFoundError:  # a source tree that is not installed
    __version__ = "0+unknown"

_LAZY = {
    "SEGNN": "segnn.nn",
    "PhysicalModel": "segnn.model",
    "compile": "segnn.model.compiled",
    "limit_memory": "segnn.o3",
    "load": "segnn.model",
    "load_recipe": "segnn.recipe",
}
__all__ = [
    "SEGNN",
    "PhysicalModel",
    "__version__",
    "compile",
    "limit_memory",
    "load",
    "load_recipe",
]


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        return getattr(import_module(_LAZY[name]), name)
    raise AttributeError(f"module 'segnn' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
