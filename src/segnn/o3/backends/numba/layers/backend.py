"""The numba backend: where it serves, and whether it is trusted."""

from __future__ import annotations

import torch
from torch import Tensor

from segnn.o3.backends.numba.layers import forms
from segnn.o3.backends.numba.layers.frames import FRAME_MESSAGES
from segnn.o3.backends.numba.layers.messages import MESSAGES
from segnn.o3.backends.numba.layers.norm import NORM
from segnn.o3.backends.numba.layers.of_vectors import OF_VECTORS
from segnn.o3.backends.numba.layers.rows import ROWS
from segnn.o3.backends.plain.forms import mix
from segnn.o3.backends.protocol import Backend
from segnn.o3.pages import keep_freed
from segnn.o3.plan.mix import Mix, Term


def _serves(x: Tensor) -> bool:
    return x.is_cpu and x.dtype in (torch.float32, torch.float64) and x.layout == torch.strided


def _takes_frames(x: Tensor) -> bool:
    return True


NUMBA = Backend(
    "numba",
    _serves,
    rows=ROWS,
    messages=MESSAGES,
    frame_messages=FRAME_MESSAGES,
    norm=NORM,
    of_vectors=OF_VECTORS,
    contract_edges=forms.CONTRACT_EDGES,
    contract=forms.CONTRACT,
    mix=forms.MIX,
    segment_sum=forms.SEGMENT_SUM,
    takes_frames=_takes_frames,
)


def load() -> Backend:
    """The backend, after one small kernel was compiled, or found compiled, and compared with the
    plain path. RuntimeError where they differ.

    numba's interior changes from version to version: what can be imported need not be right. The
    kernel is a matrix product with an odd number of rows and columns, which takes vectors, masks
    and the way of arguments.
    """
    with torch.inference_mode(False), torch.device("cpu"):
        plan = Mix((Term(3, 0, 5, 0, 19, 0),), 15, 57)
        x = torch.arange(15.0 * 7).view(7, 15).remainder(11)
        weight = torch.arange(95.0).remainder(7)
        given, expected = forms.MIX.partials[2](plan, x, weight), mix(x, weight, plan)
    if not torch.equal(given, expected):  # whole numbers: exact
        raise RuntimeError(
            "the first compiled kernel gives wrong numbers, off by up to "
            f"{float((given - expected).abs().max()):.3g}"
        )
    keep_freed()
    return NUMBA
