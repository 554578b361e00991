"""Numbers in words: what a reader sees of them."""

from __future__ import annotations

import math
import re

SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
SPLITS = {"test": "test", "valid": "validation"}
"""The systems of a split in words."""


def significant(value: float, digits: int = 3) -> str:
    """0.00430, 0.272, 147: so many significant digits, in decimal notation where a reader can do
    without powers of ten (from 0.0001 to a million), else as 3.10 × 10⁻¹⁴.
    """
    if not math.isfinite(value):
        return "not finite"
    if value == 0:
        return "0"
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    if not -4 <= int(exponent) < 6:
        return f"{mantissa} × 10{str(int(exponent)).translate(SUPERSCRIPT)}"
    return f"{float(f'{mantissa}e{exponent}'):.{max(0, digits - 1 - int(exponent))}f}"


def plain(value: float, digits: int = 3) -> str:
    """A number as `significant` writes it, without zeros at its end: 0.0043, 20, 10⁻⁷."""
    text = significant(value, digits)
    mantissa, times, power = text.partition(" × ")
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    return power if times and mantissa == "1" else mantissa + times + power


def thousands(number: int) -> str:
    """147 424, with narrow spaces that do not break."""
    return f"{number:,}".replace(",", "\u202f")


def duration(seconds: float) -> str:
    """12.3 s, 4 min 10 s, 3 h 05 min."""
    if not math.isfinite(seconds):
        return "not finite"
    if seconds < 60:
        return f"{significant(seconds)} s"
    whole = round(seconds)
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def against_paper(mse: float, paper: float, spread: float | None) -> str:
    """How a test MSE stands to the published one, in a sentence that does not flatter."""
    published = f"the paper’s {plain(paper)}" + (f" ± {plain(spread)}" if spread else "")
    if not math.isfinite(mse):
        return "The test error is not a finite number: this run diverged."
    ratio = mse / paper
    if abs(mse - paper) <= (spread or 0):
        return f"This equals {published} within its spread."
    if ratio < 1:
        below = f"{100 * (1 - ratio):.0f} % below {published}"
        return f"This is {below}: a smaller error than the published one."
    if ratio < 2:
        return f"This is {100 * (ratio - 1):.0f} % above {published}: worse than published."
    return f"This is {ratio:.1f} times {published}: far from the published error."


def within(label: str) -> str:
    """A label within a sentence: a small first letter, symbols as they are."""
    return label[:1].lower() + label[1:]


def against_baseline(mse: float, label: str, baseline: float) -> str:
    """How a test MSE stands to a prediction that needs no learning."""
    if not (math.isfinite(mse) and math.isfinite(baseline)):
        return ""
    label = within(label)
    if mse < baseline:
        factor = f", {baseline / mse:.1f} times as much" if mse > 0 else ""
        return f"The best trivial prediction, “{label}”, has {significant(baseline)}{factor}."
    return (
        f"It does not beat the best trivial prediction, “{label}”, which has "
        f"{significant(baseline)}."
    )


def pretty(unit: str) -> str:
    """A unit as one writes it: eV/angstrom^3 as eV/Å³."""
    text = unit.replace("angstrom", "Å").replace("*", "·")
    return re.sub(r"\^(-?\d+)", lambda found: found[1].translate(SUPERSCRIPT), text)


def in_unit(quantity: str, unit: str) -> str:
    """A quantity with its unit in brackets, if it has one."""
    return quantity if unit == "1" else f"{quantity} ({pretty(unit)})"
