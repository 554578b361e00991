"""The normalisation of every graph's features by its kernels, with first derivatives."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

import torch
from torch import Tensor
from torch.utils.weak import WeakTensorKeyDictionary

from segnn.o3.backends.protocol import Inputs, Kernels, Need
from segnn.o3.backends.triton import norm_kernels as kernels
from segnn.o3.backends.triton.mix_kernels import sum_parts
from segnn.o3.constant import on_device

CHANNELS, NODES = 64, 16  # of a tile, at most
LARGEST = 1024  # nodes of a graph on average, beyond which one program for a graph is too few
SUMMED = 256


def _takes(plan: Any, inputs: Inputs) -> bool:
    few = len(plan.graphs) <= LARGEST * plan.graphs.nodes
    return few and plan.graphs.order is None


_tiles: MutableMapping[Tensor, tuple[Tensor, int]] = WeakTensorKeyDictionary()


def _tiled(table: Tensor, scalars: int) -> tuple[Tensor, int]:
    """Tiles of channels, (tiles, 6) int32: components, columns from one to the next, first column,
    first channel, channels, whether they have a mean; and the columns of a tile.
    """
    if table not in _tiles:
        blocks = table.view(-1, 4).tolist()
        rows = [
            (dim, mul, column + c, channel + c, min(CHANNELS, mul - c), int(channel + c < scalars))
            for dim, mul, column, channel in blocks
            for c in range(0, mul, CHANNELS)
        ]
        wide = max(16, 1 << (max((row[4] for row in rows), default=1) - 1).bit_length())
        with torch.inference_mode(False):
            tiles = torch.tensor(rows, dtype=torch.int32, device="cpu").view(-1, 6)
        _tiles[table] = tiles, wide
    return _tiles[table]


def _forward(plan: Any, inputs: Inputs, keep: bool) -> tuple[Tensor, Inputs]:
    """x (nodes, dim), weight (channels, block by block), bias (even scalars) → (nodes, dim)."""
    x, weight, bias = (t.contiguous() for t in inputs)
    graphs = plan.graphs.nodes
    tiles, wide = _tiled(plan.table, len(bias))
    y = torch.empty_like(x)
    mean, inverse = x.new_empty(graphs, len(bias)), x.new_empty(graphs, len(weight))
    if graphs and len(tiles):
        kernels.norm[graphs, len(tiles)](
            x,
            plan.graphs.offsets,
            on_device(tiles, x.device),
            weight,
            bias,
            mean,
            inverse,
            y,
            x.shape[1],
            len(bias),
            len(weight),
            EPS=plan.eps,
            BLOCK_R=NODES,
            BLOCK_C=wide,
        )
    return y, (mean, inverse)


def _first(plan: Any, inputs: Inputs, kept: Inputs, g: Tensor, need: Need) -> Inputs:
    x, weight, bias = (t.contiguous() for t in inputs)
    mean, inverse = kept
    graphs, channels = plan.graphs.nodes, len(weight)
    tiles, wide = _tiled(plan.table, len(bias))
    if not (graphs and len(tiles)):
        return torch.zeros_like(x), torch.zeros_like(weight), torch.zeros_like(bias)
    gx, gw, gb = torch.empty_like(x), torch.empty_like(weight), torch.empty_like(bias)
    parts = x.new_empty(graphs, channels + len(bias))
    kernels.norm_first[graphs, len(tiles)](
        x,
        g.contiguous(),
        plan.graphs.offsets,
        on_device(tiles, x.device),
        weight,
        mean,
        inverse,
        gx,
        parts,
        x.shape[1],
        len(bias),
        channels,
        BLOCK_R=NODES,
        BLOCK_C=wide,
    )
    numel = channels + len(bias)
    sum_parts[-(-numel // SUMMED),](parts, gw, gb, graphs, numel, channels, BLOCK=SUMMED)
    return gx, gw, gb


NORM = Kernels(_forward, _first, takes=_takes)
