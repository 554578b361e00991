"""Heights above the top layer, whatever the cell's way to say where the slab is."""

import numpy as np
import pytest

from segnn.data import Systems
from segnn.data.slabs import with_heights
from segnn.errors import UserError

Z = np.array([0.0, 2.0, 4.0, 5.5])
TAGS = [3, 2, 1, 0]


def slab(z=Z, tags=TAGS, c=20.0, pbc=(1, 1, 0), turn=None):
    turn = np.eye(3) if turn is None else turn
    position = np.stack([0 * z, 0 * z, z], 1) @ turn.T
    cell = np.diag([3.0, 3.0, c]) @ turn.T
    return Systems(
        position,
        np.array([0, len(z)]),
        {"tag": np.array(tags)},
        {"cell": cell[None], "pbc": np.array([pbc])},
    )


def test_heights():
    turn = np.linalg.qr(np.random.default_rng(0).normal(size=(3, 3)))[0]
    same = [
        slab(),
        slab(c=0.0),  # no vacuum is needed where nothing is periodic
        slab(pbc=(1, 1, 1)),
        slab((Z - 4.5) % 20, pbc=(1, 1, 1)),  # wrapped into the cell
        slab(-Z),  # an adsorbate below
        slab(turn=turn, pbc=(1, 1, 1)),
    ]
    for one in same:
        np.testing.assert_allclose(with_heights(one).node["height"], Z - 4, atol=1e-12)
    of_oc20 = with_heights(slab(tags=[0, 0, 1, 2]), oc20=True)
    assert of_oc20.node["tag"].tolist() == [2, 2, 1, 0]
    assert of_oc20.node["height"].tolist() == (Z - 4).tolist()


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"tags": [3, 2, 1, 1]}, r"mine: system 0 has no adsorbate: no atom has tag 0"),
        ({"tags": [3, 2, 2, 0]}, r"has no top layer: no atom has tag 1"),
        ({"pbc": (1, 0, 0)}, r"has to be periodic along a and b"),
        ({"pbc": (1, 1, 1), "c": 7.0}, r"without vacuum: the widest gap is 2, expected 6"),
    ],
)
def test_what_is_no_slab_with_an_adsorbate(given, told):
    with pytest.raises(UserError, match=told):
        with_heights(slab(**given), "mine")


def test_slabs_without_tags_or_cells():
    bare = slab()
    with pytest.raises(UserError, match="mine: missing array 'tag'"):
        with_heights(Systems(bare.position, bare.offsets, {}, bare.graph), "mine")
    with pytest.raises(UserError, match="mine: slabs need a cell"):
        with_heights(Systems(bare.position, bare.offsets, bare.node), "mine")
    with pytest.raises(UserError, match="tag 3 is none of OC20's"):
        with_heights(bare, "mine", oc20=True)
