"""Where systems come from: flat arrays with offsets, NPZ files, edges. Knows no network."""

from segnn.data.npz import load_systems, save_systems
from segnn.data.systems import Systems

__all__ = ["Systems", "load_systems", "save_systems"]
