"""The Triton backend: where it serves, and whether it is trusted."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from triton.runtime.interpreter import InterpretedFunction

from segnn.o3.backends.forms import Forms
from segnn.o3.backends.plain.layers import edge_linear
from segnn.o3.backends.protocol import PLAIN, Backend
from segnn.o3.backends.triton import couple_kernels
from segnn.o3.backends.triton.couple import COUPLE
from segnn.o3.backends.triton.gate import GATE
from segnn.o3.backends.triton.mix import MIX
from segnn.o3.backends.triton.norm import NORM
from segnn.o3.backends.triton.sums import SEGMENT_SUM
from segnn.o3.plan.layer import Weights
from segnn.o3.plan.linear import linear_plan
from segnn.o3.rows import Edges

INTERPRETED = isinstance(couple_kernels.couple, InterpretedFunction)
"""Whether Triton's interpreter runs the kernels (TRITON_INTERPRET=1), on any device, slowly."""


def _serves(x: Tensor) -> bool:
    return (
        (x.is_cuda or INTERPRETED)
        and x.dtype in (torch.float32, torch.float64)
        and x.layout == torch.strided
    )


# To take an operation from the plain path instead, leave its line away.
TRITON = Backend(
    "triton",
    _serves,
    segment_sum=SEGMENT_SUM,
    norm=NORM,
    mixing=MIX,
    couple=COUPLE,
    gate=GATE,
)


def load(device: torch.device) -> Backend:
    """The backend, after the kernels of a small layer on edges were compiled for ``device``, run
    and compared with the plain path. RuntimeError where they differ.
    """
    with torch.inference_mode(False):
        expected = _layer(PLAIN, torch.device("cpu"))
        for found, right in zip(_layer(TRITON, device), expected, strict=True):
            off = float((found.cpu() - right).abs().max() / right.abs().max())
            if not off <= 1e-5:
                raise RuntimeError(f"the compiled kernels give wrong numbers, off by {off:.1g}")
    return TRITON


def _layer(backend: Backend, device: torch.device) -> list[Tensor]:
    """A layer along four edges, its derivatives and the derivatives of these."""
    with torch.device("cpu"):
        source, target = torch.tensor([[1, 2, 0, 1], [0, 0, 1, 2]])
        plan = linear_plan(("2x0e+3x1o", "2x0e+3x1o", "1x0e"), "1x0e+1x1o", "5x0e+1x1o", True)
        sizes = ((3, 11), (4, 1), (4, 4), (plan.numel,), (5,))
        given = [torch.arange(1.0, 1 + math.prod(size)).sin().view(size) for size in sizes]
        edges = Edges(source.to(device), target.to(device), 3, unseen=True)
    x, message, attribute, weight, bias = (t.to(device).requires_grad_() for t in given)
    with torch.enable_grad():
        layer = Weights(weight, bias, plan)
        y = edge_linear((x, message), attribute, layer, edges, Forms(backend))
        first = torch.autograd.grad(y.sin().sum(), (x, attribute, weight, bias), create_graph=True)
        loss = torch.stack([slope.square().sum() for slope in first[:2]]).sum()
    return [t.detach() for t in (y, *first, *torch.autograd.grad(loss, (x, attribute, weight)))]
