import itertools
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segnn.data.edges import nearest, radius
from segnn.data.radius import completed
from segnn.errors import UserError

METHODS = ["vesin", "numpy", "auto"]
FLAGS = st.tuples(st.booleans(), st.booleans(), st.booleans())


def by_loops(position, offsets, r, cells, pbc):
    """(target, source, rounded shift) of all edges, over a generous number of images."""
    found = []
    for s, (begin, end) in enumerate(itertools.pairwise(offsets)):
        span = [range(-6, 7) if periodic else range(1) for periodic in pbc[s]]
        grid = np.stack(np.meshgrid(*span, indexing="ij"), -1).reshape(-1, 3)
        shifts = grid @ cells[s]
        for i in range(begin, end):
            for j in range(begin, end):
                for n, shift in zip(grid, shifts, strict=True):
                    if (i != j or n.any()) and np.linalg.norm(
                        position[j] + shift - position[i]
                    ) <= r:
                        found.append((i, j, *np.round(shift, 6) + 0.0))
    return sorted(found)


def as_rows(result):
    edge_index, shift = result
    assert edge_index.dtype == np.int64
    assert shift.dtype == np.float64
    assert shift.shape == (edge_index.shape[1], 3)
    assert (np.diff(edge_index[1] * 10_000 + edge_index[0]) >= 0).all(), (
        "sorted by target, then source"
    )
    return sorted(
        (i, j, *np.round(s, 6) + 0.0) for (j, i), s in zip(edge_index.T, shift, strict=True)
    )


@pytest.mark.parametrize("method", METHODS)
@given(
    seed=st.integers(0, 1000),
    sizes=st.lists(st.integers(0, 5), min_size=1, max_size=4),
    r=st.floats(0.3, 2.5),
)
@settings(deadline=None, max_examples=30)
def test_without_boundaries(method, seed, sizes, r):
    offsets = np.concatenate([[0], np.cumsum(sizes)]).astype(int)
    position = np.random.default_rng(seed).normal(size=(offsets[-1], 3))
    expected = by_loops(
        position,
        offsets,
        r,
        np.tile(np.eye(3), (len(sizes), 1, 1)),
        np.zeros((len(sizes), 3), bool),
    )
    assert as_rows(radius(position, offsets, r, method=method)) == expected


@pytest.mark.parametrize("method", METHODS)
@given(
    seed=st.integers(0, 1000), pbc=st.lists(FLAGS, min_size=2, max_size=2), r=st.floats(0.3, 2.0)
)
@settings(deadline=None, max_examples=25)
def test_periodic_axes_and_skew_cells(method, seed, pbc, r):
    rng = np.random.default_rng(seed)
    offsets, pbc = np.array([0, 3, 5]), np.array(pbc)
    cells = 1.2 * np.eye(3) + rng.uniform(-0.25, 0.25, (2, 3, 3))
    position = rng.uniform(-1.5, 1.5, (5, 3))  # also outside the cell
    result = radius(position, offsets, r, cell=cells, pbc=pbc, method=method)
    assert as_rows(result) == by_loops(position, offsets, r, cells, pbc)


@given(seed=st.integers(0, 1000), r=st.floats(0.3, 4.0), pbc=FLAGS)
@settings(deadline=None, max_examples=20)
def test_vesin_equals_numpy_exactly(seed, r, pbc):
    rng = np.random.default_rng(seed)
    position, cell = rng.uniform(-5, 5, (60, 3)), 4 * np.eye(3) + rng.uniform(-1, 1, (3, 3))
    first, second = (
        radius(position, np.array([0, 60]), r, cell, pbc, method=m) for m in ("vesin", "numpy")
    )
    np.testing.assert_array_equal(first[0], second[0])
    np.testing.assert_array_equal(first[1], second[1])


@pytest.mark.parametrize("method", METHODS)
def test_simple_cubic_lattice_at_exactly_its_constant(method):
    """One particle has six images of itself at distance 1, and 18 up to sqrt(2)."""
    for r, count in ((1.0, 6), (0.999, 0), (1.415, 18)):
        edge_index, shift = radius(
            np.full((1, 3), 0.3), np.array([0, 1]), r, cell=np.eye(3), method=method
        )
        assert edge_index.shape == (2, count)
        assert not edge_index.any()
        assert (np.linalg.norm(shift, axis=1) <= r).all()


@pytest.mark.parametrize("method", METHODS)
def test_shift_has_the_sign_of_the_convention(method):
    position = np.array([[0.1, 0.0, 0.0], [9.8, 0.0, 0.0]])
    edge_index, shift = radius(
        position, np.array([0, 2]), 1.0, cell=10 * np.eye(3), pbc=np.array([1, 0, 0]), method=method
    )
    assert edge_index.tolist() == [[1, 0], [0, 1]]
    relative = position[edge_index[0]] + shift - position[edge_index[1]]
    np.testing.assert_allclose(relative, [[-0.3, 0, 0], [0.3, 0, 0]], atol=1e-12)


@pytest.mark.parametrize("method", METHODS)
def test_a_slab_needs_no_third_lattice_vector(method):
    cell = np.diag([2.0, 2.0, 0.0])
    position = np.array([[0.0, 0.0, 0.0], [0.0, 0.0, 1.5]])
    edge_index, _ = radius(
        position, np.array([0, 2]), 2.0, cell=cell, pbc=np.array([True, True, False]), method=method
    )
    assert edge_index.tolist() == [[0, 0, 0, 0, 1, 0, 1, 1, 1, 1], [0, 0, 0, 0, 0, 1, 1, 1, 1, 1]]


@pytest.mark.parametrize("method", METHODS)
def test_no_edges_one_particle_and_coincident_particles(method):
    far = np.array([[0.0, 0, 0], [9, 0, 0]])
    assert radius(far, np.array([0, 2]), 1.0, method=method)[0].shape == (2, 0)
    assert radius(np.zeros((1, 3)), np.array([0, 1]), 1.0, method=method)[0].shape == (2, 0)
    assert radius(np.zeros((0, 3)), np.array([0]), 1.0, method=method)[1].shape == (0, 3)
    same = radius(np.zeros((3, 3)), np.array([0, 3]), 1.0, method=method)[0]
    assert same.tolist() == [[1, 2, 0, 2, 0, 1], [0, 0, 1, 1, 2, 2]]


def test_a_large_open_system_and_the_blocks(monkeypatch):
    sizes = [70, 3, 20, 90]
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    position = np.random.default_rng(0).normal(size=(offsets[-1], 3)) * 2
    expected = radius(position, offsets, 1.0, method="vesin")[0]
    monkeypatch.setattr("segnn.data.radius.BLOCK", 100)
    for method in ("auto", "numpy"):
        np.testing.assert_array_equal(radius(position, offsets, 1.0, method=method)[0], expected)
    assert expected.shape[1] > 100


def test_without_vesin_numpy_serves(monkeypatch):
    monkeypatch.setattr("segnn.data.radius.find_spec", lambda name: None)
    monkeypatch.setattr("segnn.data.radius._vesin", None)
    assert radius(np.full((1, 3), 0.3), np.array([0, 1]), 1.0, cell=np.eye(3))[0].shape == (2, 6)


def test_completed_cell_keeps_the_periodic_vectors():
    cell = np.array([[1.0, 0.2, 0], [0, 1, 0.3], [5, 5, 5]])
    box = completed(cell, np.array([True, True, False]))
    np.testing.assert_array_equal(box[:2], cell[:2])
    np.testing.assert_allclose(box[:2] @ box[2], 0, atol=1e-12)
    assert abs(np.linalg.norm(box[2]) - 1) < 1e-12


@pytest.mark.parametrize("r", [0.0, -1.0, np.nan, np.inf])
def test_bad_radius(r):
    with pytest.raises(UserError, match=r"r is .*; expected a positive"):
        radius(np.zeros((1, 3)), np.array([0, 1]), r)


def test_bad_cells():
    position, offsets = np.zeros((2, 3)), np.array([0, 1, 2])
    with pytest.raises(UserError, match="need a cell"):
        radius(position, offsets, 1.0, pbc=np.array([True, False, False]))
    cells = np.stack([np.eye(3), np.diag([1.0, 1.0, 0.0])])
    with pytest.raises(UserError, match="system 1 are linearly dependent"):
        radius(position, offsets, 1.0, cell=cells)


@pytest.mark.parametrize("offsets", [[0, 4], [1, 8], [0, 5, 3, 8], [], [0, 9]])
def test_offsets_that_do_not_cut_the_rows(offsets):
    for edges in (
        lambda: radius(np.zeros((8, 3)), offsets, 1.0),
        lambda: nearest(np.zeros((8, 3)), offsets, 2),
    ):
        with pytest.raises(UserError, match="offsets must run from 0 to the 8 rows"):
            edges()


def test_few_particles_far_apart_take_no_time():
    """vesin laid out a cell of length one again and again along the free axes: five particles took
    47 s.
    """
    x = np.random.default_rng(0).uniform(-1, 1, (5, 3)) * [2, 300, 300]
    x[1:4] = x[0] + [[0.5, 0, 0], [0, -0.5, 0], [2.5, 0, 0.5]]
    cell, pbc, begun = np.eye(3) * 2, np.array([1, 0, 0]), time.process_time()
    found = radius(x, [0, 5], 1.0, cell, pbc)
    assert time.process_time() - begun < 5
    for edges, expected in zip(
        found, radius(x, [0, 5], 1.0, cell, pbc, method="numpy"), strict=True
    ):
        np.testing.assert_array_equal(edges, expected)
    assert found[0].shape[1] >= 6


@pytest.mark.parametrize("method", ["numpy", "vesin"])
def test_the_neighbours_of_ase(method):
    """Thin, skewed and left-handed cells, atoms outside of them, all and some axes periodic."""
    lists = pytest.importorskip("ase.neighborlist")
    ase = pytest.importorskip("ase")
    rng = np.random.default_rng(4)
    for n in range(6):
        cell = np.array([[2.1, 0, 0], [0.7, 2.6, 0], [0.3, -0.9, 3.2]]) + 0.2 * rng.normal(
            size=(3, 3)
        )
        cell = cell[[1, 0, 2]] if n % 2 else cell  # left-handed
        pbc = rng.random(3) < 0.7 if n > 1 else np.ones(3, bool)
        position = rng.uniform(-1.5, 1.5, size=(5, 3)) @ cell
        atoms = ase.Atoms("H5", position, cell=cell, pbc=pbc)
        i, j, shift = lists.neighbor_list("ijS", atoms, 4.3, self_interaction=False)
        expected = sorted(zip(i, j, *np.round(shift @ cell, 6).T + 0.0, strict=True))
        index, shifts = radius(position, np.array([0, 5]), 4.3, cell, pbc, method=method)
        found = sorted(zip(index[1], index[0], *np.round(shifts, 6).T + 0.0, strict=True))
        np.testing.assert_allclose(found, expected, atol=1e-5)
