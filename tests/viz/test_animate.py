"""Animations: what is where in a frame, the files, and mistakes."""

import shutil
import sys

import numpy as np
import pytest
from matplotlib.collections import EllipseCollection, LineCollection, PolyCollection
from PIL import Image

import segnn
from segnn.data import given
from segnn.errors import UserError
from segnn.viz.animate_pass import moment, pass_animation, pass_scene
from segnn.viz.animate_trajectory import trajectory_animation
from segnn.viz.movie import check_movie, write_movie
from segnn.viz.trajectory import Course, Trajectory
from segnn.viz.trajectory_file import load_trajectory

from .helpers import systems, tiny


def of(axes, kind):
    return [part for part in axes.collections if isinstance(part, kind)]


def path_of(count=9, particles=4):
    t = np.linspace(0, 1, count)[:, None, None]
    rng = np.random.default_rng(0)
    return rng.normal(size=(particles, 3)) + t * rng.normal(size=(particles, 3))


def write(path, **arrays):
    np.savez(path, **arrays)
    return path


def test_moments_go_through_every_layer_then_through_time():
    seen = [moment(n, 101, 4, True) for n in range(101)]
    layers, times = zip(*seen, strict=True)
    assert (layers[0], times[0]) == (0, 0)
    assert (layers[-1], times[-1]) == (4, 1)
    assert (np.diff(layers) >= 0).all()
    assert (np.diff(times) >= 0).all()
    assert set(range(5)) <= set(layers)
    assert max(np.diff(layers)) < 0.15
    assert moment(10, 11, 0, False) == (0, 0)


def test_a_frame_holds_the_system_and_a_glyph_at_every_node(tmp_path):
    model = tiny(tmp_path, hidden="4x0e+3x1o+2x2e")
    found = systems(model)
    figure, draw = pass_animation(model, found, 1, 1, frames=11)
    scene = pass_scene(model, found[1], 1, "it")
    draw(0)
    panels = figure.axes[:3]
    assert [axes.texts[0].get_text() for axes in panels] == [
        "0e, channel 1",
        "1o, channel 1",
        "2e, channel 1",
    ]
    for axes in panels:
        (balls,) = of(axes, EllipseCollection)
        expected = scene.camera.project(found[1].position)[0]
        offsets = np.asarray(balls.get_offsets())
        assert np.linalg.norm(offsets[:, None] - expected[None], axis=-1).min(0).max() < 1e-9
        (lines,) = of(axes, LineCollection)
        assert len(lines.get_segments()) == 12
        (surface,) = of(axes, PolyCollection)
        middles = np.array([path.vertices[:3].mean(0) for path in surface.get_paths()])
        nearest = np.linalg.norm(middles[:, None] - expected[None], axis=-1).argmin(1)
        assert set(nearest) == {0, 1, 2, 3}
    assert figure.get_suptitle() == "embedding"
    draw(10)
    assert figure.get_suptitle() == "predicted; rings: true"
    at_end = np.asarray(of(panels[0], EllipseCollection)[0].get_offsets())
    expected = scene.camera.project(scene.recording.prediction)[0]
    assert np.linalg.norm(at_end[:, None] - expected[None], axis=-1).min(0).max() < 1e-9


def test_the_key_of_elements_leaves_room_for_the_title():
    """Of five elements, in the narrow figure of a molecule that is hardly longer than wide."""
    numbers = np.array([1.0, 6, 7, 8, 9])
    position = np.array([[0.0, 0, 0], [1.1, 1.9, 0], [4.0, 1.9, 0], [4.0, 0, 0], [1.9, 0.9, 0]])
    arrays = {"position": position[None], "atomic_number": numbers[None]}
    figure, draw = pass_animation(segnn.load("qm9-alpha"), given(arrays).systems, frames=3)
    for n in range(3):
        draw(n)
        figure.draw_without_rendering()
        title = figure._suptitle.get_window_extent()
        assert all(not title.overlaps(text.get_window_extent()) for text in figure.texts[:10])
        assert title.x1 <= figure.bbox.x1


def test_a_channel_that_only_some_irreps_have(tmp_path):
    model = tiny(tmp_path, hidden="4x0e+3x1o")
    figure, draw = pass_animation(model, systems(model), 0, 3, frames=3)
    draw(1)
    assert figure.axes[0].texts[0].get_text() == "0e, channel 3"


@pytest.mark.parametrize("sizes", [(1,), (2,)])
def test_tiny_systems(sizes, tmp_path):
    model = tiny(tmp_path)
    figure, draw = pass_animation(model, systems(model, sizes, labels=False), frames=5)
    for n in range(5):
        draw(n)
    figure.canvas.draw()


def test_gif_of_a_pass(tmp_path):
    model = tiny(tmp_path)
    figure, draw = pass_animation(model, systems(model), frames=6)
    calls = []
    path = write_movie(
        tmp_path / "new" / "out.gif", figure, draw, 6, progress=lambda *c: calls.append(c)
    )
    with Image.open(path) as image:
        assert image.n_frames == 6
        first = np.asarray(image.convert("RGB"))
        image.seek(5)
        assert (np.asarray(image.convert("RGB")) != first).any()
    assert calls == [(n, 6) for n in range(1, 7)]
    assert [p.name for p in path.parent.iterdir()] == ["out.gif"]
    assert tuple(first[2, 2]) == (255, 255, 255)


def test_no_frame_repeats_the_one_before(tmp_path):
    """Also where the animation begins again: the end is held by its duration, not by copies."""
    path = write_movie(
        tmp_path / "out.gif",
        *trajectory_animation(Trajectory(Course(path_of(), np.arange(9.0)), None, np.zeros(4)), 5),
        5,
    )
    with Image.open(path) as image:
        assert image.n_frames == 5
        pictures = []
        for n in range(5):
            image.seek(n)
            pictures.append(np.asarray(image.convert("RGB")))
    for n, picture in enumerate(pictures):
        assert (picture != pictures[n - 1]).any(), n


def test_trajectories_with_true_beside_predicted():
    true = path_of()
    time = np.arange(9) * 0.5
    trajectory = Trajectory(Course(true, time), Course(true + 0.1, time), np.array([1, -1, 0, 1.0]))
    figure, draw = trajectory_animation(trajectory, 5)
    draw(4)
    assert figure.get_suptitle() == "time 4.00"
    assert [text.get_text() for text in figure.texts if text.get_text() != "time 4.00"] == [
        "●",
        "+",
        "●",
        "−",
    ]
    left, right = figure.axes
    assert [len(of(axes, EllipseCollection)) for axes in (left, right)] == [1, 2]
    predicted, rings = (np.asarray(part.get_offsets()) for part in of(right, EllipseCollection))
    truth = np.asarray(of(left, EllipseCollection)[0].get_offsets())
    assert np.linalg.norm(truth[:, None] - rings[None], axis=-1).min(0).max() < 1e-9
    assert np.linalg.norm(truth[:, None] - predicted[None], axis=-1).min(0).max() > 1e-3
    (trail,) = of(left, LineCollection)
    alpha = trail.get_colors()[:, 3]
    assert alpha[0] < alpha[-1]


def test_nothing_is_cut_at_the_edge():
    """Balls and trails of every frame, true and predicted, lie inside of the picture."""
    true = 2 * path_of()
    time = np.arange(9.0)
    fast = Course(true, time, 3 * np.gradient(true, axis=0))
    figure, draw = trajectory_animation(
        Trajectory(fast, Course(true + 0.3, time), np.array([1, -1, 0, 1.0])), 7
    )
    for n in range(7):
        draw(n)
        for axes in figure.axes:
            wide, tall = axes.get_xlim()[1], axes.get_ylim()[1]
            for balls in of(axes, EllipseCollection):
                assert (np.abs(balls.get_offsets()) < np.array([wide, tall]) * 0.97).all()
            for trail in of(axes, LineCollection):
                ends = np.concatenate(trail.get_segments())
                assert (np.abs(ends) < np.array([wide, tall]) * 0.99).all()


def test_places_between_times():
    true = path_of()
    course = Course(true, np.arange(9.0))
    np.testing.assert_allclose(course.at(0), true[0])
    np.testing.assert_allclose(course.at(1), true[-1])
    np.testing.assert_allclose(course.at(0.5 / 8), (true[0] + true[1]) / 2)


def test_paths_are_cubics_where_velocities_are_known():
    """A cubic in time is met exactly, also between the states; velocities that would overshoot are
    cut.
    """
    time = np.array([0.0, 0.5, 1.0])
    t = np.array([time, time**2, time**3]).T[:, None]  # (T, 1, 3): x = t, y = t², z = t³
    speed = np.array([np.ones(3), 2 * time, 3 * time**2]).T[:, None]
    np.testing.assert_allclose(
        Course(t, time, speed).at(0.25)[0], [0.25, 0.0625, 0.015625], atol=1e-12
    )
    still = np.zeros((2, 1, 3))
    np.testing.assert_array_equal(
        Course(still, time[:2], np.full((2, 1, 3), 9.0)).at(0.3), still[0]
    )


def test_a_rollout_of_several_systems_is_true_beside_predicted(tmp_path):
    """As 'segnn rollout' writes it: position is the model's, true_position the simulator's; one
    system is chosen.
    """
    states = np.stack([path_of(), path_of() + 5], axis=1)  # (T, S, N, 3)
    charge = np.array([[1.0, 1, 1, 1], [-1, -1, 1, 1]])
    path = write(
        tmp_path / "r.npz",
        position=states + 0.1,
        true_position=states,
        true_velocity=states,
        time=np.arange(9.0),
        charge=charge,
    )
    found = load_trajectory(path, 1)
    np.testing.assert_allclose(found.true.position, states[:, 1])
    np.testing.assert_allclose(found.predicted.position, states[:, 1] + 0.1)
    np.testing.assert_allclose(found.true.velocity, states[:, 1])
    assert found.predicted.velocity is None
    assert found.charge.tolist() == [-1, -1, 1, 1]
    with pytest.raises(UserError, match=r"--system 2: there are 2 systems in .*r\.npz"):
        load_trajectory(path, 2)
    flat = write(
        tmp_path / "f.npz",
        position=path_of(),
        offsets=np.array([0, 3, 4]),
        charge=np.array([1.0, 1, 1, -1]),
        time=np.arange(9.0),
    )
    assert load_trajectory(flat, 1).true.position.shape == (9, 1, 3)
    assert load_trajectory(flat, 1).charge.tolist() == [-1]


def test_systems_are_no_trajectory(tmp_path):
    """Without a time, labels or velocities say that the first axis counts systems."""
    path = write(
        tmp_path / "test.npz", position=path_of(), velocity=path_of(), charge=np.ones((9, 4))
    )
    with pytest.raises(
        UserError, match=r"and there is no time; a trajectory is .*segnn animate MODEL SYSTEMS"
    ):
        load_trajectory(path)


def test_hundred_bodies(tmp_path):
    path = write(tmp_path / "many.npz", position=path_of(5, 100))
    figure, draw = trajectory_animation(load_trajectory(path), 3)
    draw(1)
    assert len(figure.axes) == 1
    assert len(of(figure.axes[0], EllipseCollection)[0].get_offsets()) == 100


def test_particles_that_fly_away_do_not_shrink_the_others(tmp_path):
    true = np.repeat(np.random.default_rng(0).normal(size=(1, 100, 3)), 3, axis=0)
    true[:, :5] *= 1000
    figure, draw = trajectory_animation(
        load_trajectory(write(tmp_path / "far.npz", position=true)), 3
    )
    draw(1)
    offsets = np.asarray(of(figure.axes[0], EllipseCollection)[0].get_offsets())
    inside = offsets[np.abs(offsets).max(1) <= 1.8]
    assert len(inside) >= 95
    assert np.ptp(inside, axis=0).max() > 1.2


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        (
            {"position": np.zeros((4, 3))},
            r"shape \(4, 3\); a trajectory is \(T, N, 3\).*segnn animate MODEL",
        ),
        ({"position": np.zeros((1, 4, 3))}, "at least two times"),
        ({"x": np.zeros(3)}, r"a trajectory is \(T, N, 3\)"),
        (
            {"position": path_of(), "predicted_position": np.zeros((9, 3, 3))},
            r"'predicted_position' has shape \(9, 3, 3\)",
        ),
        ({"position": path_of(), "time": np.zeros(3)}, r"'time' has shape \(3,\)"),
        ({"position": path_of(), "charge": np.zeros(3)}, r"'charge' has shape \(3,\)"),
        ({"position": path_of() * np.nan}, "'position' holds numbers that are not finite"),
        ({"position": np.array([["a"]])}, "expected real numbers"),
    ],
)
def test_files_that_are_no_trajectories(arrays, message, tmp_path):
    with pytest.raises(UserError, match=message):
        load_trajectory(write(tmp_path / "it.npz", **arrays))


def test_endings_and_programs(tmp_path, monkeypatch):
    with pytest.raises(UserError, match=r"out\.avi: an animation ends in \.gif or \.mp4"):
        check_movie(tmp_path / "out.avi")
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(
        UserError,
        match=r"needs the program ffmpeg, which is not here\. Install it, or write a \.gif",
    ):
        check_movie(tmp_path / "out.mp4")
    assert check_movie(tmp_path / "out.gif") == tmp_path / "out.gif"
    monkeypatch.setitem(sys.modules, "PIL.Image", None)
    with pytest.raises(UserError, match=r"needs Pillow.*segnn\[plots\]"):
        check_movie(tmp_path / "out.gif")


def test_mp4_is_given_to_ffmpeg(tmp_path, monkeypatch):
    """A stand-in for ffmpeg that keeps what it gets: raw RGB frames of even size."""
    program = tmp_path / "ffmpeg"
    program.write_text(
        '#!/bin/sh\nfor last; do :; done\nprintf "%s\\n" "$*" > "$last.arguments"\ncat > "$last"\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    figure, draw = trajectory_animation(
        Trajectory(Course(path_of(), np.arange(9.0)), None, np.zeros(4)), 3
    )
    path = write_movie(tmp_path / "out.mp4", figure, draw, 3, fps=25)
    (arguments,) = tmp_path.glob("*.arguments")
    width, height = map(int, arguments.read_text().split("-s ")[1].split()[0].split("x"))
    assert width % 2 == height % 2 == 0
    assert path.stat().st_size == 3 * width * height * (3 + 25)  # the last one stays a second


def test_mistakes(tmp_path):
    model = tiny(tmp_path)
    found = systems(model)
    with pytest.raises(UserError, match=r"--system 2: there are 2 systems"):
        pass_animation(model, found, 2)
    with pytest.raises(UserError, match=r"--frames 1: expected at least 2"):
        pass_animation(model, found, frames=1)
    with pytest.raises(
        UserError, match=r"--channel 9: no irrep of 4x0e\+3x1o has so many channels"
    ):
        pass_animation(model, found, channels=9)
    with pytest.raises(UserError, match="a system of 201 nodes"):
        pass_animation(model, systems(model, (201,)))
    with pytest.raises(UserError, match="plain numbers, which have no glyphs"):
        pass_animation(tiny(tmp_path, "mpnn"), found)
