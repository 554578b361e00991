"""Tables and lists of the report as HTML. Every text that comes from a file is escaped here."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from segnn.report.inputs import is_number
from segnn.report.words import duration, plain, significant, thousands


def comparison(summary: Mapping[str, Any]) -> str:
    """Ours beside published figures and trivial predictions, each with its place on a logarithmic
    scale.
    """
    rows = summary["comparison"]
    known = [row["mse"] for row in rows if row["mse"] is not None and row["mse"] > 0]
    low, high = (
        (math.log10(min(known)) - 0.08, math.log10(max(known)) + 0.08) if known else (0.0, 1.0)
    )
    with_mae = any(row["mae"] is not None for row in rows if row["kind"] == "trivial")
    reference = next((row["method"] for row in rows if row["kind"] == "reference"), None)
    decimals = _decimals(rows)
    body = []
    for row in rows:
        cells = [f"<td>{_error(row, decimals)}</td>"]
        if with_mae:
            mae = "–" if row["mae"] is None else significant(row["mae"])
            cells.append(f'<td class="mae">{mae}</td>')
        if reference is not None:
            cells.append(f'<td class="ratio">{_ratio(row["ratio"])}</td>')
        if len(known) > 1:
            place = 0.0
            if row["mse"] is not None and row["mse"] > 0:
                place = 100 * (math.log10(row["mse"]) - low) / (high - low)
            mark = f'<span style="--at:{place:.1f}%"></span>'
            cells.append(f'<td class="strip" aria-hidden="true">{mark}</td>')
        named = f"{method(row['method'])}<small>{escape(row['source'])}</small>"
        body.append(f'<tr class="{row["kind"]}"><th scope="row">{named}</th>{"".join(cells)}</tr>')
    heads = ['<th scope="col">Method</th>', '<th scope="col">Test MSE</th>']
    if with_mae:
        heads.append('<th scope="col" class="mae">Test MAE</th>')
    if reference is not None:
        heads.append(f'<th scope="col" class="ratio">÷ {method(reference)}</th>')
    if len(known) > 1:
        ends = f"{plain(10**low, 2)} to {plain(10**high, 2)}"
        scale = f'MSE, log scale<span class="range">, {ends}</span>'
        heads.append(f'<th class="strip" aria-hidden="true">{scale}</th>')
    return (
        f'<table class="comparison"><thead><tr>{"".join(heads)}</tr></thead>'
        f"<tbody>{''.join(body)}</tbody></table>"
    )


def check(rows: Sequence[Mapping[str, Any]]) -> str:
    """The symmetry check: what was tested, how far it is off, whether that passes."""
    body = []
    for row in rows:
        word, mark = ("pass", "✓") if row["passed"] else ("fail", "✗")
        named = f"{escape(str(row['property']))}<small>{escape(str(row['dtype']))}</small>"
        body.append(
            f'<tr><th scope="row">{named}</th>'
            f'<td class="text {word}"><span aria-hidden="true">{mark}</span> {word}</td>'
            f"<td>{_tiny(row['error'])}</td><td>{_tiny(row['tolerance'])}</td></tr>"
        )
    return (
        '<table class="check"><thead><tr><th scope="col">Property</th>'
        '<th scope="col" class="text">Result</th>'
        '<th scope="col">Error</th><th scope="col">Tolerance</th></tr></thead>'
        f"<tbody>{''.join(body)}</tbody></table>"
    )


def facts(results: Mapping[str, Any]) -> str:
    """What the run was: a description list; keys that are absent are left out."""
    test, valid = results.get("test") or {}, results.get("valid") or {}
    entries: list[tuple[str, Any, str]] = [
        ("Test MAE", test.get("mae"), "error"),
        ("Validation MAE", None if test else valid.get("mae"), "error"),
        ("Validation MSE", valid.get("mse"), "error"),
        ("Best epoch", results.get("best_epoch"), "count"),
        ("Epochs", results.get("epochs"), "count"),
        ("Training time", results.get("seconds"), "duration"),
        ("Time per epoch", results.get("seconds_per_epoch"), "duration"),
        ("Parameters", results.get("parameters"), "count"),
        ("Threads", results.get("threads"), "count"),
        ("Seed", results.get("seed"), "plain"),
    ]
    return description(
        [(name, _value(value, kind)) for name, value, kind in entries if value is not None]
    )


def description(entries: Sequence[tuple[str, str]]) -> str:
    """Name and value, side by side."""
    pairs = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in entries
    )
    return f"<dl>{pairs}</dl>" if pairs else ""


def _value(value: Any, kind: str) -> str:
    if not is_number(value):
        return str(value)
    if kind == "error":
        return significant(value)
    if kind == "duration":
        return duration(value)
    return thousands(value) if kind == "count" else str(value)


def _decimals(rows: Sequence[Mapping[str, Any]]) -> int:
    """How many decimals the published errors of a table have: 0.0070 has four, read as a number
    three.
    """
    quoted = [row["mse"] for row in rows if row["kind"] in ("published", "reference")]
    return max((len(f"{mse:.10f}".rstrip("0").partition(".")[2]) for mse in quoted), default=0)


def _error(row: Mapping[str, Any], decimals: int) -> str:
    """Published errors with the digits they were published with, ours with three that count."""
    if row["mse"] is None:
        return "not finite"
    if row["kind"] not in ("published", "reference"):
        return significant(row["mse"])
    spread = f' <span class="spread">± {plain(row["spread"])}</span>' if row["spread"] else ""
    return f"{row['mse']:.{decimals}f}{spread}"


def _ratio(ratio: float | None) -> str:
    return "–" if ratio is None else f"{ratio:.2f}" if ratio < 10 else f"{ratio:.0f}"


def _tiny(value: float | None) -> str:
    return "not finite" if value is None else significant(value, 2)


def method(name: str) -> str:
    """The name of a method, what follows an underscore as a subscript."""
    return (
        re.sub(r"_([\w+]+)", r"<sub>\1</sub>", escape(name))
        if name.startswith("SE")
        else escape(name)
    )
