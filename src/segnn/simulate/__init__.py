"""Simulators of the paper's benchmarks. Importing this is cheap; numba is imported when a
simulation starts.
"""

from segnn.simulate import charged, gravity

__all__ = ["charged", "gravity"]
