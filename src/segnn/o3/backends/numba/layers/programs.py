"""Plans as the kernels read them, as programs: one array of whole numbers and one of couplings,
(table, coef).

``table`` of a linear layer starts with a head; every entry is named in
``segnn.o3.backends.numba.tables``. A contraction is there three times: as it is, transposed, and as
pairs for the derivative by the attribute. Each of these has terms (column read, column of the
attribute, coupling), grouped into runs of terms that write the same columns.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from segnn.o3.backends.numba.compiler.fixed import Fixed
from segnn.o3.backends.numba.tables import (
    A_DIM,
    AFTER,
    BEFORE,
    CONTRACT,
    FIRST_PIECE,
    GATHER,
    HEAD,
    MAX_TERMS,
    PIECES,
    RUN_CHANNELS,
    RUN_WRITTEN,
    T_DIM,
    WEIGHTS,
    X_DIM,
    Y_DIM,
    Z_DIM,
)
from segnn.o3.plan.gate import SIGMOID_SCALE, SILU_SCALE, GatePlan
from segnn.o3.plan.linear import LinearPlan, PartPlan
from segnn.o3.plan.mix import Mix


def _direction(
    written: np.ndarray, read: np.ndarray, channels: np.ndarray, pairs: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Runs (n, RUN) of terms that write (and, for pairs, read) the same columns, and the order of
    the terms.
    """
    key = np.column_stack([written, read if pairs else np.zeros_like(read), channels])
    order = np.lexsort(key.T[::-1])
    ordered = key[order]
    starts = (
        np.r_[True, (ordered[1:] != ordered[:-1]).any(1)] if len(ordered) else np.empty(0, bool)
    )
    first = np.flatnonzero(starts)
    last = np.r_[first[1:], len(ordered)][: len(first)]
    runs = np.column_stack([ordered[first], first, last]).astype(np.int64)
    # Runs of as many channels and terms follow each other: the processor foresees how loops end.
    return runs[np.lexsort([last - first, ordered[first, 2]])], order


def _without_terms(runs: np.ndarray, columns: int) -> np.ndarray:
    """Runs of no terms for the columns that none of the others writes, so that all together write
    every column once.
    """
    written = np.zeros(columns, bool)
    for start, channels in runs[:, [RUN_WRITTEN, RUN_CHANNELS]]:
        written[start : start + channels] = True
    first, stop = np.flatnonzero(np.diff(written, prepend=True, append=True)).reshape(-1, 2).T
    zeros = np.zeros_like(first)
    return np.column_stack([first, zeros, stop - first, zeros, zeros])


def _terms(m: Mix | None, shift: int) -> np.ndarray:
    terms = np.empty((0, 6), np.int64) if m is None else m.table[2:].reshape(-1, 6).copy()
    terms[:, 5] += shift
    return terms


@lru_cache(maxsize=256)
def linear_program(plan: PartPlan, dtype: str) -> Fixed:
    """A steerable linear layer on one of its inputs."""
    first = 0 if plan.before is None else plan.before.numel
    head = np.zeros(HEAD, np.int64)
    head[X_DIM], head[Y_DIM], head[A_DIM] = plan.dim_in, plan.dim_out, plan.dim_attr
    head[Z_DIM] = 0 if plan.before is None else plan.before.dim_out
    head[T_DIM] = 0 if plan.after is None else plan.after.dim_in
    head[WEIGHTS] = first + (0 if plan.after is None else plan.after.numel)
    numbers, coefs, filled, coupled = [head], [np.empty(0)], HEAD, 0

    def append(values: np.ndarray) -> int:
        nonlocal filled
        numbers.append(np.ascontiguousarray(values, np.int64).ravel())
        filled += values.size
        return filled - values.size

    for place, terms in ((BEFORE, _terms(plan.before, 0)), (AFTER, _terms(plan.after, first))):
        head[place : place + 2] = len(terms), append(terms)
    for place, c in ((CONTRACT, plan.contraction), (GATHER, plan.gather)):
        columns = np.empty((0, 4), np.int64) if c is None else c.table.astype(np.int64)
        values = np.empty(0) if c is None else c.coef_as(np.dtype(dtype))
        source, attribute, out, channels = columns.T
        for n, (written, read) in enumerate(((out, source), (source, out), (source, out))):
            runs, order = _direction(written, read, channels, pairs=n == 2)
            if c is not None and n < 2:
                dim = (c.dim_out, c.dim_in)[n]
                runs = np.concatenate([runs, _without_terms(runs, dim)])
            head[place + 5 * n] = len(runs)
            head[place + 5 * n + 1 : place + 5 * n + 4] = (
                append(runs),
                append(read[order]),
                append(attribute[order]),
            )
            head[place + 5 * n + 4] = coupled
            coefs.append(values[order])
            coupled += len(order)
        head[MAX_TERMS] = max(head[MAX_TERMS], len(columns))
    return Fixed(np.concatenate(numbers), np.concatenate(coefs).astype(dtype))


@lru_cache(maxsize=256)
def weight_runs(plan: LinearPlan, first: int, last: int) -> Fixed:
    """Where the kernels find the weights of the parts from ``first`` on, before ``last``: runs, see
    ``WEIGHT_RUN``.
    """
    start, stop = sum(plan.sizes[: 2 * first]), sum(plan.sizes[: 2 * last])
    order = plan.order_array[start:stop]
    begins = np.flatnonzero(np.diff(order, prepend=-2) != 1)
    lengths = np.diff(begins, append=len(order))
    return Fixed(np.column_stack([order[begins], start + begins, lengths]).astype(np.int64))


@lru_cache(maxsize=256)
def gate_program(plan: GatePlan, dtype: str) -> Fixed:
    """A gate: pieces (first column, stride of components, components, channels, column of the first
    gate), and two scales.

    Channels of one block whose gates lie side by side make one piece.
    """
    order = np.arange(plan.gates) if plan.order is None else plan.order.numpy()
    column, channel = plan.scalars + plan.gates, 0
    wide = column + sum(dim * mul for dim, mul in plan.blocks)
    numbers = [0, plan.scalars, plan.gates, wide]
    for dim, mul in plan.blocks:
        gates = order[channel : channel + mul]
        starts = [n for n in range(mul) if n == 0 or gates[n] != gates[n - 1] + 1]
        for start, stop in zip(starts, [*starts[1:], mul], strict=True):
            numbers += [column + start, mul, dim, stop - start, plan.scalars + gates[start]]
        column += dim * mul
        channel += mul
    numbers[PIECES] = (len(numbers) - FIRST_PIECE) // 5
    scales = (SILU_SCALE, SIGMOID_SCALE) if plan.blocks else (1.0, 1.0)
    return Fixed(np.array(numbers, np.int64), np.array(scales, dtype))


@lru_cache(maxsize=2)
def _no_layer(dtype: str) -> Fixed:
    return Fixed(np.zeros(HEAD, np.int64), np.empty(0, dtype))


@lru_cache(maxsize=2)
def _no_gate(dtype: str) -> Fixed:
    return Fixed(np.zeros(FIRST_PIECE, np.int64), np.ones(2, dtype))


def layer_of(plan: PartPlan | None, dtype: str) -> Fixed:
    """``linear_program``, also of no layer."""
    return _no_layer(dtype) if plan is None else linear_program(plan, dtype)


def gate_of(plan: GatePlan | None, dtype: str) -> Fixed:
    """``gate_program``, also of no gate."""
    return _no_gate(dtype) if plan is None else gate_program(plan, dtype)


def runs_of(plan: LinearPlan | None) -> Fixed | None:
    """``weight_runs`` of all parts of a layer, if there is one."""
    return None if plan is None else weight_runs(plan, 0, len(plan.parts))


@lru_cache(maxsize=256)
def work(*plans: LinearPlan | None) -> int:
    """Numbers that a row of these layers needs, about."""
    return sum(2 * p.output.dim + q.numbers for p in plans if p is not None for q in p.plans[:1])
