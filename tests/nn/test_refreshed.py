"""SEGNN with refreshed geometry: fresh it is SEGNN, moved it is its own equations; symmetry,
gradients, odd graphs.
"""

import pytest
import torch
from torch import Tensor

from segnn.nn import SEGNN, RefreshedSEGNN
from segnn.nn.refreshed import Attributes
from segnn.o3.harmonics import spherical_harmonics

from .helpers import orthogonal, randn, turn

SHAPES = {
    "irreps_in": "1x1o+2x0e",
    "irreps_hidden": "5x0e+4x1o",
    "irreps_out": "1x1o",
    "irreps_edge_attr": "1x0e+1x1o",
    "irreps_node_attr": "1x0e+1x1o",
    "irreps_message": "1x0e",
    "num_layers": 3,
}
N = 5


def complete(n=N):
    i, j = torch.meshgrid(torch.arange(n), torch.arange(n), indexing="ij")
    return torch.stack([j[i != j], i[i != j]])


def make(moves=True, dtype=torch.float64, **changed):
    torch.manual_seed(0)
    network = RefreshedSEGNN(**{**SHAPES, **changed}).to(dtype)
    if moves:
        with torch.no_grad():
            for move in network.moves:
                move.weight.copy_(
                    torch.randn(move.weight.shape, generator=torch.Generator().manual_seed(1))
                )
    return network


def attributes(position, edge_index):
    """Geometry of the positions, moved by what is asked for."""

    def at(moved: Tensor | None) -> Attributes:
        x = position if moved is None else position + 0.3 * moved
        r = x[edge_index[0]] - x[edge_index[1]]
        edge = spherical_harmonics(1, r)
        node = edge.new_zeros(len(x), 4).index_add(0, edge_index[1], edge) / max(1, len(x) - 1)
        return Attributes(edge, node, r.square().sum(1, keepdim=True))

    return at


def inputs(n=N):
    return randn(n, 5, seed=3), randn(n, 3, seed=4), complete(n)


def test_a_fresh_network_is_segnn(kernel_path):
    x, position, edges = inputs()
    network, plain = make(moves=False), SEGNN(**SHAPES).double()
    plain.load_state_dict(
        {k: v for k, v in network.state_dict().items() if not k.startswith("moves")}
    )
    now = attributes(position, edges)(None)
    torch.testing.assert_close(
        network(x, edges, attributes(position, edges)), plain(x, edges, *now)
    )


def test_values_written_out(kernel_path):
    """Layer by layer with the attributes of the positions so far."""
    x, position, edges = inputs()
    network, at = make(), attributes(position, edges)
    from segnn.nn.topology import Topology

    topology = Topology(edges, N)
    graphs = network._graphs(x, topology, None, None)
    now, moved = at(None), torch.zeros(N, 3, dtype=x.dtype)
    h = network.embedding(network.enter(x), now.node)
    seen = []
    for layer, move in zip(network.layers, network.moves, strict=True):
        seen.append(now.edge)
        h = layer(h, topology, now.edge, now.node, now.message, graphs)
        moved = moved + move(h, now.node)
        last, now = now, at(moved)
    wide = network.readout_1(h, last.node)
    expected = network.readout_2(network.gate(wide), last.node) + moved
    torch.testing.assert_close(network(x, edges, at), expected, atol=1e-12, rtol=0)
    assert (seen[0] - seen[1]).abs().max() > 0.01
    assert (seen[1] - seen[2]).abs().max() > 0.01


@pytest.mark.parametrize("determinant", [1, -1])
def test_equivariant(determinant, kernel_path):
    x, position, edges = inputs()
    network, matrix = make(), orthogonal(determinant)
    out = network(x, edges, attributes(position, edges))
    moved = position @ matrix.T + 7.0
    there = network(turn(SHAPES["irreps_in"], x, matrix), edges, attributes(moved, edges))
    torch.testing.assert_close(there, out @ matrix.T, atol=1e-8, rtol=0)


def test_gradients(kernel_path):
    """Through the attributes too: with respect to positions and every weight, in a random direction
    of each, which a wrong entry changes.
    """
    x, position, edges = inputs(3)
    network = make(num_layers=2, irreps_hidden="2x0e+2x1o")
    names = [name for name, _ in network.named_parameters()]

    def out(x, position, *weights):
        return torch.func.functional_call(
            network, dict(zip(names, weights, strict=True)), (x, edges, attributes(position, edges))
        )

    given = [
        x.requires_grad_(),
        position.requires_grad_(),
        *(p.detach().clone().requires_grad_() for p in network.parameters()),
    ]
    assert torch.autograd.gradcheck(out, given, fast_mode=True)


def test_the_moves_learn_from_zero(kernel_path):
    x, position, edges = inputs()
    network = make(moves=False)
    network(x, edges, attributes(position, edges)).square().sum().backward()
    assert all(p.grad is not None and p.grad.abs().max() > 0 for p in network.parameters())


def test_other_outputs_are_the_readout_alone():
    x, position, edges = inputs()
    network = make(irreps_out="2x0e+1x1o")
    assert network(x, edges, attributes(position, edges)).shape == (N, 5)
    assert not network.adds_moves


@pytest.mark.parametrize("n", [1, 4])
def test_no_edges(n, kernel_path):
    x, position, _ = inputs(n)
    none = torch.zeros(2, 0, dtype=torch.int64)
    out = make()(x, none, attributes(position, none))
    assert out.shape == (n, 3)
    assert out.isfinite().all()


def test_unsorted_edges_are_the_same_graph():
    x, position, edges = inputs()
    network, order = (
        make(),
        torch.randperm(edges.shape[1], generator=torch.Generator().manual_seed(0)),
    )
    expected = network(x, edges, attributes(position, edges))
    torch.testing.assert_close(
        network(x, edges[:, order], attributes(position, edges[:, order])), expected
    )


def test_graph_targets_are_refused():
    with pytest.raises(ValueError, match="expected 'node'"):
        make(task="graph")


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("edge", "edge_attr has shape"),
        ("node", "node_attr has shape"),
        ("message", "message has shape"),
    ],
)
def test_attributes_of_moved_positions_are_checked(name, wrong):
    """Not the first ones alone: the kernels trust their shapes."""
    x, position, edges = inputs()
    at = attributes(position, edges)

    def short(moved):
        now = at(moved)
        return now if moved is None else now._replace(**{name: getattr(now, name)[:-1]})

    with pytest.raises(ValueError, match=wrong):
        make()(x, edges, short)
