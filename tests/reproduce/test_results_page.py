"""The page of results: it names every table, and its times are those of the files."""

import json
from pathlib import Path

from segnn.reproduce.sweep import tables

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "results.md").read_text(encoding="utf-8")


def test_every_table_is_named():
    missing = [name for name in tables() if f"../results/{name}/table.md" not in PAGE]
    assert missing == []


def test_times_are_those_of_the_files():
    head = next(line for line in PAGE.splitlines() if line.startswith("| workload | step |"))
    assert [name.strip() for name in head.split("|")[6:9]] == ["times faster", "MACE", "NequIP"]
    shown = [line for line in PAGE.split(head)[1].split("\n\n")[0].splitlines()[2:] if line]
    assert len(shown) >= 13
    for line in shown:
        workload, step, threads, ours, e3nn, times, *others = (
            cell.strip() for cell in line.split("|")[1:-1]
        )
        result = json.loads((ROOT / "results" / "speed" / f"{workload}.json").read_text())
        rows = [row for row in result["rows"] if row["step"] == step]
        largest = max(row["size"] for row in rows)
        median = {r["contender"]: r["median_ms"] for r in rows if r["size"] == largest}
        assert threads == str(result["threads"]), line
        assert times == f"{median['e3nn'] / median['segnn']:.1f}", line
        named = zip(("segnn", "e3nn", "mace", "nequip"), (ours, e3nn, *others), strict=True)
        for name, said in named:
            value = median.get(name)
            assert said == ("" if value is None else f"{value:.{1 if value < 100 else 0}f}"), line
