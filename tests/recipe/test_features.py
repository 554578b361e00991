"""Features: shapes and values of whole recipes, batches cut out, dtypes, odd systems, gradients,
misshapen arrays.
"""

from dataclasses import fields, replace

import numpy as np
import pytest
import torch
from torch.profiler import ProfilerActivity, profile

from segnn.data import Systems
from segnn.errors import UserError
from segnn.recipe import Cues
from segnn.recipe.tensors import Cut

from .helpers import cues, recipe, systems, tensors, term

RICH = (
    (
        "inputs=[position - center(position), velocity, norm(velocity),"
        " compressed(sum(pair_force(charge))), pair, wind]"
    ),
    "edge_attributes=[sh(relative_position), sh(source(velocity))]",
    "node_attributes=[mean(edge_attributes), sh(velocity), sh(sum(pair_force(charge)))]",
    "message_scalars=[distance, source(charge) * target(charge), normalized(pair_force(charge))]",
)


def same(a, b):
    for item in fields(a):
        x, y = getattr(a, item.name), getattr(b, item.name)
        if isinstance(x, dict):
            assert x.keys() == y.keys()
            assert all(
                x[name] == y[name] if isinstance(x[name], str) else torch.equal(x[name], y[name])
                for name in x
            ), item.name
            continue
        assert x == y if not isinstance(x, torch.Tensor) else torch.equal(x, y), item.name


def test_shapes_and_sums():
    given = systems()
    compiled = cues(*RICH)
    f = compiled(given)
    nodes, edges = len(given.position), 4 * 3 + 3 * 2 + 5 * 4
    assert len(f) == 4
    assert f.x.shape == (nodes, compiled.irreps_in.dim)
    assert f.edge_index.shape == (2, edges)
    assert f.edge_attr.shape == (edges, 4)
    assert f.node_attr.shape == (nodes, 4)
    assert f.message is not None
    assert f.message.shape == (edges, compiled.irreps_message.dim)
    assert torch.equal(f.base["position"], torch.from_numpy(given.position))
    assert torch.equal(f.labels["position"], torch.from_numpy(given.node["target_position"]))
    assert f.edge_offsets.tolist() == [0, 12, 12, 18, 38]
    assert (f.edge_index[1].diff() >= 0).all()
    raw = tensors(given)
    edge = term("sh(relative_position) + sh(source(velocity))").evaluate(raw)
    torch.testing.assert_close(f.edge_attr, edge)
    force = term("sh(velocity) + sh(sum(pair_force(charge)))").evaluate(raw)
    mean = torch.zeros(nodes, 4, dtype=torch.float64).index_add(0, raw.edge_index[1], edge)
    torch.testing.assert_close(
        f.node_attr, mean / torch.tensor([[3.0]] * 4 + [[1]] + [[2]] * 3 + [[4]] * 5) + force
    )


@pytest.mark.parametrize(
    "index",
    [
        [2, 0],
        [1],
        [3, 3, 1],
        [],
        [-1],
        slice(1, 3),
        np.array([True, False, False, True]),
        torch.tensor([0, 1, 2, 3]),
    ],
    ids=str,
)
@pytest.mark.parametrize("level", ["node", "graph"])
def test_batch_is_the_same_as_one_by_one(index, level):
    extra = ["target={array: graph_wind, irreps: 1o, level: graph}"] if level == "graph" else []
    compiled, given = cues(*RICH, *extra), systems()
    whole = compiled(given)
    kept = np.arange(4)[index.numpy() if isinstance(index, torch.Tensor) else index].astype(int)
    same(whole.batch(index), compiled(given[kept]))
    same(
        compiled.evaluate(compiled.tensors(given[kept])),
        replace(whole.batch(index), labels={}),
    )


def test_cast():
    f = cues(*RICH)(systems()).to(torch.float32)
    assert {f.x.dtype, f.edge_attr.dtype, f.node_attr.dtype, f.message.dtype} == {torch.float32}
    assert {f.base["position"].dtype, f.labels["position"].dtype} == {torch.float64}


def test_features_do_not_share_memory_with_the_systems():
    given = systems()
    f = cues()(given)
    given.position[:] = 0
    assert f.base["position"].abs().min() > 0


def test_read_only_arrays():
    given = systems()
    given.position.flags.writeable = False
    given.node["velocity"].flags.writeable = False
    cues()(given)


def test_no_labels_no_base():
    given = systems()
    del given.node["target_position"]
    f = cues("target.base=null")(given)
    assert not f.labels
    assert (f.base["position"] == 0).all()
    assert f.base["position"].shape == (13, 3)


def test_only_used_fields_are_needed():
    given = systems()
    bare = Systems(given.position, given.offsets, {"velocity": given.node["velocity"]})
    compiled = cues()
    assert compiled.fields == ("position", "velocity")
    assert len(compiled(bare)) == 4


@pytest.mark.parametrize(
    "graph", ["{kind: complete}", "{kind: nearest, neighbours: 2}", "{kind: radius, cutoff: 0.1}"]
)
def test_graphs_and_lonely_nodes(graph):
    f = cues(*RICH, f"graph={graph}")(systems(sizes=(1, 1, 2)))
    assert all(torch.isfinite(v).all() for v in vars(f).values() if isinstance(v, torch.Tensor))
    lonely = cues("node_attributes=[mean(edge_attributes)]", f"graph={graph}")(systems(sizes=(1,)))
    assert (lonely.node_attr == 0).all()


def test_zero_vectors():
    given = systems(sizes=(3,))
    given.position[:] = 1.0
    given.node["velocity"][:] = 0.0
    f = cues(*RICH)(given)
    assert torch.equal(f.edge_attr, torch.tensor([[2.0, 0, 0, 0]]).double().expand(6, 4))
    assert torch.equal(f.node_attr, torch.tensor([[4.0, 0, 0, 0]]).double().expand(3, 4))


def test_gradients_are_finite_at_coincident_nodes():
    given = systems(sizes=(3, 1))
    given.position[:2] = 0.5
    given.node["velocity"][:] = 0.0
    compiled = cues(*RICH)
    raw = compiled.tensors(given)
    raw = replace(
        raw,
        position=raw.position.requires_grad_(),
        node={k: v.requires_grad_() for k, v in raw.node.items()},
    )
    f = compiled.evaluate(raw)
    (f.x.sum() + f.edge_attr.sum() + f.node_attr.sum() + f.message.sum()).backward()
    assert raw.position.grad.isfinite().all()
    assert all(v.grad is None or v.grad.isfinite().all() for v in raw.node.values())


def test_gradients():
    compiled, given = cues(*RICH), systems(sizes=(3,))
    raw = compiled.tensors(given)

    def outputs(position, velocity):
        f = compiled.evaluate(
            replace(raw, position=position, node={**raw.node, "velocity": velocity})
        )
        return f.x, f.edge_attr, f.node_attr, f.message, f.base["position"]

    at = (raw.position.requires_grad_(), raw.node["velocity"].requires_grad_())
    assert torch.autograd.gradcheck(outputs, at)


@pytest.mark.parametrize(
    ("overrides", "parts"),
    [
        (
            ["fields.velocity.irreps=2e"],
            ["'velocity'", "(13, 3)", "irreps 2e", "(13, 5)", "fields.velocity"],
        ),
        (["fields.velocity.level=graph"], ["level: graph", "one row per particle"]),
        (["target.irreps=0e", "target.base=null"], ["'target_position'", "(13, 1) or (13,)"]),
        (["target={array: graph_wind, irreps: 1o}"], ["'graph_wind'", "one row per system"]),
        (["fields.speed={irreps: 0e}", "inputs=[speed]"], ["missing array 'speed'"]),
    ],
)
def test_misshapen_arrays(overrides, parts):
    compiled = cues(*overrides)
    with pytest.raises(UserError) as caught:
        compiled(systems(), source="train.npz")
    for part in ["train.npz", *parts]:
        assert part in str(caught.value)


def test_periodic_systems():
    given = systems(sizes=(3,))
    given.graph["cell"] = 3 * np.eye(3)[None]
    f = cues("graph={kind: radius, cutoff: 1.6}", "message_scalars=[distance]")(given)
    assert f.message.max() < 1.6
    with pytest.raises(UserError, match="no periodic images"):
        cues()(given)
    with pytest.raises(UserError, match="no meaning in periodic"):
        cues("graph={kind: radius, cutoff: 1.6}", "inputs=[position - center(position)]")(given)


def test_a_broken_recipe_object_is_refused():
    broken = recipe().model_copy(update={"inputs": ("velocty",)})
    with pytest.raises(UserError, match=r"all\.yaml: 1 mistake"):
        Cues(broken)


def test_a_batch_costs_nothing_of_the_other_systems():
    """Neither memory nor time that grows with the set, also where edges lie pair by pair."""
    pairs = torch.arange(200_000).repeat_interleave(2).reshape(-1, 2)
    offsets = torch.arange(0, 200_001, 10)
    cut = Cut.of(offsets, offsets, torch.tensor([7, 3]))
    for edges in (pairs.T, pairs.T.contiguous()):
        with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as profiled:
            got = cut.renumber(edges)
        assert got.tolist() == [list(range(20))] * 2
        assert sum(max(event.cpu_memory_usage, 0) for event in profiled.events()) < 10_000
