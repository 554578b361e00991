"""`PhysicalModel.predict`: every form of systems, results in the shape of the labels, in threads,
whatever the model's mode and device.
"""

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch

from segnn.data import Systems
from segnn.errors import UserError
from segnn.model import PhysicalModel
from segnn.model.mode import evaluating
from segnn.recipe import parse_recipe

RECIPE = """
name: tiny
fields: {{charge: {{irreps: 0e}}}}
data: {{folder: nowhere}}
inputs: [charge]
target: {{array: {array}, irreps: {irreps}, level: {level}}}
model: {{hidden: 2x0e+2x1o, layers: 1, norm: {norm}}}
"""
RNG = np.random.default_rng(0)
STACKED = {"position": RNG.normal(size=(4, 5, 3)), "charge": RNG.normal(size=(4, 5))}
FLAT = {
    "position": RNG.normal(size=(8, 3)),
    "charge": RNG.normal(size=8),
    "offsets": np.array([0, 5, 8]),
}
SINGLE = {name: value[0] for name, value in STACKED.items()}


def made(level="node", irreps="1o", array="target_x", norm="null", dtype=torch.float64):
    torch.manual_seed(0)
    text = RECIPE.format(level=level, irreps=irreps, array=array, norm=norm)
    return PhysicalModel(parse_recipe(text)).to(dtype)


@pytest.mark.parametrize(
    ("arrays", "level", "irreps", "label", "expected"),
    [
        (STACKED, "node", "1o", None, (4, 5, 3)),
        (STACKED, "node", "0e", None, (4, 5)),
        (STACKED, "node", "0e", (4, 5), (4, 5)),
        (STACKED, "node", "0e", (4, 5, 1), (4, 5, 1)),
        (STACKED, "graph", "0e", None, (4,)),
        (STACKED, "graph", "0e", (4,), (4,)),
        (STACKED, "graph", "0e", (4, 1), (4, 1)),
        (STACKED, "graph", "1o", (4, 3), (4, 3)),
        (STACKED, "graph", "2x0e", None, (4, 2)),
        (FLAT, "node", "1o", None, (8, 3)),
        (FLAT, "node", "0e", (8, 1), (8, 1)),
        (FLAT, "graph", "0e", None, (2,)),
        (FLAT, "graph", "0e", (2, 1), (2, 1)),
        (SINGLE, "node", "1o", None, (5, 3)),
        (SINGLE, "node", "0e", (5, 1), (5, 1)),
        (SINGLE, "graph", "0e", None, ()),
        (SINGLE, "graph", "0e", (1,), (1,)),
        (SINGLE, "graph", "1o", None, (3,)),
    ],
)
def test_shapes_in_are_shapes_out(arrays, level, irreps, label, expected, tmp_path):
    array = "target_graph_x" if level == "graph" else "target_x"
    model = made(level, irreps, array)
    given = dict(arrays) if label is None else {**arrays, array: np.full(label, np.nan)}
    found = model.predict(given)
    assert found[model.recipe.main].shape == expected
    assert ("offsets" in found) == ("offsets" in arrays and level == "node")
    np.savez(tmp_path / "in.npz", **given)
    again = model.predict(tmp_path / "in.npz")[model.recipe.main]
    np.testing.assert_array_equal(again, found[model.recipe.main])
    rows = model.predict_systems(Systems.from_arrays(arrays))[model.recipe.main]
    np.testing.assert_array_equal(rows.reshape(expected), found[model.recipe.main])


def test_systems_and_lists_come_back_flat():
    model = made()
    found = model.predict(Systems.from_arrays(STACKED))
    assert found["x"].shape == (20, 3)
    assert found["offsets"].tolist() == [0, 5, 10, 15, 20]
    np.testing.assert_array_equal(found["x"], model.predict(STACKED)["x"].reshape(-1, 3))
    several = model.predict([SINGLE, FLAT])
    assert several["offsets"].tolist() == [0, 5, 10, 13]
    np.testing.assert_allclose(several["x"][5:], model.predict(FLAT)["x"], rtol=0, atol=1e-12)


def test_labels_are_not_looked_at():
    """Neither their numbers nor their shape nor what they are made of."""
    model, expected = made(), made().predict(STACKED)["x"]
    for label in (np.full((4, 5, 3), np.nan), np.full((4, 7), 1.0), np.full((3,), "C"), None):
        np.testing.assert_array_equal(model.predict({**STACKED, "target_x": label})["x"], expected)
    systems = Systems.from_arrays({**STACKED, "target_x": np.full((4, 5, 3), np.nan)})
    np.testing.assert_array_equal(
        model.predict_systems(systems)[model.recipe.main], expected.reshape(-1, 3)
    )
    named = made(array="energy", irreps="0e", level="graph")
    assert named.predict({**STACKED, "energy": np.full(4, np.nan)})["energy"].shape == (4,)


def test_a_label_that_is_an_input_is_looked_at():
    model = made(array="charge", irreps="0e")
    with pytest.raises(UserError, match="'charge' is nan"):
        model.predict({**STACKED, "charge": np.full((4, 5), np.nan)})


@pytest.mark.parametrize("x", [3.0, None, [], "nowhere.npz", [1]])
def test_what_are_no_systems(x):
    with pytest.raises(UserError, match=r"expected a dict of arrays|empty list|no such file"):
        made().predict(x)


def test_threads_on_a_model_in_training_mode():
    """The numbers of evaluation mode, from four threads, and no module ever leaves its mode."""
    model = made(norm="batch").train()
    with torch.no_grad():
        for norm in (m for m in model.modules() if hasattr(m, "running_variance")):
            norm.running_variance.fill_(3.0)
    expected = made(norm="batch").eval()
    expected.load_state_dict(model.state_dict())
    expected = expected.predict(STACKED)["x"]
    buffers = {name: value.clone() for name, value in model.named_buffers()}
    seen, stop = [], threading.Event()

    def watch():
        while not stop.is_set():
            seen.append(all(module.training for module in model.modules()))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        with ThreadPoolExecutor(4) as pool:
            found = list(pool.map(lambda _: model.predict(STACKED)["x"], range(40)))
    finally:
        stop.set()
        watcher.join()
    for values in found:
        np.testing.assert_allclose(values, expected, rtol=0, atol=1e-12)
    assert seen
    assert all(seen)
    assert all(module.training for module in model.modules())
    assert all(torch.equal(value, buffers[name]) for name, value in model.named_buffers())


def test_a_view_shares_its_numbers():
    model = made(norm="batch")
    view = evaluating(model)
    assert not any(module.training for module in view.modules())
    assert all(module.training for module in model.modules())
    for (name, mine), theirs in zip(model.named_parameters(), view.parameters(), strict=True):
        assert mine is theirs, name
    assert evaluating(model.eval()) is model


def test_a_model_without_numbers_says_so():
    model = made().to("meta")
    with pytest.raises(UserError, match=r"'tiny' is on the device 'meta'.*segnn\.load.*to_empty"):
        model.predict(STACKED)


def test_features_go_to_a_device():
    model = made()
    features = model.features(Systems.from_arrays(STACKED))
    for away in (
        features.to(device="meta"),
        features.to("meta"),
        features.to(torch.device("meta")),
    ):
        for name, value in vars(away).items():
            if isinstance(value, torch.Tensor):
                assert value.device.type == "meta", name
    assert features.to(torch.float32).x.dtype == torch.float32
    assert {v.dtype for v in features.to(torch.float32).base.values()} == {torch.float64}
