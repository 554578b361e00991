"""The Triton backend: where it serves, and whether it is trusted."""

from __future__ import annotations

import torch
from torch import Tensor
from triton.runtime.interpreter import InterpretedFunction

from segnn.o3.backends.protocol import Backend
from segnn.o3.backends.triton import steer, steer_kernels
from segnn.o3.backends.triton.ends import ENDS, SEGMENT_SUM
from segnn.o3.backends.triton.gate import GATE
from segnn.o3.backends.triton.norm import NORM
from segnn.o3.plan.linear import LinearPlan, linear_plan
from segnn.o3.plan.steered import couplings
from segnn.o3.plan.steered import steer as plain_steer

INTERPRETED = isinstance(steer_kernels.steer, InterpretedFunction)
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
    linear=steer.LINEAR,
    gate=GATE,
    ends=ENDS,
)


def load(device: torch.device) -> Backend:
    """The backend, after the kernels of a small linear layer were compiled for ``device``, run and
    compared with the plain path. RuntimeError where they differ.
    """
    with torch.inference_mode(False), torch.no_grad(), torch.device("cpu"):
        plan = linear_plan(("2x0e+3x1o",), "1x0e+1x1o", "5x0e+1x1o", False)
        x, attribute, g = (
            torch.arange(7.0 * dim).sin().view(7, dim)  # of as many digits as there are
            for dim in (plan.parts[0].dim, plan.attribute.dim, plan.output.dim)
        )
        weight = torch.arange(float(plan.numel)).cos()
        arguments = (x, couplings(plan, attribute.dtype) @ attribute.mT, weight, g)
        expected = _derivatives(plan, arguments)
        there = [t.to(device) for t in arguments]
    with torch.inference_mode(False), torch.no_grad():
        for n, (partial, right) in enumerate(
            zip(steer.LINEAR.form.partials, expected, strict=True)
        ):
            found = partial(plan, *there[:n], *there[n + 1 :]).cpu()
            off = float((found - right).abs().max() / right.abs().max())
            if not off <= 1e-5:
                raise RuntimeError(f"the compiled kernels give wrong numbers, off by {off:.1g}")
    return TRITON


def _derivatives(plan: LinearPlan, arguments: tuple[Tensor, ...]) -> list[Tensor]:
    """The partial derivatives of the form of a layer, by torch's own operations."""
    x, m, weight, g = (t.detach().requires_grad_() for t in arguments)
    with torch.enable_grad():
        y = plain_steer(x, m, weight, plan)
    return [*torch.autograd.grad(y, (x, m, weight), g.detach()), y.detach()]
