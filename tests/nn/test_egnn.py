"""EGNN: values, E(3) and permutation equivariance, coincident nodes, empty and single graphs,
gradients.
"""

import pytest
import torch
from torch import Tensor

from segnn.nn.egnn import EGNN, EGNNLayer

F64 = torch.float64


def complete(n: int) -> Tensor:
    i, j = torch.meshgrid(torch.arange(n), torch.arange(n), indexing="ij")
    return torch.stack([j[i != j], i[i != j]])


def make_system(nodes: int = 5) -> dict[str, Tensor]:
    generator = torch.Generator().manual_seed(1)
    edge_index = complete(nodes)
    position, velocity = torch.randn(2, nodes, 3, generator=generator, dtype=F64)
    h = torch.randn(nodes, 2, generator=generator, dtype=F64)
    message = torch.randn(edge_index.shape[1], 1, generator=generator, dtype=F64)
    return {
        "h": h,
        "position": position,
        "velocity": velocity,
        "edge_index": edge_index,
        "message": message,
    }


def make_network(velocity: bool = True, channels: int = 12, num_layers: int = 3) -> EGNN:
    """A network whose φ_x is not small, as after training: every term of the equations shows."""
    torch.manual_seed(0)
    network = EGNN(2, 1, channels=channels, num_layers=num_layers, velocity=velocity).double()
    with torch.no_grad():
        for layer in network.layers:
            layer.phi_x[-1].weight.mul_(500)
    return network


def orthogonal(determinant: int) -> Tensor:
    q, _ = torch.linalg.qr(torch.randn(3, 3, generator=torch.Generator().manual_seed(4), dtype=F64))
    return q * torch.linalg.det(q).sign() * determinant


def test_values_of_one_layer_written_as_loops():
    network, system = make_network(num_layers=1), make_system()
    h, position, layer = network.embedding(system["h"]), system["position"], network.layers[0]
    rows = []
    for i in range(5):
        pull = torch.zeros(3, dtype=F64)
        for edge, (source, target) in enumerate(system["edge_index"].T.tolist()):
            if target == i:
                relative = position[i] - position[source]
                m = layer.phi_e(
                    torch.cat(
                        [h[i], h[source], relative.dot(relative)[None], system["message"][edge]]
                    )
                )
                pull = pull + relative * layer.phi_x(m) / 4
        rows.append(layer.phi_v(h[i]) * system["velocity"][i] + pull)
    torch.testing.assert_close(network(**system), torch.stack(rows), atol=1e-12, rtol=0)


@pytest.mark.parametrize("velocity", [True, False])
@pytest.mark.parametrize("determinant", [1, -1])
def test_equivariant_to_rotation_reflection_translation(velocity, determinant):
    network, system = make_network(velocity), make_system()
    if not velocity:
        system["velocity"] = None
    turn = orthogonal(determinant)
    moved = dict(
        system, position=system["position"] @ turn.T + torch.tensor([3.0, -1.0, 7.0], dtype=F64)
    )
    if velocity:
        moved["velocity"] = system["velocity"] @ turn.T
    out = network(**system)
    assert out.abs().max() > 1e-2
    torch.testing.assert_close(network(**moved), out @ turn.T, atol=1e-10, rtol=0)


def test_equivariant_to_permutation():
    network, system = make_network(), make_system()
    order, shuffle = torch.randperm(5), torch.randperm(20)
    permuted = {name: system[name][order] for name in ("h", "position", "velocity")}
    permuted["edge_index"] = torch.argsort(order)[system["edge_index"]][:, shuffle]
    permuted["message"] = system["message"][shuffle]
    torch.testing.assert_close(network(**permuted), network(**system)[order], atol=1e-10, rtol=0)


@pytest.mark.parametrize("nodes", [1, 5])
def test_no_edges_moves_along_the_velocity(nodes):
    system = make_system(nodes)
    system |= {
        "edge_index": torch.zeros(2, 0, dtype=torch.int64),
        "message": torch.zeros(0, 1, dtype=F64),
    }
    out = make_network()(**system)
    assert out.isfinite().all()
    torch.testing.assert_close(
        torch.linalg.cross(out, system["velocity"]), torch.zeros(nodes, 3, dtype=F64)
    )


def test_coincident_nodes_are_finite_with_finite_gradients():
    network, system = make_network(), make_system()
    position = torch.zeros(5, 3, dtype=F64, requires_grad=True)
    out = network(**dict(system, position=position, velocity=torch.zeros(5, 3, dtype=F64)))
    out.sum().backward()
    assert out.isfinite().all()
    assert position.grad.isfinite().all()
    assert all(p.grad.isfinite().all() for p in network.parameters())


def test_two_systems_in_one_call_are_two_calls():
    network, one = make_network(), make_system()
    two = dict(one, position=2 * one["position"])
    both = {name: torch.cat([one[name], two[name]]) for name in one if name != "edge_index"}
    both["edge_index"] = torch.cat([one["edge_index"], one["edge_index"] + 5], dim=1)
    torch.testing.assert_close(
        network(**both), torch.cat([network(**one), network(**two)]), atol=1e-12, rtol=0
    )


def test_gradients():
    network, system = make_network(channels=5, num_layers=2), make_system(3)
    names = ("h", "position", "velocity", "message")
    values = [system[name].requires_grad_() for name in names]

    def displacement(*values):
        return network(edge_index=system["edge_index"], **dict(zip(names, values, strict=True)))

    assert torch.autograd.gradcheck(displacement, values)


def test_every_parameter_is_used_and_the_start_moves_little():
    torch.manual_seed(0)
    network, system = EGNN(2, 1, channels=64).double(), make_system()
    system["velocity"] = torch.zeros_like(system["velocity"])
    assert network(**system).abs().max() < 0.1
    system = make_system()
    network(**system).square().sum().backward()
    assert all(p.grad is not None and p.grad.abs().max() > 0 for p in network.parameters())


@pytest.mark.parametrize("velocity", [True, False])
def test_velocity_must_match_the_constructor(velocity):
    system = make_system()
    if velocity:
        system["velocity"] = None
    with pytest.raises(ValueError, match="velocity"):
        make_network(velocity)(**system)


def test_what_an_edge_adds_is_bounded():
    """Coordinates of 10⁶ do not run away, and the way they go turns with them."""
    torch.manual_seed(0)
    layer = EGNNLayer(4, 0, velocity=False).double()
    torch.nn.init.constant_(layer.phi_x[-1].weight, 1.0)
    position = torch.tensor([[0.0, 0, 0], [1e6, 2e6, 0.5]], dtype=torch.float64)
    h, edges = torch.ones(2, 4, dtype=torch.float64), torch.tensor([[0, 1], [1, 0]])
    _, moved = layer(h, position, None, edges, None)
    assert moved.detach().norm(dim=1).tolist() == pytest.approx([100.0, 100.0])
    turn = torch.linalg.qr(torch.randn(3, 3, dtype=torch.float64))[0]
    _, turned = layer(h, position @ turn.T, None, edges, None)
    torch.testing.assert_close(turned.detach(), moved.detach() @ turn.T)
