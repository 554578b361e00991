"""Second derivatives of a steerable layer on a tile of rows.

A derivative B(g; x, a, W) of y = f(x, a, W) is itself differentiated, for numbers (ẋ, ȧ) that weigh
its results. Since

    ⟨B(g; x, a, W), (ẋ, ȧ)⟩ = ⟨g, ẏ⟩,        ẏ = ∂f/∂x ẋ + ∂f/∂a ȧ,

its derivative by g is the tangent ẏ, and those by x, a and W are the reverse pass through y and ẏ
together, begun with zero for y and g for ẏ. A matrix of "both" holds ``rows`` rows that belong to
y, then as many that belong to ẏ, so that one matrix product serves the two. In names, ``d…`` is a
tangent, ``g…`` a derivative.
"""

from __future__ import annotations

from typing import NamedTuple

from segnn.o3.backends.numba import tables as at
from segnn.o3.backends.numba.compiler.flat import maximum, tail
from segnn.o3.backends.numba.compiler.records import Floats
from segnn.o3.backends.numba.compiler.routines import routine
from segnn.o3.backends.numba.tile.couple import (
    contract,
    contract_attribute,
    contract_dual,
    terms_of,
)
from segnn.o3.backends.numba.tile.mix import mix, mix_back, mix_weight
from segnn.o3.backends.numba.vector import simd
from segnn.o3.backends.numba.vector.views import Dual, Matrix, from_column, from_row


class SecondScratch(NamedTuple):
    """Scratch of a layer: rows · ``held`` numbers that ``linear_tangent`` leaves for
    ``linear_second``, and rows · (2·max(z_dim, t_dim) + 2·terms) numbers for anything.
    """

    held: Floats
    work: Floats


class Wanted(NamedTuple):
    """Of ``linear_tangent``: dy itself, and what the derivative by the attribute reads."""

    dy: bool
    z: bool


@routine
def held(table, parts):
    """Numbers a row that ``linear_tangent`` leaves for ``linear_second``."""
    return 2 * (table[at.Z_DIM] + parts * table[at.T_DIM])


@routine
def linear_tangent(x, attribute, layer, scratch, wanted, dy, rows):
    """dy = W_a ẋ + W_ȧ x, for both x and ẋ in x, or what it leaves alone."""
    program, table = layer.program, layer.program.table
    x_dim, z_dim, t_dim, numel = (
        table[at.X_DIM],
        table[at.Z_DIM],
        table[at.T_DIM],
        table[at.WEIGHTS],
    )
    work = scratch.work
    if z_dim > 0 and wanted.z:
        z = Matrix(scratch.held, 0, z_dim)
        for p in range(layer.parts):
            weight = tail(layer.weight, p * numel)
            mix(from_column(x, p * x_dim), table, at.BEFORE, weight, z, 2 * rows, p > 0)
    if z_dim > 0 and wanted.dy:
        z = Matrix(scratch.held, 0, z_dim)
        both, terms = Dual(z, from_row(z, rows)), terms_of(program, at.CONTRACT, work)
        contract_dual(both, attribute, terms, Dual(dy, dy), rows, False, False)
    elif wanted.dy:
        simd.fill(dy, 0.0, rows, dy.step)
    if t_dim > 0:
        gathered = Matrix(scratch.held, 2 * rows * z_dim, t_dim)
        for p in range(layer.parts):
            x_p, t = from_column(x, p * x_dim), from_row(gathered, 2 * p * rows)
            dt = from_row(t, rows)
            both, terms = Dual(x_p, from_row(x_p, rows)), terms_of(program, at.GATHER, work)
            contract_dual(both, attribute, terms, Dual(t, dt), rows, True, False)
            if wanted.dy:
                mix(dt, table, at.AFTER, tail(layer.weight, p * numel), dy, rows, True)


@routine
def linear_second(gy, with_value, x, attribute, layer, scratch, grads, rows):
    """The reverse pass through y = W_a x + b and ``linear_tangent``.

    gy: derivatives by both y and ẏ; ``with_value`` False says that those by y are zero, and they
    are not read. grads.x: those by both, or without ``by_tangent`` by x alone.
    """
    table = layer.program.table
    written = 2 * rows if grads.by_tangent else rows
    if table[at.T_DIM] > 0:
        _gathered_first_second(gy, with_value, x, attribute, layer, scratch, grads, rows)
    elif grads.by_x:
        simd.fill(grads.x, 0.0, written, layer.parts * table[at.X_DIM])
    if table[at.Z_DIM] > 0:
        _mixed_first_second(gy, with_value, x, attribute, layer, scratch, grads, rows)


@routine
def _mixed_first_second(gy, with_value, x, attribute, layer, scratch, grads, rows):
    """Back through the paths that are mixed first: z = W x, y = K·ã z, and their tangents. Adds to
    the derivatives by x.
    """
    program, table = layer.program, layer.program.table
    x_dim, z_dim, numel = table[at.X_DIM], table[at.Z_DIM], table[at.WEIGHTS]
    work = tail(scratch.work, 2 * rows * maximum(z_dim, table[at.T_DIM]))
    z, gz, gdy = Matrix(scratch.held, 0, z_dim), Matrix(scratch.work, 0, z_dim), from_row(gy, rows)
    gdz, written = from_row(gz, rows), 2 * rows if grads.by_tangent else rows
    # Of gż + ε gz = (a + ε ȧ)(gẏ + ε gy) the second part is what belongs to z.
    if with_value:
        g, terms = Dual(gdy, gy), terms_of(program, at.CONTRACT_BACK, work)
        contract_dual(g, attribute, terms, Dual(gdz, gz), rows, True, False)
    else:
        contract(gdy, attribute.value, program, at.CONTRACT_BACK, work, gdz, rows, False)
        if attribute.has_tangent:
            contract(gdy, attribute.tangent, program, at.CONTRACT_BACK, work, gz, rows, False)
        else:
            simd.fill(gz, 0.0, rows, z_dim)
    for p in range(layer.parts):
        x_p, n = from_column(x, p * x_dim), p * numel
        mix_weight(x_p, gz, table, at.BEFORE, tail(grads.weight, n), 2 * rows)
        if grads.by_x:
            gx_p = from_column(grads.x, p * x_dim)
            mix_back(gz, table, at.BEFORE, tail(layer.transposed, n), gx_p, written, True)
    if grads.by_attribute:
        dz, ga = from_row(z, rows), grads.attribute
        contract_attribute(dz, gdy, program, at.CONTRACT_PAIRS, ga, rows)
        if with_value:
            contract_attribute(z, gy, program, at.CONTRACT_PAIRS, ga, rows)


@routine
def _gathered_first_second(gy, with_value, x, attribute, layer, scratch, grads, rows):
    """Back through the paths that are contracted first: t = K·ã x, y = W t, and their tangents.
    Writes the derivatives by x.
    """
    program, table = layer.program, layer.program.table
    x_dim, z_dim, t_dim = table[at.X_DIM], table[at.Z_DIM], table[at.T_DIM]
    work = tail(scratch.work, 2 * rows * maximum(z_dim, t_dim))
    gathered = Matrix(scratch.held, 2 * rows * z_dim, t_dim)
    gt, skipped = Matrix(scratch.work, 0, t_dim), 0 if with_value else rows
    gdt, g, count = from_row(gt, rows), from_row(gy, skipped), 2 * rows - skipped
    a, da, ga = attribute.value, attribute.tangent, grads.attribute
    for p in range(layer.parts):
        x_p, gx_p = from_column(x, p * x_dim), from_column(grads.x, p * x_dim)
        n, t = p * table[at.WEIGHTS], from_row(gathered, 2 * p * rows + skipped)
        mix_weight(t, g, table, at.AFTER, tail(grads.weight, n), count)
        if grads.by_x or grads.by_attribute:
            wt, back = tail(layer.transposed, n), from_row(gt, skipped)
            mix_back(g, table, at.AFTER, wt, back, count, False)
        if grads.by_x:
            gdx_p, tangent = from_row(gx_p, rows), grads.by_tangent
            if with_value:
                terms, g_both = terms_of(program, at.GATHER_BACK, work), Dual(gdt, gt)
                gx_both = Dual(gdx_p, gx_p)
                contract_dual(g_both, attribute, terms, gx_both, rows, tangent, False)
            else:
                if attribute.has_tangent:
                    contract(gdt, da, program, at.GATHER_BACK, work, gx_p, rows, False)
                else:
                    simd.fill(gx_p, 0.0, rows, x_dim)
                if tangent:
                    contract(gdt, a, program, at.GATHER_BACK, work, gdx_p, rows, False)
        if grads.by_attribute:
            dx_p = from_row(x_p, rows)
            contract_attribute(dx_p, gdt, program, at.GATHER_PAIRS, ga, rows)
            if with_value:
                contract_attribute(x_p, gt, program, at.GATHER_PAIRS, ga, rows)
