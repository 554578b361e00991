"""What the kernels in the frames of edges do at both ends of an edge, or of a pair of edges: see
``segnn.o3.backends.numba.frames``.
"""

from __future__ import annotations

from segnn.o3.backends.numba import frame_table as at
from segnn.o3.backends.numba import simd
from segnn.o3.backends.numba.compile import routine
from segnn.o3.backends.numba.tile import mix, start_rows
from segnn.o3.backends.numba.turn import BLOCK, turn, turn_back


@routine
def scaled(x, x0, dim, scale, edge, per, repeat, first, rows):
    """Rows times the scale of their pair, in place; ``repeat`` rows a pair. Nothing where there is
    no scale.
    """
    if scale.shape[0] > 0:
        for r in range(rows):
            value = scale[edge[per * (first + r // repeat)]]
            simd.copy(x, x0 + r * dim, 0, x, x0 + r * dim, 0, value, 1, dim)


@routine
def both(x, x0, y, y0, width, rows, one):
    """Rows (a, b) of x, ``width`` numbers each, as (a + b, a − b) in y."""
    wide = 2 * width
    simd.add_two(y, y0, wide, x, x0, wide, x, x0 + width, wide, one, rows, width)
    simd.add_two(y, y0 + width, wide, x, x0, wide, x, x0 + width, wide, -one, rows, width)


@routine
def inverted(x, x0, table, y, y0, one, add):
    """The layout ``table`` under inversion: odd irreps are negated; y = that, or added to y."""
    blocks = at.OUT_BLOCKS
    for q in range(blocks, blocks + BLOCK * table[at.OUT_COUNT], BLOCK):
        start, count = table[table[q + 3]], table[q] * table[q + 1]
        sign = one if table[q + 5] == 1 else -one
        if add:
            simd.add(y, y0 + start, 0, x, x0 + start, 0, sign, 1, count)
        else:
            simd.copy(y, y0 + start, 0, x, x0 + start, 0, sign, 1, count)


@routine
def turn_in(
    x, message, frame, f_dim, scale, source, target, edge, per, layer, first, rows, s, s0, work, one
):
    """Rows s (D x_i ⊕ D x_j ⊕ D s_ij) of some edges; of pairs the sums and differences of both
    ends. Scratch at ``work``.
    """
    dim, x_dim, m_dim = layer[at.X_DIM], layer[at.NODE_DIM], layer[at.MESSAGE_DIM]
    for r in range(rows):
        e, to = edge[per * (first + r)], s0 + r * dim
        i, j, f0 = target[e] * x_dim, source[e] * x_dim, e * f_dim
        if per == 1:
            turn(x, i, frame, f0, layer, layer[at.TARGET + 1], layer[at.TARGET], s, to, one)
            turn(x, j, frame, f0, layer, layer[at.SOURCE + 1], layer[at.SOURCE], s, to, one)
            turn(
                message,
                e * m_dim,
                frame,
                f0,
                layer,
                layer[at.MESSAGE + 1],
                layer[at.MESSAGE],
                s,
                to,
                one,
            )
            continue
        simd.add_two(s, work, 0, x, i, 0, x, j, 0, one, 1, x_dim)
        simd.add_two(s, work + x_dim, 0, x, i, 0, x, j, 0, -one, 1, x_dim)
        turn(s, work, frame, f0, layer, layer[at.TARGET + 1], layer[at.TARGET], s, to, one)
        turn(s, work + x_dim, frame, f0, layer, layer[at.SOURCE + 1], layer[at.SOURCE], s, to, one)
        if m_dim > 0:
            back = edge[per * (first + r) + 1]
            value = one if back >= 0 else one - one  # what is missing is zero
            there, here = e * m_dim, (back if back >= 0 else e) * m_dim
            simd.add_two(s, work, 0, message, there, 0, message, here, 0, value, 1, m_dim)
            simd.add_two(s, work + m_dim, 0, message, there, 0, message, here, 0, -value, 1, m_dim)
            turn(s, work, frame, f0, layer, layer[at.MESSAGE + 1], layer[at.MESSAGE], s, to, one)
            turn(s, work + m_dim, frame, f0, layer, layer[at.BACK + 1], layer[at.BACK], s, to, one)
    scaled(s, s0, dim, scale, edge, per, 1, first, rows)


@routine
def turn_out(
    s,
    s0,
    frame,
    f_dim,
    source,
    target,
    edge,
    per,
    layer,
    first,
    rows,
    work,
    need_x,
    need_m,
    gx,
    g_source,
    gm,
    one,
):
    """Back from ``turn_in``: the derivatives of its rows in s go to the nodes' gx, or the sources'
    to g_source, and to gm.
    """
    dim, x_dim, m_dim = layer[at.X_DIM], layer[at.NODE_DIM], layer[at.MESSAGE_DIM]
    for r in range(rows):
        e, row = edge[per * (first + r)], s0 + r * dim
        i, j, f0 = target[e] * x_dim, source[e] * x_dim, e * f_dim
        if need_x:
            turn_back(
                s, row, frame, f0, layer, layer[at.TARGET + 1], layer[at.TARGET], s, work, one
            )
            simd.add(gx, i, 0, s, work, 0, one, 1, x_dim)
            if per == 1:
                turn_back(
                    s,
                    row,
                    frame,
                    f0,
                    layer,
                    layer[at.SOURCE + 1],
                    layer[at.SOURCE],
                    g_source,
                    e * x_dim,
                    one,
                )
            else:
                simd.add(gx, j, 0, s, work, 0, one, 1, x_dim)
                turn_back(
                    s, row, frame, f0, layer, layer[at.SOURCE + 1], layer[at.SOURCE], s, work, one
                )
                simd.add(gx, i, 0, s, work, 0, one, 1, x_dim)
                simd.add(gx, j, 0, s, work, 0, -one, 1, x_dim)
        if need_m and per == 1:
            turn_back(
                s,
                row,
                frame,
                f0,
                layer,
                layer[at.MESSAGE + 1],
                layer[at.MESSAGE],
                gm,
                e * m_dim,
                one,
            )
        elif need_m:
            back = edge[per * (first + r) + 1]
            turn_back(
                s, row, frame, f0, layer, layer[at.MESSAGE + 1], layer[at.MESSAGE], s, work, one
            )
            turn_back(
                s, row, frame, f0, layer, layer[at.BACK + 1], layer[at.BACK], s, work + m_dim, one
            )
            simd.add_two(gm, e * m_dim, 0, s, work, 0, s, work + m_dim, 0, one, 1, m_dim)
            if back >= 0:
                simd.add_two(gm, back * m_dim, 0, s, work, 0, s, work + m_dim, 0, -one, 1, m_dim)


@routine
def product(x, x0, layer, w, bias, y, y0, rows):
    """y = W x + b within the frames."""
    y_dim = layer[at.Y_DIM]
    start_rows(bias, y, y0, y_dim, rows, y.dtype.type(0), y.dtype.type(1))
    mix(x, x0, layer[at.X_DIM], layer, at.TERMS, w, 0, y, y0, y_dim, rows, True)


@routine
def first_layer(x, x0, per, layer, w, bias, s, halves, y, y0, rows):
    """y_ij of every edge, or (y_ij, I y_ji) of every pair, whose Y_1 and Y_2 are left in the
    scratch at ``halves``.
    """
    if per == 1:
        product(x, x0, layer, w, bias, y, y0, rows)
    else:
        product(x, x0, layer, w, bias, s, halves, rows)
        both(s, halves, y, y0, layer[at.Y_DIM] // 2, rows, y.dtype.type(1))
