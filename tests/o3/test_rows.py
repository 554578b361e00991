"""Rows: the sorted index behind gathers and sums."""

import numpy as np
import pytest
import torch

from segnn.o3 import Edges, Rows
from segnn.o3.rows import check_count


@pytest.mark.parametrize(
    ("index", "in_order"),
    [([0, 0, 2, 3], True), ([3, 0, 2, 0, 3], False), ([], True), ([4], True), ([1, 0], False)],
)
def test_rows_of_every_node(index, in_order):
    rows = Rows(torch.tensor(index, dtype=torch.int64), 5)
    assert len(rows) == len(index)
    assert (rows.order is None) == in_order
    order = list(range(len(index))) if rows.order is None else rows.order.tolist()
    assert rows.offsets.dtype == torch.int64
    found = [order[rows.offsets[n] : rows.offsets[n + 1]] for n in range(5)]
    assert found == [[r for r, i in enumerate(index) if i == n] for n in range(5)]
    assert rows.count.tolist() == [index.count(n) for n in range(5)]


def test_edges_have_two_ends():
    edges = Edges(torch.tensor([2, 0]), torch.tensor([1, 1]), 3)
    assert (len(edges), edges.nodes) == (2, 3)
    assert edges.source.index.tolist() == [2, 0]
    assert edges.target.count.tolist() == [0, 2, 0]


@pytest.mark.parametrize(("index", "wrong"), [([0, 3], 3), ([-1, 2], -1)])
def test_index_out_of_range(index, wrong):
    index, good = torch.tensor(index), torch.tensor([0, 1])
    for make in (
        lambda: Rows(index, 3),
        lambda: Edges(index, good, 3),
        lambda: Edges(good, index, 3),
    ):
        with pytest.raises(
            IndexError, match=rf"index holds node {wrong}, but there are 3 nodes \(0 to 2\)"
        ):
            make()


def test_wrong_shape_or_dtype():
    for index in (
        torch.zeros(2, 1, dtype=torch.int64),
        torch.zeros(2),
        torch.zeros(2, dtype=torch.bool),
    ):
        with pytest.raises(ValueError, match=r"expected torch.int64 of shape \(rows,\)"):
            Rows(index, 3)
    with pytest.raises(ValueError, match=r"source has shape \(2,\), target \(1,\)"):
        Edges(torch.tensor([0, 1]), torch.tensor([0]), 3)


def test_counts():
    for count in (1.0, 1.5, "2", None, torch.tensor(2)):
        with pytest.raises(ValueError, match=r"rows is .*, expected a whole number, 0 or more"):
            check_count("rows", count)
    check_count("rows", np.int64(2))
