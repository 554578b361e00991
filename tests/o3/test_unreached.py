"""Outputs that no path reaches: zero, with zero derivatives of every order, on every path."""

import pytest
import torch

from segnn.nn import SEGNN, SteerableLinear
from segnn.nn.linear import EdgeLinear
from segnn.o3 import Irreps, kernels

from .helpers import edges, randn


def derivatives(function, inputs):
    """Values and derivatives of first and second order, by everything."""
    inputs = [x.clone().requires_grad_() for x in inputs]
    y = function(*inputs)
    first = torch.autograd.grad(y.sum() + y.square().sum(), inputs, create_graph=True)
    if not any(g.requires_grad for g in first):
        return y, *first
    loss = sum((g + 1).square().sum() for g in first)
    return y, *first, *torch.autograd.grad(loss, inputs, allow_unused=True, materialize_grads=True)


def same(function, inputs):
    found = []
    for path in ("plain", "numba"):
        with kernels(path):
            found.append(derivatives(function, inputs))
    plain, numba = (values[: len(inputs) + 1] for values in found)
    torch.testing.assert_close(list(numba), list(plain), atol=1e-12, rtol=1e-12)
    for got, wanted in zip(*(values[len(inputs) + 1 :] for values in found), strict=False):
        torch.testing.assert_close(got, wanted, atol=1e-12, rtol=1e-12)
    return plain


@pytest.mark.parametrize("out", ["2x1o", "2x5e", "2x0e+2x1o", "0x0e"])
@pytest.mark.parametrize("bias", [True, False])
def test_layers(out, bias):
    layer = SteerableLinear("3x0e", out, "1x0e", bias=bias).double()
    y, *_ = same(layer, [randn(4, 3), randn(4, 1)])
    assert (y[:, Irreps(out).count("0e") :] == 0).all()


def test_one_input_of_two():
    """x_1 leads nowhere; its derivative is zero, not none."""
    layer = SteerableLinear(("3x0e", "2x3o"), "2x0e", "1x0e").double()
    _, _, unused, _ = same(layer, [randn(4, 3), randn(4, 14), randn(4, 1)])
    assert (unused == 0).all()


@pytest.mark.parametrize("message", ["2x4e", "2x0e"])
@pytest.mark.parametrize("x", ["2x0e", "2x4e"])
def test_messages(x, message):
    graph = edges()
    layer = EdgeLinear(Irreps(x), Irreps(message), Irreps("3x0e+1x1o"), Irreps("1x0e+1x1o"))
    layer = layer.double()
    given = [randn(5, Irreps(x).dim), randn(len(graph), Irreps(message).dim)]
    same(lambda x, m, a: layer(x, m, a, graph), [*given, randn(len(graph), 4)])


@pytest.mark.filterwarnings("ignore:no path of this network")
@pytest.mark.parametrize("out", ["1x1o", "1x0e+1x1o"])
@pytest.mark.parametrize("task", ["graph", "node"])
def test_a_network(out, task):
    with torch.random.fork_rng():
        torch.manual_seed(0)
        net = SEGNN("1x0e", "4x0e", out, "1x0e", "1x0e", None, num_layers=1, task=task).double()
    index = torch.tensor([[1, 0, 2], [0, 1, 1]])
    parameters = dict(net.named_parameters())

    def call(x, edge_attr, node_attr, *values):
        given = dict(zip(parameters, values, strict=True))
        return torch.func.functional_call(net, given, (x, index, edge_attr, node_attr))

    inputs = [randn(3, 1), randn(3, 1, seed=1), randn(3, 1, seed=2)]
    y, *_ = same(call, [*inputs, *(p.detach() for p in parameters.values())])
    assert (y[:, Irreps(out).count("0e") :] == 0).all()
