"""PaiNN: its equations written as loops, rotations and reflections, no edges, coincident nodes,
second derivatives, fresh sizes.
"""

import pytest
import torch

from segnn.nn.moments import root_mean_square
from segnn.nn.painn import PaiNN
from segnn.o3.safe import norm, normalized

from .test_egnn import F64, complete, orthogonal


def make_network(num_layers=2):
    torch.manual_seed(0)
    network = PaiNN(2, 3, 2, num_vectors=1, channels=6, num_layers=num_layers).double()
    with torch.no_grad():  # not one: the sums' factors have a part in the equations
        for layer in network.layers:
            layer.sums.measure(torch.full((1, 6), 2.0))
            layer.vector_sums.measure(torch.full((1, 6), 0.5))
    return network


def given(position, edge_index=None):
    """What the network takes of a system, differentiable in the positions."""
    edge_index = complete(len(position)) if edge_index is None else edge_index
    relative = position[edge_index[0]] - position[edge_index[1]]
    distance = norm(relative)
    message = torch.cat([torch.exp(-k * distance) for k in (0.5, 1.0, 2.0)], 1)
    cutoff = torch.exp(-(distance**2))
    x = torch.arange(2 * len(position), dtype=F64).reshape(-1, 2).cos()
    return x, edge_index, message, cutoff, normalized(relative)


def positions(nodes=4):
    return torch.randn(nodes, 3, generator=torch.Generator().manual_seed(1), dtype=F64)


def test_values_of_one_layer_written_as_loops():
    network = make_network(num_layers=1)
    x, edge_index, message, cutoff, direction = given(positions())
    layer, s = network.layers[0], network.embedding(x)
    scalars, vectors = [], []
    for i in range(4):
        ds, dv = torch.zeros(6, dtype=F64), torch.zeros(3, 6, dtype=F64)
        for e, (source, target) in enumerate(edge_index.T.tolist()):
            if target == i:
                product = layer.phi(s[source]) * layer.filter(message[e]) * cutoff[e]
                ds = ds + product[:6]  # Eq. 7; the vectors v_j of Eq. 8 are still zero
                dv = dv + torch.outer(direction[e], product[12:])
        scalar, vector = s[i] + ds / 2, 2 * dv
        u, w = layer.mix_u(vector), layer.mix_v(vector)
        a = layer.a(torch.cat([scalar, w.square().sum(0).sqrt()]))
        scalar = scalar + a[:6] + a[6:12] * (u * w).sum(0)
        vector = vector + a[12:] * u
        lengths = network.mix(vector).square().sum(0).sqrt()
        gate = network.gates(torch.cat([scalar, lengths]))
        scalars.append(network.scalars(scalar))
        vectors.append((gate * network.vectors(vector)).T)
    out = network(x, edge_index, message, cutoff, direction)
    torch.testing.assert_close(out[0], torch.stack(scalars), atol=1e-12, rtol=0)
    torch.testing.assert_close(out[1], torch.stack(vectors), atol=1e-12, rtol=0)


@pytest.mark.parametrize("determinant", [1, -1])
def test_vectors_turn_and_scalars_do_not(determinant):
    network, turn = make_network(), orthogonal(determinant)
    scalars, vectors = network(*given(positions()))
    turned = network(*given(positions() @ turn.T))
    assert vectors.abs().max() > 1e-2
    torch.testing.assert_close(turned[0], scalars, atol=1e-12, rtol=0)
    torch.testing.assert_close(turned[1], vectors @ turn.T, atol=1e-12, rtol=0)


def test_without_edges_there_are_no_vectors():
    none = torch.zeros(2, 0, dtype=torch.int64)
    scalars, vectors = make_network()(*given(positions(1), none))
    assert scalars.isfinite().all()
    assert not vectors.any()


def test_coincident_nodes_are_finite_with_finite_gradients():
    network, position = make_network(), torch.zeros(4, 3, dtype=F64, requires_grad=True)
    scalars, vectors = network(*given(position))
    (scalars.sum() + vectors.sum()).backward()
    assert position.grad.isfinite().all()
    assert all(p.grad is None or p.grad.isfinite().all() for p in network.parameters())


def test_forces_have_right_gradients():
    network = make_network()

    def energy(position):
        scalars, vectors = network(*given(position))
        return scalars.sum() + vectors.square().sum()

    position = positions(3).requires_grad_()
    assert torch.autograd.gradcheck(energy, position)
    assert torch.autograd.gradgradcheck(energy, position)


def test_fresh_outputs_are_of_order_one():
    network = make_network(num_layers=4)
    some = given(20 * positions(40))
    network.calibrate(*some, output=1.0)
    for found in network(*some):
        assert root_mean_square(found) == pytest.approx(1.0)
