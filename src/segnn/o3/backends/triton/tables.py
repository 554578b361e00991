"""The terms of a contraction as the kernels read them: in groups that end in the same columns."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from segnn.o3.constant import constant, on_device
from segnn.o3.plan.coupling import Contraction


class Terms(NamedTuple):
    """``groups`` (G, 4) int32: first term, the one after the last, column of the result, channels;
    ``terms`` (T, ·) int32; ``coef`` (T,). ``channels``: the most; ``whole``: whether the groups
    fill every row.
    """

    groups: Tensor
    terms: Tensor
    coef: Tensor
    channels: int
    whole: bool

    def on(self, device: torch.device) -> tuple[Tensor, Tensor, Tensor]:
        """The three tables on a device, copied there once."""
        groups, terms, coef = (on_device(t, device) for t in self[:3])
        return groups, terms, coef


@lru_cache(maxsize=1024)
@constant
def by_output(c: Contraction, dtype: torch.dtype) -> Terms:
    """Of ∂T/∂g: terms (column of x, of a)."""
    return _columns(c.table, c.coef_as(_numbers(dtype)), c.dim_out)


@lru_cache(maxsize=1024)
@constant
def by_input(c: Contraction, dtype: torch.dtype) -> Terms:
    """Of ∂T/∂x: terms (column of g, of a)."""
    return _columns(c.transposed_table, c.transposed_coef_as(_numbers(dtype)), c.dim_in)


@lru_cache(maxsize=1024)
@constant
def by_attribute(c: Contraction, dtype: torch.dtype) -> Terms:
    """Of ∂T/∂a: terms (column of x, of g, channels)."""
    table = c.table.astype(np.int64)
    order = np.argsort(table[:, 1], kind="stable")
    table, coef = table[order], c.coef_as(_numbers(dtype))[order]
    columns, first = np.unique(table[:, 1], return_index=True)
    last = np.append(first[1:], len(table))
    groups = np.stack([first, last, columns, np.ones_like(columns)], axis=1)
    return _terms(groups, table[:, [0, 2, 3]], coef, c.dim_attr)


def _columns(table: np.ndarray, coef: np.ndarray, dim: int) -> Terms:
    """Of a table sorted by the column of the result; its columns: read, attribute, result,
    channels.
    """
    table = table.astype(np.int64)
    columns, first = np.unique(table[:, 2], return_index=True)
    last = np.append(first[1:], len(table))
    channels = table[first, 3]
    assert (np.repeat(channels, last - first) == table[:, 3]).all(), "segments do not overlap"
    groups = np.stack([first, last, columns, channels], axis=1)
    return _terms(groups, table[:, :2], coef, dim)


def _terms(groups: np.ndarray, terms: np.ndarray, coef: np.ndarray, dim: int) -> Terms:
    wide = terms[:, 2] if terms.shape[1] == 3 else groups[:, 3]
    return Terms(
        torch.from_numpy(groups.astype(np.int32)),
        torch.from_numpy(np.ascontiguousarray(terms, np.int32)),
        torch.from_numpy(coef.copy()),
        int(wide.max(initial=1)),
        int(groups[:, 3].sum()) == dim,
    )


def _numbers(dtype: torch.dtype) -> np.dtype:
    return np.dtype("float32" if dtype == torch.float32 else "float64")
