"""The derivative of ``segnn.o3.backends.numba.rows.backward``; see
``segnn.o3.backends.numba.tile.second``.
"""

from __future__ import annotations

from typing import NamedTuple

from segnn.o3.backends.numba import tables as at
from segnn.o3.backends.numba.compiler.flat import allocate, free, maximum, minimum, tail
from segnn.o3.backends.numba.compiler.kernel import kernel
from segnn.o3.backends.numba.compiler.records import Floats
from segnn.o3.backends.numba.compiler.routines import routine, spread
from segnn.o3.backends.numba.rows.forward import RowLayers, Sharing, side_by_side
from segnn.o3.backends.numba.tile.couple import Attribute
from segnn.o3.backends.numba.tile.gate import (
    GateScratch,
    gate,
    gate_back,
    gate_second,
    gate_tangent,
)
from segnn.o3.backends.numba.tile.linear import LayerGradients, add_rows, linear, scratch
from segnn.o3.backends.numba.tile.second import (
    SecondScratch,
    Wanted,
    held,
    linear_second,
    linear_tangent,
)
from segnn.o3.backends.numba.vector import simd
from segnn.o3.backends.numba.vector.views import Matrix, after, below, from_column, from_row
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


class RowTangents(NamedTuple):
    """The numbers that weigh the derivatives by x, x_1 and the attribute; ``has_attribute`` is
    False where nothing weighs the last.
    """

    dx: Floats
    dx_1: Floats
    da: Floats
    has_attribute: bool


class Second(NamedTuple):
    """Arguments of ``second``: what ``backward`` got, the tangents, and the derivatives that are
    wanted: gg (rows, dim) by g, and those of ``Backward``. ga must hold zeros.

    ``value`` (rows, dim), unless it is empty: a derivative by the result itself, which goes back
    with the rest. With ``only_tangent`` nothing but gg is computed; else gg may be empty.
    The last bias has no second derivative but that of ``value``.
    """

    g: Floats
    value: Floats
    only_tangent: bool
    layers: RowLayers
    tangents: RowTangents
    sharing: Sharing
    kept: Floats
    need_x: bool
    need_a: bool
    need_w: bool
    gg: Floats
    gx: Floats
    gx_1: Floats
    ga: Floats
    first: LayerOutputs
    second: LayerOutputs


@kernel
def second(a: Second) -> None:
    """Derivatives of ⟨dx, gx⟩ + ⟨dx_1, gx_1⟩ + ⟨da, ga⟩ of ``backward`` by g and its other
    arguments.
    """
    threads, chunks = a.sharing.threads, a.sharing.chunks
    first, later = (
        prepared(a.layers.first, a.layers.parts, True),
        prepared(a.layers.second, 1, True),
    )
    n_1, n_2 = len(first.weight), len(later.weight)
    numbers = n_1 + n_2 + len(first.bias) + len(later.bias) if a.need_w else 0
    partial = allocate(chunks * numbers, a.g)
    second_chunk(threads, chunks, a, first, later, partial)
    if a.need_w:
        total_in_order(threads, SHARES, partial, numbers, 0, a.layers.first.runs, a.first.weight)
        total_in_order(
            threads, SHARES, partial, numbers, n_1, a.layers.second.runs, a.second.weight
        )
        chunk_total(partial, numbers, n_1 + n_2, a.first.bias)
        chunk_total(partial, numbers, n_1 + n_2 + len(first.bias), a.second.bias)
    release(first)
    release(later)
    free(partial)


@routine
def both_inputs(a, row, count, both):
    """Rows x (⊕ x_1) of a tile, and below them those of the tangent."""
    layers, tangents, dim = a.layers, a.tangents, both.step // a.layers.parts
    x, dx, tangent = (
        Matrix(layers.x, row * dim, dim),
        Matrix(tangents.dx, row * dim, dim),
        from_row(both, count),
    )
    if layers.parts == 2:
        side_by_side(x, Matrix(layers.x_1, row * dim, dim), count, both)
        side_by_side(dx, Matrix(tangents.dx_1, row * dim, dim), count, tangent)
    else:
        simd.copy(both, x, 1.0, count, dim)
        simd.copy(tangent, dx, 1.0, count, dim)


@spread
def second_chunk(chunk, chunks, a, first, later, partial):
    """``second`` on one chunk of rows, whose sums (weights 1, weights 2, bias 1, or nothing) are
    its share of partial.
    """
    total = share_of(partial, chunk, chunks)
    clear(total)
    layers, tile, g = a.layers, a.sharing.tile, a.g
    head_1, head_2, table = first.program.table, later.program.table, layers.gate.table
    dim, a_dim, wide = head_1[at.X_DIM], head_1[at.A_DIM], head_1[at.Y_DIM]
    inner, out = (head_2[at.X_DIM], head_2[at.Y_DIM]) if layers.two else (0, wide)
    rows, width, gates = len(g) // out, layers.parts * dim, table[at.GATES]
    gated, n_1, n_2 = table[at.SCALARS] + gates, len(first.weight), len(later.weight)
    by_weight_2, by_bias_1 = tail(total, n_1), tail(total, n_1 + n_2)
    by_bias_2, has_value = tail(total, n_1 + n_2 + len(first.bias)), len(a.value) > 0
    held_1, held_2 = held(head_1, layers.parts), held(head_2, 1)
    work_dim = maximum(scratch(head_1), scratch(head_2))
    numbers = 3 * width + 4 * wide + 4 * inner + gated + 2 * gates + held_1 + held_2 + work_dim
    s = allocate(tile * (numbers + 3 * out), g)
    both = Matrix(s, 0, width)
    gx = below(both, 2 * tile, width)
    y_1 = below(gx, tile, wide)
    dy_1 = below(y_1, tile, wide)
    g_1 = below(dy_1, tile, wide)
    h = below(g_1, 2 * tile, inner)
    gh = below(h, 2 * tile, inner)
    sigmoids = below(gh, 2 * tile, gated)
    slopes = below(sigmoids, tile, gates)
    more = below(slopes, tile, gates)
    hold_1 = below(more, tile, held_1)
    hold_2 = below(hold_1, tile, held_2)
    g_both = below(hold_2, tile, out)
    gg_tile = below(g_both, 2 * tile, out)
    work = after(gg_tile, tile)
    gate_scratch = GateScratch(sigmoids, slopes, more)
    scratch_1 = SecondScratch(after(hold_1, 0), work)
    scratch_2 = SecondScratch(after(hold_2, 0), work)
    wanted, all_of_it = Wanted(len(a.gg) > 0, len(a.gg) > 0 or a.need_a), Wanted(True, True)
    stop = (chunk + 1) * rows // chunks
    for row in range(chunk * rows // chunks, stop, tile):
        count = minimum(tile, stop - row)
        value, ga = Matrix(layers.attribute, row * a_dim, a_dim), Matrix(a.ga, row * a_dim, a_dim)
        tangent = Matrix(a.tangents.da, row * a_dim, a_dim)
        attribute = Attribute(value, tangent, a.tangents.has_attribute)
        gg_row = Matrix(a.gg, row * out, out) if len(a.gg) > 0 else gg_tile
        both_inputs(a, row, count, both)
        # Derivatives by y and ẏ, one below the other: those by y are zero and not read at first.
        back = Matrix(g, (row - count) * out, out)
        if has_value:
            simd.copy(g_both, Matrix(a.value, row * out, out), 1.0, count, out)
            simd.copy(from_row(g_both, count), Matrix(g, row * out, out), 1.0, count, out)
            back = g_both
        if layers.two:
            inputs = y_1 if len(a.kept) == 0 else Matrix(a.kept, row * wide, wide)
            if len(a.kept) == 0:
                linear(both, value, first, work, inputs, count)
            linear_tangent(both, attribute, first, scratch_1, all_of_it, dy_1, count)
            gate(inputs, sigmoids, layers.gate, h, count)
            gate_tangent(inputs, dy_1, gate_scratch, layers.gate, from_row(h, count), count)
            linear_tangent(h, attribute, later, scratch_2, wanted, gg_row, count)
        else:
            linear_tangent(both, attribute, first, scratch_1, wanted, gg_row, count)
        if layers.residual and wanted.dy:
            simd.add(gg_row, from_row(both, count), 1.0, count, out)
        if a.only_tangent:
            continue
        if layers.two:
            if has_value:
                add_rows(back, by_bias_2, len(later.bias), count)
            grads = LayerGradients(gh, ga, by_weight_2, True, True, a.need_a)
            linear_second(back, has_value, h, attribute, later, scratch_2, grads, count)
            gate_back(gh, inputs, sigmoids, layers.gate, g_1, count)
            gdh, gdy_1 = from_row(gh, count), from_row(g_1, count)
            gate_second(gdh, inputs, dy_1, gate_scratch, layers.gate, g_1, gdy_1, count)
            back = g_1
        if layers.two or has_value:
            add_rows(back, by_bias_1, len(first.bias), count)
        grads = LayerGradients(gx, ga, total, a.need_x, False, a.need_a)
        with_value = layers.two or has_value
        linear_second(back, with_value, both, attribute, first, scratch_1, grads, count)
        if a.need_x:
            if layers.residual and has_value:
                simd.add(gx, g_both, 1.0, count, out)
            simd.copy(Matrix(a.gx, row * dim, dim), gx, 1.0, count, dim)
            if layers.parts == 2:
                simd.copy(Matrix(a.gx_1, row * dim, dim), from_column(gx, dim), 1.0, count, dim)
    free(s)
