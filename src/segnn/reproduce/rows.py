"""The rows of a table: ours over seeds beside the published figures."""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from segnn.report.published import Published, published
from segnn.reproduce.run import Planned
from segnn.reproduce.store import Result
from segnn.reproduce.sweep import Method, Setting, Table
from segnn.training.verdict import baseline_errors

VIEWS = ("rotation", "reflection", "translation")


@dataclass(frozen=True)
class Row:
    """One method in one setting.

    - ``errors``: the test MSE of every stored seed; ``mean`` and ``spread`` (standard deviation,
      None of one seed) of them.
    - ``diverged``: how many seeds became infinite or not a number.
    - ``trivial``: the MSE of the target's base alone, of the mean label where there is no base.
    - ``seconds``, ``epochs``, ``parameters``: of a training, means over the seeds.
    - ``change``: by view, the largest relative change of the test error; ``deviation``: the largest
      deviation.
    - ``curves``: how many stored results, diverged or not, have kept their validation curve.
    - ``published``: the figure of the same method, or None. ``ours``: False for methods that are
      only quoted.
    """

    method: str
    setting: str
    setting_id: str
    published: Published | None
    ours: bool = True
    errors: tuple[float, ...] = ()
    seeds: tuple[int, ...] = ()
    diverged: int = 0
    trivial: float | None = None
    seconds: float | None = None
    epochs: float | None = None
    parameters: int | None = None
    change: dict[str, float] = field(default_factory=dict)
    deviation: dict[str, float] = field(default_factory=dict)
    curves: int = 0

    @property
    def mean(self) -> float | None:
        return statistics.mean(self.errors) if self.errors else None

    @property
    def spread(self) -> float | None:
        return statistics.stdev(self.errors) if len(self.errors) > 1 else None

    def to_dict(self) -> dict[str, Any]:
        """Plain values, with mean and spread."""
        figure = None if self.published is None else self.published._asdict()
        return {**asdict(self), "published": figure, "mean": self.mean, "spread": self.spread}


def make_rows(table: Table, planned: Iterable[Planned]) -> list[Row]:
    """Setting by setting, the methods of the table as they are declared, then those that are only
    published.
    """
    by: dict[tuple[str, str], list[Planned]] = {}
    for run in planned:
        by.setdefault((run.run.method.id, run.run.setting.id), []).append(run)
    figures = {(figure.method, figure.setting): figure for figure in published(table.name)}
    rows = []
    for setting in table.settings:
        used = set()
        for method in table.tried(setting):
            key = (method.published or method.label, setting.id)
            used.add(key)
            rows.append(
                _row(method, setting, figures.get(key), by.get((method.id, setting.id), []))
            )
        rows += [
            Row(figure.method, setting.label, setting.id, figure, ours=False)
            for key, figure in figures.items()
            if figure.setting == setting.id and key not in used
        ]
    return rows


def _row(method: Method, setting: Setting, figure: Published | None, planned: list[Planned]) -> Row:
    done = [(p.run.seed, p.result) for p in planned if p.result is not None]
    finished = [(seed, result) for seed, result in done if "diverged" not in result]
    results = [result for _, result in finished]
    shown = [result["equivariance"] for result in results if "equivariance" in result]
    return Row(
        method=method.label,
        setting=setting.label,
        setting_id=setting.id,
        published=figure,
        errors=tuple(float(result["test"]["mse"]) for result in results),
        seeds=tuple(seed for seed, _ in finished),
        diverged=len(done) - len(finished),
        trivial=_mean([_trivial(result) for result in results]),
        seconds=_mean([result.get("seconds") for result in results]),
        epochs=_mean([result.get("epochs") for result in results]),
        parameters=results[0].get("parameters") if results else None,
        change=_largest(shown, "change"),
        deviation=_largest(shown, "deviation"),
        curves=sum(bool(result.get("curve")) for _, result in done),
    )


def _trivial(result: Result) -> float | None:
    """The mse of the target's base alone, of the mean label where there is no base."""
    known = baseline_errors(result)
    for key in ("stand_still", "base_alone", "mean_label"):
        if key in known:
            return float(known[key]["mse"])
    return None


def _mean(values: list[Any]) -> float | None:
    known = [float(value) for value in values if value is not None]
    return statistics.mean(known) if known else None


def _largest(shown: list[Result], key: str) -> dict[str, float]:
    """By view, the value of largest size over the seeds."""
    return (
        {view: max((entry[view][key] for entry in shown), key=abs) for view in VIEWS}
        if shown
        else {}
    )
