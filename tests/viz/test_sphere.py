"""The sphere of triangles: closed, round, turned outward, as symmetric as an icosahedron."""

import numpy as np
import pytest

from segnn.viz import sphere

from .helpers import icosahedral_rotation


@pytest.mark.parametrize("level", [0, 1, 3])
def test_counts_and_closedness(level):
    found = sphere(level)
    assert len(found.directions) == 10 * 4**level + 2
    assert len(found.faces) == 20 * 4**level
    np.testing.assert_allclose(np.linalg.norm(found.directions, axis=1), 1, atol=1e-15)
    edges = np.concatenate([found.faces[:, pair] for pair in ([0, 1], [1, 2], [2, 0])])
    assert len(np.unique(edges, axis=0)) == len(
        edges
    )  # every edge once in each direction: closed, one orientation
    assert {tuple(edge) for edge in edges} == {tuple(edge[::-1]) for edge in edges}
    corners = found.directions[found.faces]
    assert (np.linalg.det(corners) > 0).all()


def test_area_approaches_that_of_the_sphere():
    found = sphere(4)
    a, b, c = found.directions[found.faces].transpose(1, 0, 2)
    area = np.linalg.norm(np.cross(b - a, c - a), axis=1).sum() / 2
    assert area == pytest.approx(4 * np.pi, rel=3e-3)


def test_a_symmetry_of_the_icosahedron_maps_it_to_itself():
    found = sphere(2)
    turned = found.directions @ icosahedral_rotation().T
    nearest = np.linalg.norm(turned[:, None] - found.directions[None], axis=-1).min(1)
    assert nearest.max() < 1e-12


@pytest.mark.parametrize("level", [-1, 8])
def test_unknown_levels(level):
    with pytest.raises(ValueError, match=f"level of the sphere is {level}, expected 0 to 7"):
        sphere(level)


def test_shared_arrays_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        sphere(1).directions[0] = 0
