"""The scales of a task: fresh predictions are of the target's size for any recipe and any unit, the
measured numbers are stored with the weights, and weights without them mean what they meant.
"""

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.torch import load_file, save_file

from segnn.data import Systems
from segnn.errors import UserError
from segnn.model import PhysicalModel
from segnn.model.scale import PART
from segnn.nn.moments import root_mean_square
from segnn.recipe import parse_recipe

RECIPE = """
name: scales
fields:
  position: {irreps: 1o, unit: length}
  velocity: {irreps: 1o, unit: length/time}
  charge: {irreps: 0e, unit: charge}
data: {folder: nowhere}
inputs: [position - center(position), velocity, norm(velocity), charge]
node_attributes: [mean(edge_attributes), sh(velocity)]
message_scalars: [distance, source(charge) * target(charge)]
target: {array: target_position, irreps: 1o, unit: length, base: position}
model: {kind: segnn, hidden: 8x0e+8x1o, layers: 2}
"""
GRAPH = [
    "target.irreps=0e",
    "target.level=graph",
    "target.base=null",
    "target.array=target_energy",
    "target.unit=1",
]


def systems(count=8, particles=5, unit=1.0, seed=0, size=0.5):
    rng = np.random.default_rng(seed)
    position = rng.normal(size=(count, particles, 3))
    return {
        "position": position * unit,
        "velocity": rng.normal(size=(count, particles, 3)) * unit,
        "charge": rng.choice([-1.0, 1.0], size=(count, particles)),
        "target_position": (position + size * rng.normal(size=position.shape)) * unit,
        "target_energy": -1000.0 + rng.normal(size=count),
    }


def fresh(*overrides, weights=0, double=True, **data):
    torch.manual_seed(weights)
    made = PhysicalModel(parse_recipe(RECIPE, overrides=overrides))
    made = made.double() if double else made
    features = made.features(Systems.from_arrays(systems(**data)))
    made.calibrate(features)
    return made, features


def relative(made, features):
    """Root mean square of what a fresh network adds, in units of the target's spread."""
    name = made.recipe.main
    constant = made.network.target.constant(name, features)
    added = made(features)[name].detach() - features.base[name] - constant
    return root_mean_square(added) / root_mean_square(features.rest(name) - constant)


@st.composite
def recipes(draw):
    """Overrides, and the data to measure on."""
    kind = draw(st.sampled_from(["segnn", "segnn", "se_linear", "se_nonlinear", "mpnn"]))
    hidden_degree, degree = draw(st.integers(1, 2)), draw(st.integers(1, 3))
    particles = draw(st.sampled_from([2, 3, 5, 12, 40]))
    channels = draw(st.sampled_from([1, 3, 16]))
    hidden = "+".join(f"{channels}x{n}{'eo'[n % 2]}" for n in range(hidden_degree + 1))
    norms = ["null"] if kind == "mpnn" else ["null", "null", "layer", "instance", "batch"]
    set_ = [
        f"model.kind={kind}",
        f"model.hidden={hidden}",
        f"model.attribute_degree={degree}",
        f"model.layers={draw(st.integers(1, 12 if particles < 12 else 4))}",
        f"model.norm={draw(st.sampled_from(norms))}",
    ]
    radial = draw(st.sampled_from(["", "bessel(distance, 3, 5.0)", "gaussian(distance, 4, 5.0)"]))
    if radial and draw(st.booleans()):
        set_.append(f"message_scalars=[distance, {radial}]")
    graph = draw(st.sampled_from(["complete", "nearest"]))
    if graph == "nearest":
        set_.append(f"graph={{kind: nearest, neighbours: {draw(st.integers(1, 20))}}}")
    if draw(st.booleans()):
        set_ += [*GRAPH, f"model.pool={draw(st.sampled_from(['mean', 'sum']))}"]
        if kind == "mpnn":
            set_ = [text for text in set_ if text not in GRAPH and "pool" not in text]
    unit = draw(st.sampled_from([1e-10, 1e-3, 1.0, 1e10]))
    data = {"particles": particles, "unit": unit, "count": 6, "seed": draw(st.integers(0, 99))}
    return set_, data, draw(st.integers(0, 10_000))


def within(found):
    overrides, data, seed = found
    made, features = fresh(*overrides, weights=seed, double=False, **data)
    assert 0.03 < relative(made, features) < 30, (overrides, data)


@settings(max_examples=15, deadline=None, derandomize=True)
@given(recipes())
def test_fresh_outputs_are_of_the_size_of_the_target(found):
    within(found)


@pytest.mark.slow
@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(recipes())
def test_fresh_outputs_of_two_hundred_recipes(found):
    within(found)


POTENTIAL = """
name: potential
fields:
  position: {irreps: 1o, unit: length}
  charge: {irreps: 0e, unit: charge}
data: {folder: nowhere}
inputs: [charge]
node_attributes: ["concat(one, turning(sum(edge_attributes)))"]
targets:
  energy: {array: target_energy, irreps: 0e, unit: energy, level: graph}
  forces: {derivative: -energy / position}
"""


@st.composite
def potentials(draw):
    """A recipe with forces, the energy that one unit of length is worth, the data."""
    particles = draw(st.sampled_from([2, 5, 12, 30]))
    degree, channels = draw(st.integers(1, 2)), draw(st.sampled_from([1, 3, 16]))
    hidden = "+".join(f"{channels}x{n}{'eo'[n % 2]}" for n in range(degree + 1))
    unit = draw(st.sampled_from([1e-10, 1e-3, 1.0, 1e3]))
    cutoff = unit * draw(st.sampled_from([3.0, 6.0]))
    layers = draw(st.integers(1, 6 if particles < 12 else 2))
    set_ = [
        f"model={{hidden: {hidden}, layers: {layers}}}",
        f"model.attribute_degree={draw(st.integers(1, 3))}",
        f"targets.energy.pool={draw(st.sampled_from(['sum', 'mean']))}",
        f"graph={{kind: radius, cutoff: {cutoff}}}",
        f"edge_attributes=['envelope(distance, {cutoff}) * sh(relative_position)']",
        f"message_scalars=['bessel(distance, {draw(st.integers(2, 8))}, {cutoff})']",
    ]
    worth = draw(st.sampled_from([1e-6, 1.0, 1e6]))
    return set_, {"particles": particles, "unit": unit, "count": 6}, worth, draw(st.integers(0, 99))


def forces_are_of_the_size_of_their_labels(found):
    overrides, data, worth, seed = found
    torch.manual_seed(seed)
    made = PhysicalModel(parse_recipe(POTENTIAL, overrides=overrides))
    given = systems(seed=seed, **data)
    given["forces"] = worth * np.random.default_rng(seed).normal(size=given["position"].shape)
    made.calibrate(made.features(Systems.from_arrays(given)))
    forces = made.predict(given)["forces"]
    assert 0.03 < np.sqrt((forces**2).mean() / (given["forces"] ** 2).mean()) < 30, found


@settings(max_examples=5, deadline=None)
@given(potentials())
def test_fresh_forces_are_of_the_size_of_their_labels(found):
    forces_are_of_the_size_of_their_labels(found)


@pytest.mark.slow
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(potentials())
def test_fresh_forces_of_forty_recipes(found):
    forces_are_of_the_size_of_their_labels(found)


def test_several_radial_functions_on_the_edges():
    radial = ", ".join(
        f"envelope(distance, {r}) * sh(relative_position, 2)" for r in (3.0, 5.0, 9.0)
    )
    made, features = fresh(
        f"edge_attributes=['concat({radial})']", "node_attributes=[mean(edge_attributes)]"
    )
    assert made.cues.irreps_edge_attr.num_irreps == 9
    assert 0.03 < relative(made, features) < 30


@pytest.mark.parametrize("unit", [1e-10, 1e10])
def test_far_units_do_not_matter(unit):
    """Among units in which inputs are far from order one, the prediction in another unit is the
    prediction, in that unit."""
    one, _ = fresh(unit=1e-3)
    made, _ = fresh(unit=unit)
    expected = one.predict(systems(seed=1, unit=1e-3))["position"] / 1e-3 * unit
    got = made.predict(systems(seed=1, unit=unit))["position"]
    np.testing.assert_allclose(got, expected, rtol=1e-6, atol=1e-6 * unit)


def test_inputs_of_order_one_are_left_alone():
    made, _ = fresh(unit=2.0)
    assert all(torch.equal(factor, torch.ones_like(factor)) for factor in factors(made))
    far, _ = fresh(unit=200.0)
    changed = [factor != 1 for factor in factors(far)]
    assert changed[0][:6].all()  # position and velocity; the norm of a velocity, and so on
    assert not changed[0][-1]  # charge
    assert changed[3].tolist() == [True, False]  # distance, product of charges


def factors(made):
    own = made.network.standards
    return [part.factor for part in (own.x, own.edge_attr, own.node_attr, own.message)]


def test_the_target_is_measured():
    made, features = fresh()
    size = root_mean_square(features.rest("position"))
    assert float(made.network.target.scale[0]) == pytest.approx(PART * size)
    assert made.network.target.spread("position") == pytest.approx(size)
    assert not made.network.target.shift.any()  # vectors have no mean


@pytest.mark.parametrize("pool", ["mean", "sum"])
def test_scalars_are_shifted_by_their_mean(pool):
    made, _ = fresh(*GRAPH, f"model.pool={pool}")
    energy = systems()["target_energy"]
    shift = energy.mean() / (5 if pool == "sum" else 1)
    assert float(made.network.target.shift) == pytest.approx(shift)
    assert float(made.network.target.scale) == pytest.approx(PART * energy.std())
    assert np.abs(made.predict(systems())["energy"] - energy).max() < 10


def test_a_declared_scale_is_taken():
    made, _ = fresh("target.scale=0.25")
    assert torch.equal(made.network.target.scale, torch.full((3,), 0.25).double())


def test_a_large_mean_keeps_its_digits_in_float32():
    made, _ = fresh(*GRAPH, double=False)
    assert made.network.target.shift.dtype == torch.float64
    again = made.float().network.target.shift
    assert float(again) == pytest.approx(systems()["target_energy"].mean(), abs=1e-9)
    assert made.double().half().network.target.scale.dtype == torch.float64


@pytest.mark.parametrize("kind", ["segnn", "segnn_refreshed", "se_linear", "egnn", "mpnn"])
def test_saved_and_loaded(kind, tmp_path):
    made, _ = fresh(f"model.kind={kind}", double=False)
    made.eval().save(tmp_path / "model")
    loaded = PhysicalModel.load(tmp_path / "model")
    for arrays in (systems(seed=1), systems(seed=2, particles=2)):
        assert np.array_equal(loaded.predict(arrays)["position"], made.predict(arrays)["position"])
    for name, value in made.network.state_dict().items():
        assert torch.equal(loaded.network.state_dict()[name], value), name


@pytest.mark.parametrize("kind", ["segnn", "segnn_refreshed", "se_linear", "egnn", "mpnn"])
def test_weights_of_older_versions_mean_what_they_meant(kind, tmp_path):
    """Without measured numbers in the file: factors of one, no shift, the recipe's own scale."""
    torch.manual_seed(0)
    made = PhysicalModel(parse_recipe(RECIPE, overrides=[f"model.kind={kind}", "target.scale=0.5"]))
    made.eval().save(tmp_path)
    file = tmp_path / "weights.safetensors"
    old = {
        name: value
        for name, value in load_file(file).items()
        if not name.startswith(("standards.", "target.")) and ".factor" not in name
    }
    assert len(old) < len(load_file(file))
    from segnn.model.weights import CONVENTION

    save_file(old, file, {"format": "segnn", "convention": CONVENTION})
    loaded = PhysicalModel.load(tmp_path)
    arrays = systems(seed=1)
    assert np.array_equal(loaded.predict(arrays)["position"], made.predict(arrays)["position"])


@pytest.mark.parametrize("kind", ["segnn", "segnn_refreshed"])
@pytest.mark.parametrize("determinant", [1.0, -1.0])
def test_equivariance_after_calibration(kind, determinant):
    made, _ = fresh(f"model.kind={kind}")
    q, _ = np.linalg.qr(np.random.default_rng(5).normal(size=(3, 3)))
    q *= determinant * np.sign(np.linalg.det(q))
    arrays = systems(seed=3)
    turned = {name: value @ q.T if value.ndim == 3 else value for name, value in arrays.items()}
    expected = made.predict(arrays)["position"] @ q.T
    np.testing.assert_allclose(made.predict(turned)["position"], expected, atol=1e-12)


def test_deterministic():
    one, other = fresh()[0].state_dict(), fresh()[0].state_dict()
    assert all(torch.equal(value, other[name]) for name, value in one.items())


@pytest.mark.parametrize("particles", [1, 2])
def test_single_particles(particles):
    made, features = fresh(particles=particles, count=3)
    assert bool(made(features)[made.recipe.main].isfinite().all())


@pytest.mark.parametrize(
    ("overrides", "missing"),
    [
        (["target.irreps=5e", "target.base=null"], "1x5e"),
        (["model.hidden=8x0e", "model.attribute_degree=0"], "1x1o"),
        (["target.irreps=0o", "target.base=null", "model.hidden=8x0e+8x1o"], "1x0o"),
    ],
)
def test_a_target_that_no_path_reaches_is_refused(overrides, missing):
    with pytest.raises(UserError, match=f"no path of the network leads to {missing}") as caught:
        PhysicalModel(parse_recipe(RECIPE, overrides=overrides))
    assert "cure" in str(caught.value)
    assert "target.irreps" in str(caught.value)
