import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segnn.data import Systems
from segnn.errors import UserError


def equal(systems: int = 4, size: int = 5) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    return {
        "position": rng.normal(size=(systems, size, 3)),
        "velocity": rng.normal(size=(systems, size, 3)),
        "charge": rng.integers(-1, 2, (systems, size)),
        "target_energy": rng.normal(size=systems),
        "graph_field": rng.normal(size=(systems, size)),
        "target_polarizability": rng.normal(size=(systems, 3, 3)),
    }


def varying(sizes: list[int]) -> Systems:
    rng = np.random.default_rng(1)
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    m, s = offsets[-1], len(sizes)
    return Systems(
        position=rng.normal(size=(m, 3)),
        offsets=offsets,
        node={"charge": rng.normal(size=m), "force": rng.normal(size=(m, 3))},
        graph={"graph_energy": rng.normal(size=s)},
    )


def same(a: Systems, b: Systems) -> None:
    np.testing.assert_array_equal(a.position, b.position)
    np.testing.assert_array_equal(a.offsets, b.offsets)
    for mine, other in ((a.node, b.node), (a.graph, b.graph)):
        assert mine.keys() == other.keys()
        for name in mine:
            np.testing.assert_array_equal(mine[name], other[name])


def test_equal_sizes_become_flat_float64_arrays():
    arrays = equal()
    systems = Systems.from_arrays(arrays)
    assert len(systems) == 4
    assert systems.sizes.tolist() == [5, 5, 5, 5]
    assert systems.offsets.dtype == np.int64
    assert set(systems.node) == {"velocity", "charge"}
    assert set(systems.graph) == {"target_energy", "graph_field", "target_polarizability"}
    np.testing.assert_array_equal(systems.node["velocity"], arrays["velocity"].reshape(20, 3))
    assert systems.node["charge"].dtype == np.float64
    assert systems.node["charge"].shape == (20,)


def test_one_system_and_the_same_system_in_a_batch_are_equal():
    arrays = equal(1)
    single = {name: array[0] for name, array in arrays.items()}
    same(Systems.from_arrays(single), Systems.from_arrays(arrays))


def test_one_system_with_a_cell():
    single = {"position": np.zeros((2, 3)), "cell": np.eye(3), "pbc": np.array([True, True, False])}
    systems = Systems.from_arrays(single)
    assert systems.cell.shape == (1, 3, 3)
    assert systems.pbc.tolist() == [[True, True, False]]
    same(systems, Systems.from_arrays({**single, "cell": np.eye(3)[None]}))


def test_cell_of_three_particles_stays_per_system():
    systems = Systems.from_arrays(
        {"position": np.zeros((2, 3, 3)), "cell": np.tile(np.eye(3), (2, 1, 1))}
    )
    assert systems.graph["cell"].shape == (2, 3, 3)
    assert systems.pbc.all()
    assert systems.pbc.shape == (2, 3)


def test_no_cell_no_pbc():
    systems = Systems.from_arrays({"position": np.zeros((2, 3, 3))})
    assert systems.cell is None
    assert systems.pbc is None


@given(st.lists(st.integers(1, 4), min_size=1, max_size=6))
@settings(deadline=None)
def test_round_trip_through_arrays(sizes):
    systems = varying(sizes)
    arrays = systems.to_arrays()
    assert ("offsets" in arrays) == (len(set(sizes)) > 1)
    same(Systems.from_arrays(arrays), systems)


def test_to_arrays_refuses_what_would_be_read_back_differently():
    systems = Systems(np.zeros((4, 3)), np.array([0, 2, 4]), graph={"dipole": np.zeros((2, 2))})
    with pytest.raises(UserError, match=r"'dipole'.*\(2, 2\).*graph_"):
        systems.to_arrays()


@given(st.data())
@settings(deadline=None)
def test_indexing_equals_one_by_one(data):
    systems = varying([3, 1, 4, 2])
    index = data.draw(st.lists(st.integers(-4, 3), max_size=7))
    chosen = systems[index]
    assert len(chosen) == len(index)
    for new, old in enumerate(index):
        rows = slice(systems.offsets[old % 4], systems.offsets[old % 4 + 1])
        own = slice(chosen.offsets[new], chosen.offsets[new + 1])
        np.testing.assert_array_equal(chosen.position[own], systems.position[rows])
        np.testing.assert_array_equal(chosen.node["charge"][own], systems.node["charge"][rows])
        assert chosen.graph["graph_energy"][new] == systems.graph["graph_energy"][old]


def test_slice_mask_integer_and_empty_index():
    systems = varying([3, 1, 4, 2])
    same(systems[1:3], systems[[1, 2]])
    same(systems[np.array([False, True, True, False])], systems[[1, 2]])
    same(systems[2], systems[[2]])
    same(systems[::-1], systems[[3, 2, 1, 0]])
    assert len(systems[[]]) == 0
    with pytest.raises(IndexError):
        systems[[4]]


def test_iterating_ends():
    assert [len(system.position) for system in varying([3, 1])] == [3, 1]


def test_require():
    systems = Systems.from_arrays(equal(), "in.npz")
    systems.require(["position", "velocity", "target_energy"])
    with pytest.raises(UserError) as error:
        systems.require(["velocty", "charge", "spin"], "in.npz")
    message = str(error.value)
    assert "in.npz: missing arrays 'velocty', 'spin'" in message
    assert "present: position, velocity, charge" in message
    assert "Did you mean 'velocity' for 'velocty'?" in message


def test_constructor_refuses_shapes_that_do_not_fit():
    offsets = np.array([0, 2])
    with pytest.raises(UserError, match="position has shape"):
        Systems(np.zeros((2, 2)), offsets)
    with pytest.raises(UserError, match="offsets must run from 0 to the 2 rows"):
        Systems(np.zeros((2, 3)), np.array([0, 3]))
    with pytest.raises(UserError, match=r"node array 'charge' has shape \(3,\)"):
        Systems(np.zeros((2, 3)), offsets, node={"charge": np.zeros(3)})
    with pytest.raises(UserError, match=r"graph array 'energy' has shape \(2,\)"):
        Systems(np.zeros((2, 3)), offsets, graph={"energy": np.zeros(2)})


def test_offsets_that_fall():
    with pytest.raises(UserError, match="not fall"):
        Systems(np.zeros((8, 3)), np.array([0, 5, 3, 8]))
