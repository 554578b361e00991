"""How many threads a kernel gets, and into how many chunks its rows are cut."""

from __future__ import annotations

import math
from collections.abc import Callable
from threading import Lock

import torch
from numba import get_num_threads, threading_layer

_TORCH = torch.get_num_threads()
# This starts numba's threads and sets OpenMP's number of threads to theirs, which torch's own loops
# would take from then on: one thread that the user asked for became two.
_AVAILABLE = get_num_threads()
torch.set_num_threads(_TORCH)
_WORTH_SHARING = 2e6
"""Multiplications below which waking a second thread costs more than it brings (some ten
microseconds).
"""


_ONE_CALL = Lock()


def one_at_a_time(call: Callable[..., None]) -> Callable[..., None]:
    """``call``; with numba's own threads, taken where there is neither OpenMP nor TBB, one after
    the other, or they abort.
    """
    if threading_layer() != "workqueue":
        return call

    def waiting(*arguments: object) -> None:
        with _ONE_CALL:
            call(*arguments)

    return waiting


def threads_for(multiplications: float = math.inf) -> int:
    """Threads that a kernel gets: as many as torch uses, or one where waking others costs more than
    it brings.
    """
    return min(torch.get_num_threads(), _AVAILABLE) if multiplications >= _WORTH_SHARING else 1


def forward_chunks(rows: int, threads: int) -> int:
    """Chunks of a forward pass: any number gives the same result."""
    return 1 if threads == 1 else min(max(rows // 16, 1), 64)


def backward_chunks(rows: int) -> int:
    """Chunks of a backward pass: a power of two that depends on the rows alone, so that sums do not
    depend on the machine.

    Each chunk has its own sum of weight gradients, which costs as much as some tens of rows.
    """
    wanted = min(max(rows // 512, min(rows // 64, 4)), 16)
    return 1 << (max(wanted, 1).bit_length() - 1)


def tile_rows(row_numbers: int) -> int:
    """Rows of a tile whose scratch (``row_numbers`` a row) stays in a core's second cache, taken as
    half a megabyte.

    Not fewer than 16: the products for the weights' derivatives run over the rows of a tile.
    """
    return min(max(131_072 // max(row_numbers, 1) // 8 * 8, 16), 64)


_BLOCK_BYTES = 512 << 10
_LARGEST_BLOCK_BYTES = 4 << 20
_FEWEST_GRAPHS = 4


def block_nodes(graphs: int, largest: int, node_bytes: int) -> int:
    """Nodes of a block of whole graphs, which shall lie in the cache; 0 where there are too few
    graphs or too large ones.
    """
    if graphs < _FEWEST_GRAPHS or largest * node_bytes > _LARGEST_BLOCK_BYTES:
        return 0
    return max(largest, _BLOCK_BYTES // max(node_bytes, 1))
