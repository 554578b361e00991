"""Irreps in memory, spherical harmonics, couplings and kernels. Knows no graph and no physics."""

from e3nn.o3 import Irrep, Irreps

from segnn.o3.backends.choice import kernels
from segnn.o3.cartesian import CartesianTensor
from segnn.o3.frames.choice import edge_frames
from segnn.o3.harmonics import spherical_harmonics
from segnn.o3.layout import Layout, Reorder, layout
from segnn.o3.memory import limit_memory
from segnn.o3.rows import Edges, Rows
from segnn.o3.safe import norm, normalized

__all__ = [
    "CartesianTensor",
    "Edges",
    "Irrep",
    "Irreps",
    "Layout",
    "Reorder",
    "Rows",
    "edge_frames",
    "kernels",
    "layout",
    "limit_memory",
    "norm",
    "normalized",
    "spherical_harmonics",
]
