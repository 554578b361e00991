"""The recorder: predictions unchanged, what is kept is what the layers handed on, its file, its
mistakes.
"""

import importlib
import os
import time

import numpy as np
import pytest
import torch
from e3nn.o3 import Irreps

import segnn
from segnn.data import save_systems
from segnn.errors import UserError
from segnn.model.check import transformed
from segnn.model.check.transform import turn
from segnn.o3 import edge_frames, kernels
from segnn.o3.layout import Reorder
from segnn.viz import channel, glyph, load_recording, record, save_mesh
from segnn.viz.recording import Stored

from .helpers import axis_rotation, systems, tiny

INSIDE = importlib.import_module("segnn.viz.record")
STEERABLE = ["segnn", "se_linear", "se_nonlinear"]


@torch.no_grad()
def plain(model, found):
    return model(model.features(found))[model.recipe.main].numpy()


@pytest.mark.parametrize("kind", STEERABLE)
def test_prediction_is_unchanged(kind, tmp_path, kernel_path):
    """Bit for bit by the kernels; on the plain path torch sums products by their shapes, otherwise
    on some processors.
    """
    model = tiny(tmp_path, kind)
    found = systems(model)
    before = plain(model, found)
    recording = record(model, found)
    if kernel_path == "plain":
        np.testing.assert_allclose(
            recording.prediction,
            before,
            rtol=0,
            atol=64 * np.finfo(np.float32).eps * abs(before).max(),
        )
    else:
        assert (recording.prediction == before).all()
    assert (plain(model, found) == before).all()
    assert not any(module._forward_hooks for module in model.modules())


@torch.no_grad()
def test_kept_features_and_messages_satisfy_the_layer_equation(tmp_path):
    """f̃ after a layer is what Eq. 8 makes of the recorded f̃ before it and the recorded messages."""
    model = tiny(tmp_path).double()
    found = systems(model)
    recording = record(model, found)
    net, features = model.network.net, model.features(found)
    enter = Reorder(net.irreps_hidden)
    for k, layer in enumerate(net.layers):
        x = enter(torch.from_numpy(recording.features(k)))
        m = enter(torch.from_numpy(recording.messages(k + 1)))
        summed = torch.zeros_like(x).index_add(0, features.edge_index[1], m)
        after = x + layer.update_2(
            layer.gate(layer.update_1(x, summed, features.node_attr)), features.node_attr
        )
        np.testing.assert_allclose(
            enter(torch.from_numpy(recording.features(k + 1))), after, atol=1e-12
        )


@pytest.mark.parametrize("kind", STEERABLE)
def test_messages_are_the_same_on_every_path(kind, tmp_path):
    model = tiny(tmp_path, kind).double()
    found = systems(model)
    with kernels("numba"):
        made = record(model, found)
    with kernels("plain"):
        plainly = record(model, found)
    with kernels("numba"), edge_frames("always"):
        framed = record(model, found)
    for k in (1, 2):
        np.testing.assert_allclose(plainly.messages(k), made.messages(k), atol=1e-13)
        np.testing.assert_allclose(framed.messages(k), made.messages(k), atol=1e-13)
        assert np.abs(made.messages(k)).max() > 1e-3


def test_no_gradients_and_no_graph_are_left_behind(tmp_path):
    model = tiny(tmp_path)
    recording = record(model, systems(model))
    assert all(p.grad is None for p in model.parameters())
    assert isinstance(recording.prediction, np.ndarray)


def test_recorded_features_turn_with_the_input(tmp_path):
    model = tiny(tmp_path, hidden="4x0e+3x1o+2x2e+1x1e").double()
    found, rotation = systems(model), -axis_rotation([1, 2, 3], 0.8)
    one, other = record(model, found), record(model, transformed(model.recipe, found, rotation))
    for k in range(3):
        np.testing.assert_allclose(
            other.features(k), turn(one.features(k), one.irreps, rotation), atol=1e-10
        )
        assert np.abs(one.features(k)).max() > 1e-3
    np.testing.assert_allclose(
        other.messages(2),
        turn(one.messages(2), Irreps(one.about.irreps_message), rotation),
        atol=1e-10,
    )


def test_file_and_memory_hold_the_same(tmp_path):
    model = tiny(tmp_path)
    found = systems(model)
    inside, path = record(model, found), tmp_path / "new" / "pass.npz"
    outside = record(model, found, path)
    assert path.stat().st_size < 60_000
    assert [p.name for p in path.parent.iterdir()] == ["pass.npz"]
    assert load_recording(path).about == inside.about
    held = (
        [
            os.readlink(f"/proc/self/fd/{n}")
            for n in os.listdir("/proc/self/fd")
            if n.isdigit() and os.path.islink(f"/proc/self/fd/{n}")
        ]
        if os.path.isdir("/proc/self/fd")
        else []
    )
    assert str(path) not in held, "open only while an array is read"
    for k in range(3):
        np.testing.assert_array_equal(outside.features(k), inside.features(k))
    np.testing.assert_array_equal(outside.messages(1), inside.messages(1))
    np.testing.assert_array_equal(outside.edge_index, inside.edge_index)
    np.testing.assert_array_equal(outside.systems.node["velocity"], found.node["velocity"])
    np.testing.assert_array_equal(outside.systems.offsets, found.offsets)


def test_a_dict_or_a_path_is_recorded_as_systems_are(tmp_path):
    """What `predict` takes, `record` takes: the glyph snippet of the README after its ten lines."""
    model = tiny(tmp_path)
    found = systems(model)
    save_systems(tmp_path / "in.npz", found)
    expected = record(model, found)
    for given in (found.to_arrays(), tmp_path / "in.npz", str(tmp_path / "in.npz")):
        passed = record(model, given)
        np.testing.assert_array_equal(passed.prediction, expected.prediction)
        h, irreps = channel(passed.features(2), passed.irreps, 1)
        path = save_mesh(tmp_path / "h.glb", glyph(h, irreps), at=passed.systems.position)
        assert path.stat().st_size > 1000
    with pytest.raises(UserError, match="missing arrays 'velocity', 'charge'"):
        record(model, {"position": found.position})


def test_messages_can_be_left_out(tmp_path):
    model = tiny(tmp_path)
    recording = record(model, systems(model), messages=False)
    assert recording.features(2).shape == (9, 13)
    with pytest.raises(ValueError, match="no messages were recorded"):
        recording.messages(1)


@pytest.mark.parametrize("sizes", [(1,), (1, 3)])
def test_single_nodes_without_edges(sizes, tmp_path):
    model = tiny(tmp_path)
    recording = record(model, systems(model, sizes))
    assert recording.features(2).shape == (sum(sizes), 13)
    assert recording.messages(1).shape == (sum(n * (n - 1) for n in sizes), 13)


def test_at_most_twice_the_time_of_a_plain_pass():
    """Turn by turn on one thread, by that thread's own processor time: neither other work on the
    machine nor threads that wait for each other count; the least of many turns is what each costs
    where nobody emptied the caches meanwhile.
    """
    model = segnn.load("charged")
    found = systems(model, (5,) * 100)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # the kernels take as many
    try:
        plain(model, found), record(model, found)
        times = []
        for _ in range(40):
            begin = time.thread_time()
            plain(model, found)
            middle = time.thread_time()
            record(model, found)
            times.append((middle - begin, time.thread_time() - middle))
    finally:
        torch.set_num_threads(threads)
    least_plain, least_record = np.min(times, axis=0)
    assert least_record <= 2 * least_plain


def test_memory_is_bounded(tmp_path, monkeypatch):
    model = tiny(tmp_path)
    monkeypatch.setattr(INSIDE, "MOST_BYTES", 1000)
    with pytest.raises(UserError, match=r"9 particles with 32 edges takes .*messages=False.*out="):
        record(model, systems(model))
    assert record(model, systems(model), tmp_path / "pass.npz").features(1).shape == (9, 13)


@pytest.mark.parametrize("kind", ["mpnn", "egnn"])
def test_networks_without_steerable_features(kind, tmp_path):
    model = tiny(tmp_path, kind)
    with pytest.raises(
        UserError, match=f"kind '{kind}' carries plain numbers, which have no glyphs.*kind segnn"
    ):
        record(model, systems(model))


def test_hooks_are_gone_after_a_failure(tmp_path, monkeypatch):
    model = tiny(tmp_path)
    monkeypatch.setattr(model.network.net, "readout_1", None)
    with pytest.raises(AttributeError):
        record(model, systems(model), tmp_path / "pass.npz")
    assert not any(module._forward_hooks for module in model.modules())
    assert not [path for path in tmp_path.iterdir() if "pass" in path.name]


def test_files_that_are_no_recordings(tmp_path):
    with pytest.raises(UserError, match=r"no\.npz: cannot be read"):
        load_recording(tmp_path / "no.npz")
    np.savez(tmp_path / "other.npz", position=np.zeros((3, 3)))
    with pytest.raises(UserError, match=r"other\.npz: not a recording"):
        load_recording(tmp_path / "other.npz")
    with (tmp_path / "one.npz").open("wb") as file:
        np.save(file, np.zeros(3))
    with pytest.raises(UserError, match=r"one\.npz: not a recording"):
        load_recording(tmp_path / "one.npz")
    (tmp_path / "text.npz").write_text("no")
    with pytest.raises(UserError, match=r"text\.npz: not a recording"):
        load_recording(tmp_path / "text.npz")
    model = tiny(tmp_path)
    with pytest.raises(UserError, match=r"pass\.txt: a recording is an \.npz file"):
        record(model, systems(model), tmp_path / "pass.txt")
    recording = record(model, systems(model))
    with pytest.raises(IndexError, match="layer 3, expected 0"):
        recording.features(3)
    with pytest.raises(IndexError, match="messages of layer 0, expected 1 to 2"):
        recording.messages(0)


def test_other_numbers_of_nodes_do_not_show(tmp_path, monkeypatch):
    """Large graphs are renumbered within the network (`segnn.nn.numbering`); a recording has the
    caller's numbers.
    """
    model = tiny(tmp_path).double()
    found = systems(model)
    expected = record(model, found).arrays
    nodes = int(found.offsets[-1])
    monkeypatch.setattr(
        "segnn.nn.topology.near_numbering", lambda edges: torch.arange(nodes).flip(0)
    )
    model.network._edges._last = None
    arrays = record(model, found).arrays
    assert arrays.keys() == expected.keys()
    for name, value in expected.items():
        np.testing.assert_allclose(arrays[name], value, atol=1e-12, err_msg=name)


def test_asking_whether_an_array_is_there_does_not_read_it(tmp_path, monkeypatch):
    np.savez(tmp_path / "some.npz", one=np.ones(2))
    stored = Stored(tmp_path / "some.npz")
    assert stored["one"].tolist() == [1, 1]
    monkeypatch.setattr(Stored, "__getitem__", lambda self, name: pytest.fail(f"{name} was read"))
    assert "one" in stored
    assert "other" not in stored
