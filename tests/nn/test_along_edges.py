"""`AlongEdges`: the formula, E(3), a node alone, gradients, fresh answers of order one."""

import pytest
import torch

from segnn.nn import SEGNN, Topology
from segnn.nn.along_edges import AlongEdges

F64 = torch.float64
COUPLED = {
    "irreps_in": "2x1o+1x0e",
    "irreps_hidden": "6x0e",
    "irreps_out": "6x0e",
    "irreps_edge_attr": "1x0e",
    "irreps_node_attr": "1x0e+1x1o",
    "irreps_message": "1x0o+2x0e",
}


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    return AlongEdges(SEGNN(**COUPLED, num_layers=2), [1, 2], 1).double()


def arguments(turn=None, shift=0.0):
    """Four nodes, the last of them alone; ``turn`` (3, 3) acts on all vectors."""
    generator = torch.Generator().manual_seed(1)
    vectors = torch.randn(4, 2, 3, generator=generator, dtype=F64)
    steered, rest = torch.randn(2, 4, 4, generator=generator, dtype=F64)
    parity = 1.0
    if turn is not None:
        vectors, parity = vectors @ turn.T, turn.det()
        steered = torch.cat([steered[:, :3] @ turn.T, steered[:, 3:]], 1)
    edge_index = torch.tensor([[1, 2, 0, 2, 0, 1], [0, 0, 1, 1, 2, 2]])
    message = torch.randn(6, 3, generator=generator, dtype=F64)
    message = torch.cat([parity * message[:, :1], message[:, 1:]], 1)
    x = torch.cat([vectors.flatten(1), rest[:, :1]], 1)
    node_attr = torch.cat([torch.ones(4, 1, dtype=F64), steered[:, :3]], 1)
    edges, edge_attr = Topology(edge_index, 4), torch.ones(6, 1, dtype=F64)
    moved = vectors + torch.tensor([shift, 0.0], dtype=F64)[:, None]
    return x, edges, edge_attr, node_attr, message, moved, edge_index


def test_the_formula_as_loops(network):
    x, edges, edge_attr, node_attr, message, vectors, edge_index = given = arguments()
    h = network.net(x, edges, edge_attr, node_attr, message)
    expected = network.phi_v(h) * vectors[:, 1]
    for n, (j, i) in enumerate(edge_index.T.tolist()):
        coefficient = network.phi_e(torch.cat([h[i], h[j], message[n, 1:]]))
        relative = vectors[j, 0] - vectors[i, 0]
        expected[i] = expected[i] + coefficient * relative / (1 + relative.norm()) / 2
    torch.testing.assert_close(network(*given), expected, rtol=1e-12, atol=0)


def test_turned_mirrored_and_shifted(network):
    q, _ = torch.linalg.qr(torch.randn(3, 3, generator=torch.Generator().manual_seed(4), dtype=F64))
    expected = network(*arguments()) @ q.T
    for turn, sign in ((q, 1), (-q, -1)):
        found = network(*arguments(turn, shift=3.0))
        torch.testing.assert_close(found, sign * expected, rtol=1e-10, atol=1e-12)


def test_it_is_differentiable(network):
    given = arguments()
    network(*given).square().sum().backward()
    assert all(weight.grad.abs().max() > 0 for weight in network.parameters())


def test_fresh_answers_are_of_order_one(network):
    torch.manual_seed(0)
    fresh = AlongEdges(SEGNN(**COUPLED, num_layers=2), [1, 2], 1).double()
    fresh.calibrate(*arguments(), output=2.0)
    assert float(fresh(*arguments()).detach().square().mean().sqrt()) == pytest.approx(
        2.0, rel=1e-6
    )
