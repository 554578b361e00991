"""Topology: edges sorted by target, and what cannot be edges."""

import pytest
import torch

from segnn.model.on_features import Edges
from segnn.nn import SEGNN, Topology

from .helpers import randn


def test_sorts_edges_and_what_they_carry():
    edge_index = torch.tensor([[0, 2, 1, 0, 3], [3, 0, 3, 2, 0]])
    edges, x = Topology(edge_index, 5), randn(5, 2)
    assert edges.target.index.tolist() == [0, 0, 2, 3, 3]
    assert edges.source.index.tolist() == [2, 3, 0, 0, 1]
    assert edges.order.tolist() == [1, 4, 3, 0, 2]  # stable
    assert torch.equal(edges.sort(x), x[[1, 4, 3, 0, 2]])
    assert (len(edges), edges.nodes) == (5, 5)
    assert edges.target.order is None


def test_sorted_edges_stay_as_they_are():
    edges, x = Topology(torch.tensor([[2, 1, 0], [0, 0, 2]]), 3), randn(3, 2)
    assert edges.order is None
    assert edges.sort(x) is x


@pytest.mark.parametrize("nodes", [0, 3])
def test_no_edges(nodes):
    edges = Topology(torch.zeros(2, 0, dtype=torch.int64), nodes)
    assert (len(edges), edges.nodes, edges.order) == (0, nodes, None)
    assert edges.target.count.tolist() == [0] * nodes


@pytest.mark.parametrize(
    ("index", "wrong"), [([[0, 1], [3, 0]], 3), ([[-1, 0], [1, 0]], -1), ([[7, 0], [1, 0]], 7)]
)
def test_index_out_of_range(index, wrong):
    with pytest.raises(IndexError, match=rf"holds node {wrong}, but there are 3 nodes \(0 to 2\)"):
        Topology(torch.tensor(index), 3)


def test_wrong_shape_or_dtype():
    with pytest.raises(
        ValueError, match=r"edge_index has shape \(4, 2\), expected \(2, number of edges\)"
    ):
        Topology(torch.zeros(4, 2, dtype=torch.int64), 3)
    with pytest.raises(ValueError, match=r"edge_index has shape \(2,\)"):
        Topology(torch.zeros(2, dtype=torch.int64), 3)
    with pytest.raises(ValueError, match=r"edge_index has dtype torch.int32, expected torch.int64"):
        Topology(torch.zeros(2, 4, dtype=torch.int32), 3)


def test_a_buffer_filled_anew_does_not_change_edges():
    buffer = torch.tensor([[2, 1, 0], [0, 0, 2]])
    edges = Topology(buffer, 3)
    buffer.fill_(99)
    assert edges.source.index.tolist() == [2, 1, 0]
    assert edges.target.index.tolist() == [0, 0, 2]


def test_a_model_sees_a_buffer_filled_anew():
    prepared, buffer = Edges(), torch.tensor([[2, 1, 0], [0, 0, 2]])
    first = prepared(buffer, 3)
    assert prepared(buffer.clone(), 3) is first
    buffer.copy_(torch.tensor([[1, 1, 1], [0, 1, 2]]))
    assert prepared(buffer, 3).source.index.tolist() == [1, 1, 1]


@pytest.mark.parametrize("shuffled", [False, True])
@pytest.mark.parametrize("nodes", [9, 2000])
def test_made_while_predicting_and_trained_with_later(nodes, shuffled, kernel_path):
    """Nothing of it is an inference tensor, which could not be saved for a derivative; nor are new
    numbers.
    """
    place = torch.randperm(nodes, generator=torch.Generator().manual_seed(0))
    pairs = torch.stack([place, place.roll(1)])
    pairs = pairs if shuffled else pairs[:, pairs[1].argsort()].contiguous()
    torch.manual_seed(0)
    net = SEGNN(
        "1x1o", "2x0e+1x1o", "1x1o", "1x0e+1x1o", "1x0e", num_layers=1, norm="instance"
    ).double()
    inputs = randn(nodes, 4)[:, 1:], randn(nodes, 4), torch.ones(nodes, 1, dtype=torch.float64)
    with torch.inference_mode():
        edges = Topology(pairs, nodes)
        expected = net(inputs[0], edges, *inputs[1:])
    assert (edges.numbering is not None) == (nodes == 2000)
    y = net(inputs[0], edges, *inputs[1:])
    torch.testing.assert_close(y, expected.clone(), rtol=0, atol=1e-12)
    y.sum().backward()
    assert all(p.grad is not None for p in net.layers.parameters())
