"""The steerable perceptron: layers and gates in turn, equivariance, derivatives, mistakes."""

import pytest
import torch
from torch.autograd import gradcheck

from segnn.nn import Gate, SteerableLinear
from segnn.nn.mlp import SteerableMLP
from segnn.o3 import Reorder

from .helpers import orthogonal, randn, turn

CHAIN, ATTRIBUTE = ["2x1o+1x0e+1x1e", "2x1o+3x0e+1x0o", "2x0e+2x1e", "1x1o+1x0o+1x0e"], "1x0e+1x1o"


def mlp():
    torch.manual_seed(0)
    return SteerableMLP(CHAIN, ATTRIBUTE).double()


def test_values(kernel_path):
    network, x, a = mlp(), randn(4, 10), randn(4, 4)
    expected = x
    for layer, before, after in zip(network.layers, CHAIN[:-1], CHAIN[1:], strict=True):
        last = after == CHAIN[-1]
        alone = SteerableLinear(
            before, after if last else Gate(after).irreps_in, ATTRIBUTE
        ).double()
        alone.load_state_dict(layer.state_dict())
        expected = alone(expected, a)
        if not last:
            gate = Gate(after)
            expected = Reorder(after, inverse=True)(gate(Reorder(gate.irreps_in)(expected)))
    torch.testing.assert_close(network(x, a), expected, atol=1e-13, rtol=0)


def test_one_layer_has_no_gate(kernel_path):
    network = SteerableMLP(["2x1o+1x0e", "1x1o+1x0e"], ATTRIBUTE).double()
    layer = SteerableLinear("2x1o+1x0e", "1x1o+1x0e", ATTRIBUTE).double()
    layer.load_state_dict(network.layers[0].state_dict())
    x, a = randn(3, 7), randn(3, 4)
    assert torch.equal(network(x, a), layer(x, a))


@pytest.mark.parametrize("determinant", [1, -1])
def test_equivariance(determinant, kernel_path):
    network, matrix, x, a = mlp(), orthogonal(determinant), randn(4, 10), randn(4, 4)
    expected = turn(CHAIN[-1], network(x, a), matrix)
    turned = network(turn(CHAIN[0], x, matrix), turn(ATTRIBUTE, a, matrix))
    torch.testing.assert_close(turned, expected, atol=1e-12, rtol=0)
    assert expected.abs().min() > 1e-4


def test_derivatives_and_no_rows(kernel_path):
    network = mlp()
    assert gradcheck(network, (randn(2, 10).requires_grad_(), randn(2, 4).requires_grad_()))
    assert network(randn(0, 10), randn(0, 4)).shape == (0, 5)


def test_needs_two_ends():
    with pytest.raises(
        ValueError,
        match="got irreps for 1 layer boundaries, expected at least an input and an output",
    ):
        SteerableMLP(["1x0e"], "1x0e")


@pytest.mark.parametrize("columns", [-1, 1])
def test_other_numbers_of_columns_are_refused(columns):
    layer = SteerableMLP(["2x0e", "2x0e", "2x0e"], "1x0e")
    with pytest.raises(ValueError, match=r"x has shape .*, expected \(rows, 2\)"):
        layer(torch.zeros(5, 2 + columns), torch.zeros(5, 1))
