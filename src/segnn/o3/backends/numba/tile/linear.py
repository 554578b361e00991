"""A steerable layer on a tile of rows, and its first derivatives."""

from __future__ import annotations

from typing import NamedTuple

from segnn.o3.backends.numba import tables as at
from segnn.o3.backends.numba.compiler.flat import maximum, tail
from segnn.o3.backends.numba.compiler.records import Floats, Program
from segnn.o3.backends.numba.compiler.routines import routine
from segnn.o3.backends.numba.tile.couple import contract, contract_attribute
from segnn.o3.backends.numba.tile.mix import mix, mix_back, mix_weight
from segnn.o3.backends.numba.vector import simd
from segnn.o3.backends.numba.vector.views import Matrix, from_column


class Layer(NamedTuple):
    """A steerable layer on ``parts`` inputs of equal irreps, which lie side by side in each row.

    The weights are in the order of the plan, part by part; ``transposed`` holds every matrix
    transposed in its place, for derivatives.
    """

    program: Program
    parts: int
    weight: Floats
    transposed: Floats
    bias: Floats


class LayerGradients(NamedTuple):
    """Where the derivatives of a layer go: x is written, attribute and weight are added to.

    ``by_x`` and ``by_attribute`` say which of the first two are wanted, ``by_tangent`` whether x
    has rows for the tangent too (second derivatives only); an empty ``weight`` gets nothing.
    """

    x: Matrix
    attribute: Matrix
    weight: Floats
    by_x: bool
    by_tangent: bool
    by_attribute: bool


@routine
def scratch(table):
    """Numbers a row that ``linear``, ``linear_back`` and their tangents need."""
    return 2 * maximum(table[at.Z_DIM], table[at.T_DIM]) + 2 * table[at.MAX_TERMS]


@routine
def start_rows(bias, y, rows):
    """Rows that hold the bias on their first columns and zero elsewhere."""
    n = len(bias)
    if n > 0:
        simd.copy(y, Matrix(bias, 0, 0), 1.0, rows, n)
    if y.step > n:
        simd.fill(from_column(y, n), 0.0, rows, y.step - n)


@routine
def start_or_add(bias, written, y, rows):
    """Adds the bias to rows that are ``written``, or starts them with it."""
    if not written:
        start_rows(bias, y, rows)
    elif len(bias) > 0:
        simd.add(y, Matrix(bias, 0, 0), 1.0, rows, len(bias))


@routine
def add_rows(g, total, columns, rows):
    """total[c] += Σ_r g[r, c] for the first columns; nothing where total is empty."""
    if len(total) <= 0:
        return
    simd.add(Matrix(total, 0, 0), g, 1.0, rows, columns)


@routine
def linear(x, attribute, layer, work, y, rows):
    """y = W_ã (x_0 ⊕ x_1 ⊕ …) + bias.

    Scratch ``work``: rows · (max(z_dim, t_dim) + terms) numbers.
    """
    program, table = layer.program, layer.program.table
    z_dim, t_dim, numel = table[at.Z_DIM], table[at.T_DIM], table[at.WEIGHTS]
    more = tail(work, rows * maximum(z_dim, t_dim))
    if z_dim > 0:
        z = Matrix(work, 0, z_dim)
        for p in range(layer.parts):
            x_p = from_column(x, p * table[at.X_DIM])
            mix(x_p, table, at.BEFORE, tail(layer.weight, p * numel), z, rows, p > 0)
        contract(z, attribute, program, at.CONTRACT, more, y, rows, False)
    start_or_add(layer.bias, z_dim > 0, y, rows)
    if t_dim > 0:
        t = Matrix(work, 0, t_dim)
        for p in range(layer.parts):
            x_p = from_column(x, p * table[at.X_DIM])
            contract(x_p, attribute, program, at.GATHER, more, t, rows, False)
            mix(t, table, at.AFTER, tail(layer.weight, p * numel), y, rows, True)


@routine
def linear_back(gy, x, attribute, layer, work, grads, rows):
    """Derivatives of ``linear``.

    Scratch ``work``: rows · (2·max(z_dim, t_dim) + terms) numbers.
    """
    table = layer.program.table
    other = tail(work, rows * maximum(table[at.Z_DIM], table[at.T_DIM]))
    if table[at.T_DIM] > 0:
        _gathered_first_back(gy, x, attribute, layer, work, other, grads, rows)
    elif grads.by_x:
        simd.fill(grads.x, 0.0, rows, layer.parts * table[at.X_DIM])
    if table[at.Z_DIM] > 0:
        _mixed_first_back(gy, x, attribute, layer, work, other, grads, rows)


@routine
def _mixed_first_back(gy, x, attribute, layer, work, other, grads, rows):
    """Back through the paths that are mixed first: z = W x, y = K·ã z. Adds to the derivative by
    x.
    """
    program, table = layer.program, layer.program.table
    x_dim, z_dim, numel = table[at.X_DIM], table[at.Z_DIM], table[at.WEIGHTS]
    gz, z = Matrix(work, 0, z_dim), Matrix(other, 0, z_dim)
    more = tail(other, rows * maximum(z_dim, table[at.T_DIM]))
    contract(gy, attribute, program, at.CONTRACT_BACK, more, gz, rows, False)
    for p in range(layer.parts):
        x_p, n = from_column(x, p * x_dim), p * numel
        mix_weight(x_p, gz, table, at.BEFORE, tail(grads.weight, n), rows)
        if grads.by_x:
            gx_p = from_column(grads.x, p * x_dim)
            mix_back(gz, table, at.BEFORE, tail(layer.transposed, n), gx_p, rows, True)
        if grads.by_attribute:
            mix(x_p, table, at.BEFORE, tail(layer.weight, n), z, rows, p > 0)
    if grads.by_attribute:
        contract_attribute(z, gy, program, at.CONTRACT_PAIRS, grads.attribute, rows)


@routine
def _gathered_first_back(gy, x, attribute, layer, work, other, grads, rows):
    """Back through the paths that are contracted first: t = K·ã x, y = W t. Writes the derivative
    by x.
    """
    program, table = layer.program, layer.program.table
    x_dim, t_dim, numel = table[at.X_DIM], table[at.T_DIM], table[at.WEIGHTS]
    t, gt = Matrix(work, 0, t_dim), Matrix(other, 0, t_dim)
    more = tail(other, rows * maximum(table[at.Z_DIM], t_dim))
    for p in range(layer.parts):
        x_p, gx_p, n = from_column(x, p * x_dim), from_column(grads.x, p * x_dim), p * numel
        if len(grads.weight) > 0:
            contract(x_p, attribute, program, at.GATHER, more, t, rows, False)
        mix_weight(t, gy, table, at.AFTER, tail(grads.weight, n), rows)
        if grads.by_x or grads.by_attribute:
            mix_back(gy, table, at.AFTER, tail(layer.transposed, n), gt, rows, False)
        if grads.by_x:
            contract(gt, attribute, program, at.GATHER_BACK, more, gx_p, rows, False)
        if grads.by_attribute:
            contract_attribute(x_p, gt, program, at.GATHER_PAIRS, grads.attribute, rows)
