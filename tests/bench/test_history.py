"""The history of measurements: what is kept, and what counts as slower."""

from dataclasses import replace

import pytest

from segnn.bench.history import Entry, append, read, slowdowns
from segnn.errors import UserError

FIRST = Entry(
    date="2026-11-01T00:00:00+00:00",
    version="0.1.0",
    cpu="some",
    threads=2,
    dtype="float32",
    busy=False,
    workload="charged",
    step="training",
    edges=2000,
    median_ms=14.0,
    floors=1.5,
)


def later(day, **changes):
    return replace(FIRST, date=f"2026-11-{day:02d}T00:00:00+00:00", **changes)


def test_what_is_written_is_read_and_nothing_twice(tmp_path):
    file = tmp_path / "history.jsonl"
    assert read(file) == []
    append(file, [FIRST])
    append(file, [FIRST, later(2)])
    assert read(file) == [FIRST, later(2)]


def test_a_damaged_line_is_named(tmp_path):
    file = tmp_path / "history.jsonl"
    append(file, [FIRST])
    file.write_text(file.read_text() + '{"date": "today"}\n')
    with pytest.raises(UserError, match=r"history.jsonl, line 2.*an\s+entry has date, version"):
        read(file)


def test_slower_by_more_than_fifteen_percent_of_the_floor():
    """Against the last run, not the first; a slower machine, with a slower floor, is none."""
    history = [FIRST, later(2, floors=2.0), later(3, floors=2.2, median_ms=99.0)]
    assert slowdowns(history) == []
    (found,) = slowdowns([*history, later(4, floors=2.6)])
    assert (found.before, found.now) == (history[2], later(4, floors=2.6))
    assert found.factor == pytest.approx(2.6 / 2.2)


@pytest.mark.parametrize(
    "change", [{"cpu": "other"}, {"threads": 1}, {"step": "forward"}, {"busy": True}]
)
def test_only_what_is_alike_is_compared(change):
    assert slowdowns([FIRST, later(2, floors=3.0, **change)]) == []
    assert slowdowns([FIRST, later(2, **change), later(3, floors=3.0)])
