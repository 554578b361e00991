"""Pictures by their geometry: where things are projected, which triangles are drawn, how many
glyphs a figure shows.
"""

import numpy as np
import pytest
from matplotlib.collections import PolyCollection

from segnn.report import save_figure
from segnn.report.canvas import new_figure
from segnn.viz import glyph, sphere
from segnn.viz.draw import Camera, glyphs, prepare
from segnn.viz.stills import embedding_figure, glyph_figure

RNG = np.random.default_rng(0)


def surfaces(axes):
    return [part for part in axes.collections if isinstance(part, PolyCollection)]


def test_camera_sees_the_flattest_side_and_every_point():
    points = RNG.normal(size=(40, 3)) * [3.0, 1.0, 0.1]
    camera = Camera.facing(points, margin=0.2, aspect=1.5)
    np.testing.assert_allclose(camera.axes @ camera.axes.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(camera.axes) == pytest.approx(1)
    assert abs(camera.axes[2, 2]) > 0.99
    flat, _ = camera.project(points)
    assert (np.abs(flat) <= [1.5, 1.0]).all()
    assert np.abs(flat[:, 1]).max() > 0.2


def test_nearer_is_larger_and_right_is_right():
    camera = Camera.facing(np.zeros((1, 3)), margin=1.0, toward=(0, 0, 1))
    flat, depth = camera.project(np.array([[0.5, 0.2, 0.0], [0.5, 0.2, 0.5]]))
    np.testing.assert_allclose(flat[0] * camera.reach, [0.5, 0.2], atol=1e-12)
    assert flat[1, 0] > flat[0, 0]
    assert depth[1] > depth[0]


def test_one_point_alone():
    camera = Camera.facing(np.ones((1, 3)), margin=0.5)
    np.testing.assert_allclose(camera.project(np.ones((1, 3)))[0], 0, atol=1e-12)
    assert camera.turned(0.3).reach == camera.reach


def test_only_the_front_of_a_sphere_is_drawn_and_in_its_place():
    axes = new_figure(2, 2).subplots()
    prepare(axes)
    camera = Camera.facing(np.zeros((1, 3)), margin=2.0, toward=(0, 0, 1))
    glyphs(
        axes,
        camera,
        glyph([[1.0], [1.0]], "0e", scale=0.5, on=sphere(2)),
        np.array([[-1.0, 0, 0], [1.0, 0, 0]]),
    )
    (drawn,) = surfaces(axes)
    paths = np.array([path.vertices[:3] for path in drawn.get_paths()])
    assert 0.4 * 640 < len(paths) < 0.55 * 640
    left = paths[paths[..., 0].mean(1) < 0].reshape(-1, 2)
    np.testing.assert_allclose((left.max(0) + left.min(0)) / 2 * camera.reach, [-1, 0], atol=0.04)
    np.testing.assert_allclose(np.ptp(left, axis=0) * camera.reach, 1.0, rtol=0.06)


def test_glyph_figure_has_a_panel_for_each(tmp_path):
    figure = glyph_figure(
        glyph(RNG.normal(size=(5, 4)), "0e+1o", on=sphere(2)), list("abcde"), columns=3
    )
    assert [len(surfaces(axes)) for axes in figure.axes] == [1, 1, 1, 1, 1, 0]
    assert [axes.get_title() for axes in figure.axes] == ["a", "b", "c", "d", "e", ""]
    assert save_figure(figure, tmp_path / "five.svg").stat().st_size < 2_000_000
    assert save_figure(figure, tmp_path / "five.png").read_bytes()[:4] == b"\x89PNG"


def test_embedding_turns_with_its_vector():
    figure = embedding_figure(lmax=2, steps=4, vector=(1, 0, 0), level=2)
    assert len(figure.axes) == 4 * 4
    assert [axes.get_title() for axes in figure.axes[:4]] == [
        "l = 0",
        "l = 1",
        "l = 2",
        "l = 0 … 2, summed",
    ]
    reach = []
    for row in range(
        4
    ):  # the orange lobe of l = 1 follows the vector: right, up right, up, up left
        (drawn,) = surfaces(figure.axes[4 * row + 1])
        orange = drawn.get_facecolor()[:, 0] > drawn.get_facecolor()[:, 2] + 0.1
        lobe = np.array([path.vertices[:3].mean(0) for path in drawn.get_paths()])[orange].mean(0)
        reach.append(np.rad2deg(np.arctan2(lobe[1], lobe[0])))
    assert np.abs(np.array(reach) - [0, 45, 90, 135]).max() < 20
