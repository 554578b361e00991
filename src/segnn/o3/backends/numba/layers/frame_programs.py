"""Plans in the frames of edges as the kernels read them: flat tables of whole numbers, see
``segnn.o3.backends.numba.frame_tables``.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

import numpy as np

from segnn.o3.backends.numba import frame_tables as at
from segnn.o3.backends.numba.compiler.fixed import Fixed
from segnn.o3.backends.numba.tables import FIRST_PIECE, GATES, PIECES, SCALARS, WIDE
from segnn.o3.frames.plan import FrameLayout, FramePlan, is_mirrored
from segnn.o3.layout import Layout
from segnn.o3.plan.gate import SIGMOID_SCALE, SILU_SCALE, GatePlan


def matrix_start(degree: int) -> int:
    """Σ_{l < degree} (2l+1)²: where the matrix of a degree starts in a frame's row."""
    return degree * (2 * degree - 1) * (2 * degree + 1) // 3


def _blocks(
    layout: FrameLayout, part: int, lmax: int, position: int, shifts: tuple[int, int] = (0, 0)
) -> np.ndarray:
    """The blocks of one part, then their columns, for a table in which they stand from ``position``
    on.

    ``shifts`` are added to the columns of even and of odd blocks inside the frame.
    """
    blocks = layout.parts[part].blocks
    place = position + at.BLOCK * len(blocks)
    head, columns = [], list[int]()
    for block, inside in zip(blocks, layout.columns[part], strict=True):
        matrix = matrix_start(block.irrep.l) + (matrix_start(lmax + 1) if is_mirrored(block) else 0)
        head += [block.dim, block.mul, matrix, place, place + block.dim, block.irrep.p]
        columns += [block.start + m * block.mul for m in range(block.dim)]
        columns += (inside + shifts[0 if block.irrep.p == 1 else 1]).tolist()
        place += 2 * block.dim
    return np.array([*head, *columns], np.int64)


@lru_cache(maxsize=256)
def layer_table(plan: FramePlan | None, lmax: int) -> Fixed:
    """A steerable layer: its sizes, its mix, and for the first message layer the blocks of x_i, x_j
    and s_ij, or of a pair.
    """
    if plan is None:
        return Fixed(np.zeros(at.HEAD, np.int64))
    parts, width = plan.before.parts, plan.before.dim
    head = np.zeros(at.HEAD, np.int64)
    head[at.X_DIM], head[at.Y_DIM], head[at.NODE_DIM] = (
        plan.mix.dim_in,
        plan.mix.dim_out,
        parts[0].dim,
    )
    pieces = [head, plan.mix.table[2:]]
    head[at.TERMS], head[at.TERMS + 1] = len(plan.mix.terms), at.HEAD
    filled = at.HEAD + len(pieces[1])
    turned: list[tuple[int, tuple[int, int]]] = []
    if plan.copies == 2:
        turned = [(part, shifts) for part in (0, 1) for shifts in ((0, width), (width, 0))]
    elif len(parts) == 3:
        turned = [(part, (0, 0)) for part in (0, 1, 2)]
    for n, (part, shifts) in enumerate(turned):
        place = at.TARGET + 2 * n
        head[place], head[place + 1] = len(parts[part].blocks), filled
        pieces.append(_blocks(plan.before, part, lmax, filled, shifts))
        filled += len(pieces[-1])
    head[at.MESSAGE_DIM] = parts[-1].dim if turned else 0
    return Fixed(np.concatenate(pieces))


@lru_cache(maxsize=256)
def layout_table(layout: Layout, lmax: int) -> Fixed:
    """A layout that is turned out of the frames."""
    frame = FrameLayout((layout,))
    return Fixed(
        np.concatenate(
            [[layout.dim, len(layout.blocks)], _blocks(frame, 0, lmax, at.OUT_BLOCKS)]
        ).astype(np.int64)
    )


@lru_cache(maxsize=256)
def frame_gate(plan: GatePlan, wide: Layout, dtype: str) -> Fixed:
    """A gate on rows sorted by m, in the form of ``programs.gate_program``: channels and gates side
    by side make one piece.
    """
    order = np.arange(plan.gates) if plan.order is None else plan.order.numpy()
    columns, channel, found = FrameLayout((wide,)).columns[0], 0, list[tuple[int, int]]()
    for block, places in zip(wide.blocks, columns, strict=True):
        if block.irrep.l == 0 and block.irrep.p == 1:
            continue
        gates = plan.scalars + order[channel : channel + block.mul]
        found += [(int(place) + n, int(gate)) for place in places for n, gate in enumerate(gates)]
        channel += block.mul
    numbers = [0] * FIRST_PIECE
    numbers[SCALARS], numbers[GATES], numbers[WIDE] = plan.scalars, plan.gates, wide.dim
    found.sort()
    starts = [
        n for n in range(len(found)) if n == 0 or (np.subtract(found[n], found[n - 1]) != 1).any()
    ]
    for start, stop in pairwise([*starts, len(found)]):
        numbers += [found[start][0], 0, 1, stop - start, found[start][1]]
    numbers[PIECES] = len(starts)
    scales = (SILU_SCALE, SIGMOID_SCALE) if plan.blocks else (1.0, 1.0)
    return Fixed(np.array(numbers, np.int64), np.array(scales, dtype))
