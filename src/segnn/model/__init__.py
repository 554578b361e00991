"""Physical quantities in, physical quantities out."""

from segnn.model.load import load, packaged_models
from segnn.model.physical import PhysicalModel

__all__ = ["PhysicalModel", "load", "packaged_models"]
