"""Every trilinear kernel as Python reads it against what numba made of it, on all that its operations ask of it."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from segnn.o3 import kernels, numba_autograd, numba_calls
from segnn.o3.contract import contract, contract_edges, segment_sum
from segnn.o3.kernel import trilinear

from ..helpers import edges, plans, randn

KERNELS = {name: k for name, k in vars(trilinear).items() if hasattr(k, "py_func")}


@pytest.fixture
def called(monkeypatch):
    """Runs every call of a kernel twice, compiled and as written, compares, and counts."""
    counts = dict.fromkeys(KERNELS, 0)

    def twice(name, kernel):
        def call(*arguments):
            copies = [a.copy() if isinstance(a, np.ndarray) else a for a in arguments]
            kernel(*arguments)
            kernel.py_func(*copies)
            counts[name] += 1
            for compiled, written in zip(arguments, copies, strict=True):
                np.testing.assert_allclose(compiled, written, atol=1e-12, rtol=1e-12, err_msg=name)

        return call

    wrapped = SimpleNamespace(**{name: twice(name, k) for name, k in KERNELS.items()})
    monkeypatch.setattr(numba_calls, "kernel", wrapped)
    monkeypatch.setattr(numba_autograd, "trilinear", wrapped)
    return counts


def differentiate_twice(y, inputs):
    first = torch.autograd.grad(y.square().sum(), inputs, create_graph=True)
    torch.autograd.grad(sum(g.square().sum() for g in first), inputs)


def test_compiled_is_what_is_written(called):
    c, graph = plans().contraction, edges()
    x, z, a = randn(5, c.dim_in, grad=True), randn(5, c.dim_in, seed=1, grad=True), randn(7, c.dim_attr, grad=True)
    with kernels("numba"):
        for rows in (graph.source, graph.target):
            differentiate_twice(segment_sum(contract_edges(x, z, a, c, graph), rows), (x, z, a))
        differentiate_twice(contract(x, a[:5], c), (x, a))
    assert not [name for name, count in called.items() if count == 0], "kernels that nothing calls"
