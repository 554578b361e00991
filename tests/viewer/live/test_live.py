"""Models as programs: the same numbers as the model gives, for inputs other than those recorded;
and what a page cannot take is told.
"""

import base64

import numpy as np
import pytest
import torch
from tests.viz.helpers import systems, tiny

from segnn.model import PhysicalModel
from segnn.recipe import load_recipe
from segnn.viewer import limits
from segnn.viewer.live.make import make
from segnn.viewer.live.merge import merge
from segnn.viewer.live.replay import replay
from segnn.viewer.live.sizes import Shape, grown, number
from segnn.viewer.live.tape import NotLiveError, Tape
from segnn.viewer.live.trace import Trace, inputs, run, runner_of, trace


def difference(program, structure, model, system, given):
    runner = runner_of(model)
    tensors = runner.cues.tensors(system)
    found = replay(program, structure, Shape(tensors.nodes, tensors.edges), given)
    with torch.no_grad():
        wanted = run(runner, tensors, given, messages=True)
    assert found.keys() == wanted.keys()
    return max(float((found[name] - value).abs().max()) for name, value in wanted.items())


def test_one_program_serves_systems_of_several_sizes(tmp_path):
    """Traced on 5 and 4 nodes, with degree 2, pseudovectors and a norm, it is the model on both."""
    model = tiny(tmp_path, hidden="4x0e+3x1o+2x2e+1x1e").double()
    found = systems(model, (5, 4))
    program = merge([trace(model, found[n], "in.npz", True) for n in (0, 1)])
    for n in (0, 1):
        given = inputs(model, model.cues.tensors(found[n]))
        given["node.velocity"] = 1.5 * given["node.velocity"].flip(0)
        given["weights"] = torch.linspace(0, 1, len(given["weights"]), dtype=torch.float64)
        assert difference(program, n, model, found[n], given) < 1e-12


RECIPE = """name: bonds
fields:
  position: {irreps: 1o, unit: length}
  spin: {irreps: 1e, time: odd}
constants: {cutoff: {value: 3.0, unit: length}}
graph: {kind: radius, cutoff: 3.0}
data: {folder: data}
inputs: [spin, norm(spin)]
edge_attributes: [envelope(distance, cutoff) * sh(relative_position)]
node_attributes: ["concat(one, turning(sum(edge_attributes)))"]
message_scalars: ["bessel(distance, 4, cutoff)"]
targets:
  energy: {irreps: 0e, level: graph, pool: sum}
  forces: {derivative: -energy / position}
model: {kind: segnn, hidden: 4x0e+2x1o+2x1e, attribute_degree: 1, layers: 1}
"""


def test_derivatives_and_both_directions_of_time_are_steps_as_others(tmp_path):
    (tmp_path / "bonds.yaml").write_text(RECIPE)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = PhysicalModel(load_recipe(tmp_path / "bonds.yaml")).double().eval()
    one = systems(model, (4,), labels=False)
    program = merge([trace(model, one, "in.npz", True)])
    assert "prediction.forces" in program.outputs
    given = inputs(model, model.cues.tensors(one))
    given["node.spin"] = given["node.spin"].flip(1)
    assert difference(program, 0, model, one, given) < 1e-12


def test_sizes_grow_with_nodes_or_edges():
    shapes = [Shape(5, 20), Shape(4, 12)]
    assert grown([7, 7], shapes) == 7
    assert grown([60, 36], shapes) == "3E"
    assert [number(grown([16, 13], shapes), shape) for shape in shapes] == [16, 13]
    with pytest.raises(NotLiveError, match="do not simply grow"):
        grown([25, 16, 9], [*shapes, Shape(3, 6)])


def test_memory_that_is_written_into_is_followed():
    """What was read before is not what is written later, also through views of the same memory."""
    x = torch.arange(6.0, dtype=torch.float64)
    with Tape({"x": x}) as tape:
        y = x * 2
        before = y + 1
        y[1:3] = x[:2]
        y[4:].add_(before[4:])
        after = y.clone()
    outputs = {"before": tape.view(before), "after": tape.view(after)}
    found = replay(merge([Trace(tape, outputs, 1, 1)]), 0, Shape(1, 1), {"x": 10 * x})
    ten = 10 * x
    wanted = 2 * ten
    earlier = wanted + 1
    wanted[1:3] = ten[:2]
    wanted[4:] += earlier[4:]
    torch.testing.assert_close(found, {"before": earlier, "after": wanted})


def test_numbers_that_decide_are_refused():
    x = torch.ones(2, dtype=torch.float64)
    with Tape({"x": x}), pytest.raises(NotLiveError, match="reads numbers"):
        float(x.sum())


def test_what_a_page_cannot_take_is_told(tmp_path, monkeypatch):
    model = tiny(tmp_path).double()
    found = systems(model, (5,))
    monkeypatch.setattr(limits, "LIVE_EDGES", 19)
    with pytest.raises(NotLiveError, match="20 edges are more than the 19"):
        make(model, found, "in.npz", lambda number: b"")


def test_what_torch_does_not_see_is_found(tmp_path, monkeypatch):
    """A cue that goes by NumPy would be recorded as a constant."""
    model = tiny(tmp_path).double()
    term = type(model.cues.entries["inputs"][1])
    evaluate = term.evaluate

    def behind(self, tensors, cache=None):
        value = evaluate(self, tensors, cache)
        return torch.from_numpy(value.numpy().copy()) if self.text == "velocity" else value

    monkeypatch.setattr(term, "evaluate", behind)
    with pytest.raises(NotLiveError, match="is off by"):
        make(model, systems(model, (5,)), "in.npz", lambda number: b"")


def test_systems_share_what_they_have_in_common(tmp_path, monkeypatch):
    model = tiny(tmp_path).double()
    live = make(model, systems(model, (5, 5, 4, 5)), "in.npz", lambda number: bytes([number]))
    assert [entry["structure"] for entry in live["systems"]] == [0, 0, 1, 0]
    assert len(live["program"]["tables"]) == 2
    assert live["turns"] == {
        "position": "1o",
        "shift": "1o",
        "node.velocity": "1o",
        "node.charge": "0e",
    }
    first = np.frombuffer(base64.b64decode(live["systems"][0]["inputs"]))
    assert first.size == 5 * 3 + 20 * 3 + 5 * 3 + 5
    monkeypatch.setattr(limits, "LIVE_STRUCTURES", 1)
    assert len(make(model, systems(model, (5, 5, 4, 5)), "in.npz", lambda n: b"")["systems"]) == 2
