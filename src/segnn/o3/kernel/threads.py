"""How many threads a kernel gets, and into how many chunks its rows are cut."""

from __future__ import annotations

import torch
from numba import get_num_threads, set_num_threads

_AVAILABLE = get_num_threads()
_WORTH_SHARING = 2e6
"""Operations below which waking a second thread costs more than it brings (some ten microseconds)."""


def use_threads(operations: float) -> None:
    """Let the next kernel use as many threads as torch does, or one where there is little to do."""
    threads = min(torch.get_num_threads(), _AVAILABLE) if operations >= _WORTH_SHARING else 1
    if threads != get_num_threads():
        set_num_threads(threads)


def forward_chunks(rows: int) -> int:
    """Chunks of a forward pass: any number gives the same result."""
    return min(max(rows // 16, 1), 64)


def backward_chunks(rows: int) -> int:
    """Chunks of a backward pass: a power of two that depends on the rows alone, so that sums do not depend on the machine.

    Each chunk has its own sum of weight gradients, which costs as much as some tens of rows.
    """
    wanted = min(max(rows // 256, min(rows // 64, 4)), 16)
    return 1 << (max(wanted, 1).bit_length() - 1)


def tile_rows(row_numbers: int) -> int:
    """Rows of a tile whose scratch (``row_numbers`` a row) stays in a core's cache of about 256 kB."""
    return min(max(65_536 // max(row_numbers, 1) // 8 * 8, 8), 32)
