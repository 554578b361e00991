"""Steerable layers and networks: plain tensors in, plain tensors out."""

from segnn.nn.convolution import SELinear, SENonlinear
from segnn.nn.fresh import calibrate
from segnn.nn.gate import Gate
from segnn.nn.linear import SteerableLinear
from segnn.nn.mlp import SteerableMLP
from segnn.nn.norm import BatchNorm, InstanceNorm, LayerNorm
from segnn.nn.refreshed import RefreshedSEGNN
from segnn.nn.segnn import SEGNN
from segnn.nn.topology import Topology
from segnn.nn.widths import balanced_irreps, weight_balanced_irreps

__all__ = [
    "SEGNN",
    "BatchNorm",
    "Gate",
    "InstanceNorm",
    "LayerNorm",
    "RefreshedSEGNN",
    "SELinear",
    "SENonlinear",
    "SteerableLinear",
    "SteerableMLP",
    "Topology",
    "balanced_irreps",
    "calibrate",
    "weight_balanced_irreps",
]
