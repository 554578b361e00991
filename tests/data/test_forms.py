"""A dict, `Systems`, a file, a list of these: read alike, and results are arranged like them."""

from pathlib import Path

import numpy as np
import pytest

from segnn.data import Systems, as_systems, given, save_systems
from segnn.data.schema import is_label
from segnn.errors import UserError

RNG = np.random.default_rng(0)
STACKED = {"position": RNG.normal(size=(4, 5, 3)), "charge": RNG.normal(size=(4, 5))}
FLAT = {
    "position": RNG.normal(size=(8, 3)),
    "charge": RNG.normal(size=8),
    "offsets": np.array([0, 5, 8]),
}
SINGLE = {"position": STACKED["position"][0], "charge": STACKED["charge"][0]}
FORMS = {"stacked": STACKED, "flat": FLAT, "single": SINGLE}


@pytest.mark.parametrize("arrays", FORMS.values(), ids=FORMS)
def test_every_form_is_read_alike(arrays, tmp_path):
    path = tmp_path / "in.npz"
    np.savez(path, **arrays)
    with np.load(path) as opened:
        found = [
            as_systems(x) for x in (arrays, path, str(path), Systems.from_arrays(arrays), opened)
        ]
    for systems in found:
        np.testing.assert_array_equal(systems.position, arrays["position"].reshape(-1, 3))
        np.testing.assert_array_equal(systems.node["charge"], arrays["charge"].reshape(-1))
        np.testing.assert_array_equal(systems.offsets, found[0].offsets)


def test_lists_are_joined():
    systems = as_systems([SINGLE, Systems.from_arrays(FLAT), STACKED])
    assert systems.sizes.tolist() == [5, 5, 3, 5, 5, 5, 5]
    np.testing.assert_array_equal(systems.node["charge"][5:13], FLAT["charge"])


@pytest.mark.parametrize(
    ("x", "told"),
    [
        (3.0, "got float, expected a dict of arrays"),
        (None, "got NoneType"),
        (np.zeros((4, 5, 3)), "got ndarray"),
        ([], "no systems in an empty list"),
        (
            [SINGLE, {"position": np.zeros((2, 3))}],
            r"\[0\] and the list given\[1\] hold different arrays, 'charge'",
        ),
        ([SINGLE, {**SINGLE, "charge": np.ones((5, 2))}], "different shapes"),
        ([SINGLE, 4], r"the list given\[1\]: got int"),
        ("nowhere.npz", "nowhere.npz: no such file"),
        (Path("nowhere.npz"), "nowhere.npz: no such file"),
    ],
)
def test_what_cannot_be_systems(x, told):
    with pytest.raises(UserError, match=told):
        as_systems(x)


def test_sources(tmp_path):
    save_systems(tmp_path / "in.npz", Systems.from_arrays(FLAT))
    assert given(tmp_path / "in.npz").source == str(tmp_path / "in.npz")
    assert given(FLAT).source == "the arrays given"
    assert given(Systems.from_arrays(FLAT)).source == "the systems given"
    assert given(FLAT, "in").source == "in"


@pytest.mark.parametrize(
    ("form", "level", "columns", "label", "expected"),
    [
        ("stacked", "node", 3, None, (4, 5, 3)),
        ("stacked", "node", 1, None, (4, 5)),
        ("stacked", "node", 1, (4, 5), (4, 5)),
        ("stacked", "node", 1, (4, 5, 1), (4, 5, 1)),
        ("stacked", "graph", 1, None, (4,)),
        ("stacked", "graph", 1, (4,), (4,)),
        ("stacked", "graph", 1, (4, 1), (4, 1)),
        ("stacked", "graph", 3, None, (4, 3)),
        ("flat", "node", 3, None, (8, 3)),
        ("flat", "node", 1, (8, 1), (8, 1)),
        ("flat", "graph", 1, None, (2,)),
        ("flat", "graph", 1, (2, 1), (2, 1)),
        ("single", "node", 3, None, (5, 3)),
        ("single", "node", 1, None, (5,)),
        ("single", "graph", 1, None, ()),
        ("single", "graph", 1, (1,), (1,)),
        ("single", "graph", 3, (3,), (3,)),
        ("single", "graph", 3, None, (3,)),
    ],
)
def test_results_have_the_shape_of_labels_or_of_the_input(form, level, columns, label, expected):
    arrays = dict(FORMS[form])
    if label is not None:
        arrays["target_graph_x" if level == "graph" else "target_x"] = np.full(label, np.nan)
    read = given(arrays, aside=is_label)
    rows = len(read.systems.position) if level == "node" else len(read.systems)
    like = "target_graph_x" if level == "graph" else "target_x"
    assert read.arranged(np.zeros((rows, columns)), level, like).shape == expected


def test_results_for_systems_are_flat():
    read = given(Systems.from_arrays(STACKED))
    assert read.arranged(np.zeros((20, 3)), "node").shape == (20, 3)
    assert read.arranged(np.zeros((20, 1)), "node", "charge").shape == (20,)
    assert read.arranged(np.zeros((4, 1)), "graph").shape == (4,)


def test_without_labels_they_may_be_anything():
    arrays = {**STACKED, "target_x": np.full((7,), "CA"), "target_y": np.full((4, 5), None)}
    assert given(arrays, aside=is_label).systems.names == ["position", "charge"]
    with pytest.raises(UserError, match="'target_x'"):
        given(arrays)
