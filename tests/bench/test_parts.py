"""Graphs, matrix products, turns, the picture."""

import numpy as np
import pytest
import torch

from segnn.bench import machine
from segnn.bench.contenders import DEFAULT
from segnn.bench.data_path import REPEATS, data_path, data_set
from segnn.bench.floor import BLOCK, Product, floor_steps, layer_products, products
from segnn.bench.machine import STAT
from segnn.bench.particles import box, charged, features, gravity, molecules
from segnn.bench.plot import speed_figure
from segnn.bench.timing import Effort, summary, take_turns
from segnn.bench.workloads import WORKLOADS
from segnn.nn import SEGNN

CHARGED = WORKLOADS["charged"].network


def test_sizes_of_the_tasks():
    assert (charged(100).nodes, charged(100).edges) == (500, 2000)
    assert (gravity(2, 20).nodes, gravity(2, 20).edges) == (200, 4000)
    qm9 = WORKLOADS["qm9"].sizes[0]()
    assert (qm9.nodes, qm9.graphs) == (2291, 128)
    assert abs(qm9.edges / 6000 - 1) < 0.02
    assert WORKLOADS["molecule"].sizes[0]().nodes == 18
    one, five = (make() for make in WORKLOADS["acac"].sizes)
    assert (one.nodes, five.nodes, five.graphs) == (15, 75, 5)
    assert one.scalars.sum(0).tolist() == [8, 5, 0, 2, 0]  # C5H8O2
    (liquid,) = (make() for make in WORKLOADS["water"].sizes)
    assert liquid.nodes == 192
    assert abs(liquid.edges / 10_358 - 1) < 0.03  # that of liquid water at this density
    assert abs(box(500).edges / 10_000 - 1) < 0.03


@pytest.mark.parametrize(
    "make", [lambda: charged(3), lambda: gravity(2, 3, 7), lambda: molecules(4), lambda: box(60)]
)
def test_graphs_are_sorted_and_stay_apart(make):
    p, again = make(), make()
    source, target = p.edge_index
    assert torch.equal(p.position, again.position)
    assert torch.equal(p.edge_index, again.edge_index)
    assert (target.diff() >= 0).all()
    assert torch.equal(p.batch[source], p.batch[target])
    assert int(p.batch.max()) + 1 == p.graphs


def test_molecules_look_like_molecules():
    m = molecules(20)
    source, target = m.edge_index
    distance = (m.position[source] - m.position[target]).norm(dim=1)
    assert distance.min() >= 1.1
    assert distance.max() <= 2.0
    bonded = distance < 1.5 + 1e-9
    assert bonded.sum() == 2 * (m.nodes - m.graphs)  # a tree
    assert torch.bincount(target[bonded]).max() <= 4


def test_features():
    p = box(60)
    f = features(p, 2)
    assert f.x.shape == (60, 7)
    assert f.message[:, 0].max() <= 1  # across the boundary too
    norms = f.edge_attr.square().sum(1) * 4 * np.pi
    torch.testing.assert_close(norms, torch.full_like(norms, 9.0))
    mean = f.edge_attr[p.edge_index[1] == 5].mean(0)
    alone = features(gravity(1, 3, 5), 1)
    assert alone.node_attr.shape == (5, 4)
    velocity = torch.nn.functional.normalize(p.velocity[5], dim=0) * (3 / (4 * np.pi)) ** 0.5
    torch.testing.assert_close(f.node_attr[5, 1:4] - mean[1:4], velocity)


def test_data_path():
    p = molecules(4)
    whole = data_set(p, 2)
    assert len(whole) == REPEATS * 4
    one, last = whole.batch(slice(0, 4)), whole.batch(slice(len(whole) - 4, len(whole)))
    assert torch.equal(one.edge_index, p.edge_index)
    assert torch.equal(last.edge_index, p.edge_index)
    found, again = p.search()
    assert np.array_equal(found, p.edge_index.numpy())
    assert np.array_equal(again, p.shift.numpy())
    told = data_path(p, 2, 50.0, repeats=REPEATS + 3)  # more than an epoch
    for key in ("batch", "neighbours"):
        assert told[f"{key}_part_of_step"] == told[f"{key}_ms"] / 50 > 0
    assert data_path(p, 2, None, repeats=1)["batch_part_of_step"] is None


def test_products_counted_by_hand():
    p = charged(1)  # 5 nodes, 20 edges
    network = SEGNN(**{**CHARGED, "num_layers": 1})
    layer = network.layers[0]

    def count(module, rows):
        return sum(q.flop("forward") for q in layer_products(module, rows, p.nodes)) // 2

    # 0⊗0→0: 32·64, 0⊗1→1: 32·32, 1⊗0→1: 3·32·32, 1⊗1→0 coupled first: 32·64
    assert count(layer.message_2, 20) == 20 * (2048 + 1024 + 3072 + 2048)
    # at the nodes, 1⊗1→0 too, with three components; the two scalars of an edge into 64 scalars and
    # 32 vectors there
    assert count(layer.message_1, 20) == 2 * 5 * (2048 + 1024 + 3072 + 3 * 2048) + 20 * 2 * (
        64 + 32
    )
    assert count(layer.update_2, 5) == 5 * (1024 + 1024 + 3072 + 1024)
    found = products(network, p)
    total = sum(q.flop("forward") for q in found)
    assert total > sum(
        count(m, r) for m, r in ((layer.message_1, 20), (layer.message_2, 20), (layer.update_2, 5))
    )
    assert (
        2 * total < sum(q.flop("training") for q in found) < 3 * total
    )  # what goes into the network has no gradient


def test_the_floor_does_each_product(monkeypatch):
    done = []
    monkeypatch.setattr(
        torch, "mm", lambda a, b, out: done.append((*a.shape, b.shape[1], out.shape))
    )
    found = [Product(BLOCK + 3, 4, 5), Product(7, 4, 5, inner=False)]
    for step in ("forward", "training", "forces"):
        done.clear()
        floor_steps(found, torch.float32, (step,))[step]()
        assert sum(2 * m * k * n for m, k, n, _ in done) == sum(p.flop(step) for p in found), step
        assert all(shape == (m, n) for m, _, n, shape in done)
        assert max(m for m, _, _, _ in done) <= BLOCK


def test_turns():
    done = []
    steps = {name: (lambda name=name: done.append(name)) for name in "ab"}
    times = take_turns(steps, Effort(repeats=3, warm_up=2))
    assert (
        "".join(done) == "aabb" + 3 * "aabb"
    )  # warmed up one by one; then, being short, once untimed in every turn
    assert {name: values.shape for name, values in times.items()} == {"a": (3,), "b": (3,)}
    assert len(take_turns(steps, Effort(seconds=0, at_least=4))["a"]) == 4
    assert len(take_turns(steps, Effort(seconds=9, at_most=6))["a"]) == 6


@pytest.mark.skipif(not STAT.exists(), reason="the system does not tell")
def test_work_of_others(tmp_path, monkeypatch):
    def stat(user, idle, steal):
        (tmp_path / "stat").write_text(f"cpu  {user} 0 0 {idle} 9 0 0 {steal} 0 0\ncpu0 1 2 3\n")

    monkeypatch.setattr(machine, "STAT", tmp_path / "stat")
    monkeypatch.setattr(machine.time, "perf_counter", iter([10.0, 20.0, 20.0]).__next__)
    monkeypatch.setattr(
        machine.os, "times", iter([(1, 0, 0, 0, 0), (5, 1, 0, 2, 0), (99, 0, 0, 0, 0)]).__next__
    )
    tick = machine.os.sysconf("SC_CLK_TCK")
    stat(100 * tick, 0, 0)
    others = machine.Others()
    stat(115 * tick, 70 * tick, 2 * tick)
    assert others.processors() == pytest.approx((15 + 2 - 7) / 10)
    assert others.processors() == 0.0  # clocks that run apart do not go below zero


def test_summary():
    found = summary(np.arange(101.0))
    assert found == {
        "median_ms": 50,
        "quartiles_ms": [25, 75],
        "p95_ms": 95,
        "minimum_ms": 0,
        "repeats": 101,
    }


def test_picture():
    def row(step, contender, **values):
        return {
            "step": step,
            "contender": contender,
            "size": 0,
            "times_faster_than_e3nn": None,
            "part_of_e3nn_memory": None,
        } | values

    rows = [row("training", name, times_faster_than_e3nn=2.0 + n) for n, name in enumerate(DEFAULT)]
    rows += [row("forward", "segnn", times_faster_than_e3nn=3.0, part_of_e3nn_memory=0.25)]
    goal = [{"goal": "training", "wanted": 7.0}, {"goal": "memory", "wanted": 0.5}]
    results = [
        {"workload": "charged", "rows": rows, "goals": goal},
        {
            "workload": "qm9",
            "rows": [row("forward", "segnn", times_faster_than_e3nn=5.0)],
            "goals": [],
        },
        {
            "workload": "forces",
            "rows": [row("forces", "segnn")],
            "goals": [],
        },  # not beside e3nn: no line
    ]
    figure = speed_figure(results)
    training, forward, memory = figure.axes
    named = {text.get_text() for text in figure.legends[0].get_texts()}
    assert named >= {"segnn", "matrix products alone", "goal"}
    assert "e3nn (compile)" not in named  # was not measured
    assert [label.get_text() for label in training.get_yticklabels()] == ["charged", "qm9"]
    assert [note.get_text() for note in forward.texts] == ["3", "5"]
    drawn = {
        float(line.get_xdata()[0]) for line in training.lines if line.get_linestyle() == "None"
    }
    assert drawn == {2.0, 3.0, 4.0, 6.0, 7.0, 8.0}  # all but e3nn itself, and the goal
    assert 3.0 in {float(line.get_xdata()[-1]) for line in forward.lines}
    assert not any(
        line.get_linestyle() == "None" for line in memory.lines
    )  # memory of the training step was not measured


def test_picture_of_growth():
    """A workload of several sizes has its own panel, and no line among those beside e3nn."""

    def row(size, edges, milliseconds):
        alone = {"times_faster_than_e3nn": None, "part_of_e3nn_memory": None}
        return {
            "step": "forward",
            "contender": "segnn",
            "size": size,
            "edges": edges,
            "median_ms": milliseconds,
            **alone,
        }

    large = {
        "workload": "large",
        "rows": [row(1, 10_000, 20.0), row(0, 1000, 1.0)],
        "goals": [],
        "exponent": 1.3,
    }
    beside = {
        "workload": "qm9",
        "rows": [row(0, 9, 1.0) | {"times_faster_than_e3nn": 5.0}],
        "goals": [],
        "exponent": None,
    }
    *_, growth = speed_figure([beside, large]).axes
    (line,) = growth.lines
    assert line.get_xydata().tolist() == [[1000, 1.0], [10_000, 2.0]]  # microseconds
    assert len(speed_figure([large]).axes) == 1
    assert len(speed_figure([beside]).axes) == 3
    trained = {**large, "rows": [entry | {"step": "forces"} for entry in large["rows"]]}
    assert len(speed_figure([beside, trained]).axes) == 3  # what is drawn is a forward pass
    assert speed_figure([]).axes == []
