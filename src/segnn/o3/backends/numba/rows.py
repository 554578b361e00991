"""Kernels for rows and their attribute: one steerable layer, or two with a gate between, with their
derivatives.

    one layer      y = W_1 (x_0 ⊕ x_1) + b_1
    two layers     y = W_2 σ(W_1 (x_0 ⊕ x_1) + b_1) + b_2, plus x_0 with ``residual``        (paper Eq. 8)

Rows are cut into chunks, which run in parallel, and these into tiles that stay in the cache. The
number of chunks depends on the number of rows alone, and so does the order of every sum: results do
not change with the number of threads. Nothing between input and output is kept; the derivative
computes it again.
"""

from __future__ import annotations

from segnn.o3.backends.numba import simd
from segnn.o3.backends.numba import table as at
from segnn.o3.backends.numba.compile import kernel, routine, spread
from segnn.o3.backends.numba.flat import free, greater, lesser, part, room
from segnn.o3.backends.numba.tile import add_rows, gate, gate_back, linear, linear_back, transpose


@routine
def gather(weight, runs, out):
    """The weights in the order of the plan."""
    for q in range(0, runs.shape[0], at.WEIGHT_RUN):
        simd.copy(out, runs[q + 1], 0, weight, runs[q], 0, out.dtype.type(1), 1, runs[q + 2])


@routine
def transposed(layer, parts, w, wt):
    """Every matrix of a layer, transposed in its place."""
    for p in range(parts):
        transpose(layer[0], at.BEFORE, w, p * layer[0][at.WEIGHTS], wt)
        transpose(layer[0], at.AFTER, w, p * layer[0][at.WEIGHTS], wt)


@routine
def clear(total):
    """Zeros, written by the thread that will add to them."""
    simd.fill(total, 0, 0, total.dtype.type(0), 1, total.shape[0])


SHARES = 16
"""Into how many pieces the sum of the chunks' weight gradients is cut, to run in parallel."""


@spread
def total_of(share, shares, partial, numbers, start, runs, out):
    """The weights' derivatives Σ_chunks partial[chunk, start + …] in e3nn's order, with so many
    ``numbers`` a chunk.

    Those of ``runs``, of which the first begins at ``start``; one share of them.
    """
    count, size = runs.shape[0] // at.WEIGHT_RUN, at.WEIGHT_RUN
    first, stop = size * (share * count // shares), size * ((share + 1) * count // shares)
    if first == stop:
        return
    low, high = runs[first + 1], runs[stop - size + 1] + runs[stop - size + 2]
    total, one = room(high - low, out), out.dtype.type(1)
    clear(total)
    for n in range(start + low - runs[1], partial.shape[0], numbers):
        simd.add(total, 0, 0, partial, n, 0, one, 1, high - low)
    for q in range(first, stop, size):
        simd.copy(out, runs[q], 0, total, runs[q + 1] - low, 0, one, 1, runs[q + 2])
    free(total)


@routine
def chunk_total(partial, numbers, start, out):
    """out[n] = Σ_chunks partial[chunk, start + n]."""
    clear(out)
    for first in range(start, partial.shape[0], numbers):
        simd.add(out, 0, 0, partial, first, 0, out.dtype.type(1), 1, out.shape[0])


@routine
def side_by_side(x, x_1, dim, first, rows, s, s0, one):
    """Rows of x and x_1 next to each other in the scratch."""
    simd.copy(s, s0, 2 * dim, x, first * dim, dim, one, rows, dim)
    simd.copy(s, s0 + dim, 2 * dim, x_1, first * dim, dim, one, rows, dim)


@kernel(
    integers="runs_1 runs_2",
    programs="layer_1 plan layer_2",
    numbers="parts threads chunks tile",
    flags="two residual",
)
def forward(
    x, x_1, parts, attribute, w_1, runs_1, b_1, layer_1, plan, w_2, runs_2, b_2, layer_2,
    two, residual, threads, chunks, tile, kept, y,
):  # fmt: skip
    """y (rows, dim) from x and (for two parts) x_1. ``kept`` has room for the gate's input (rows,
    wide), or is empty.
    """
    flat_1, flat_2 = room(w_1.shape[0], w_1), room(w_2.shape[0], w_1)
    gather(w_1, runs_1, flat_1)
    gather(w_2, runs_2, flat_2)
    forward_chunk(
        threads, chunks, x, x_1, parts, attribute, flat_1, b_1, layer_1, plan, flat_2, b_2, layer_2, two, residual,
        tile, kept, y,
    )  # fmt: skip
    free(flat_1)
    free(flat_2)


@spread
def forward_chunk(
    chunk,
    chunks,
    x,
    x_1,
    parts,
    attribute,
    w_1,
    b_1,
    layer_1,
    plan,
    w_2,
    b_2,
    layer_2,
    two,
    residual,
    tile,
    kept,
    y,
):
    """``forward`` on one chunk of rows."""
    head_1, head_2 = layer_1[0], layer_2[0]
    dim, a_dim, wide = head_1[at.X_DIM], head_1[at.A_DIM], head_1[at.Y_DIM]
    inner, out = (head_2[at.X_DIM], head_2[at.Y_DIM]) if two else (0, wide)
    rows, width, one = y.shape[0] // out, parts * dim, y.dtype.type(1)
    gated = plan[0][at.SCALARS] + plan[0][at.GATES]
    s = room(tile * (2 * dim + wide + inner + gated + greater(scratch(head_1), scratch(head_2))), y)
    y_1 = 2 * tile * dim
    h = y_1 + tile * wide
    sigmoids = h + tile * inner
    work = sigmoids + tile * gated
    stop = (chunk + 1) * rows // chunks
    for first in range(chunk * rows // chunks, stop, tile):
        count = lesser(tile, stop - first)
        a0 = first * a_dim
        source, x0 = x, first * dim
        if parts == 2:
            side_by_side(x, x_1, dim, first, count, s, 0, one)
            source, x0 = s, 0
        if not two:
            linear(
                source,
                x0,
                parts,
                attribute,
                a0,
                w_1,
                0,
                b_1,
                layer_1,
                s,
                work,
                y,
                first * out,
                count,
            )
            continue
        inputs, at_1 = (s, y_1) if kept.shape[0] == 0 else (kept, first * wide)
        linear(source, x0, parts, attribute, a0, w_1, 0, b_1, layer_1, s, work, inputs, at_1, count)
        gate(inputs, at_1, s, sigmoids, plan, s, h, count)
        linear(s, h, 1, attribute, a0, w_2, 0, b_2, layer_2, s, work, y, first * out, count)
        if residual:
            simd.add(y, first * out, out, source, x0, width, one, count, out)
    free(s)


@routine
def scratch(head):
    """Numbers a row that ``linear`` and ``linear_back`` need."""
    return 2 * greater(head[at.Z_DIM], head[at.T_DIM]) + head[at.MAX_TERMS]


@kernel(
    integers="runs_1 runs_2", programs="layer_1 plan layer_2", numbers="parts threads chunks tile",
    flags="two residual need_x need_a need_w",
)  # fmt: skip
def backward(
    g, x, x_1, parts, attribute, w_1, runs_1, b_1, layer_1, plan, w_2, runs_2, b_2, layer_2,
    two, residual, threads, chunks, tile, kept, need_x, need_a, need_w, gx, gx_1, ga, gw_1, gb_1, gw_2, gb_2,
):  # fmt: skip
    """Derivatives of ``forward`` for g (rows, dim); ga must hold zeros."""
    n_1, n_2, m_1 = w_1.shape[0], w_2.shape[0], b_1.shape[0]
    flat_1, flat_2, turned_1, turned_2 = room(n_1, g), room(n_2, g), room(n_1, g), room(n_2, g)
    gather(w_1, runs_1, flat_1)
    gather(w_2, runs_2, flat_2)
    transposed(layer_1, parts, flat_1, turned_1)
    transposed(layer_2, 1, flat_2, turned_2)
    numbers = n_1 + n_2 + m_1 + b_2.shape[0] if need_w else 0
    partial = room(chunks * numbers, g)
    backward_chunk(
        threads, chunks, g, x, x_1, parts, attribute, flat_1, turned_1, b_1, layer_1, plan, flat_2, turned_2, b_2, layer_2,
        two, residual, tile, kept, need_x, need_a, gx, gx_1, ga, partial,
    )  # fmt: skip
    if need_w:
        total_of(threads, SHARES, partial, numbers, 0, runs_1, gw_1)
        total_of(threads, SHARES, partial, numbers, n_1, runs_2, gw_2)
        chunk_total(partial, numbers, n_1 + n_2, gb_1)
        chunk_total(partial, numbers, n_1 + n_2 + m_1, gb_2)
    free(flat_1)
    free(flat_2)
    free(turned_1)
    free(turned_2)
    free(partial)


@spread
def backward_chunk(
    chunk, chunks, g, x, x_1, parts, attribute, w_1, turned_1, b_1, layer_1, plan, w_2, turned_2, b_2, layer_2,
    two, residual, tile, kept, need_x, need_a, gx, gx_1, ga, partial,
):  # fmt: skip
    """``backward`` on one chunk of rows, whose sums (weights 1, 2, bias 1, 2, or nothing) are its
    row of partial.
    """
    total = part(partial, chunk * (partial.shape[0] // chunks), partial.shape[0] // chunks)
    clear(total)
    head_1, head_2 = layer_1[0], layer_2[0]
    dim, a_dim, wide = head_1[at.X_DIM], head_1[at.A_DIM], head_1[at.Y_DIM]
    inner, out = (head_2[at.X_DIM], head_2[at.Y_DIM]) if two else (0, wide)
    rows, width, one = g.shape[0] // out, parts * dim, g.dtype.type(1)
    gated = plan[0][at.SCALARS] + plan[0][at.GATES]
    n_1, n_2, m_1, m_2 = w_1.shape[0], w_2.shape[0], b_1.shape[0], b_2.shape[0]
    work_dim = greater(scratch(head_1), scratch(head_2))
    s = room(tile * (2 * width + 2 * wide + 2 * inner + gated + work_dim), g)
    g_in = tile * width
    y_1 = g_in + tile * width
    g_1 = y_1 + tile * wide
    h = g_1 + tile * wide
    g_h = h + tile * inner
    sigmoids = g_h + tile * inner
    work = sigmoids + tile * gated
    stop = (chunk + 1) * rows // chunks
    for first in range(chunk * rows // chunks, stop, tile):
        count = lesser(tile, stop - first)
        a0 = first * a_dim
        source, x0 = x, first * dim
        if parts == 2:
            side_by_side(x, x_1, dim, first, count, s, 0, one)
            source, x0 = s, 0
        inside, inside_0 = g, first * out
        if two:
            inputs, at_1 = (s, y_1) if kept.shape[0] == 0 else (kept, first * wide)
            if kept.shape[0] == 0:
                linear(
                    source,
                    x0,
                    parts,
                    attribute,
                    a0,
                    w_1,
                    0,
                    b_1,
                    layer_1,
                    s,
                    work,
                    inputs,
                    at_1,
                    count,
                )
            gate(inputs, at_1, s, sigmoids, plan, s, h, count)
            add_rows(g, first * out, out, total, n_1 + n_2 + m_1, m_2, count, one)
            linear_back(
                g, first * out, s, h, 1, attribute, a0, w_2, turned_2, 0, layer_2, s, work,
                total, n_1, s, g_h, ga, a0, True, need_a, count,
            )  # fmt: skip
            gate_back(s, g_h, inputs, at_1, s, sigmoids, plan, s, g_1, count)
            inside, inside_0 = s, g_1
        add_rows(inside, inside_0, wide, total, n_1 + n_2, m_1, count, one)
        linear_back(
            inside, inside_0, source, x0, parts, attribute, a0, w_1, turned_1, 0, layer_1, s, work,
            total, 0, s, g_in, ga, a0, need_x, need_a, count,
        )  # fmt: skip
        if need_x:
            simd.copy(gx, first * dim, dim, s, g_in, width, one, count, dim)
            if parts == 2:
                simd.copy(gx_1, first * dim, dim, s, g_in + dim, width, one, count, dim)
            if residual:
                simd.add(gx, first * dim, dim, g, first * out, out, one, count, dim)
    free(s)
