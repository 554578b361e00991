"""What fits into no memory is told in words, before anything is made."""

import numpy as np
import pytest

import segnn
from segnn.data.edges import complete, radius
from segnn.errors import UserError
from segnn.model.check import random_systems
from segnn.nn.linear import SteerableLinear
from segnn.room import check_room, free_memory

TOO_MUCH = {
    "complete graph": (lambda: complete(np.array([0, 10**7])), "pairs of complete graphs"),
    "images of a cell": (
        lambda: radius(np.zeros((9, 3)), np.array([0, 9]), 1e5, 3 * np.eye(3)),
        r"periodic system 0 measures 3 between opposite faces.* Take a smaller cutoff",
    ),
    "weights": (
        lambda: SteerableLinear("9999999x0e", "9999999x0e", "1x0e"),
        "up to 9999999 channels wide, take about .* model.channels",
    ),
    "random systems": (
        lambda: random_systems(segnn.load_recipe("charged"), (10**13,)),
        "random systems of 10000000000000 particles",
    ),
}


@pytest.mark.parametrize("what", TOO_MUCH)
def test_what_fits_nowhere_is_refused(what):
    make, told = TOO_MUCH[what]
    with pytest.raises(UserError, match=told):
        make()


def test_what_fits_is_not_refused():
    check_room(0.5 * free_memory(), "these", "")
    with pytest.raises(UserError, match=r"these take about .* GiB are left\. Less\."):
        check_room(1e18, "these", "Less.")


def test_nothing_is_refused_where_the_system_cannot_tell(monkeypatch):
    """Windows has neither /proc nor os.sysconf."""
    monkeypatch.setattr("segnn.room._numbers", lambda path: {})
    of_the_machine = free_memory()
    assert 1e8 < of_the_machine < 2**46
    monkeypatch.delattr("segnn.room.os.sysconf")
    assert free_memory() >= of_the_machine
    check_room(1e12, "these", "")


def test_a_box_much_larger_than_the_cutoff_is_not_refused(monkeypatch):
    """Its particles have few neighbours, however many pairs of them there are."""
    pytest.importorskip("vesin")
    monkeypatch.setattr("segnn.room.free_memory", lambda: 1e8)
    position = np.random.default_rng(0).uniform(0, 17, (5000, 3))
    edges, _ = radius(position, np.array([0, 5000]), 1.0, 17 * np.eye(3))
    assert 10_000 < edges.shape[1] < 50_000
    with pytest.raises(UserError, match="pairs take about"):
        radius(position, np.array([0, 5000]), 1.0, 17 * np.eye(3), method="numpy")
