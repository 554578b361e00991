"""Topology: edges sorted by target, and what cannot be edges."""

import pytest
import torch

from segnn.nn import Topology

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


@pytest.mark.parametrize(("index", "wrong"), [([[0, 1], [3, 0]], 3), ([[-1, 0], [1, 0]], -1), ([[7, 0], [1, 0]], 7)])
def test_index_out_of_range(index, wrong):
    with pytest.raises(IndexError, match=rf"holds node {wrong}, but there are 3 nodes \(0 to 2\)"):
        Topology(torch.tensor(index), 3)


def test_wrong_shape_or_dtype():
    with pytest.raises(ValueError, match=r"edge_index has shape \(4, 2\), expected \(2, number of edges\)"):
        Topology(torch.zeros(4, 2, dtype=torch.int64), 3)
    with pytest.raises(ValueError, match=r"edge_index has shape \(2,\)"):
        Topology(torch.zeros(2, dtype=torch.int64), 3)
    with pytest.raises(ValueError, match=r"edge_index has dtype torch.int32, expected torch.int64"):
        Topology(torch.zeros(2, 4, dtype=torch.int32), 3)
