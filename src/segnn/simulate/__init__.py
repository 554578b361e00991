"""Simulators of the paper's benchmarks and of ours. Importing this is cheap; numba, torch and
tblite are imported when a simulation starts.
"""

from segnn.simulate import charged, field, gravity, spins

__all__ = ["charged", "field", "gravity", "spins"]
