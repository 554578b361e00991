"""Weights on their way into a kernel, and their derivatives on the way out.

Python hands over a layer's weights in e3nn's order; a kernel gathers them into the order of its
plan. Every chunk of rows has its own sum of derivatives, and these are added in a fixed order:
results do not change with the number of threads.
"""

from __future__ import annotations

from typing import NamedTuple

from segnn.o3.backends.numba import tables as at
from segnn.o3.backends.numba.compiler.flat import allocate, free, part
from segnn.o3.backends.numba.compiler.records import FixedProgram, Floats, Integers
from segnn.o3.backends.numba.compiler.routines import routine, spread
from segnn.o3.backends.numba.tile.linear import Layer
from segnn.o3.backends.numba.tile.mix import transpose
from segnn.o3.backends.numba.vector import simd
from segnn.o3.backends.numba.vector.views import Matrix


class LayerArguments(NamedTuple):
    """A steerable layer as Python hands it over; ``runs`` say where its weights go in the plan's
    order (``tables.WEIGHT_RUN``).
    """

    weight: Floats
    runs: Integers
    bias: Floats
    program: FixedProgram


class LayerOutputs(NamedTuple):
    """Where the derivatives by weight and bias are written."""

    weight: Floats
    bias: Floats


@routine
def gather(weight, runs, out):
    """The weights in the order of the plan."""
    for q in range(0, len(runs), at.WEIGHT_RUN):
        place = Matrix(out, runs[q + at.WEIGHT_PLACE], 0)
        source = Matrix(weight, runs[q + at.WEIGHT_SOURCE], 0)
        simd.copy(place, source, 1.0, 1, runs[q + at.WEIGHT_COUNT])


@routine
def transpose_layer(table, parts, w, transposed):
    """Every matrix of a layer, transposed in its place."""
    for p in range(parts):
        n, count = p * table[at.WEIGHTS], table[at.WEIGHTS]
        own, out = part(w, n, count), part(transposed, n, count)
        transpose(table, at.BEFORE, own, out)
        transpose(table, at.AFTER, own, out)


@routine
def prepared(a, parts, back):
    """A layer ready for its tiles, to be released; with transposed matrices for a pass back."""
    weight = allocate(len(a.weight), a.weight)
    transposed = allocate(len(a.weight) if back else 0, a.weight)
    gather(a.weight, a.runs, weight)
    if back:
        transpose_layer(a.program.table, parts, weight, transposed)
    return Layer(a.program, parts, weight, transposed, a.bias)


@routine
def release(layer):
    """Gives the arrays of ``prepared`` back."""
    free(layer.weight)
    free(layer.transposed)


@routine
def clear(total):
    """Zeros, written by the thread that will add to them."""
    simd.fill(Matrix(total, 0, 0), 0.0, 1, len(total))


@routine
def share_of(x, n, shares):
    """One of the equal shares that an array is cut into."""
    count = len(x) // shares
    return part(x, n * count, count)


SHARES = 16
"""The sum of the chunks' derivatives is cut into so many pieces, which run in parallel."""


@spread
def total_in_order(share, shares, partial, numbers, start, runs, out):
    """The weights' derivatives Σ_chunks partial[chunk, start + …] in e3nn's order, with so many
    ``numbers`` a chunk.

    Those of ``runs``, of which the first begins at ``start``; one share of them.
    """
    count, size = len(runs) // at.WEIGHT_RUN, at.WEIGHT_RUN
    first, stop = size * (share * count // shares), size * ((share + 1) * count // shares)
    if first == stop:
        return
    low = runs[first + at.WEIGHT_PLACE]
    high = runs[stop - size + at.WEIGHT_PLACE] + runs[stop - size + at.WEIGHT_COUNT]
    total = allocate(high - low, out)
    clear(total)
    for n in range(start + low - runs[at.WEIGHT_PLACE], len(partial), numbers):
        simd.add(Matrix(total, 0, 0), Matrix(partial, n, 0), 1.0, 1, high - low)
    for q in range(first, stop, size):
        place = Matrix(out, runs[q + at.WEIGHT_SOURCE], 0)
        source = Matrix(total, runs[q + at.WEIGHT_PLACE] - low, 0)
        simd.copy(place, source, 1.0, 1, runs[q + at.WEIGHT_COUNT])
    free(total)


@routine
def chunk_total(partial, numbers, start, out):
    """out[n] = Σ_chunks partial[chunk, start + n], with so many ``numbers`` a chunk."""
    clear(out)
    for first in range(start, len(partial), numbers):
        simd.add(Matrix(out, 0, 0), Matrix(partial, first, 0), 1.0, 1, len(out))
