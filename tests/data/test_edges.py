import itertools
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segnn.data import edges
from segnn.data.edges import complete, nearest
from segnn.errors import UserError

SIZES = st.lists(st.integers(0, 7), max_size=8)


def offsets_of(sizes: list[int]) -> np.ndarray:
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)


def assert_edges(result, pairs: list[tuple[int, int]]) -> None:
    """`pairs` (source, target) in any order."""
    edge_index, shift = result
    assert edge_index.dtype == np.int64
    assert edge_index.shape == (2, len(pairs))
    assert [tuple(pair) for pair in edge_index.T] == sorted(pairs, key=lambda pair: pair[::-1])
    assert shift.dtype == np.float64
    assert shift.shape == (len(pairs), 3)
    assert not shift.any()


@given(SIZES)
@settings(deadline=None)
def test_complete_against_loops(sizes):
    offsets = offsets_of(sizes)
    pairs = [
        (j, i)
        for begin, end in itertools.pairwise(offsets)
        for i in range(begin, end)
        for j in range(begin, end)
        if i != j
    ]
    assert_edges(complete(offsets), pairs)


def nearest_by_loops(position, offsets, k):
    pairs = []
    for begin, end in itertools.pairwise(offsets):
        for i in range(begin, end):
            others = [j for j in range(begin, end) if j != i]
            others.sort(key=lambda j: (((position[j] - position[i]) ** 2).sum(), j))
            pairs += [(j, i) for j in others[:k]]
    return pairs


@given(SIZES, st.integers(1, 8), st.integers(0, 100))
@settings(deadline=None)
def test_nearest_against_loops_with_many_ties(sizes, k, seed):
    offsets = offsets_of(sizes)
    position = (
        np.random.default_rng(seed).integers(0, 3, (offsets[-1], 3)).astype(float)
    )  # coincident ones too
    assert_edges(nearest(position, offsets, k), nearest_by_loops(position, offsets, k))


@pytest.mark.parametrize("block", [1, 10, 50, 130])
@pytest.mark.parametrize("sizes", [[6, 6, 6, 6, 6], [11, 4, 11]], ids=str)
def test_nearest_does_not_depend_on_the_blocks(monkeypatch, block, sizes):
    offsets = offsets_of(sizes)
    position = np.random.default_rng(0).normal(size=(offsets[-1], 3))
    monkeypatch.setattr("segnn.data.edges.BLOCK", block)
    assert_edges(nearest(position, offsets, 3), nearest_by_loops(position, offsets, 3))


def test_more_neighbours_than_particles_is_the_complete_graph():
    offsets = offsets_of([4, 1, 2])
    position = np.random.default_rng(0).normal(size=(7, 3))
    np.testing.assert_array_equal(nearest(position, offsets, 10)[0], complete(offsets)[0])


def test_nearest_of_no_neighbours():
    with pytest.raises(UserError, match="k is 0; expected at least 1"):
        nearest(np.zeros((2, 3)), np.array([0, 2]), 0)


def test_thousands_of_systems_take_no_time():
    """A loop over the systems would take seconds."""
    sizes = np.random.default_rng(0).integers(1, 10, 100_000)
    start = time.process_time()
    edge_index, _ = complete(offsets_of(sizes))
    assert time.process_time() - start < 2.0
    assert edge_index.shape[1] == (sizes * (sizes - 1)).sum()


def test_thinned_edges_are_the_nearest_and_turn_with_the_system():
    """A square of unit edges with its centre, two nodes beside: shells that do not fit whole stay
    out.
    """
    position = np.array([[0, 0, 0], [1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0.4, 0, 0.2]])
    offsets = np.array([0, 6])
    turn = np.linalg.qr(np.random.default_rng(0).normal(size=(3, 3)))[0]
    for most, of_centre in ((1, [5]), (2, [5]), (4, [5]), (5, [1, 2, 3, 4, 5])):
        for x in (position, position @ turn.T):
            found, shift = edges.thinned(x, edges.radius(x, offsets, 1.5), most)
            assert found[0][found[1] == 0].tolist() == of_centre
            assert np.bincount(found[1]).max() <= most
            assert len(shift) == found.shape[1]
    whole = edges.radius(position, offsets, 1.5)
    np.testing.assert_array_equal(edges.thinned(position, whole, 9)[0], whole[0])
    none = np.zeros((0, 3))
    assert edges.thinned(none, (np.zeros((2, 0), np.int64), none), 3)[0].shape == (2, 0)
    with pytest.raises(UserError, match="most is 0"):
        edges.thinned(position, whole, 0)
