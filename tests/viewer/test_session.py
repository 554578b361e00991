"""Runs: what the arrays of an answer are, equivariance measured, cues and fields changed, limits,
mistakes.
"""

import json

import numpy as np
import pytest
import torch
from e3nn.o3 import Irreps
from tests.viz.helpers import axis_rotation, systems, tiny

from segnn.data import Systems
from segnn.errors import UserError
from segnn.model import PhysicalModel
from segnn.model.check import transformed
from segnn.model.check.transform import turn
from segnn.recipe import load_recipe
from segnn.viewer import Session, baseline, limits
from segnn.viewer.box import box
from segnn.viewer.request import RunRequest
from segnn.viewer.wire import pack, unpack

ROTATION = axis_rotation([1, 2, -1], 1.1)


def run(session, **asked):
    return unpack(session.run(RunRequest(**asked)))


def rows(matrix):
    return [float(x) for x in np.ravel(matrix)]


def test_wire_there_and_back():
    meta, arrays = unpack(
        pack(
            {"a": [1, "ü"]},
            {"x": np.arange(6.0).reshape(2, 3), "n": np.array([[1, 2]]), "none": np.zeros((0, 3))},
        )
    )
    assert meta == {"a": [1, "ü"]}
    np.testing.assert_array_equal(arrays["x"], [[0, 1, 2], [3, 4, 5]])
    assert (arrays["n"].dtype, arrays["none"].shape) == (np.dtype("<i4"), (0, 3))


def test_description_is_json_and_names_everything(session):
    told = json.loads(json.dumps(session.describe(), allow_nan=False))
    assert told["sizes"] == [5, 4, 1]
    assert [(e["irrep"], e["mul"], e["pseudo"]) for e in told["irreps"]] == [
        ("0e", 4, False),
        ("1o", 3, False),
        ("2e", 2, False),
        ("1e", 1, True),
    ]
    assert [field["name"] for field in told["fields"]] == ["velocity", "charge"]
    assert [cue["name"] for cue in told["cues"]][:4] == [
        "inputs.0",
        "inputs.1",
        "inputs.2",
        "node_attributes.0",
    ]
    assert len(told["colours"]) == 3 * 256
    assert told["target"]["point"]


def test_a_plain_run_is_the_models_prediction(session, model):
    meta, arrays = run(session, system=1)
    one = session.systems[1]
    np.testing.assert_allclose(arrays["position"], one.position, rtol=1e-6)
    np.testing.assert_allclose(
        arrays["prediction"], model.predict_systems(one)["position"], atol=1e-5
    )
    np.testing.assert_array_equal(arrays["reference"], arrays["prediction"])
    assert arrays["features"].shape == (3, 4, model.cues.irreps_hidden.dim)
    assert arrays["messages"].shape == (2, 12, model.cues.irreps_hidden.dim)
    assert arrays["edge_index"].shape == (2, 12)
    assert meta["error"] is None
    assert meta["notes"] == []


@pytest.mark.parametrize("sign", [1, -1])
def test_a_turned_input_turns_everything(sign, session, model):
    matrix = sign * ROTATION
    _, before = run(session)
    meta, after = run(session, rotation=rows(matrix))
    centre = session.systems[0].position.mean(0)
    np.testing.assert_allclose(after["position"].mean(0), centre, atol=1e-5)
    np.testing.assert_allclose(
        after["position"] - centre, (before["position"] - centre) @ matrix.T, atol=1e-5
    )
    np.testing.assert_allclose(after["prediction"], after["expected"], atol=1e-5)
    assert 0 <= meta["error"]["prediction"] < 1e-10
    assert 0 <= meta["error"]["features"] < 1e-10
    irreps = Irreps(model.cues.irreps_hidden)
    np.testing.assert_allclose(
        after["features"][2], turn(before["features"][2].astype(float), irreps, matrix), atol=1e-4
    )


def test_the_baseline_does_not_turn(session, monkeypatch):
    monkeypatch.setattr(baseline, "STEPS", 30)
    fresh = Session(session.model, session.systems, "in.npz")
    meta, arrays = run(fresh, rotation=rows(ROTATION), network="baseline")
    assert meta["error"]["prediction"] > 1e-2
    assert meta["error"]["features"] is None
    assert "features" not in arrays
    assert "trained here for 30 steps on 3 of the systems shown" in meta["baseline"]
    again, _ = run(fresh, network="baseline")
    assert again["error"] is None


def test_a_baseline_without_labels_says_that_its_weights_are_random(model):
    fresh = Session(model, systems(model, labels=False), "in.npz")
    meta, arrays = run(fresh, network="baseline")
    assert "random weights" in meta["baseline"]
    assert "in.npz holds no target_position" in meta["baseline"]
    assert "target" not in arrays


def test_an_attribute_switched_off_is_a_recipe_without_it(tmp_path):
    model = tiny(tmp_path)
    found = systems(model)
    _, arrays = run(Session(model, found), off=["node_attributes.1"])
    text = (
        (tmp_path / "tiny.yaml")
        .read_text()
        .replace("[mean(edge_attributes), sh(velocity)]", "[mean(edge_attributes)]")
    )
    (tmp_path / "less.yaml").write_text(text)
    less = PhysicalModel(load_recipe(tmp_path / "less.yaml"))
    less.network.load_state_dict(model.network.state_dict())
    np.testing.assert_allclose(
        arrays["prediction"], less.predict_systems(found[0])["position"], atol=1e-5
    )
    assert np.abs(arrays["prediction"] - arrays["reference"]).max() > 1e-3


def test_an_attribute_switched_off_stays_off_where_nodes_have_moved(tmp_path):
    """A network that moves its nodes evaluates its cues anew, without those that are off."""
    model = tiny(tmp_path, kind="segnn_refreshed")
    for move in model.network.net.moves:  # zero at first: nothing would move
        torch.nn.init.constant_(move.weight, 0.1)
    _, arrays = run(Session(model, systems(model)), off=["node_attributes.1"])
    text = (tmp_path / "tiny.yaml").read_text()
    (tmp_path / "less.yaml").write_text(text.replace(", sh(velocity)]", "]"))
    less = PhysicalModel(load_recipe(tmp_path / "less.yaml"))
    less.network.load_state_dict(model.network.state_dict())
    found = less.predict_systems(systems(model)[0])["position"]
    np.testing.assert_allclose(arrays["prediction"], found, atol=1e-5)


def test_an_input_switched_off_is_zero(session, model):
    _, arrays = run(session, off=["inputs.1", "inputs.2", "node_attributes.1"])
    still = systems(model, (5, 4, 1))
    still.node["velocity"][:] = 0
    _, other = run(Session(model, still), off=["node_attributes.1"])
    np.testing.assert_allclose(arrays["prediction"], other["prediction"], atol=1e-5)


def test_every_cue_can_be_switched_off_and_stays_equivariant(session):
    off = [cue["name"] for cue in session.describe()["cues"]]
    meta, arrays = run(session, off=off, rotation=rows(ROTATION))
    assert np.isfinite(arrays["prediction"]).all()
    assert meta["error"]["features"] < 1e-10


def test_a_changed_velocity_is_that_of_a_changed_file(session, model):
    changed = systems(model, (5, 4, 1))
    changed.node["velocity"][3] = [0.5, -1.0, 2.0]
    _, arrays = run(
        session,
        changes=[{"field": "velocity", "node": 3, "value": [0.5, -1.0, 2.0]}],
        rotation=rows(ROTATION),
    )
    moved = transformed(model.recipe, changed[0], ROTATION)
    np.testing.assert_allclose(arrays["field.velocity"], moved.node["velocity"], atol=1e-5)
    expected = (
        model.predict_systems(moved)["position"]
        - moved.position.mean(0)
        + changed[0].position.mean(0)
    )
    np.testing.assert_allclose(arrays["prediction"], expected, atol=1e-4)
    assert np.abs(arrays["prediction"] - arrays["reference"]).max() > 1e-3


FLUID = """name: fluid
fields:
  position: {irreps: 1o, unit: length}
  mass: {irreps: 0e, unit: mass}
data: {folder: data}
graph: {kind: radius, cutoff: 2.0}
inputs: [mass]
node_attributes: [mean(edge_attributes)]
message_scalars: [distance]
target: {array: target_pair, irreps: 1e+1e, level: LEVEL}
model: {kind: segnn, hidden: 4x0e+4x1o+4x1e, layers: 2}
"""


def fluid(folder, level="node"):
    (folder / "fluid.yaml").write_text(FLUID.replace("LEVEL", level))
    made = PhysicalModel(load_recipe(folder / "fluid.yaml"))
    rng = np.random.default_rng(0)
    cell = np.array([[4.0, 0, 0], [1.0, 4, 0], [0, 0, 5]])
    return made, Systems.from_arrays(
        {
            "position": rng.uniform(size=(2, 12, 3)) @ cell,
            "mass": rng.uniform(1, 2, size=(2, 12)),
            "cell": np.stack([cell, cell]),
        }
    )


def test_a_periodic_box_and_edges_to_images(tmp_path):
    """The source's image lies within the cutoff of the target, also after a turn; the cell holds
    every node.
    """
    model, found = fluid(tmp_path)
    _, arrays = run(Session(model, found), rotation=rows(-ROTATION))
    source, target = arrays["edge_index"]
    image = arrays["position"][source] + arrays["shift"]
    distance = np.linalg.norm(image - arrays["position"][target], axis=1)
    assert distance.max() < 2
    through = np.linalg.norm(arrays["position"][source] - arrays["position"][target], axis=1)
    assert through.max() > 2
    place = (arrays["position"] - arrays["origin"]) @ np.linalg.inv(arrays["cell"])
    assert place.min() > -1e-5
    assert place.max() < 1 + 1e-5


def test_a_box_around_positions_that_start_elsewhere(tmp_path):
    _, found = fluid(tmp_path)
    moved = found[:1]
    moved.position[:] -= [2.0, 2.0, 2.5]
    told = box(moved, np.eye(3), np.zeros(3))
    place = (moved.position - told["origin"]) @ np.linalg.inv(told["cell"])
    assert 0 <= place.min() < place.max() <= 1
    slab = found[:1]
    slab.graph["pbc"] = np.array([[1.0, 1, 0]])
    told = box(slab, np.eye(3), np.zeros(3))
    assert told["cell"].shape == (2, 3)
    assert told["origin"][2] == pytest.approx(slab.position[:, 2].mean())
    slab.graph["pbc"] = np.zeros((1, 3))
    assert box(slab, np.eye(3), np.zeros(3)) == {}


@pytest.mark.parametrize("level", ["node", "graph"])
def test_predictions_of_several_vectors_and_of_systems(level, tmp_path):
    model, found = fluid(tmp_path, level)
    session = Session(model, found)
    assert session.describe()["target"]["parts"] == [
        {"irrep": "1e", "l": 1, "start": 0, "size": 3},
        {"irrep": "1e", "l": 1, "start": 3, "size": 3},
    ]
    _, arrays = run(session)
    assert arrays["prediction"].shape == (12 if level == "node" else 1, 6)


def test_a_node_alone(session):
    meta, arrays = run(session, system=2, rotation=rows(-ROTATION))
    assert arrays["edge_index"].shape == (2, 0)
    assert "messages" not in arrays or arrays["messages"].shape[1] == 0
    assert meta["error"]["prediction"] < 1e-10


def test_vectors_that_the_recipe_defines_are_drawn(tmp_path):
    model = tiny(tmp_path)
    text = (
        (tmp_path / "tiny.yaml")
        .read_text()
        .replace("inputs:", "define: {force: sum(pair_force(charge))}\ninputs:")
    )
    (tmp_path / "force.yaml").write_text(text)
    session = Session(PhysicalModel(load_recipe(tmp_path / "force.yaml")), systems(model))
    assert [field["name"] for field in session.describe()["fields"] if not field["editable"]] == [
        "force"
    ]
    _, arrays = run(session, rotation=rows(ROTATION))
    _, before = run(session)
    np.testing.assert_allclose(
        arrays["field.force"], before["field.force"] @ ROTATION.T, rtol=1e-3, atol=1e-4
    )
    with pytest.raises(UserError, match="there is no field 'force'; fields are velocity, charge"):
        run(session, changes=[{"field": "force", "node": 0, "value": [1.0, 0, 0]}])


@pytest.mark.parametrize("kind", ["mpnn", "egnn"])
def test_networks_without_steerable_features(kind, tmp_path):
    model = tiny(tmp_path, kind)
    session = Session(model, systems(model))
    assert session.describe()["irreps"] == []
    meta, arrays = run(session, rotation=rows(ROTATION))
    assert "features" not in arrays
    assert (meta["error"]["prediction"] < 1e-10) == (kind == "egnn")


def test_large_systems_are_shown_without_running(model, monkeypatch):
    session = Session(model, systems(model, (30, 50)))
    monkeypatch.setattr(limits, "RUN_EDGES", 1000)
    meta, arrays = run(session, system=1)
    assert "2,450 edges are more than the 1,000 this page runs the model on" in meta["notes"][0]
    assert arrays["position"].shape == (50, 3)
    assert "prediction" not in arrays
    assert "prediction" in run(session, system=0)[1]
    monkeypatch.setattr(limits, "SHOWN_NODES", 40)
    meta, arrays = run(session, system=1)
    assert "50 nodes are more than the 40 this page draws" in meta["notes"][0]
    assert arrays == {}


def test_many_features_and_messages_are_left_out_with_a_word(session, monkeypatch):
    monkeypatch.setattr(limits, "MESSAGE_BYTES", 1000)
    meta, arrays = run(session)
    assert "messages" not in arrays
    assert "The messages of 20 edges are too many for a page" in meta["notes"][0]
    monkeypatch.setattr(limits, "FEATURE_BYTES", 1000)
    meta, arrays = run(session)
    assert "features" not in arrays
    assert "prediction" in arrays
    assert "The features of 5 nodes are too many for a page" in meta["notes"][0]


def test_a_file_that_does_not_match_the_model_is_told_at_once(model):
    wrong = systems(model)
    del wrong.node["velocity"]
    with pytest.raises(UserError, match=r"in\.npz: missing array 'velocity'"):
        Session(model, wrong, "in.npz")


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"system": 3}, "there are 3 systems, counted from 0"),
        ({"rotation": [1.0] * 9}, "not an orthogonal matrix"),
        ({"rotation": [0.0] * 9}, "not an orthogonal matrix"),
        ({"off": ["target.0"]}, "there is no cue 'target.0'; cues are inputs.0"),
        ({"off": ["inputs.9"]}, "there is no cue 'inputs.9'"),
        ({"off": ["inputs.-1"]}, "there is no cue"),
        (
            {"changes": [{"field": "position", "node": 0, "value": [0.0, 0, 0]}]},
            "there is no field 'position'",
        ),
        (
            {"changes": [{"field": "velocity", "node": 9, "value": [0.0, 0, 0]}]},
            "expected 3 numbers for a node from 0 to 4",
        ),
        ({"changes": [{"field": "velocity", "node": 0, "value": [0.0]}]}, "expected 3 numbers"),
    ],
)
def test_requests_that_do_not_fit(asked, message, session):
    with pytest.raises(UserError, match=message):
        run(session, **asked)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"system": "0"}',
        b'{"system": -1}',
        b'{"rotation": [1, 2]}',
        b'{"path": "/etc/passwd"}',
        b'{"rotation": [NaN,0,0,0,1,0,0,0,1]}',
        b'{"rotation": [1e999,0,0,0,1,0,0,0,1]}',
        b'{"network": "other"}',
        b"\xff\xfe",
        b'{"changes": [{"field": "velocity", "node": 0, "value": [1e9, 0, 0]}]}',
        b'{"off": "inputs.0"}',
    ],
)
def test_malformed_requests(body):
    with pytest.raises(UserError):
        RunRequest.read(body)
