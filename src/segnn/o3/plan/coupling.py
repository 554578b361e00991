"""Clebsch-Gordan couplings and the table of a channelwise contraction with an attribute.

A path (l1, l_a → l3) couples component i of a feature with component j of an attribute into
component k:

    y_k[c] = Σ_ij K_ijk a_j x_i[c],        K = sqrt(2 l3 + 1) · w3j(l1, l_a, l3)

so that y has unit variance per component when x and a have (e3nn's "component" normalisation).
Channels c never mix here; that is the job of the matrix products before or after.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from e3nn.o3 import Irrep, wigner_3j
from torch import Tensor

from segnn.o3.constant import constant, on_device


@lru_cache(maxsize=4096)
@constant
def coupling(l1: int, la: int, l3: int) -> Tensor:
    """K (2l1+1, 2la+1, 2l3+1), float64: real Wigner 3j symbols times sqrt(2 l3 + 1). Do not write
    into it.
    """
    symbols: Tensor = wigner_3j(l1, la, l3, dtype=torch.float64)
    return symbols * math.sqrt(2 * l3 + 1)


def allowed(ir1: Irrep, ira: Irrep, ir3: Irrep) -> bool:
    """Whether ir1 ⊗ ira contains ir3: triangle rule, and the parities multiply."""
    return bool(abs(ir1.l - ira.l) <= ir3.l <= ir1.l + ira.l and ir1.p * ira.p == ir3.p)


@dataclass(frozen=True)
class Segment:
    """``channels`` channels of one block: component m of channel c lies in column ``start + m ·
    stride + c``.
    """

    start: int
    stride: int
    channels: int
    degree: int


@dataclass(frozen=True)
class Path:
    """One coupling of an input segment with the attribute columns ``attribute … + 2la+1`` into an
    output segment.
    """

    input: Segment
    attribute: int
    attribute_degree: int
    output: Segment


class Contraction:
    """A sum of paths between rows of width ``dim_in``, attributes of width ``dim_attr`` and rows of
    width ``dim_out``.

    It is trilinear: T(x, a, g) = Σ_t coef[t] Σ_c x[in[t]+c] a[attr[t]] g[out[t]+c]; the contraction
    itself is ∂T/∂g. ``table`` lists the non-zero coefficients for the kernels, sorted by output
    column: integer columns (in, attr, out, channels), with their values in ``coef_as(dtype)``.
    ``transposed`` exchanges the roles of x and g.
    """

    def __init__(self, paths: list[Path], dim_in: int, dim_attr: int, dim_out: int):
        self.paths = tuple(paths)
        self.couplings = tuple(
            coupling(p.input.degree, p.attribute_degree, p.output.degree) for p in paths
        )
        with torch.inference_mode(False):
            single = tuple(k.float() for k in self.couplings)
        self._couplings = {torch.float64: self.couplings, torch.float32: single}
        self.outputs = tuple(dict.fromkeys(p.output for p in paths))
        self.output_of = tuple(self.outputs.index(p.output) for p in paths)
        self.dim_in, self.dim_attr, self.dim_out = dim_in, dim_attr, dim_out
        rows, coef = [], []
        for p in paths:
            k_ijk = coupling(p.input.degree, p.attribute_degree, p.output.degree).numpy()
            for i, j, k in zip(*np.nonzero(np.abs(k_ijk) > 1e-12), strict=True):
                rows.append(
                    (
                        p.input.start + i * p.input.stride,
                        p.attribute + j,
                        p.output.start + k * p.output.stride,
                        p.output.channels,
                    )
                )
                coef.append(k_ijk[i, j, k])
        table = np.array(rows, dtype=np.uintp).reshape(-1, 4)
        by_output = np.lexsort((table[:, 0], table[:, 2]))
        by_input = np.lexsort((table[:, 2], table[:, 0]))
        values = np.array(coef, dtype=np.float64)
        self.table = np.ascontiguousarray(table[by_output])
        self.transposed_table = np.ascontiguousarray(table[by_input][:, [2, 1, 0, 3]])
        self._coef = {dtype: values[by_output].astype(dtype) for dtype in ("float32", "float64")}
        self._transposed_coef = {
            dtype: values[by_input].astype(dtype) for dtype in ("float32", "float64")
        }

    def coef_as(self, dtype: np.dtype) -> np.ndarray:
        """``coef`` in the kernels' dtype."""
        return self._coef[dtype.name]

    def transposed_coef_as(self, dtype: np.dtype) -> np.ndarray:
        """``transposed_coef`` in the kernels' dtype."""
        return self._transposed_coef[dtype.name]

    def couplings_like(self, x: Tensor) -> tuple[Tensor, ...]:
        """``couplings`` in the dtype and on the device of x: copies are made once, since a graphics
        card would have to wait for each (types other than float32 and float64: every time).
        """
        if x.dtype not in self._couplings:
            return tuple(k.to(x) for k in self.couplings)
        return tuple(on_device(k, x.device) for k in self._couplings[x.dtype])

    @property
    def flops(self) -> int:
        """Multiply-adds of one row, counted as two operations."""
        return int(2 * self.table[:, 3].sum())
