"""The table of a sweep as Markdown."""

from __future__ import annotations

import re
import statistics
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from segnn.report.published import published
from segnn.report.words import in_unit, plain, significant, thousands
from segnn.reproduce.bars import judged
from segnn.reproduce.figures import MEASURES
from segnn.reproduce.rows import Row, units_of
from segnn.reproduce.sweep import Method, Table
from segnn.reproduce.verdict import quoted, verdict
from segnn.training.revision import REVISION, WHAT_CHANGED

SMALL = 1e-4  # a relative change of the error below this is rounding in float32


LEGEND = (
    "Ours: mean ± standard deviation over the seeds. *against published* compares the means."
    " “beaten” and “missed” are said of three or more seeds whose mean differs by more than the"
    " joint spread: the root of the sum of both variances, where a figure without a published"
    " spread is taken to vary as ours does. Fewer seeds give only the difference. *error of nothing"
    " learned*: the target's base alone. *turned, mirrored, moved*: the same test systems rotated,"
    " reflected and translated by ten times their size; the relative change of the error, and in"
    " brackets the root mean square of f(g·x) − g·f(x), in the target's unit, of the worst seed. *s"
    " a run* depends on the machine and on what else ran; *of a core*: the processor time of it."
    " What was never run is not shown; `--dry-run` lists it."
)


def render(table: Table, rows: Sequence[Row], command: str, overrides: Sequence[str] = ()) -> str:
    """The whole file: what it is, the table(s), notes, the commands. Of a method that was never run
    nothing is shown, nor of a setting in which none was.

    - ``command``: what makes it. ``overrides``: what the command replaces in every run.
    """
    parts = [
        f"# {table.title}",
        f"{MEASURES[table.measure]} over all coordinates of the test systems. " + table.budget,
    ]
    if overrides:
        parts.append(
            f"Every run of this page: `{' '.join(f'--set {change}' for change in overrides)}`."
        )
    ran = [row for row in rows if row.is_run]
    for setting in table.settings:
        if any(row.setting_id == setting.id for row in ran):
            if setting.label:
                parts.append(f"## {setting.label}")
            here = [row for row in rows if row.setting_id == setting.id]
            parts.append(_table(table, [row for row in here if row.is_run or not row.ours]))
            parts += _close(table, [row for row in here if row.is_run])
    if not ran:
        parts.append("Nothing was run yet.")
    if ran and table.bars:
        parts += ["## What was demanded", demanded(table, rows)]
    parts += _earlier(ran)
    parts.append("![The table as a plot](plot.svg)")
    parts += _learning(ran)
    if ran:
        parts += ["## How each was trained", _trained(table, [row for row in ran if row.ours])]
    parts.append(LEGEND)
    seen = {row.method for row in ran}
    parts += [_note(m) for m in table.methods if m.note and m.label in seen]
    parts.append(
        f"    {command}            # what is missing\n    {command} --render   # this page"
    )
    return "\n\n".join(parts) + "\n"


def _earlier(ran: Sequence[Row]) -> list[str]:
    """What stands in the table although an older revision of the training mechanism made it."""
    old = [row for row in ran if row.revision is not None and row.revision < REVISION]
    if not old:
        return []
    lines = [
        f"*(revision N)*: trained before revision {REVISION} of the training mechanism "
        f"({WHAT_CHANGED[REVISION]}), not repeated yet."
    ]
    changed: dict[tuple[str, ...], list[str]] = {}
    for row in old:
        if row.differences:
            changed.setdefault(row.differences, []).append(_name(row))
    lines += [
        f"{'; '.join(names)}: trained with {', '.join(differences)}."
        for differences, names in changed.items()
    ]
    return [" ".join(lines)]


def _learning(ran: Sequence[Row]) -> list[str]:
    if not any(row.curves for row in ran):
        return []
    parts = ["![Validation error by epoch, every run that kept its curve](learning.svg)"]
    without = [_name(row) for row in ran if not row.curves]
    if without:
        parts.append(f"No curve was kept of {'; '.join(without)}.")
    for setting in dict.fromkeys(row.setting_id for row in ran):
        here = [row for row in ran if row.setting_id == setting and row.curves]
        if len({row.learned for row in here}) > 1:
            told = "; ".join(f"{_name(row)}: {', '.join(row.learned)}" for row in here)
            parts.append(f"Curves of different targets are not to be compared. {told}.")
    return parts


def _note(method: Method) -> str:
    if method.note.startswith(method.label):
        return method.note
    return f"{_method(method.label)}: {method.note}"


def _table(table: Table, rows: Sequence[Row]) -> str:
    units = units_of(rows)
    compared, *others = table.targets
    columns: list[tuple[str, Callable[[Row], str]]] = [
        ("method", _named),
        (heading(table, compared, units), ours),
        *((heading(table, name, units), partial(_other, name)) for name in others),
    ]
    if published(table.name) or not others:
        columns += [("published", quoted), ("against published", verdict)]
    columns += [
        ("seeds", lambda row: ", ".join(map(str, row.seeds))),
        (
            "error of nothing learned",
            lambda row: "" if row.trivial is None else significant(row.trivial),
        ),
    ]
    return _columns(columns, rows)


def _trained(table: Table, rows: Sequence[Row]) -> str:
    """How each row was trained, what it took, and what its error does when the systems move: apart
    from the errors, as both together are wider than a page.
    """
    columns: list[tuple[str, Callable[[Row], str]]] = [("method", _named)]
    if any(row.setting for row in rows):
        columns.append(("setting", lambda row: row.setting))
    columns += [
        ("loss", lambda row: row.loss),
        ("optimiser", lambda row: row.optimizer),
        ("EMA", lambda row: "" if row.ema is None else f"{row.ema:g}"),
        ("epochs", lambda row: "" if row.epochs is None else f"{row.epochs:.0f}"),
        ("parameters", lambda row: "" if row.parameters is None else thousands(row.parameters)),
        ("turned", lambda row: _view(row, "rotation")),
        ("mirrored", lambda row: _view(row, "reflection")),
        ("moved", lambda row: _view(row, "translation")),
        ("s a run", lambda row: _rounded(row.seconds)),
    ]
    if any(row.processor_seconds is not None for row in rows):
        columns.append(("of a core", lambda row: _rounded(row.processor_seconds)))
    return _columns(columns, rows)


def _rounded(value: float | None) -> str:
    return "" if value is None else f"{value:.0f}"


def _columns(columns: Sequence[tuple[str, Callable[[Row], str]]], rows: Sequence[Row]) -> str:
    lines = [f"| {' | '.join(name for name, _ in columns)} |", "|" + "---|" * len(columns)]
    lines += [f"| {' | '.join(cell(row) for _, cell in columns)} |" for row in rows]
    return "\n".join(lines)


def heading(table: Table, target: str, units: Mapping[str, str]) -> str:
    """test MSE; of a named target with its unit: forces: test RMSE (eV/Å)."""
    text = f"test {table.measure.upper()}"
    return in_unit(f"{target}: {text}", units.get(target) or "1") if target else text


def _close(table: Table, rows: Sequence[Row]) -> list[str]:
    """The shares of errors within the table's tolerance, where it has one: apart from the errors,
    as both together are wider than a page.
    """
    if table.within is None:
        return []
    within = f"within {plain(table.within)} {units_of(rows).get(table.targets[0], '')}".rstrip()
    columns: list[tuple[str, Callable[[Row], str]]] = [("method", _named)]
    columns += [
        (f"{name}: {within}" if name else within, partial(_within, name)) for name in table.targets
    ]
    return [_columns(columns, rows)]


def _within(name: str, row: Row) -> str:
    shares = row.within.get(name, ())
    return f"{100 * statistics.mean(shares):.1f} %" if shares else ""


def _other(name: str, row: Row) -> str:
    return mean_and_spread(row.others.get(name, ())) if row.ours else ""


def _named(row: Row) -> str:
    if row.ours:
        return _method(row.method)
    return f"{_method(row.method)} *({row.published.source if row.published else ''})*"


def demanded(table: Table, rows: Sequence[Row]) -> str:
    """The table's bars, what was measured, and whether it is enough."""
    lines = ["| what | bar | aim | measured | |", "|---|---|---|---|---|"]
    lines += [
        f"| {' | '.join((line.what, line.bar, line.aim, line.measured, line.verdict))} |"
        for line in judged(table, rows)
    ]
    return "\n".join(lines)


def ours(row: Row) -> str:
    """0.00429 ± 0.00014; diverged; the revision, if it is not today's; not run."""
    if not row.ours:
        return ""
    texts = []
    if row.mean is not None:
        texts.append(mean_and_spread(row.errors))
    if row.diverged:
        texts.append(f"{row.diverged} diverged")
    if row.revision is not None and row.revision < REVISION:
        texts[-1] += f" *(revision {row.revision})*"
    return ", ".join(texts) or "not run"


def mean_and_spread(errors: Sequence[float]) -> str:
    """**0.00429** ± 0.00014; nothing of nothing."""
    if not errors:
        return ""
    spread = f" ± {significant(statistics.stdev(errors), 2)}" if len(errors) > 1 else ""
    return f"**{significant(statistics.mean(errors))}**{spread}"


def _view(row: Row, view: str) -> str:
    if view not in row.change:
        return ""
    change = row.change[view]
    text = "0" if abs(change) < SMALL else f"{100 * change:+.2g} %"
    return f"{text} ({row.deviation[view]:.0e})"


def _method(name: str) -> str:
    return re.sub(r"_([\w+]+)", r"<sub>\1</sub>", name) if name.startswith("SE") else name


def _name(row: Row) -> str:
    return ", ".join(part for part in (row.method, row.setting) if part)
