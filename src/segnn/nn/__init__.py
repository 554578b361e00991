"""Steerable layers and networks: plain tensors in, plain tensors out."""

from segnn.nn.convolution import SELinear, SENonlinear
from segnn.nn.gate import Gate
from segnn.nn.linear import SteerableLinear
from segnn.nn.norm import BatchNorm, InstanceNorm, LayerNorm
from segnn.nn.segnn import SEGNN
from segnn.nn.topology import Topology

__all__ = [
    "SEGNN",
    "BatchNorm",
    "Gate",
    "InstanceNorm",
    "LayerNorm",
    "SELinear",
    "SENonlinear",
    "SteerableLinear",
    "Topology",
]
