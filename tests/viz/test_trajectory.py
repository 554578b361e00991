"""Trajectories in periodic boxes, and those of files of atoms."""

import numpy as np
import pytest
from matplotlib.collections import EllipseCollection, LineCollection

from segnn.errors import UserError
from segnn.viz.animate_trajectory import trajectory_animation
from segnn.viz.cell import box_lines, folded, unfolded
from segnn.viz.trajectory_file import load_trajectory

CELL = np.array([[4.0, 0, 0], [1.0, 3.0, 0], [0, 0.5, 5.0]])
TIMES = 24


def straight(seed=0, particles=5):
    """Straight paths that leave the box, (T, N, 3)."""
    rng = np.random.default_rng(seed)
    start = rng.uniform(size=(particles, 3)) @ CELL
    return start + np.arange(TIMES)[:, None, None] * rng.normal(0, 0.3, (particles, 3))


def wrapped(path):
    return path + np.stack([folded(x, CELL, np.zeros(3)) for x in path])


def test_jumps_through_walls_are_taken_back():
    path = straight()
    inside = wrapped(path)
    assert np.abs(np.diff(inside, axis=0)).max() > 2
    smooth = unfolded(inside, np.broadcast_to(CELL, (TIMES, 3, 3)))
    np.testing.assert_allclose(smooth - smooth[0], path - path[0], atol=1e-12)


def test_edges_of_boxes():
    starts, ends = box_lines(CELL, np.ones(3))
    assert len(starts) == 12
    lengths = np.sort(np.linalg.norm(ends - starts, axis=1))
    np.testing.assert_allclose(lengths, np.sort(np.repeat(np.linalg.norm(CELL, axis=1), 4)))
    assert len(box_lines(CELL[:2], np.zeros(3))[0]) == 4


@pytest.fixture
def boxed(tmp_path):
    np.savez(tmp_path / "box.npz", position=wrapped(straight()), cell=CELL)
    return load_trajectory(tmp_path / "box.npz")


def test_particles_stay_in_the_box_and_trails_do_not_cross_it(boxed):
    """The longest trail piece is as long as a particle moves in it, not as the box is wide."""
    figure, draw = trajectory_animation(boxed, 9)
    for n in (0, 5, 8):
        draw(n)
        at = boxed.true.at(n / 8)
        place = (at + boxed.box.fold(at, n / 8)) @ np.linalg.inv(CELL)
        assert (place > -1e-6).all()
        assert (place < 1 + 1e-6).all()
    axes = figure.axes[0]
    (balls,) = [part for part in axes.collections if isinstance(part, EllipseCollection)]
    assert len(balls.get_offsets()) == 5
    box, trails = [part for part in axes.collections if isinstance(part, LineCollection)]
    assert len(box.get_segments()) == 12
    corners = np.concatenate(box.get_segments())
    assert (np.abs(corners) < [axes.get_xlim()[1], 1]).all()
    longest = np.linalg.norm(np.diff(trails.get_segments(), axis=1), axis=-1).max()
    assert longest < 0.15


@pytest.mark.parametrize(
    "arrays",
    [
        {"cell": np.broadcast_to(CELL, (TIMES, 3, 3))},
        {"cell": CELL[None], "pbc": np.ones((1, 3))},
        {"cell": CELL, "pbc": np.ones(3)},
    ],
)
def test_shapes_of_cells(arrays, boxed, tmp_path):
    np.savez(tmp_path / "it.npz", position=wrapped(straight()), **arrays)
    found = load_trajectory(tmp_path / "it.npz")
    np.testing.assert_array_equal(found.box.lattice, boxed.box.lattice)
    np.testing.assert_array_equal(found.true.position, boxed.true.position)


def test_a_slab_is_open_along_one_axis(tmp_path):
    path = straight()
    np.savez(tmp_path / "it.npz", position=path, cell=CELL, pbc=np.array([1.0, 1, 0]))
    found = load_trajectory(tmp_path / "it.npz")
    assert found.box.lattice.shape == (TIMES, 2, 3)
    np.savez(tmp_path / "it.npz", position=path, cell=CELL, pbc=np.zeros(3))
    assert load_trajectory(tmp_path / "it.npz").box is None


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"cell": np.zeros((7, 3, 3))}, r"'cell' has shape \(7, 3, 3\)"),
        ({"cell": np.zeros((3, 3))}, "linearly dependent"),
        ({"cell": CELL, "pbc": np.ones(2)}, r"'pbc' has shape \(2,\)"),
    ],
)
def test_cells_that_are_none(arrays, message, tmp_path):
    np.savez(tmp_path / "it.npz", position=straight(), **arrays)
    with pytest.raises(UserError, match=message):
        load_trajectory(tmp_path / "it.npz")


def test_the_box_of_one_of_several_systems(tmp_path):
    states = np.stack([straight(), straight(1)], axis=1)
    cells = np.stack([CELL, 2 * CELL])
    np.savez(tmp_path / "it.npz", position=states, cell=cells, time=np.arange(float(TIMES)))
    found = load_trajectory(tmp_path / "it.npz", 1)
    np.testing.assert_array_equal(found.box.lattice[0], 2 * CELL)
    both = np.broadcast_to(cells, (TIMES, 2, 3, 3))
    np.savez(tmp_path / "it.npz", position=states, cell=both, time=np.arange(float(TIMES)))
    again = load_trajectory(tmp_path / "it.npz", 1)
    np.testing.assert_array_equal(again.box.lattice, found.box.lattice)


@pytest.fixture
def molecules(tmp_path):
    """A file with three configurations of a molecule in a box, and its path."""
    ase = pytest.importorskip("ase")
    from ase.build import molecule
    from ase.io import write

    first = molecule("CH3OH")
    first.set_cell([6.0, 6, 6])
    first.set_pbc(True)
    frames = []
    for n in range(3):
        frame = first.copy()
        frame.positions += 0.4 * n
        frame.wrap()
        frames.append(frame)
    path = tmp_path / "it.xyz"
    write(path, frames)
    return ase, path, frames


def test_a_file_of_atoms_is_a_trajectory(molecules):
    """Elements have colours and a key, bonds are drawn in halves, and the frames are counted."""
    _, path, _ = molecules
    found = load_trajectory(path)
    assert found.number.tolist() == [6, 8, 1, 1, 1, 1]
    figure, draw = trajectory_animation(found, 3)
    draw(2)
    assert figure.get_suptitle() == "frame 2"
    key = [text.get_text() for text in figure.texts]
    assert [text for text in key if text in "HCO"] == ["H", "C", "O"]
    parts = figure.axes[0].collections
    balls = [part for part in parts if isinstance(part, EllipseCollection)]
    assert sum(len(part.get_offsets()) for part in balls) == 6
    sticks = [part for part in parts if isinstance(part, LineCollection)][1:]
    assert sum(len(part.get_segments()) for part in sticks) == 2 * 5


def test_configurations_of_other_atoms_are_no_trajectory(molecules):
    _, path, frames = molecules
    from ase.io import write

    write(path, [frames[0], frames[1][:4]])
    with pytest.raises(UserError, match="its 2 configurations are not of the same atoms"):
        load_trajectory(path)
