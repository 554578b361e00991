"""Simulators of the paper's benchmarks and of ours. Importing this is cheap; numba and torch are
imported when a simulation starts.
"""

from segnn.simulate import charged, gravity, spins

__all__ = ["charged", "gravity", "spins"]
