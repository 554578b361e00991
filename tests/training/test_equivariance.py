"""The test set turned, reflected and moved: nothing changes for an equivariant model, and the
change of MPNN is seen.
"""

import numpy as np
import pytest
import torch
from e3nn.o3 import Irreps
from tests.training.helpers import recipe, systems

from segnn.model import PhysicalModel
from segnn.model.check.symmetry import views
from segnn.training.equivariance import SHOWN, equivariance
from segnn.training.splits import make_split


def model_and_split(folder, *overrides):
    torch.manual_seed(0)
    made = PhysicalModel(recipe(folder, *overrides)).double().eval()
    return made, make_split(made, systems(6, 2), "test.npz")


def test_segnn_does_not_change(data):
    found = equivariance(*model_and_split(data))
    assert tuple(found) == SHOWN
    for entry in found.values():
        assert abs(entry["change"]) < 1e-10
        assert entry["deviation"] < 1e-10


def test_mpnn_is_shifted_but_not_turned(data):
    made, split = model_and_split(data, "model.kind=mpnn")
    found = equivariance(made, split)
    assert found["translation"]["deviation"] < 1e-10
    for name in ("rotation", "reflection"):
        assert found[name]["deviation"] > 1e-2
        assert abs(found[name]["change"]) > 1e-6
    # the rotation once more by hand
    turned = views(made.recipe, split.systems, np.random.default_rng(0))["rotation"].rotation
    d = Irreps("1o").D_from_matrix(torch.from_numpy(turned)).numpy()
    given = split.systems
    arrays = {
        "velocity": given.node["velocity"] @ d.T,
        "target_position": given.node["target_position"] @ d.T,
    }
    there = type(given)(given.position @ d.T, given.offsets, arrays)
    error = made.predict_systems(there)["position"] - there.node["target_position"]
    assert found["rotation"]["mse"] == pytest.approx((error**2).mean(), rel=1e-5)
    deviation = (
        made.predict_systems(there)["position"] - made.predict_systems(given)["position"] @ d.T
    )
    assert found["rotation"]["deviation"] == pytest.approx((deviation**2).mean() ** 0.5, rel=1e-5)


def test_a_target_that_does_not_move_with_the_origin(data):
    base = ("target.base=null", "target.array=target_position")
    for entry in equivariance(*model_and_split(data, *base)).values():
        assert entry["deviation"] < 1e-10


def test_each_of_several_targets(data):
    energy, forces = "{irreps: 0e, unit: 1, level: graph}", "{derivative: -energy / position}"
    both = f"targets={{energy: {energy}, forces: {forces}}}"
    torch.manual_seed(0)
    made = PhysicalModel(recipe(data, both, "inputs=[norm(velocity)]")).double().eval()
    given = systems(6, 2)
    given.graph["energy"] = np.arange(6.0)
    given.node["forces"] = given.node["velocity"]
    for entry in equivariance(made, make_split(made, given, "test.npz")).values():
        assert list(entry["targets"]) == ["energy", "forces"]
        assert entry["targets"]["energy"] == {k: v for k, v in entry.items() if k != "targets"}
        assert max(one["deviation"] for one in entry["targets"].values()) < 1e-10
        assert max(abs(one["change"]) for one in entry["targets"].values()) < 1e-10
