"""Padded batches: the real systems are those of an ordinary batch, ghosts keep to themselves."""

import pytest
import torch

from segnn.model.check import random_systems
from segnn.recipe import Cues, load_recipe
from segnn.recipe.padded import Shape, batch_plan, padded_batch


@pytest.fixture(scope="module")
def features():
    """Of molecules, one of them a single atom."""
    cues = Cues(load_recipe("acac"))
    return cues(random_systems(cues.recipe, sizes=(5, 1, 6, 4)))


@pytest.mark.parametrize("index", [[2, 0, 1], [1], [3, 3], []])
@pytest.mark.parametrize("more", [(2, 0), (3, 7), (20, 64)])
def test_real_rows_are_those_of_an_ordinary_batch(features, index, more):
    index = torch.tensor(index, dtype=torch.int64)
    expected = features.batch(index)
    nodes, edges = expected.x.shape[0], expected.edge_index.shape[1]
    shape = Shape(3, nodes + more[0], edges + more[1])
    assert shape.holds(nodes, edges)
    assert not shape.holds(nodes + more[0] - 1, edges)
    plan = batch_plan(features.offsets, features.edge_offsets, index, shape)
    padded = padded_batch(features, plan, shape)
    found = padded.features
    for name in ("x", "node_attr"):
        assert torch.equal(getattr(found, name)[:nodes], getattr(expected, name))
    for name in ("edge_attr", "message"):
        assert torch.equal(getattr(found, name)[:edges], getattr(expected, name))
    assert torch.equal(found.edge_index[:, :edges], expected.edge_index)
    assert torch.equal(found.offsets[: len(index) + 1], expected.offsets)
    assert (len(found), found.x.shape[0]) == (4, shape.nodes)
    assert padded.nodes.tolist() == [1.0] * nodes + [0.0] * more[0]
    assert padded.systems.tolist() == [1.0] * len(index) + [0.0] * (4 - len(index))
    assert torch.equal(found.tensors.position[:nodes], expected.tensors.position)
    assert torch.equal(found.tensors.node_graph[nodes:], torch.full((more[0],), 3))

    source, target = ghosts = found.edge_index[:, edges:]
    assert ghosts.shape == (2, more[1])
    assert bool((ghosts >= nodes).all() & (ghosts < shape.nodes).all())
    assert bool((found.edge_index[1].diff() >= 0).all())
    away = found.tensors.position[source] - found.tensors.position[target]
    assert torch.equal(away.norm(dim=1), torch.ones(more[1], dtype=torch.float64))
