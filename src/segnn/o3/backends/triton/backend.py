"""The Triton backend: where it serves, and whether it is trusted."""

from __future__ import annotations

import torch
from torch import Tensor
from triton.runtime.interpreter import InterpretedFunction

from segnn.o3.backends.plain import forms as plain
from segnn.o3.backends.protocol import Backend
from segnn.o3.backends.triton import forms, kernels
from segnn.o3.plan.coupling import Contraction, Path, Segment

INTERPRETED = isinstance(kernels.contract, InterpretedFunction)
"""Whether Triton's interpreter runs the kernels (TRITON_INTERPRET=1), on any device, slowly."""


def _serves(x: Tensor) -> bool:
    return (
        (x.is_cuda or INTERPRETED)
        and x.dtype in (torch.float32, torch.float64)
        and x.layout == torch.strided
    )


TRITON = Backend(
    "triton",
    _serves,
    contract_edges=forms.CONTRACT_EDGES,
    contract=forms.CONTRACT,
    segment_sum=forms.SEGMENT_SUM,
    takes_frames=lambda x: x.device.type != "cpu",
)


def load(device: torch.device) -> Backend:
    """The backend, after one small kernel was compiled for ``device``, run and compared with the
    plain path. RuntimeError where they differ.
    """
    with torch.inference_mode(False), torch.no_grad(), torch.device("cpu"):
        segment = Segment(0, 5, 5, 1)
        c = Contraction([Path(segment, 0, 1, segment)], 15, 3, 15)
        x = torch.arange(15.0 * 7).view(7, 15).remainder(11).to(device)
        attribute = torch.arange(21.0).view(7, 3).remainder(5).to(device)
        given = forms.CONTRACT.partials[2](c, x, attribute)
        expected = plain.contract(x, attribute, c)
    off = float((given - expected).abs().max())
    if not off <= 1e-5 * float(expected.abs().max()):
        raise RuntimeError(f"the first compiled kernel gives wrong numbers, off by up to {off:.3g}")
    return TRITON
