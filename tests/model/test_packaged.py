"""The model that is shipped: it loads by name, is small, symmetric, and predicts what it was
trained for.
"""

from pathlib import Path

import numpy as np
import pytest
from e3nn.o3 import rand_matrix

import segnn
from segnn.model import packaged_models
from segnn.model.load import PACKAGED

CHECK = Path(__file__).resolve().parents[3] / "shared" / "data" / "nbody_protocol_check.npz"

ATOMS = CHECK.parent / "acac" / "test_MD_300K.xyz"


@pytest.fixture(scope="module", params=["charged", "charged-cues"])
def model(request):
    return segnn.load(request.param)


def systems(count=20):
    rng = np.random.default_rng(0)
    return {
        "position": rng.normal(size=(count, 5, 3)),
        "velocity": rng.normal(size=(count, 5, 3)) * 0.3,
        "charge": rng.choice([-1.0, 1.0], size=(count, 5)),
    }


def test_are_shipped_small_and_described():
    assert {"charged", "charged-cues"} <= set(packaged_models())
    for name in packaged_models():
        assert sum(file.stat().st_size for file in (PACKAGED / name).iterdir()) < 2_000_000
        assert (PACKAGED / name / "README.md").read_text(encoding="utf-8").startswith(f"# `{name}`")


def test_turns_with_its_input(model):
    arrays, matrix = systems(), -rand_matrix().numpy()
    turned = {
        **arrays,
        "position": arrays["position"] @ matrix.T + 3.0,
        "velocity": arrays["velocity"] @ matrix.T,
    }
    expected = model.predict(arrays)["position"] @ matrix.T + 3.0
    np.testing.assert_allclose(model.predict(turned)["position"], expected, rtol=0, atol=1e-4)


def test_one_system_is_predicted_as_in_a_batch(model):
    arrays = systems()
    alone = model.predict({name: value[3] for name, value in arrays.items()})["position"]
    np.testing.assert_allclose(alone, model.predict(arrays)["position"][3], rtol=0, atol=1e-5)


def test_predicts_the_check_file(model):
    if not CHECK.exists():
        pytest.skip(f"no {CHECK.name} in ../shared/data")
    with np.load(CHECK) as file:
        position, velocity, charge = (
            file["charged_pos"],
            file["charged_vel"],
            file["charged_charge"],
        )
    arrays = {
        "position": position[:, 0],
        "velocity": velocity[:, 0],
        "charge": charge.reshape(len(position), -1),
    }
    error = np.square(model.predict(arrays)["position"] - position[:, 1]).mean()
    straight = np.square(position[:, 0] + velocity[:, 0] - position[:, 1]).mean()
    assert error < 0.2 * straight


def test_acac_predicts_the_configurations_it_has_not_seen():
    """Far above its error of the card, far below the spread of the labels."""
    if not ATOMS.exists():
        pytest.skip(f"no acac/{ATOMS.name} in ../shared/data")
    known = segnn.load_systems(ATOMS)[:40]
    found = segnn.load("acac").predict(known)
    energy, forces = (found[name] - known_of(known, name) for name in ("energy", "forces"))
    assert np.sqrt(np.square(forces).mean()) < 0.03
    assert np.sqrt(np.square(energy).mean()) < 0.006


@pytest.mark.parametrize("name", ["qm9-alpha", "qm9-all"])
def test_a_molecule_of_qm9_that_was_not_seen(name):
    """C3H4O3 of the public test split, polarizability 41.52 bohr^3, beside water, in one file."""
    position = [
        [-0.096, 0.099, 0.251], [0.18, 1.117, -0.321], [1.323, 2.026, 0.118],
        [1.258, 3.261, -0.583], [2.306, 3.614, -1.362], [2.326, 4.626, -1.989],
        [-0.369, 1.479, -1.217], [1.245, 2.217, 1.192], [2.275, 1.509, -0.067],
        [3.122, 2.865, -1.342], [0, 0, 0.119], [0, 0.763, -0.477], [0, -0.763, -0.477],
    ]  # fmt: skip
    numbers = [8, 6, 6, 8, 6, 8, 1, 1, 1, 1, 8, 1, 1]
    model, offsets = segnn.load(name), np.array([0, 10, 13])
    arrays = {"position": np.array(position), "atomic_number": np.array(numbers)}
    found = model.predict(arrays | {"offsets": offsets})["alpha"]
    assert found.shape == (2,)
    assert abs(found[0] - 41.52) < 1
    numbers[10] = 16
    with pytest.raises(segnn.UserError, match="atoms of S"):
        model.predict(arrays | {"offsets": offsets, "atomic_number": np.array(numbers)})


def known_of(systems, name):
    return {**systems.node, **systems.graph}[name]
