"""The value of one or two steerable layers of rows."""

from __future__ import annotations

from typing import NamedTuple

from segnn.o3.backends.numba import tables as at
from segnn.o3.backends.numba.compiler.flat import allocate, free, maximum, minimum
from segnn.o3.backends.numba.compiler.kernel import kernel
from segnn.o3.backends.numba.compiler.records import FixedProgram, Floats
from segnn.o3.backends.numba.compiler.routines import routine, spread
from segnn.o3.backends.numba.tile.gate import gate
from segnn.o3.backends.numba.tile.linear import linear, scratch
from segnn.o3.backends.numba.vector import simd
from segnn.o3.backends.numba.vector.views import Matrix, after, below, from_column
from segnn.o3.backends.numba.weights import LayerArguments, prepared, release


class RowLayers(NamedTuple):
    """x and, for two parts, x_1 (rows, dim), their attribute (rows, a_dim), and the layers that
    they go through; ``two`` is False where there is no second layer, ``residual`` adds x.
    """

    x: Floats
    x_1: Floats
    attribute: Floats
    parts: int
    first: LayerArguments
    gate: FixedProgram
    second: LayerArguments
    two: bool
    residual: bool


class Sharing(NamedTuple):
    """How the rows are shared out: threads, chunks, rows of a tile."""

    threads: int
    chunks: int
    tile: int


class Forward(NamedTuple):
    """Arguments of ``forward``: y (rows, dim) is written; ``kept`` gets the gate's input (rows,
    wide), or is empty.
    """

    layers: RowLayers
    sharing: Sharing
    kept: Floats
    y: Floats


@kernel
def forward(a: Forward) -> None:
    """y from x and (for two parts) x_1."""
    first, second = (
        prepared(a.layers.first, a.layers.parts, False),
        prepared(a.layers.second, 1, False),
    )
    forward_chunk(a.sharing.threads, a.sharing.chunks, a, first, second)
    release(first)
    release(second)


@routine
def side_by_side(x, x_1, rows, y):
    """Rows of x and x_1 next to each other in y."""
    simd.copy(y, x, 1.0, rows, x.step)
    simd.copy(from_column(y, x.step), x_1, 1.0, rows, x.step)


@spread
def forward_chunk(chunk, chunks, a, first, second):
    """``forward`` on one chunk of rows."""
    layers, tile, y = a.layers, a.sharing.tile, a.y
    head_1, head_2, gates = first.program.table, second.program.table, layers.gate.table
    dim, a_dim, wide = head_1[at.X_DIM], head_1[at.A_DIM], head_1[at.Y_DIM]
    inner, out = (head_2[at.X_DIM], head_2[at.Y_DIM]) if layers.two else (0, wide)
    rows, gated = len(y) // out, gates[at.SCALARS] + gates[at.GATES]
    work_dim = maximum(scratch(head_1), scratch(head_2))
    s = allocate(tile * (2 * dim + wide + inner + gated + work_dim), y)
    pair = Matrix(s, 0, 2 * dim)
    y_1 = below(pair, tile, wide)
    h = below(y_1, tile, inner)
    sigmoids = below(h, tile, gated)
    work = after(sigmoids, tile)
    stop = (chunk + 1) * rows // chunks
    for row in range(chunk * rows // chunks, stop, tile):
        count = minimum(tile, stop - row)
        attribute = Matrix(layers.attribute, row * a_dim, a_dim)
        x, y_row = Matrix(layers.x, row * dim, dim), Matrix(y, row * out, out)
        if layers.parts == 2:
            side_by_side(x, Matrix(layers.x_1, row * dim, dim), count, pair)
            x = pair
        if not layers.two:
            linear(x, attribute, first, work, y_row, count)
            continue
        inputs = y_1 if len(a.kept) == 0 else Matrix(a.kept, row * wide, wide)
        linear(x, attribute, first, work, inputs, count)
        gate(inputs, sigmoids, layers.gate, h, count)
        linear(h, attribute, second, work, y_row, count)
        if layers.residual:
            simd.add(y_row, x, 1.0, count, out)
    free(s)
