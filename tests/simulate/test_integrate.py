import numpy as np

from segnn.simulate.integrate import leapfrog

RUN = {"springs": False, "start": 0, "dt": 0.001}


def test_opposite_charges_on_a_circle_stay_on_it_and_keep_their_energy():
    """Two unit masses at distance 1: force 1 = v² / (1/2), so v = sqrt(1/2), period 2π r / v =
    4.443.
    """
    x = np.array([[[0.5, 0, 0], [-0.5, 0, 0]]])
    v = np.array([[[0, 0.5**0.5, 0], [0, -(0.5**0.5), 0]]])
    out = leapfrog(x, v, np.array([[[1.0, -1.0]]]), horizon=4443, **RUN)[0]
    (x0, v0), (x1, v1) = out
    np.testing.assert_array_equal(x0, x[0])  # step 0 is recorded before its kick
    np.testing.assert_array_equal(v0, v[0])
    np.testing.assert_allclose(x1, x[0], atol=2e-3)
    level = (
        v1
        - 0.0005
        * x1
        / np.linalg.norm(x1, axis=1, keepdims=True)
        / np.linalg.norm(x1[0] - x1[1]) ** 2
    )
    energy = 0.5 * (level**2).sum() - 1 / np.linalg.norm(x1[0] - x1[1])
    assert abs(energy - (0.5 - 1)) < 1e-5


def test_equal_charges_repel_and_conserve_momentum():
    rng = np.random.default_rng(0)
    x, v = rng.normal(size=(2, 3, 6, 3))
    (x0, v0), (x1, v1) = leapfrog(x, v, np.ones((3, 1, 6)), horizon=2000, **RUN).transpose(
        1, 2, 0, 3, 4
    )
    np.testing.assert_allclose(v1.sum(1), v0.sum(1), atol=1e-11)
    spread = [((y - y.mean(1, keepdims=True)) ** 2).sum() for y in (x0, x1)]
    assert spread[1] > 2 * spread[0]


def test_forces_are_clipped_per_component_after_the_sum():
    x = np.array([[[0.0, 0, 0], [0.01, 0, 0], [0, 0.01, 0]]])
    out = leapfrog(x, np.zeros_like(x), np.ones((1, 1, 3)), horizon=1, **RUN)
    np.testing.assert_allclose(out[0, 1, 1, 0], [-0.1, -0.1, 0], atol=1e-12)
    spring = np.array([[[0.0, 1e6], [1e6, 0]]])
    out = leapfrog(
        x[:, :2], np.zeros((1, 2, 3)), spring, springs=True, start=0, horizon=1, dt=0.001
    )
    np.testing.assert_allclose(out[0, 1, 1], [[0.1, 0, 0], [-0.1, 0, 0]], atol=1e-12)


def test_coincident_particles_exert_no_force_on_each_other():
    out = leapfrog(np.zeros((1, 2, 3)), np.zeros((1, 2, 3)), np.ones((1, 1, 2)), horizon=3, **RUN)
    np.testing.assert_array_equal(out, 0)


def test_no_systems():
    assert leapfrog(
        np.zeros((0, 2, 3)), np.zeros((0, 2, 3)), np.ones((0, 1, 2)), horizon=3, **RUN
    ).shape == (
        0,
        2,
        2,
        2,
        3,
    )
