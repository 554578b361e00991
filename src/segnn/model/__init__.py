"""Physical quantities in, physical quantities out. The network is imported on first use, so that a
model that is missing is told at once.
"""

from typing import TYPE_CHECKING

from segnn.light_imports import lazily
from segnn.model.load import load, packaged_models

if TYPE_CHECKING:
    from segnn.model.physical import PhysicalModel
else:
    __getattr__ = lazily(__name__, {"PhysicalModel": "segnn.model.physical"})

__all__ = ["PhysicalModel", "load", "packaged_models"]
