"""New numbers for the nodes of large graphs: near for near, and no result of any network changes by
them.
"""

import pytest
import torch

from segnn.nn import SEGNN, RefreshedSEGNN, SELinear, Topology, topology
from segnn.nn.numbering import FAR, near_numbering
from segnn.o3 import limit_memory
from segnn.o3.rows import Edges

from .helpers import IRREPS, graph, make, randn
from .test_refreshed import attributes
from .test_refreshed import make as refreshed


def ring(nodes, reach=4, shuffled=True, first=0, seed=0):
    """Edges (2, ·), sorted by target, of nodes on a circle to the ``reach`` next on both sides;
    numbered at random.
    """
    i = torch.arange(nodes).repeat_interleave(2 * reach)
    steps = torch.tensor([*range(-reach, 0), *range(1, reach + 1)]).repeat(nodes)
    pairs = torch.stack([(i + steps) % nodes, i])
    if shuffled:
        pairs = torch.randperm(nodes, generator=torch.Generator().manual_seed(seed))[pairs]
    return pairs[:, torch.argsort(pairs[1], stable=True)] + first


def found(pairs, nodes):
    return near_numbering(Edges(*pairs, nodes))


def test_neighbours_come_near():
    n = 8 * FAR
    pairs = ring(n)
    order = found(pairs, n)
    assert torch.equal(order.sort().values, torch.arange(n))
    edges = Topology(pairs, n)
    assert torch.equal(edges.numbering, order)
    assert float((edges.source.index - edges.target.index).abs().double().mean()) < 20
    assert bool((edges.target.index.diff() >= 0).all())


def test_one_way_edges_several_of_a_pair_loops_and_nodes_without_edges():
    n = 8 * FAR
    pairs = ring(n)
    pairs = pairs[:, (pairs[0] * 7 + pairs[1]) % 3 > 0]  # no longer both ways
    pairs = torch.cat([pairs, pairs[:, :999], torch.tensor([[5], [5]])], 1)
    pairs = pairs[:, torch.argsort(pairs[1], stable=True)] * 2  # odd nodes have no edges
    order = found(pairs, 2 * n)
    assert torch.equal(order.sort().values, torch.arange(2 * n))


@pytest.mark.parametrize("nodes", [0, 3, FAR + 1])
def test_no_edges(nodes):
    edges = Topology(torch.zeros(2, 0, dtype=torch.int64), nodes)
    assert edges.numbering is None
    x = randn(nodes, 2)
    assert edges.renumber(x) is x
    assert edges.restore(x) is x


def test_numbers_that_are_near_already_are_kept():
    n = 8 * FAR
    assert found(ring(n, shuffled=False), n) is None
    assert found(ring(FAR), FAR) is None  # small
    many = torch.cat([ring(50, first=50 * k, seed=k) for k in range(100)], 1)
    assert found(many, 5000) is None  # a batch of small graphs


def test_no_better_numbers_are_found():
    n = 4 * FAR
    target = torch.arange(n).repeat_interleave(8)
    source = torch.randint(0, n, (8 * n,), generator=torch.Generator().manual_seed(0))
    assert found(torch.stack([source, target]), n) is None


def test_graphs_of_a_batch_keep_their_order():
    n = 4 * FAR
    edges = Topology(
        torch.cat([ring(n), ring(n, first=n, seed=1), ring(100, first=2 * n)], 1), 2 * n + 100
    )
    batch = torch.arange(3).repeat_interleave(torch.tensor([n, n, 100]))
    assert edges.numbering is not None
    assert torch.equal(edges.renumber(batch), batch)
    assert edges.cuts.tolist() == [0, n, 2 * n, 2 * n + 100]


def test_there_and_back():
    n = 8 * FAR
    pairs = ring(n)
    pairs = pairs[
        :, torch.randperm(pairs.shape[1], generator=torch.Generator().manual_seed(0))
    ]  # edges in no order
    edges = Topology(pairs, n)
    x, e = randn(n, 2), randn(len(edges), 3)
    assert torch.equal(edges.restore(edges.renumber(x)), x)
    assert torch.equal(edges.unsort(edges.sort(e)), e)
    assert torch.equal(
        edges.numbering[torch.stack([edges.source.index, edges.target.index])],
        edges.sort(pairs.T).T,
    )


def by(monkeypatch, order):
    """Topologies take these numbers; None: none."""
    monkeypatch.setattr(topology, "near_numbering", lambda edges: order)


CASES = [
    (SEGNN, {"norm": "instance"}),
    (SEGNN, {"norm": "batch"}),
    (SEGNN, {"task": "graph", "irreps_out": "1x0e+1x1o"}),
    (SELinear, {}),
]


@pytest.mark.parametrize(("network", "arguments"), CASES)
def test_no_result_changes(monkeypatch, kernel_path, network, arguments):
    """Outputs, and derivatives by all inputs and weights, whatever the numbers; graphs of a batch
    may be torn apart.
    """
    given, net = graph(sizes=(6, 1, 5)), make(network, **arguments).eval()
    results = []
    for order in (None, torch.randperm(12, generator=torch.Generator().manual_seed(1))):
        by(monkeypatch, order)
        inputs = [
            t.clone().requires_grad_()
            for t in (given.x, given.edge_attr, given.node_attr, given.message)
        ]
        x, edge_attr, node_attr, message = inputs
        y = net(x, given.edge_index, edge_attr, node_attr, message, given.batch)
        results.append(
            [
                y.detach(),
                *torch.autograd.grad(
                    y.square().sum(), [*inputs, *net.parameters()], allow_unused=True
                ),
            ]
        )
    for a, b in zip(*results, strict=True):
        assert (a is None and b is None) or torch.allclose(
            a, b, rtol=0, atol=1e-12 * float(1 + b.abs().max())
        )


def test_no_result_of_refreshed_geometry_changes(monkeypatch, kernel_path):
    net = refreshed()
    assert isinstance(net, RefreshedSEGNN)
    given = graph(sizes=(7,))
    x, position = randn(7, 5), randn(7, 3, seed=4)
    results = []
    for order in (None, torch.tensor([3, 6, 0, 1, 5, 2, 4])):
        by(monkeypatch, order)
        results.append(net(x, given.edge_index, attributes(position, given.edge_index)))
    assert torch.allclose(*results, rtol=0, atol=1e-12)


def test_a_large_graph(monkeypatch, kernel_path):
    """The numbers that are found, also in pieces, beside the caller's."""
    n = 4 * FAR
    pairs = ring(n)
    e = pairs.shape[1]
    shapes = {**IRREPS, "irreps_hidden": "2x0e+2x1o", "irreps_out": "1x1o+1x0e"}
    net = SEGNN(**{**shapes, "irreps_message": None, "num_layers": 1}).double()
    given = randn(e, 9), randn(n, 4)
    edges = Topology(pairs, n)
    assert edges.numbering is not None
    by(monkeypatch, None)
    kept = Topology(pairs, n)
    assert kept.numbering is None
    x = randn(n, net.irreps_in.dim)
    with torch.no_grad():
        expected = net(x, kept, *given)
        assert torch.allclose(net(x, edges, *given), expected, rtol=0, atol=1e-12)
        with limit_memory("100 kB"):
            assert torch.allclose(net(x, edges, *given), expected, rtol=0, atol=1e-12)


def test_pieces_are_larger_by_near_numbers(monkeypatch):
    from segnn.o3.memory import edge_pieces

    n = 8 * FAR
    near = Topology(ring(n), n)
    by(monkeypatch, None)
    far = Topology(ring(n), n)
    count = [sum(1 for _ in edge_pieces(edges, 1000, 0, 500_000)) for edges in (near, far)]
    assert count[0] < 0.3 * count[1]


def test_a_wrong_batch_is_told_as_before():
    n = 8 * FAR
    net = SEGNN(**{**IRREPS, "irreps_message": None, "num_layers": 1}, task="graph").double()
    edges = Topology(ring(n), n)
    assert edges.numbering is not None
    with pytest.raises(ValueError, match="expected one graph a node"):
        net(
            randn(n, 8),
            edges,
            randn(len(edges), 9),
            randn(n, 4),
            None,
            torch.zeros(3, dtype=torch.int64),
        )
