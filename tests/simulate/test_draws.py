import numpy as np

from segnn.simulate.draws import BOX, draw, reflect


def test_reflection_turns_velocities_inwards():
    position = np.array([5.5, 5.5, -6.0, -6.0, 5.0, -4.9])
    velocity = np.array([0.3, -0.3, 0.3, -0.3, 0.3, -0.3])
    reflect(position, velocity)
    np.testing.assert_allclose(position, [4.5, 4.5, -4.0, -4.0, 5.0, -4.9])
    np.testing.assert_allclose(velocity, [-0.3, -0.3, 0.3, 0.3, 0.3, -0.3])


def test_draws_lie_in_the_box_and_have_unit_variance():
    start = draw(np.random.RandomState(0), 3000, 5, 0, springs=False)
    assert start.position.shape == start.velocity.shape == (3000, 5, 3)
    assert start.interaction.shape == (3000, 1, 5)
    assert np.abs(start.position).max() <= BOX
    assert abs(start.position.std() - 1) < 0.02
    np.testing.assert_allclose(np.linalg.norm(start.velocity, axis=-1), 0.5, rtol=1e-12)
    assert abs((start.interaction > 0).mean() - 0.5) < 0.03


def test_the_stream_moves_by_the_unused_draws():
    """25 normals and 5 uniforms fewer would give other systems."""
    rng = np.random.RandomState(3)
    draw(rng, 1, 5, 49, springs=False)
    other = np.random.RandomState(3)
    other.random_sample(5)
    other.randn(2 * 15 + 2 * 49 * 15)
    assert rng.random_sample() == other.random_sample()
    assert rng.randn() == other.randn()
