"""Words of messages: names that are near, and numbers of things."""

import pytest

from segnn.words import counted, nearest, span


@pytest.mark.parametrize(
    ("name", "known", "found"),
    [
        ("velocty", ["velocity", "charge"], "velocity"),
        ("Charged", ["charged", "charged-cues"], "charged"),
        ("charge", ["target", "distance"], None),
        ("test", ["targets", "data"], None),
        ("tset", ["test", "train"], "test"),
    ],
)
def test_only_what_is_really_near_is_meant(name, known, found):
    assert nearest(name, known) == found


def test_one_is_no_plural():
    assert [counted(n, "system") for n in (0, 1, 2)] == ["0 systems", "1 system", "2 systems"]


def test_what_is_all_alike_is_no_range():
    assert (span(5, 5), span(3, 29)) == ("5", "3 to 29")
