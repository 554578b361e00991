"""A chain of operations against the same operations one by one."""

import pytest
import torch
from torch.autograd import gradcheck, gradgradcheck

from segnn.nn import SEGNN, Topology
from segnn.nn import segnn as networks
from segnn.o3 import kernels

IRREPS = "2x0e+2x1o", "4x0e+4x1o", "1x0e+1x1o", "1x0e+1x1o+1x2e", "1x0e+1x1o+1x2e", "2x0e"


@pytest.fixture(scope="module")
def case():
    torch.manual_seed(0)
    net = SEGNN(*IRREPS, num_layers=2).double()
    net.layers[0].sums.factor.mul_(0.3)
    net.layers[0].sums._refresh()
    edge_index = torch.tensor([[1, 2, 0, 2, 0, 4, 3], [0, 0, 1, 1, 2, 3, 4]])
    given = [torch.randn(rows, dim).double() for rows, dim in ((6, 8), (7, 9), (6, 9), (7, 2))]
    return net, Topology(edge_index, 6), given


def energy(net, edges, x, edge_attr, node_attr, message):
    return net(x, edges, edge_attr, node_attr, message)


@pytest.fixture
def used(monkeypatch):
    """How often the network was one operation."""
    counts, whole = [], networks.in_one

    def counted(*arguments):
        found = whole(*arguments)
        counts.append(found is not None)
        return found

    monkeypatch.setattr(networks, "in_one", counted)
    return counts


def training_on_forces(case, by, also_inputs, path="numba"):
    """The output, its derivatives by some inputs, and the derivatives of their squares."""
    net, edges, given = case
    inputs = [t.clone().requires_grad_(n in by) for n, t in enumerate(given)]
    wanted = [inputs[n] for n in by]
    with kernels(path):
        y = energy(net, edges, *inputs)
        slopes = torch.autograd.grad(y.square().sum(), wanted, create_graph=True)
        total = y.sin().sum() + sum((s**2).sum() for s in slopes)
        found = torch.autograd.grad(total, [*net.parameters(), *(wanted if also_inputs else ())])
    return [y, *slopes, *found]


@pytest.mark.parametrize("also_inputs", [False, True], ids=["weights", "weights and inputs"])
@pytest.mark.parametrize("by", [(1,), (1, 2), (1, 2, 3), (0, 1, 2, 3)])
def test_derivatives_are_those_of_single_operations(case, by, also_inputs, used):
    found = training_on_forces(case, by, also_inputs)
    assert used == [True]
    expected = training_on_forces(case, by, also_inputs, "plain")
    assert used == [True, False]
    for one, other in zip(found, expected, strict=True):
        assert (one - other).abs().max() <= 1e-12 * (1 + other.abs().max())


def test_derivatives_against_differences(case, used):
    net, edges, given = case
    edges_attributes = [given[0], *(t.clone().requires_grad_() for t in given[1:])]
    call = lambda *inputs: energy(net, edges, *inputs)  # noqa: E731
    assert gradcheck(call, edges_attributes)
    assert gradgradcheck(call, edges_attributes)
    assert all(used)


def test_the_tangent_alone(case, used):
    """What is linear in the first derivative, when no pass goes back through the value."""
    net, edges, given = case

    def slope_by_g(path):
        inputs = [given[0], given[1].clone().requires_grad_(), *given[2:]]
        g = torch.ones(6, 4).double().requires_grad_()
        with kernels(path):
            y = energy(net, edges, *inputs)
            (slope,) = torch.autograd.grad(y, inputs[1], g, create_graph=True)
            return torch.autograd.grad(slope.sin().sum(), g)[0]

    found = slope_by_g("numba")
    assert used == [True]
    assert (found - slope_by_g("plain")).abs().max() < 1e-12


def test_derivatives_in_one_pass_back(case, used):
    net, edges, given = case
    inputs = [given[0], given[1].clone().requires_grad_(), *given[2:]]
    energy(net, edges, *inputs).square().sum().backward()
    found = [p.grad.clone() for p in net.parameters()]
    net.zero_grad()
    with kernels("plain"):
        energy(net, edges, *given).square().sum().backward()
    assert used == [True]
    for one, p in zip(found, net.parameters(), strict=True):
        assert (one - p.grad).abs().max() <= 1e-12 * (1 + p.grad.abs().max())
    net.zero_grad()


def test_only_for_derivatives_by_edges(case, used):
    net, edges, given = case
    energy(net, edges, *given)
    with torch.no_grad():
        energy(net, edges, given[0], given[1].clone().requires_grad_(), *given[2:])
    assert used == []


def test_a_norm_is_taken_by_itself(used):
    net = SEGNN(*IRREPS, num_layers=1, norm="instance")
    edges = Topology(torch.tensor([[1], [0]]), 2)
    x, node = torch.randn(2, 8), torch.randn(2, 9)
    net(x, edges, torch.randn(1, 9, requires_grad=True), node, torch.randn(1, 2))
    assert used == [False]
