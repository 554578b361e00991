"""Is a model what it claims to be, on its user's own data? Symmetry, batching, gradients,
degenerate systems.
"""

from segnn.model.check.random_systems import random_systems
from segnn.model.check.run import Check, check_model
from segnn.model.check.transform import transformed

__all__ = ["Check", "check_model", "random_systems", "transformed"]
