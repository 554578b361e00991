"""The table of a sweep as Markdown."""

from __future__ import annotations

import re
from collections.abc import Sequence

from segnn.report.published import Published
from segnn.report.words import significant
from segnn.reproduce.rows import VIEWS, Row
from segnn.reproduce.sweep import Table

SMALL = 1e-4  # a relative change of the error below this is rounding in float32


def render(table: Table, rows: Sequence[Row], command: str, overrides: Sequence[str] = ()) -> str:
    """The whole file: what it is, the table(s), what was not run, notes, the commands.

    - ``command``: what makes it. ``overrides``: what the command replaces in every run.
    """
    parts = [
        f"# {table.title}",
        "Mean squared error over all coordinates of the test systems. " + table.budget,
    ]
    if overrides:
        parts.append(
            f"Every run of this page: `{' '.join(f'--set {change}' for change in overrides)}`."
        )
    for setting in table.settings:
        if setting.label:
            parts.append(f"## {setting.label}")
        parts.append(_table([row for row in rows if row.setting_id == setting.id]))
    parts.append("![The table as a plot](plot.svg)")
    if any(row.curves for row in rows):
        parts.append("![Validation error by epoch, every run that kept its curve](learning.svg)")
        without = [_name(row) for row in rows if (row.errors or row.diverged) and not row.curves]
        if without:
            parts.append(f"No curve was kept of {'; '.join(without)}.")
    parts.append(
        "Ours: mean ± standard deviation over the seeds. *against published* compares the means; “within its spread” says that "
        "they differ by no more than the published standard deviation, “equal” by less than half a unit of the published last "
        "digit. *error of nothing learned*: the target's base alone. "
        "*turned, mirrored, moved*: the same test systems rotated, reflected and translated by ten times their size; the "
        "relative change of the error, and in brackets the root mean square of f(g·x) − g·f(x), in the target's unit, of the "
        "worst seed. *s a run* depends on the machine and on what else ran."
    )
    for method in table.methods:
        if method.note:
            parts.append(
                method.note
                if method.note.startswith(method.label)
                else f"{_method(method.label)}: {method.note}"
            )
    missing = [_name(row) for row in rows if row.ours and not row.errors and not row.diverged]
    if missing:
        parts.append(f"Not run yet: {'; '.join(missing)}.")
    parts.append(
        f"    {command}            # what is missing\n    {command} --render   # this page"
    )
    return "\n\n".join(parts) + "\n"


def _table(rows: Sequence[Row]) -> str:
    columns = (
        "method",
        "test MSE",
        "published",
        "against published",
        "error of nothing learned",
        "turned",
        "mirrored",
        "moved",
        "parameters",
        "epochs",
        "s a run",
        "seeds",
    )
    lines = [f"| {' | '.join(columns)} |", "|" + "---|" * len(columns)]
    for row in rows:
        cells = (
            _method(row.method)
            if row.ours
            else f"{_method(row.method)} *({row.published.source if row.published else ''})*",
            ours(row),
            quoted(row),
            verdict(row),
            "" if row.trivial is None else significant(row.trivial),
            *(_view(row, view) for view in VIEWS),
            "" if row.parameters is None else f"{row.parameters:,}".replace(",", "\u202f"),
            "" if row.epochs is None else f"{row.epochs:.0f}",
            "" if row.seconds is None else f"{row.seconds:.0f}",
            ", ".join(map(str, row.seeds)),
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def ours(row: Row) -> str:
    """0.00429 ± 0.00014; diverged; not run."""
    if not row.ours:
        return ""
    texts = []
    if row.mean is not None:
        texts.append(
            f"**{significant(row.mean)}**"
            + ("" if row.spread is None else f" ± {significant(row.spread, 2)}")
        )
    if row.diverged:
        texts.append(f"{row.diverged} diverged")
    return ", ".join(texts) or "not run"


def quoted(row: Row) -> str:
    """The published figure with the digits it was published with."""
    if row.published is None:
        return ""
    mse, spread = row.published.mse, row.published.spread
    text = f"{mse:.{_decimals(row.published)}f}"
    return text if spread is None else f"{text} ± {spread:.5f}"


def _decimals(figure: Published) -> int:
    """How many the figure was published with: four of the charged particles, three of gravity."""
    return 4 if figure.mse < 0.1 else 3


def verdict(row: Row) -> str:
    """Below, above or equal: the mean against the published figure, without flattery."""
    if row.mean is None or row.published is None:
        return ""
    difference, relative = abs(row.mean - row.published.mse), row.mean / row.published.mse - 1
    if difference <= (row.published.spread or 0.0):
        return "equal within its spread"
    if difference < 0.5 * 10 ** -_decimals(row.published):
        return "equal"
    if relative > 2:
        return f"missed: {row.mean / row.published.mse:.3g} times as much"
    return f"{'beaten' if relative < 0 else 'missed'}: {100 * relative:+.{0 if abs(relative) >= 0.01 else 1}f} %"


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
