"""Tables and lists of the report as HTML. Every text that comes from a file is escaped here."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from segnn.report.inputs import is_number
from segnn.report.words import duration, significant


def comparison(rows: Sequence[Mapping[str, Any]]) -> str:
    """Ours beside published figures and trivial predictions, each with its place on a logarithmic
    scale.
    """
    known = [row["mse"] for row in rows if row["mse"] is not None and row["mse"] > 0]
    low, high = (
        (math.log10(min(known)) - 0.08, math.log10(max(known)) + 0.08) if known else (0.0, 1.0)
    )
    with_ratio = any(row["ratio"] is not None for row in rows)
    body = []
    for row in rows:
        mse = row["mse"]
        place = 100 * (math.log10(mse) - low) / (high - low) if mse is not None and mse > 0 else 0.0
        number = escape(_error(row))
        if row["spread"]:
            number += f' <span class="spread">± {row["spread"]:g}</span>'
        ratio = (
            "–"
            if row["ratio"] is None
            else f"{row['ratio']:.2f}"
            if row["ratio"] < 10
            else f"{row['ratio']:.0f}"
        )
        body.append(
            f'<tr class="{row["kind"]}"><th scope="row">{method(row["method"])}<small>{escape(row["source"])}</small></th>'
            f"<td>{number}</td>"
            + (f'<td class="ratio">{ratio}</td>' if with_ratio else "")
            + (
                f'<td class="strip" aria-hidden="true"><span style="--at:{place:.1f}%"></span></td>'
                if len(known) > 1
                else ""
            )
            + "</tr>"
        )
    reference = next((row["method"] for row in rows if row["kind"] == "reference"), "")
    ratio_head = f'<th scope="col" class="ratio">÷ {method(reference)}</th>' if with_ratio else ""
    scale = f'log scale<span class="range">, {10**low:.2g} to {10**high:.2g}</span>'
    strip_head = f'<th class="strip" aria-hidden="true">{scale}</th>' if len(known) > 1 else ""
    return (
        '<table class="comparison"><thead><tr><th scope="col">Method</th><th scope="col">Test MSE</th>'
        f"{ratio_head}{strip_head}</tr></thead>"
        f"<tbody>{''.join(body)}</tbody></table>"
    )


def check(rows: Sequence[Mapping[str, Any]]) -> str:
    """The symmetry check: what was tested, how far it is off, whether that passes."""
    body = []
    for row in rows:
        word, mark = ("pass", "✓") if row["passed"] else ("fail", "✗")
        body.append(
            f'<tr><th scope="row">{escape(str(row["property"]))}<small>{escape(str(row["dtype"]))}</small></th>'
            f'<td class="text {word}"><span aria-hidden="true">{mark}</span> {word}</td>'
            f"<td>{_tiny(row['error'])}</td><td>{_tiny(row['tolerance'])}</td></tr>"
        )
    return (
        '<table class="check"><thead><tr><th scope="col">Property</th><th scope="col" class="text">Result</th>'
        '<th scope="col">Error</th><th scope="col">Tolerance</th></tr></thead>'
        f"<tbody>{''.join(body)}</tbody></table>"
    )


def facts(results: Mapping[str, Any]) -> str:
    """What the run was: a description list; keys that are absent are left out."""
    test, valid = results["test"], results.get("valid") or {}
    entries: list[tuple[str, Any, str]] = [
        ("Test MAE", test.get("mae"), "error"),
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
    return f"{value:,}".replace(",", "\u202f") if kind == "count" else str(value)


def _error(row: Mapping[str, Any]) -> str:
    """Published errors with the digits they were published with, ours with three that count."""
    if row["mse"] is None:
        return "not finite"
    return (
        f"{row['mse']:.4f}"
        if row["kind"] in ("published", "reference")
        else significant(row["mse"])
    )


def _tiny(value: float | None) -> str:
    return "not finite" if value is None else f"{value:.1e}"


def method(name: str) -> str:
    """The name of a method, what follows an underscore as a subscript."""
    return (
        re.sub(r"_([\w+]+)", r"<sub>\1</sub>", escape(name))
        if name.startswith("SE")
        else escape(name)
    )
