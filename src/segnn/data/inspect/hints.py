"""What is odd about files of systems, in sentences that say what to do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from segnn.words import counted, have

LABELS = ("energy", "forces", "force", "stress", "dipole", "polarizability")
ZERO = 1e-3
"""Sums of forces, relative to what random ones would have, from which on they are told."""
BROKEN = 0.03
FORCES_LEFT = 0.9
"""The share of the forces that a smooth energy does not explain from which on it is told."""


def hints_on(result: dict[str, Any]) -> list[dict[str, Any]]:
    """The hints on what `inspect` found: level (warning or hint), file, system, text."""
    found = []
    for entry in result["files"]:
        for make in (_mistakes, _labels, _distances, _boxes, _repeated, _forces, _units):
            for level, system, text in make(entry):
                found.append(
                    {"level": level, "file": entry["file"], "system": system, "text": text}
                )
    for common in result["shared"]:
        first, second = common["files"]
        n, m = common["pairs"][0]
        found.append(
            {
                "level": "warning",
                "file": second,
                "system": m,
                "text": f"{_are(common['systems'])} also in {first} (the first: {m} here, "
                f"{n} there). Errors on systems that were trained on say nothing: leave them out "
                "of one of the two.",
            }
        )
    return sorted(found, key=lambda hint: hint["level"] != "warning")


Hints = Iterator[tuple[str, int | None, str]]


def _are(number: int) -> str:
    return f"{counted(number, 'system')} {'is' if number == 1 else 'are'}"


def _mistakes(entry: dict[str, Any]) -> Hints:
    for text in entry["mistakes"]:
        yield "warning", None, text.removeprefix(f"{entry['file']}: ")


def _labels(entry: dict[str, Any]) -> Hints:
    for name, array in entry["arrays"].items():
        if array["not_finite"]:
            n = array["not_finite"][0]
            yield "warning", n, f"{name} is not finite in system {n}. Repair or remove it."
        if array["missing"]:
            yield (
                "hint",
                None,
                f"{array['missing']} of {entry['systems']} systems without {name}: a recipe that "
                "reads it cannot use the file as it is, unless they are labels and its target says "
                "missing: masked.",
            )
        label = name.startswith("target_") or any(name.lower().endswith(w) for w in LABELS)
        if label and array.get("zero"):
            yield "warning", None, f"{name} is zero throughout: no labels, or never written."
        elif label and array.get("constant") and entry["systems"] > 1:
            value = array["max"]
            yield "warning", None, f"{name} is {value:g} in all systems: nothing to learn from it."
        for outlier in array.get("outliers", ()) if label else ():
            yield (
                "hint",
                outlier["system"],
                f"{name} of system {outlier['system']} is {outlier['value']:g}, "
                f"{outlier['deviations']:.0f} times the usual deviation from the others. Did that "
                "calculation converge?",
            )
    if not any(name.startswith("target_") or name.endswith(LABELS) for name in entry["arrays"]):
        yield "hint", None, "no array looks like a label; a recipe names it in its target."


def _distances(entry: dict[str, Any]) -> Hints:
    closest = entry["closest"]
    if closest is not None and closest["below"]["count"]:
        below = closest["below"]
        between = f" ({closest['pair']})" if closest["pair"] else ""
        if entry.get("species"):
            yield (
                "warning",
                closest["system"],
                f"{have(below['count'], 'system')} atoms closer than {below['distance']:g} "
                "angstrom: "
                f"{closest['distance']:.3g}{between} in system {closest['system']}. Check the unit "
                "of the positions, the cell, or remove them.",
            )
    by_cutoff = entry["neighbours"]["by_cutoff"]
    largest, counts = list(by_cutoff.items())[-1]
    if counts["max"] == 0 and closest is not None:
        yield (
            "warning",
            None,
            f"no particle has a neighbour within {largest}; the closest two are "
            f"{closest['distance']:.3g} apart. Check the unit of the positions.",
        )


def _boxes(entry: dict[str, Any]) -> Hints:
    boxes = entry["boxes"]
    if boxes is None:
        return
    for n in boxes["left_handed"][:1]:
        yield (
            "hint",
            n,
            f"the cell of system {n} is left-handed. That is read as it stands and is no mistake, "
            "but some programs exchange two vectors when they write such a cell.",
        )
    largest = list(entry["neighbours"]["by_cutoff"])[-1]
    if boxes["thinnest"] is not None and boxes["thinnest"] < float(largest):
        yield (
            "hint",
            None,
            f"the thinnest cell is {boxes['thinnest']:.3g} thick: with a larger cutoff an atom is "
            "its own neighbour through the boundary, which is meant so and handled.",
        )


def _repeated(entry: dict[str, Any]) -> Hints:
    groups = entry["duplicates"]
    if groups:
        extra = sum(len(group) - 1 for group in groups)
        shown = ", ".join(map(str, groups[0][:4]))
        yield (
            "warning",
            groups[0][1],
            f"{_are(extra)} there more than once (the first: {shown}). A random split puts "
            "equal systems into training and test.",
        )


def _forces(entry: dict[str, Any]) -> Hints:
    net = entry["net"]
    for key, word, why in (
        ("force", "forces", "an external field, fixed atoms, or unconverged forces"),
        (
            "torque",
            "torques",
            "an external field, or forces in another orientation than the positions",
        ),
    ):
        if net is None or key not in net:
            continue
        worst = net[key]
        if worst["relative"] > (ZERO if key == "force" else BROKEN):
            often = "most systems" if worst["median_relative"] > ZERO else "some systems"
            yield (
                "warning" if worst["relative"] > BROKEN else "hint",
                worst["system"],
                f"the {word} of {often} do not add up to zero; system {worst['system']} is the "
                f"worst with {worst['value']:.3g} ({100 * worst['relative']:.2g} % of what random "
                f"{word} would make). A reason may be {why}; a model whose forces are derivatives "
                "of its energy cannot learn that.",
            )


def _units(entry: dict[str, Any]) -> Hints:
    found = entry["consistency"]
    if found is None:
        return
    if found["unit"] and found["factor"] is not None:
        yield (
            "warning",
            None,
            f"{entry['energy']} varies {found['factor']:.3g} times as much as {entry['forces']} "
            f"says it should: perhaps {found['unit']}. Both need one unit of energy.",
        )
    elif found["factor"] is None and found["unexplained_forces"] > FORCES_LEFT:
        yield (
            "warning",
            None,
            f"{entry['forces']} are not minus the gradient of a smooth {entry['energy']}: pair "
            f"potentials leave {100 * found['unexplained_forces']:.0f} % of them unexplained. Are "
            "they of other systems, in another order, or another quantity?",
        )
    for outlier in found["outliers"]:
        n = outlier["system"]
        what = (
            f"{entry['forces']} of system {n} are not minus the gradient of a smooth energy"
            if outlier["what"] == "forces"
            else f"{entry['energy']} of system {n} does not fit its forces and those of the others"
        )
        yield (
            "warning",
            n,
            f"{what}: {outlier['deviations']:.1f} times the usual deviation from a smooth fit of "
            "all systems. Look at that calculation, or leave the system out.",
        )
