"""The charged task over seeds beside the published figures: `python benchmarks/summary.py`.

Reads results/charged/<recipe>-seed<n>.json (copies of the runs' results.json) and prints the table of the README.
"""

from __future__ import annotations

import json
import statistics
from collections import defaultdict
from pathlib import Path

from segnn.report.published import figures_for

FOLDER = Path("results/charged")


def main() -> None:
    runs: dict[str, list[dict]] = defaultdict(list)
    for path in sorted(FOLDER.glob("*-seed*.json")):
        runs[path.stem.rsplit("-seed", 1)[0]].append(json.loads(path.read_text()))
    rows = []
    for recipe, results in runs.items():
        errors = [r["test"]["mse"] for r in results]
        spread = statistics.stdev(errors) if len(errors) > 1 else 0.0
        seconds = statistics.mean(r["seconds"] for r in results)
        size = f"{len(errors)} seeds, {results[0]['parameters']} parameters, {seconds:.0f} s a seed"
        what = f"**segnn, `recipes/{recipe}.yaml`**, {size}"
        rows.append((statistics.mean(errors), f"{statistics.mean(errors):.5f} ± {spread:.5f}", what))
    if runs:
        trivial = next(iter(runs.values()))[0]["baselines"]
        for name in ("stand_still", "straight_line"):
            rows.append((trivial[name], f"{trivial[name]:.4f}", f"trivial: {name.replace('_', ' ')}"))
    published, _ = figures_for("charged")
    for figure in published:
        error = f"{figure.mse:.4f}" + (f" ± {figure.spread:.5f}" if figure.spread else "")
        rows.append((figure.mse, error, f"{figure.method} ({figure.source})"))
    print("| test MSE | method |\n|---|---|")
    for _, error, what in sorted(rows):
        print(f"| {error} | {what} |")


if __name__ == "__main__":
    main()
