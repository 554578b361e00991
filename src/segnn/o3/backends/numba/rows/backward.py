"""The first derivatives of one or two steerable layers of rows.

What stands before the gate was kept, or is computed again.
"""

from __future__ import annotations

from typing import NamedTuple

from segnn.o3.backends.numba import tables as at
from segnn.o3.backends.numba.compiler.flat import allocate, free, maximum, minimum, tail
from segnn.o3.backends.numba.compiler.kernel import kernel
from segnn.o3.backends.numba.compiler.records import Floats
from segnn.o3.backends.numba.compiler.routines import spread
from segnn.o3.backends.numba.rows.forward import RowLayers, Sharing, side_by_side
from segnn.o3.backends.numba.tile.gate import gate, gate_back
from segnn.o3.backends.numba.tile.linear import (
    LayerGradients,
    add_rows,
    linear,
    linear_back,
    scratch,
)
from segnn.o3.backends.numba.vector import simd
from segnn.o3.backends.numba.vector.views import Matrix, after, below, from_column
from segnn.o3.backends.numba.weights import (
    SHARES,
    LayerOutputs,
    chunk_total,
    clear,
    prepared,
    release,
    share_of,
    total_in_order,
)


class Backward(NamedTuple):
    """Arguments of ``backward``: g (rows, dim), what ``forward`` kept, and the derivatives that are
    wanted. ga must hold zeros; without ``need_x``, ``need_a`` or ``need_w`` these may be empty.
    """

    g: Floats
    layers: RowLayers
    sharing: Sharing
    kept: Floats
    need_x: bool
    need_a: bool
    need_w: bool
    gx: Floats
    gx_1: Floats
    ga: Floats
    first: LayerOutputs
    second: LayerOutputs


@kernel
def backward(a: Backward) -> None:
    """Derivatives of ``forward`` for g."""
    threads, chunks = a.sharing.threads, a.sharing.chunks
    first, second = (
        prepared(a.layers.first, a.layers.parts, True),
        prepared(a.layers.second, 1, True),
    )
    n_1, n_2, m_1 = len(first.weight), len(second.weight), len(first.bias)
    numbers = n_1 + n_2 + m_1 + len(second.bias) if a.need_w else 0
    partial = allocate(chunks * numbers, a.g)
    backward_chunk(threads, chunks, a, first, second, partial)
    if a.need_w:
        total_in_order(threads, SHARES, partial, numbers, 0, a.layers.first.runs, a.first.weight)
        total_in_order(
            threads, SHARES, partial, numbers, n_1, a.layers.second.runs, a.second.weight
        )
        chunk_total(partial, numbers, n_1 + n_2, a.first.bias)
        chunk_total(partial, numbers, n_1 + n_2 + m_1, a.second.bias)
    release(first)
    release(second)
    free(partial)


@spread
def backward_chunk(chunk, chunks, a, first, second, partial):
    """``backward`` on one chunk of rows, whose sums (weights 1, 2, bias 1, 2, or nothing) are its
    share of partial.
    """
    total = share_of(partial, chunk, chunks)
    clear(total)
    layers, tile, g = a.layers, a.sharing.tile, a.g
    head_1, head_2, gates = first.program.table, second.program.table, layers.gate.table
    dim, a_dim, wide = head_1[at.X_DIM], head_1[at.A_DIM], head_1[at.Y_DIM]
    inner, out = (head_2[at.X_DIM], head_2[at.Y_DIM]) if layers.two else (0, wide)
    rows, width = len(g) // out, layers.parts * dim
    gated = gates[at.SCALARS] + gates[at.GATES]
    n_1, n_2, m_1 = len(first.weight), len(second.weight), len(first.bias)
    by_weight_2 = tail(total, n_1)
    by_bias_1, by_bias_2 = tail(total, n_1 + n_2), tail(total, n_1 + n_2 + m_1)
    work_dim = maximum(scratch(head_1), scratch(head_2))
    s = allocate(tile * (2 * width + 2 * wide + 2 * inner + gated + work_dim), g)
    pair = Matrix(s, 0, width)
    gx = below(pair, tile, width)
    y_1 = below(gx, tile, wide)
    g_1 = below(y_1, tile, wide)
    h = below(g_1, tile, inner)
    gh = below(h, tile, inner)
    sigmoids = below(gh, tile, gated)
    work = after(sigmoids, tile)
    stop = (chunk + 1) * rows // chunks
    for row in range(chunk * rows // chunks, stop, tile):
        count = minimum(tile, stop - row)
        attribute, ga = (
            Matrix(layers.attribute, row * a_dim, a_dim),
            Matrix(a.ga, row * a_dim, a_dim),
        )
        x, g_row = Matrix(layers.x, row * dim, dim), Matrix(g, row * out, out)
        if layers.parts == 2:
            side_by_side(x, Matrix(layers.x_1, row * dim, dim), count, pair)
            x = pair
        back = g_row
        if layers.two:
            inputs = y_1 if len(a.kept) == 0 else Matrix(a.kept, row * wide, wide)
            if len(a.kept) == 0:
                linear(x, attribute, first, work, inputs, count)
            gate(inputs, sigmoids, layers.gate, h, count)
            add_rows(g_row, by_bias_2, len(second.bias), count)
            grads = LayerGradients(gh, ga, by_weight_2, True, False, a.need_a)
            linear_back(g_row, h, attribute, second, work, grads, count)
            gate_back(gh, inputs, sigmoids, layers.gate, g_1, count)
            back = g_1
        add_rows(back, by_bias_1, m_1, count)
        grads = LayerGradients(gx, ga, total, a.need_x, False, a.need_a)
        linear_back(back, x, attribute, first, work, grads, count)
        if a.need_x:
            gx_row = Matrix(a.gx, row * dim, dim)
            simd.copy(gx_row, gx, 1.0, count, dim)
            if layers.parts == 2:
                simd.copy(Matrix(a.gx_1, row * dim, dim), from_column(gx, dim), 1.0, count, dim)
            if layers.residual:
                simd.add(gx_row, g_row, 1.0, count, dim)
    free(s)
