"""Names that look like names of the schema are mistakes where reading past them changes systems."""

import numpy as np
import pytest

from segnn.data import Systems, load_systems
from segnn.data.names import closest
from segnn.errors import UserError

STACKED = {"position": np.zeros((4, 5, 3)), "charge": np.ones((4, 5))}
FLAT = {"position": np.zeros((8, 3)), "charge": np.ones(8)}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("batch", [0, 0, 0, 0, 0, 1, 1, 1]),
        ("batch", [0.0, 0, 0, 0, 0, 1, 1, 1]),
        ("batch", [0, 1, 0, 1, 0, 1, 0, 1]),
        ("batch_index", [[0]] * 5 + [[1]] * 3),
        ("Batch", [0, 0, 0, 0, 0, 1, 1, 1]),
        ("graph_id", [0, 0, 0, 0, 0, 1, 1, 1]),
        ("ptr", [0, 5, 8]),
        ("ptr", [0, 8]),
        ("Offsets", [0, 5, 8]),
        ("offset", [0, 5, 8]),
        ("ofsets", [0, 5, 8]),
        ("row_splits", [0, 5, 8]),
        ("natoms", [5, 3]),
        ("n_atoms", [5, 3]),
        ("num_nodes", [5, 3]),
        ("sizes", [5, 3]),
        ("natoms", 5),
        ("node_mask", [1, 1, 1, 1, 1, 1, 0, 0]),
        ("system", [0, 0, 0, 0, 0, 1, 1, 1]),
        ("Frames", [1, 1, 1, 2, 2, 2, 2, 3]),
    ],
)
def test_what_cuts_flat_rows_names_offsets(name, value):
    with pytest.raises(UserError, match=rf"in\.npz: array '{name}' of shape .*'offsets'"):
        Systems.from_arrays({**FLAT, name: np.array(value)}, "in.npz")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("natoms", [5, 4, 5, 5]),
        ("n_atoms", 4),
        ("ptr", [0, 5, 10, 15, 20]),
        ("batch", np.repeat([0, 1], 10).reshape(4, 5)[:, ::-1].T.reshape(4, 5)),
        ("batch", np.repeat(np.arange(5), 4)),
        ("mask", np.ones((4, 5)) - np.eye(4, 5)),
        ("atom_mask", ~np.eye(4, 5, dtype=bool)),
    ],
)
def test_what_cuts_equal_systems_otherwise_names_offsets(name, value):
    with pytest.raises(UserError, match=rf"in\.npz: array '{name}' of shape .*'offsets'"):
        Systems.from_arrays({**STACKED, name: np.array(value)}, "in.npz")


@pytest.mark.parametrize(
    ("base", "name", "value"),
    [
        (FLAT, "batch", np.zeros(8)),
        (FLAT, "natoms", 8),
        (FLAT, "mask", np.ones(8)),
        (FLAT, "sizes", np.linspace(0.5, 1.5, 8)),
        (FLAT, "system", [0, 1, 0, 0, 1, 1, 1, 1]),
        (FLAT, "idx", np.arange(8)),
        (FLAT, "sample", np.zeros(8)),
        (STACKED, "system", np.repeat(np.arange(4), 5).reshape(4, 5)),
        (FLAT, "sizes", [1, 2, 1, 2, 1, 2, 1, 2]),
        (STACKED, "natoms", [5, 5, 5, 5]),
        (STACKED, "batch", np.repeat(np.arange(4), 5).reshape(4, 5)),
        (STACKED, "sizes", np.arange(20).reshape(4, 5)),
        (STACKED, "frame_id", np.arange(4)),
        (STACKED, "mask", np.ones((4, 5), bool)),
        (STACKED, "offset", np.ones((4, 5, 3))),
        ({**FLAT, "offsets": np.array([0, 5, 8])}, "batch", np.repeat([0, 1], [5, 3])),
        ({**FLAT, "offsets": np.array([0, 5, 8])}, "natoms", [5, 3]),
    ],
)
def test_what_says_the_same_or_is_a_quantity_is_read(base, name, value):
    assert name in Systems.from_arrays({**base, name: np.array(value)}).names


@pytest.mark.parametrize("base", [STACKED, FLAT], ids=["equal", "one"])
@pytest.mark.parametrize(
    "name",
    [
        *("box", "Box", "BOX", "Cell", "cells", "lattice", "boxsize", "box_size", "boxL"),
        *("lattice_vectors", "unit_cell", "unitcell_lengths", "cell_lengths", "sim_box"),
        *("box_vectors", "cel", "cell_", "dimensions", "graph_cell", "Lattice_Vectors"),
    ],
)
@pytest.mark.parametrize("shape", [(3,), (3, 3), (), (4, 3), (4, 3, 3)])
def test_boxes_name_cell(base, name, shape):
    with pytest.raises(UserError, match=rf"in\.npz: array '{name}' .*'cell' \(S, 3, 3\)"):
        Systems.from_arrays({**base, name: np.ones(shape)}, "in.npz")


@pytest.mark.parametrize(
    ("base", "name", "value"),
    [
        (STACKED, "L", np.ones((4, 3))),
        (STACKED, "L", 2.0 * np.eye(3)),
        (FLAT, "L", np.ones(3)),
        (STACKED, "Lx", np.ones(4)),
        (FLAT, "ly", 3.0),
        (STACKED, "h", np.tile(np.eye(3), (4, 1, 1))),
        (STACKED, "H_matrix", np.tile(np.eye(3), (4, 1, 1))),
    ],
)
def test_short_names_of_boxes_are_known_by_their_shape(base, name, value):
    with pytest.raises(UserError, match=rf"in\.npz: array '{name}' .*'cell' \(S, 3, 3\)"):
        Systems.from_arrays({**base, name: np.array(value)}, "in.npz")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("L", np.ones((4, 5, 3))),
        ("L", -np.ones((4, 3))),
        ("l", np.ones(4)),
        ("h", np.ones(4)),
        ("h", -np.tile(np.eye(3), (4, 1, 1))),
        ("Lz", -np.ones(4)),
        ("lz", np.ones((4, 5))),
    ],
)
def test_momenta_and_steps_are_no_boxes(name, value):
    assert name in Systems.from_arrays({**STACKED, name: value}).names


@pytest.mark.parametrize("name", ["PBC", "periodic", "periodicity", "is_periodic"])
def test_periodicity_names_pbc(name):
    with pytest.raises(UserError, match=rf"array '{name}' is not read; .*'pbc' .*'cell'"):
        Systems.from_arrays({**STACKED, name: np.ones((4, 3))})
    Systems.from_arrays({**STACKED, name: np.zeros((4, 3))})  # open, as it is read


def test_what_a_recipe_declares_is_never_questioned(tmp_path):
    arrays = {**STACKED, "box": np.ones((4, 3)), "mask": np.eye(4, 5)}
    systems = Systems.from_arrays(arrays, declared=("box", "mask"))
    assert set(systems.names) == {"position", "charge", "box", "mask"}
    np.savez(tmp_path / "in.npz", **arrays)
    assert load_systems(tmp_path / "in.npz", ("box", "mask")).names == systems.names
    with pytest.raises(UserError, match="give it another name"):
        load_systems(tmp_path / "in.npz")


def test_beside_the_right_name_another_one_is_a_quantity():
    Systems.from_arrays({**STACKED, "cell": np.ones((4, 3, 3)), "box": np.ones((4, 3))})


@pytest.mark.parametrize(
    "name", ["bell", "spell", "charge_cells_of_tissue", "mass", "offsetting_x"]
)
def test_other_names_are_not_suspected(name):
    Systems.from_arrays({**STACKED, name: np.ones((4, 5))})


@pytest.mark.parametrize(
    ("name", "present", "told"),
    [
        ("target_position", ["position", "velocity"], ""),
        ("target_position", ["position", "target_positions"], "'target_positions'"),
        ("velocity", ["Velocity", "position"], "'Velocity'"),
        ("charge", ["target_charge"], ""),
    ],
)
def test_the_nearest_name_is_of_the_same_kind(name, present, told):
    found = closest(name, present)
    assert told in found
    assert bool(told) == bool(found)


@pytest.mark.parametrize("name", ["pos", "positions", "coords", "R", "xyz", "Coordinates", "x"])
def test_coordinates_under_another_name(name):
    with pytest.raises(UserError, match=f"no array 'position'.*Did you mean '{name}' for"):
        Systems.from_arrays({name: np.zeros((4, 5, 3)), "charge": np.ones((4, 5))})
