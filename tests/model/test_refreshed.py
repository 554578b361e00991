"""model.kind segnn_refreshed in a recipe: the cues anew at the predicted positions, trained,
checked, saved, batched.
"""

from dataclasses import replace

import numpy as np
import pytest
import torch

from segnn.data import Systems
from segnn.errors import UserError
from segnn.model import PhysicalModel
from segnn.nn.refreshed import Attributes
from segnn.recipe import parse_recipe
from segnn.testing import assert_model_ok

RECIPE = """
name: refreshed
fields:
  position: {irreps: 1o, unit: length}
  velocity: {irreps: 1o, unit: length/time}
  charge: {irreps: 0e, unit: charge}
constants:
  horizon: {value: 0.4, unit: time}
data: {folder: nowhere}
inputs: [position - center(position), velocity, norm(velocity)]
node_attributes: [mean(edge_attributes), sh(velocity), sh(net_force(charge))]
message_scalars: [distance, source(charge) * target(charge)]
target: {array: target_position, irreps: 1o, unit: length, base: position, scale: 0.2}
model: {kind: segnn_refreshed, hidden: 4x0e+4x1o, layers: 3}
"""


def model(*overrides):
    torch.manual_seed(0)
    made = PhysicalModel(parse_recipe(RECIPE, overrides=overrides)).double().eval()
    with torch.no_grad():
        for move in made.network.net.moves:
            move.weight.normal_()
    return made


def systems(sizes=(4, 3, 5), seed=0):
    rng = np.random.default_rng(seed)
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    position, velocity = rng.normal(size=(2, offsets[-1], 3))
    return Systems(
        position,
        offsets,
        {"velocity": velocity, "charge": rng.choice([-1.0, 1.0], size=offsets[-1])},
    )


@pytest.mark.parametrize("base", ["position", "position + horizon * velocity"])
def test_attributes_are_the_cues_at_the_predicted_positions(base):
    """The network is given, in every layer, what the recipe says of systems at the positions
    predicted so far.
    """
    made, given = model(f"target.base={base}"), systems()
    features = made.features(given)
    start = given.position + (0.4 * given.node["velocity"] if "velocity" in base else 0)
    asked = []

    class Spy(torch.nn.Module):
        needs_graphs = False

        def forward(self, x, edges, attributes, batch, graphs):
            asked.append(attributes(None))
            moved = torch.randn(
                len(x), 3, generator=torch.Generator().manual_seed(0), dtype=x.dtype
            )
            asked.append(attributes(moved))
            return moved

    plain, made.network.net = made.network.net, Spy()
    moved = made.network(features).numpy()
    made.network.net = plain
    for seen, position in zip(asked, (given.position, start + 0.2 * moved), strict=True):
        there = made.features(replace(given, position=position))
        assert isinstance(seen, Attributes)
        torch.testing.assert_close(seen.edge, there.edge_attr)
        torch.testing.assert_close(seen.node, there.node_attr)
        torch.testing.assert_close(seen.message, there.message)


@pytest.mark.parametrize(
    "more", [(), ("target.base=position + horizon * average(velocity)", "target.centered=one")]
)
def test_it_keeps_every_symmetry_and_batches(more):
    assert_model_ok(model(*more), systems())


def test_batches_of_features():
    made, given = model(), systems()
    whole = made.features(given)
    expected = made(made.features(given[[2, 0]]))["position"].detach()
    torch.testing.assert_close(made(whole.batch([2, 0]))["position"].detach(), expected)


def test_saved_and_loaded(tmp_path):
    made = model()
    made.save(tmp_path)
    given = systems()
    np.testing.assert_array_equal(
        PhysicalModel.load(tmp_path).predict_systems(given)["position"],
        made.predict_systems(given)["position"],
    )


def test_other_kinds_do_not_keep_what_they_do_not_need():
    assert model().features(systems()).tensors is not None
    plain = PhysicalModel(parse_recipe(RECIPE, overrides=["model.kind=segnn"]))
    assert plain.features(systems()).tensors is None


def test_a_target_of_graphs_is_refused():
    with pytest.raises(UserError, match=r"model.kind segnn_refreshed moves nodes"):
        model("target={array: graph_target, irreps: 1o, level: graph}")
