"""The figures we want, beside those that were reached."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from segnn.bench.contenders import COMPILED, OURS

# key of Workload.goal → (what it says, whether more is better)
MEANING = {
    "forward": ("forward: times faster than e3nn", True),
    "training": ("training step: times faster than e3nn", True),
    "forces": ("force training step: times faster than e3nn", True),
    "mace_step": ("force training step: times faster than MACE", True),
    "nequip_step": ("force training step: times faster than NequIP", True),
    "mace_forces": ("energy and forces: times faster than MACE", True),
    "memory": ("peak memory: part of e3nn's", False),
    "egnn": ("training step: times that of EGNN", False),
    "compiled": ("training step: times faster than e3nn through torch.compile", True),
    "floors": ("training step: times the products alone", False),
    "training_ms": ("training step, ms", False),
    "exponent": ("exponent of time against edges", False),
    "peak_gib": ("peak memory, GiB", False),
    "batch": ("cutting a batch: part of a training step", False),
    "neighbours": ("searching neighbours: part of a training step", False),
}

# key → what of our row of a training step
_OF_TRAINING = {"floors": "times_the_floor", "training_ms": "median_ms"}
# key → contender, step, and whether on the largest graph (else on the smallest)
_PEERS = {
    "mace_step": ("mace", "forces", True),
    "nequip_step": ("nequip", "forces", True),
    "mace_forces": ("mace", "energy_forces", False),
}


def goals(wanted: Mapping[str, float], result: Mapping[str, Any]) -> list[dict[str, Any]]:
    """For every goal: what, wanted, reached (None if not measured) and whether it is met."""
    found = []
    for key, value in wanted.items():
        text, more = MEANING[key]
        reached = _reached(key, result)
        met = None if reached is None else bool(reached >= value if more else reached <= value)
        found.append({"goal": key, "what": text, "wanted": value, "reached": reached, "met": met})
    return found


def _reached(key: str, result: Mapping[str, Any]) -> float | None:
    ours = [row for row in result["rows"] if row["contender"] == OURS]
    if key == "exponent":
        exponent: float | None = result["exponent"]
        return exponent
    if key in ("batch", "neighbours"):
        data = result.get("data")
        return None if data is None else data[f"{key}_part_of_step"]
    if key == "egnn":
        egnn = [
            row["median_ms"]
            for row in result["rows"]
            if row["contender"] == "EGNN" and row["step"] == "training"
        ]
        own = [row["median_ms"] for row in ours if row["step"] == "training"]
        return own[0] / egnn[0] if own and egnn else None
    training = {row["contender"]: row for row in result["rows"] if row["step"] == "training"}
    if key == "compiled":
        both = [training[name]["median_ms"] for name in (COMPILED, OURS) if name in training]
        return both[0] / both[1] if len(both) == 2 else None
    if key in _OF_TRAINING:
        value: float | None = training[OURS][_OF_TRAINING[key]] if OURS in training else None
        return value
    if key in _PEERS:
        return _faster(*_PEERS[key], result)
    if key == "peak_gib":
        known = [row["peak_mib"] and row["peak_mib"] / 1024 for row in ours]
    elif key == "memory":
        known = [row["part_of_e3nn_memory"] for row in ours]
    else:
        known = [row["times_faster_than_e3nn"] for row in ours if row["step"] == key]
    known = [value for value in known if value is not None]
    return (min if MEANING[key][1] else max)(known) if known else None


def _faster(peer: str, step: str, large: bool, result: Mapping[str, Any]) -> float | None:
    """How many times faster ours is than a peer, where both were measured."""
    size = len(result["sizes"]) - 1 if large else 0
    found = {
        row["contender"]: row["median_ms"]
        for row in result["rows"]
        if (row["step"], row["size"]) == (step, size)
    }
    return found[peer] / found[OURS] if peer in found and OURS in found else None
