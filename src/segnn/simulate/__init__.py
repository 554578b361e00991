"""Simulators of benchmarks. Importing this is cheap; numba and tblite are imported when a
simulation starts.
"""

from segnn.simulate import charged, field, gravity

__all__ = ["charged", "field", "gravity"]
