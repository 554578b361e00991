"""Where systems come from: flat arrays with offsets, NPZ files, edges. Knows no network."""

from segnn.data.forms import Given, SystemsLike, as_systems, given, load_systems
from segnn.data.save import save_systems
from segnn.data.systems import Systems

__all__ = [
    "Given",
    "Systems",
    "SystemsLike",
    "as_systems",
    "given",
    "load_systems",
    "save_systems",
]
