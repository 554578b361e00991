"""Every kernel as Python reads it against what numba made of it, on what a tiny network asks of it."""

import sys
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from segnn.nn import SEGNN, SELinear
from segnn.o3 import kernels, numba_kernels
from segnn.o3.contract import contract_edges, segment_sum

from .helpers import edges, plans, randn

EDGES = torch.tensor([[0, 1, 2, 0], [1, 0, 0, 2]])
KERNELS = {name: k for name, k in vars(numba_kernels).items() if hasattr(k, "py_func")}


@pytest.fixture
def called(monkeypatch):
    """Runs every call of a kernel twice, compiled and as written, compares, and counts."""
    counts = dict.fromkeys(KERNELS, 0)

    def twice(name, kernel):
        def call(*arguments):
            copies = [a.copy() if isinstance(a, np.ndarray) else a for a in arguments]
            result = kernel(*arguments)
            kernel.py_func(*copies)
            counts[name] += 1
            for compiled, written in zip(arguments, copies, strict=True):
                np.testing.assert_allclose(compiled, written, atol=1e-12, rtol=1e-12, err_msg=name)
            return result

        return call

    kernels = {name: twice(name, k) for name, k in KERNELS.items()}
    wrapped = SimpleNamespace(use_threads=numba_kernels.use_threads, **kernels)
    for module in [m for name, m in sys.modules.items() if name.startswith("segnn.")]:
        for name, value in list(vars(module).items()):
            if value is numba_kernels:
                monkeypatch.setattr(module, name, wrapped)
    return counts


def run(network, inputs, x, *rest):
    """A network, its first derivatives alone, and those of its squared derivatives."""
    made = network("1x0e+1x1o", "2x0e+1x1o", "1x0e", "1x0e+1x1o", "1x0e+1x1o", "1x0e", 1, "instance").double()
    made(x, EDGES, *rest).square().sum().backward()
    y = made(x, EDGES, *rest)
    first = torch.autograd.grad(y.square().sum(), inputs, create_graph=True)
    torch.autograd.grad(sum(g.square().sum() for g in first), [*inputs, *made.parameters()], allow_unused=True)


def test_compiled_is_what_is_written(called):
    c, graph = plans().contraction, edges()
    with kernels("numba"):
        inputs = [randn(5, c.dim_in, grad=True), randn(5, c.dim_in, seed=1, grad=True), randn(7, c.dim_attr, grad=True)]
        y = segment_sum(contract_edges(*inputs, c, graph), graph.source)
        first = torch.autograd.grad(y.square().sum(), inputs, create_graph=True)
        torch.autograd.grad(sum(g.square().sum() for g in first), inputs)
        inputs = [randn(3, 4, grad=True), randn(4, 4, grad=True), randn(3, 4, seed=1, grad=True), randn(4, 1, grad=True)]
        for network in (SEGNN, SELinear):
            run(network, inputs, *inputs)
    assert not [name for name, count in called.items() if count == 0], "kernels that nothing calls"
