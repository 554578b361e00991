"""Glyphs: values of known functions, the rotation and mirror identity, normals, choice of a
channel, mistakes.
"""

import numpy as np
import pytest
import torch
from e3nn.o3 import Irreps, spherical_harmonics

from segnn.model.check.transform import representation
from segnn.viz import channel, glyph, sphere
from segnn.viz.glyph import mirror_sign

from .helpers import axis_rotation, icosahedral_rotation

ROTATION = axis_rotation([0.3, -1.0, 0.7], 1.234)
KINDS = ["0e", "1o", "2e", "3o", "6e", "0e+1o+2e", "1o+0e+4e+3o", "0o", "1e", "2o+1e", "0e+1o+1e"]


def rows(irreps, count=3):
    return np.random.default_rng(0).normal(size=(count, Irreps(irreps).dim))


@pytest.mark.parametrize("irreps", KINDS)
def test_turned_vector_has_the_turned_surface(irreps):
    h, on = rows(irreps), sphere(2)
    one = glyph(h, irreps, on=on)
    other = glyph(h @ representation(Irreps(irreps), ROTATION).T, irreps, on=on.turned(ROTATION))
    np.testing.assert_allclose(other.vertices, one.vertices @ ROTATION.T, atol=1e-10)
    np.testing.assert_allclose(other.values, one.values, atol=1e-10)
    assert np.abs(one.vertices).max() > 0.5


@pytest.mark.parametrize("irreps", ["2e", "0e+1o+2e", "1e"])
def test_turned_vector_has_the_turned_surface_on_the_same_directions(irreps):
    """A symmetry of the sphere's triangles permutes the vertices: the two meshes are one set of
    points.
    """
    h, rotation = rows(irreps, 1), icosahedral_rotation()
    one = glyph(h, irreps, on=sphere(2)).vertices[0] @ rotation.T
    other = glyph(h @ representation(Irreps(irreps), rotation).T, irreps, on=sphere(2)).vertices[0]
    assert np.linalg.norm(one[:, None] - other[None], axis=-1).min(1).max() < 1e-6


@pytest.mark.parametrize(
    "irreps", [kind for kind in KINDS if mirror_sign(Irreps(kind)) is not None]
)
def test_mirrors_map_surfaces_and_exchange_the_colours_of_pseudofunctions(irreps):
    mirror = -ROTATION
    h, on = rows(irreps), sphere(2)
    one = glyph(h, irreps, on=on)
    other = glyph(h @ representation(Irreps(irreps), mirror).T, irreps, on=on.turned(mirror))
    np.testing.assert_allclose(other.vertices, one.vertices @ mirror.T, atol=1e-10)
    np.testing.assert_allclose(other.values, one.mirror * one.values, atol=1e-10)


@pytest.mark.parametrize(
    ("irreps", "sign"), [("0e+1o+2e", 1), ("0o+1e+2o", -1), ("1o+1e", None), ("", None)]
)
def test_mirror_sign(irreps, sign):
    assert mirror_sign(Irreps(irreps)) == sign


def test_values_are_those_of_e3nn():
    h, on = rows("3o"), sphere(1)
    harmonics = spherical_harmonics(
        3, torch.tensor(on.directions), normalize=True, normalization="component"
    ).numpy()
    np.testing.assert_allclose(glyph(h, "3o", on=on).values, h @ harmonics.T, atol=1e-12)


def test_a_vector_is_two_balls_along_it():
    v = np.array([1.0, -2.0, 0.5])
    found = glyph(v, "1o")
    np.testing.assert_allclose(found.values[0], np.sqrt(3) * sphere().directions @ v, atol=1e-12)
    tip = found.vertices[0, found.values[0].argmax()]
    assert tip @ v / np.linalg.norm(tip) / np.linalg.norm(v) > 0.999
    orange, blue = found.colours()[0, [found.values[0].argmax(), found.values[0].argmin()]]
    assert orange[0] > orange[2]
    assert blue[2] > blue[0]


def test_a_scalar_is_a_sphere():
    found = glyph([-0.7], "0e", scale=2.0)
    np.testing.assert_allclose(np.linalg.norm(found.vertices[0], axis=1), 1.4, atol=1e-12)
    assert (found.values < 0).all()


def test_rows_and_tensors_at_once():
    h = torch.tensor(rows("1o", 4), dtype=torch.float32, requires_grad=True)
    assert glyph(h, "1o", on=sphere(1)).vertices.shape == (4, 42, 3)
    assert len(glyph(np.zeros((0, 3)), "1o")) == 0


def test_normals_point_outward_and_are_those_of_an_ellipsoid_like_surface():
    found = glyph([[1.0, 0.0, 0.0, 0.25]], "0e+1o", on=sphere(5))
    n, r = sphere(5).directions, np.abs(found.values[0])
    gradient = 0.25 * np.sqrt(3) * (np.array([0, 0, 1.0]) - n * n[:, 2:])
    exact = r[:, None] * n - gradient
    exact /= np.linalg.norm(exact, axis=1, keepdims=True)
    assert (found.normals()[0] * exact).sum(1).min() > 0.999


def test_normals_of_nothing_are_the_directions():
    np.testing.assert_allclose(
        glyph(np.zeros(3), "1o", on=sphere(1)).normals()[0], sphere(1).directions
    )


def test_choice_of_a_channel():
    irreps = Irreps("2x0e+3x1o+1x0e")
    x = np.arange(irreps.dim)
    values, kind = channel(x, irreps, 1, "1o")
    assert (values.tolist(), str(kind)) == ([5, 6, 7], "1x1o")
    values, kind = channel(np.stack([x, x + 100]), irreps, 2)
    assert (values.tolist(), str(kind)) == ([[8, 9, 10, 11], [108, 109, 110, 111]], "1x1o+1x0e")
    with pytest.raises(
        ValueError, match=r"no channel 3 of 1o .*channels are 0e: 0 to 2, 1o: 0 to 2"
    ):
        channel(x, irreps, 3, "1o")


def test_several_channels_are_refused_with_the_cure():
    with pytest.raises(
        ValueError, match=r"one channel of each irrep, got 2x1o: take one with segnn.viz.channel"
    ):
        glyph(np.zeros(6), "2x1o")


def test_a_wrong_shape_is_named():
    with pytest.raises(ValueError, match=r"shape \(1, 4\), expected \(rows, 3\) for irreps 1x1o"):
        glyph(np.zeros(4), "1o")
