"""The kernels called on tensors: arrays, tables and threads chosen in one place. Not differentiable."""

from __future__ import annotations

import numpy as np
from torch import Tensor

from segnn.o3.coupling import Contraction
from segnn.o3.kernel import mixes
from segnn.o3.kernel import trilinear as kernel
from segnn.o3.kernel.threads import backward_chunks, forward_chunks, use_threads
from segnn.o3.mix import Mix
from segnn.o3.rows import Edges, Rows

NONE = np.empty(0, dtype=np.int64)


def array(x: Tensor) -> np.ndarray:
    """The numbers of a tensor, contiguous."""
    return x.detach().contiguous().numpy()


def order_of(rows: Rows) -> np.ndarray:
    """The rows node by node; empty where they lie so already."""
    return NONE if rows.order is None else rows.order.numpy()


def contract_rows(x: Tensor, attribute: Tensor, c: Contraction, rows: Rows | None) -> Tensor:
    """∂T/∂g: (rows, dim_out)."""
    y = x.new_empty(attribute.shape[0], c.dim_out)
    out = y.numpy()
    index = NONE if rows is None else rows.index.numpy()
    use_threads()
    kernel.contract(array(x), index, array(attribute), c.table, c.coef_as(out.dtype), out)
    return y


def contract_transposed(g: Tensor, attribute: Tensor, c: Contraction, rows: Rows | None) -> Tensor:
    """∂T/∂x: (nodes, dim_in) summed over the rows of each node, or (rows, dim_in)."""
    x = g.new_empty(g.shape[0] if rows is None else rows.nodes, c.dim_in)
    out = x.numpy()
    table, coef = c.transposed_table, c.transposed_coef_as(out.dtype)
    use_threads()
    if rows is None:
        kernel.contract(array(g), NONE, array(attribute), table, coef, out)
    else:
        kernel.contract_reduce(array(g), order_of(rows), rows.offsets.numpy(), array(attribute), table, coef, out)
    return x


def contract_attribute(x: Tensor, g: Tensor, c: Contraction, rows: Rows | None) -> Tensor:
    """∂T/∂a: (rows, dim_attr)."""
    a = g.new_empty(g.shape[0], c.dim_attr)
    out = a.numpy()
    index = NONE if rows is None else rows.index.numpy()
    use_threads()
    kernel.contract_attribute(array(x), index, array(g), c.table, c.coef_as(out.dtype), out)
    return a


def contract_pair(target: Tensor, source: Tensor, attribute: Tensor, c: Contraction, edges: Edges) -> Tensor:
    """The contraction of target[i] + source[j] with the attribute of each edge: (edges, dim_out)."""
    y = target.new_empty(attribute.shape[0], c.dim_out)
    out = y.numpy()
    ends = (array(target), edges.target.index.numpy(), array(source), edges.source.index.numpy())
    use_threads()
    kernel.contract_pair(*ends, array(attribute), c.table, c.coef_as(out.dtype), out)
    return y


def mix_rows(x: Tensor, weight: Tensor, plan: Mix) -> Tensor:
    """x (rows, dim_in), weight (numel,) → (rows, dim_out)."""
    z = x.new_empty(x.shape[0], plan.dim_out)
    if z.numel():
        use_threads()
        chunks = forward_chunks(x.shape[0])
        mixes.forward(array(x).reshape(-1), plan.dim_in, plan.table, array(weight), chunks, z.numpy().reshape(-1), plan.dim_out)
    return z


def mix_by_input(g: Tensor, weight: Tensor, plan: Mix) -> Tensor:
    """g (rows, dim_out), weight (numel,) → (rows, dim_in)."""
    x = g.new_empty(g.shape[0], plan.dim_in)
    if x.numel():
        use_threads()
        chunks = forward_chunks(g.shape[0])
        mixes.by_input(
            array(g).reshape(-1), plan.dim_out, plan.table, array(weight), chunks, x.numpy().reshape(-1), plan.dim_in
        )
    return x


def mix_by_weight(x: Tensor, g: Tensor, plan: Mix) -> Tensor:
    """x (rows, dim_in), g (rows, dim_out) → (numel,)."""
    w = x.new_zeros(plan.numel)
    if x.numel() and g.numel():
        use_threads()
        chunks = backward_chunks(x.shape[0])
        mixes.by_weight(array(x).reshape(-1), plan.dim_in, array(g).reshape(-1), plan.dim_out, plan.table, chunks, w.numpy())
    return w
