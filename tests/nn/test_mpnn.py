"""MPNN: values, permutation equivariance, no rotation equivariance, empty and single graphs,
gradients.
"""

import pytest
import torch
from torch import Tensor

from segnn.nn.mpnn import MPNN


def complete(n: int) -> Tensor:
    i, j = torch.meshgrid(torch.arange(n), torch.arange(n), indexing="ij")
    return torch.stack([j[i != j], i[i != j]])


@pytest.fixture
def network() -> MPNN:
    torch.manual_seed(0)
    return MPNN(
        num_inputs=6, num_message_inputs=2, num_outputs=3, channels=12, num_layers=3
    ).double()


@pytest.fixture
def system() -> tuple[Tensor, Tensor, Tensor]:
    generator = torch.Generator().manual_seed(1)
    edge_index = complete(5)
    x = torch.randn(5, 6, generator=generator, dtype=torch.float64)
    return (
        x,
        edge_index,
        torch.randn(edge_index.shape[1], 2, generator=generator, dtype=torch.float64),
    )


def test_values_of_one_layer_written_as_loops(system):
    torch.manual_seed(2)
    network = MPNN(6, 2, 3, channels=8, num_layers=1).double()
    x, edge_index, message = system
    h = network.embedding(x)
    layer = network.layers[0]
    rows = []
    for i in range(5):
        m = torch.zeros(8, dtype=torch.float64)
        for edge, (source, target) in enumerate(edge_index.T.tolist()):
            if target == i:
                m = m + layer.phi_m(torch.cat([h[i], h[source], message[edge]]))
        rows.append(network.readout(h[i] + layer.phi_f(torch.cat([h[i], m]))))
    torch.testing.assert_close(
        network(x, edge_index, message), torch.stack(rows), atol=1e-12, rtol=0
    )


def test_permutation_equivariant(network, system):
    x, edge_index, message = system
    order = torch.randperm(5)
    place = torch.argsort(order)
    shuffle = torch.randperm(edge_index.shape[1])
    permuted = network(x[order], place[edge_index][:, shuffle], message[shuffle])
    torch.testing.assert_close(permuted, network(x, edge_index, message)[order], atol=1e-10, rtol=0)


def test_not_rotation_equivariant(network, system):
    x, edge_index, message = system
    rotation = torch.tensor(
        [[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]], dtype=torch.float64
    )
    turned = (x.view(5, 2, 3) @ rotation.T).reshape(5, 6)
    difference = network(turned, edge_index, message) - network(x, edge_index, message) @ rotation.T
    assert difference.abs().max() > 1e-2


@pytest.mark.parametrize("nodes", [1, 5])
def test_no_edges(network, system, nodes):
    x = system[0][:nodes].requires_grad_()
    out = network(x, torch.zeros(2, 0, dtype=torch.int64), torch.zeros(0, 2, dtype=torch.float64))
    out.square().sum().backward()
    assert out.shape == (nodes, 3)
    assert out.isfinite().all()
    assert x.grad.isfinite().all()


def test_two_systems_in_one_call_are_two_calls(network, system):
    x, edge_index, message = system
    together = network(
        torch.cat([x, 2 * x]), torch.cat([edge_index, edge_index + 5], dim=1), message.repeat(2, 1)
    )
    apart = torch.cat([network(x, edge_index, message), network(2 * x, edge_index, message)])
    torch.testing.assert_close(together, apart, atol=1e-12, rtol=0)


def test_message_inputs_are_optional(system):
    x, edge_index, _ = system
    assert MPNN(6, 0, 4, channels=8).double()(x, edge_index).shape == (5, 4)


def test_gradients(system):
    torch.manual_seed(3)
    network = MPNN(6, 2, 3, channels=5, num_layers=2).double()
    x, edge_index, message = (t[:3] if t.shape[0] == 5 else t for t in system)
    edge_index = edge_index[:, (edge_index < 3).all(0)]
    message = message[: edge_index.shape[1]].requires_grad_()
    assert torch.autograd.gradcheck(
        lambda a, b: network(a, edge_index, b), (x.requires_grad_(), message)
    )


def test_every_parameter_is_used_and_features_keep_their_size(network, system):
    x, edge_index, message = system
    out = network(x, edge_index, message)
    out.square().sum().backward()
    assert all(p.grad is not None and p.grad.abs().max() > 0 for p in network.parameters())
    assert 1e-3 < out.std() < 10
