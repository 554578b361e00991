"""Blocks of nodes, and who is near to one."""

import numpy as np
import pytest

from segnn.data import Systems
from segnn.data.edges import radius
from segnn.parallel.bisection import blocks, near_order
from segnn.parallel.space import Space


@pytest.mark.parametrize("count", [1, 2, 3, 7])
@pytest.mark.parametrize("nodes", [0, 1, 5, 100])
def test_blocks_share_the_nodes(nodes, count):
    found = blocks(np.random.default_rng(0).normal(size=(nodes, 3)), count)
    sizes = [len(block) for block in found]
    assert len(found) == count
    assert max(sizes) - min(sizes) <= 1
    assert sorted(np.concatenate(found)) == list(range(nodes))


def test_coincident_nodes_are_shared_too():
    assert [list(block) for block in blocks(np.zeros((4, 3)), 2)] == [[0, 1], [2, 3]]


def test_the_longest_side_is_cut():
    position = np.random.default_rng(0).uniform(0, [1, 9, 2], (50, 3))
    low, high = blocks(position, 2)
    assert position[low, 1].max() < position[high, 1].min()


def test_an_order_of_neighbours():
    position = np.random.default_rng(0).uniform(size=(2000, 3))
    steps = np.linalg.norm(np.diff(position[near_order(position)], axis=0), axis=1)
    assert steps.mean() < 0.7 * np.linalg.norm(np.diff(position, axis=0), axis=1).mean()


@pytest.mark.parametrize("pbc", [(0, 0, 0), (1, 1, 1), (1, 0, 1)])
def test_all_neighbours_are_near(pbc):
    rng = np.random.default_rng(0)
    cell = np.array([[6.0, 0.4, 0], [1, 5, 0.3], [0.5, 0, 7]])
    position = rng.uniform(-3, 9, (200, 3))
    graph = {"cell": cell[None], "pbc": np.array([pbc])}
    system = Systems(position, np.array([0, 200]), {}, graph)
    space = Space.of(system)
    own = blocks(space.place, 4)[1]
    (source, target), _ = radius(position, system.offsets, 1.2, cell=cell, pbc=np.array(pbc))
    needed = np.union1d(own, source[np.isin(target, own)])
    near = space.near(own, 1.2)
    assert np.isin(needed, near).all()
    assert len(near) < 200
