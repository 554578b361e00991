"""What a table demands of its methods, and whether the stored results reach it."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from segnn.report.words import in_unit, plain, significant
from segnn.reproduce.figures import Bar
from segnn.reproduce.rows import Row
from segnn.reproduce.sweep import Table
from segnn.reproduce.verdict import ENOUGH, SAME


@dataclass(frozen=True)
class Judged:
    """A bar in words, for a line of a table."""

    what: str
    bar: str
    aim: str
    measured: str
    verdict: str


def judged(table: Table, rows: Sequence[Row]) -> list[Judged]:
    """The bars of the table, one after the other."""
    return [_judged(table, bar, rows) for bar in table.bars]


def _judged(table: Table, bar: Bar, rows: Sequence[Row]) -> Judged:
    row = _row(table, bar.method, bar.setting, rows)
    target = bar.target or table.targets[0]
    setting = next((s.label for s in table.settings if s.id == bar.setting), "")
    measure = f"test {table.measure.upper()}"
    what = ", ".join(filter(None, (target, measure, _label(table, bar.method), setting)))
    errors = _errors(table, row, target)
    mean = statistics.mean(errors) if errors else None
    others: Sequence[float] = ()
    if bar.against:
        others = _errors(table, _row(table, bar.against, bar.setting, rows), target)
        value = statistics.mean(others) / mean if others and mean else None
        what += f": how many times lower than {_label(table, bar.against)}"
        sign, shown = "≥", "" if value is None else f"{significant(value)} times"
    elif bar.of_spread:
        spread = None if row is None else row.spreads.get(target)
        value = None if mean is None or not spread else mean / spread
        what += ": as a part of the error of the mean label"
        sign, shown = "≤", "" if value is None else significant(value)
    else:
        unit = {} if row is None else row.units
        value, what = mean, in_unit(what, unit.get(target) or "1")
        sign, shown = "≤", "" if value is None else significant(value)
    return Judged(
        what,
        f"{sign} {plain(bar.bar)}",
        "" if bar.aim is None else f"{sign} {plain(bar.aim)}",
        shown or "not run",
        "" if value is None else _verdict(bar, value, errors, others),
    )


def _verdict(bar: Bar, value: float, errors: Sequence[float], others: Sequence[float]) -> str:
    seeds = min(len(errors), len(others)) if bar.against else len(errors)

    def reached(level: float | None) -> bool | None:
        """None of two methods that differ from it by less than the joint spread of enough seeds."""
        if level is None:
            return False
        if not bar.against:
            return value <= level
        above = statistics.mean(others) - level * statistics.mean(errors)
        spread = 0.0
        if seeds >= ENOUGH:
            spread = math.hypot(level * statistics.stdev(errors), statistics.stdev(others))
        return None if abs(above) < spread else above >= 0

    known = reached(bar.bar)
    word = SAME if known is None else "reached" if known else "missed"
    if reached(bar.aim):
        word = "aim reached"
    return word if seeds >= ENOUGH else f"{word}, of {seeds} seed{'s' if seeds > 1 else ''}"


def _row(table: Table, method: str, setting: str, rows: Sequence[Row]) -> Row | None:
    label = _label(table, method)
    return next((r for r in rows if r.ours and r.method == label and r.setting_id == setting), None)


def _label(table: Table, method: str) -> str:
    return next(m.label for m in table.methods if m.id == method)


def _errors(table: Table, row: Row | None, target: str) -> Sequence[float]:
    """Of every seed."""
    if row is None:
        return ()
    return row.errors if target == table.targets[0] else row.others.get(target, ())
