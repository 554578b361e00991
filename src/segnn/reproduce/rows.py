"""The rows of a table: ours over seeds beside the published figures."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from segnn.recipe import Recipe
from segnn.report.published import Published, published
from segnn.reproduce.figures import error, trivial, unit
from segnn.reproduce.run import Planned
from segnn.reproduce.store import Result
from segnn.reproduce.sweep import Method, Setting, Table
from segnn.training.revision import revision_of

VIEWS = ("rotation", "reflection", "translation")
UNIMPORTANT = ("name", "data.folder", "training.seed")  # of two recipes that train the same


@dataclass(frozen=True)
class Row:
    """One method in one setting.

    - ``errors``: the test error of every stored seed, of the table's first target in its measure;
      ``mean`` and ``spread`` (standard deviation, None of one seed) of them. ``others``: those of
      the table's other targets. ``units``: of the errors of all of these, by the target's name;
      ``spreads``: the error of nothing learned, as ``trivial``, of each. ``within``: the share of
      errors within the table's tolerance, where it has one, of each.
    - ``diverged``: how many seeds became infinite or not a number.
    - ``trivial``: the error of the target's base alone, of the mean label where there is no base.
    - ``seconds``, ``epochs``, ``parameters``: of a training, means over the seeds.
    - ``change``: by view, the largest relative change of the test error; ``deviation``: the largest
      deviation.
    - ``curves``: how many stored results, diverged or not, have kept their validation curve.
    - ``loss``, ``optimizer``, ``ema``: how it was trained, in the words of the recipe; ``learned``:
      the targets of its loss.
    - ``revision``: of the training mechanism that made the results, None without any;
      ``differences``: the keys in which their recipe is not today's, with both values.
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
    processor_seconds: float | None = None
    epochs: float | None = None
    parameters: int | None = None
    change: dict[str, float] = field(default_factory=dict)
    deviation: dict[str, float] = field(default_factory=dict)
    curves: int = 0
    loss: str = ""
    learned: tuple[str, ...] = ()
    optimizer: str = ""
    ema: float | None = None
    revision: int | None = None
    differences: tuple[str, ...] = ()
    others: dict[str, tuple[float, ...]] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    spreads: dict[str, float] = field(default_factory=dict)
    within: dict[str, tuple[float, ...]] = field(default_factory=dict)

    @property
    def is_run(self) -> bool:
        """Whether there is anything to show of it, be it that it diverged."""
        return bool(self.errors or self.diverged)

    @property
    def mean(self) -> float | None:
        """Of the errors of all seeds; None without one."""
        return statistics.mean(self.errors) if self.errors else None

    @property
    def spread(self) -> float | None:
        """Standard deviation over the seeds; None of fewer than two."""
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
                _row(table, method, setting, figures.get(key), by.get((method.id, setting.id), []))
            )
        rows += [
            Row(figure.method, setting.label, setting.id, figure, ours=False)
            for key, figure in figures.items()
            if figure.setting == setting.id and key not in used
        ]
    return rows


def units_of(rows: Iterable[Row]) -> dict[str, str]:
    """Of the errors of every target, which all rows share; nothing where none was run."""
    return next((row.units for row in rows if row.units), {})


def _row(
    table: Table,
    method: Method,
    setting: Setting,
    figure: Published | None,
    planned: list[Planned],
) -> Row:
    compared, *more = table.targets
    measure = table.measure
    newest = max((revision_of(p.shown) for p in planned if p.shown is not None), default=None)
    shown = [p for p in planned if p.shown is not None and revision_of(p.shown) == newest]
    done = [(p.run.seed, p.shown) for p in shown if p.shown is not None]
    finished = [(seed, result) for seed, result in done if "diverged" not in result]
    results = [result for _, result in finished]
    views = [result["equivariance"] for result in results if "equivariance" in result]
    stored = done[0][1].get("recipe", {}) if done else {}
    training = stored.get("training", {})
    return Row(
        method=method.label,
        setting=setting.label,
        setting_id=setting.id,
        published=figure,
        errors=_errors(results, compared, measure),
        seeds=tuple(seed for seed, _ in finished),
        diverged=len(done) - len(finished),
        trivial=_mean([trivial(result, compared, measure) for result in results]),
        seconds=_mean([result.get("seconds") for result in results]),
        processor_seconds=_mean([result.get("processor_seconds") for result in results]),
        epochs=_mean([result.get("epochs") for result in results]),
        parameters=results[0].get("parameters") if results else None,
        change=_largest(views, "change"),
        deviation=_largest(views, "deviation"),
        curves=sum(bool(result.get("curve")) for _, result in done),
        loss=str(training.get("loss", "")),
        learned=_learned(stored),
        optimizer=_optimizer(training),
        ema=training.get("ema"),
        revision=newest,
        differences=tuple(_differences(stored, shown[0].recipe)) if shown else (),
        others={name: _errors(results, name, measure) for name in more},
        units={name: unit(results[0], name, measure) for name in table.targets} if results else {},
        spreads=_spreads(results, table),
        within=(
            {}
            if table.within is None
            else {name: _errors(results, name, "within") for name in table.targets}
        ),
    )


def _errors(results: list[Result], target: str, measure: str) -> tuple[float, ...]:
    found = [error(result, target, measure) for result in results]
    return tuple(value for value in found if value is not None)


def _spreads(results: list[Result], table: Table) -> dict[str, float]:
    found = {
        name: _mean([trivial(result, name, table.measure) for result in results])
        for name in table.targets
    }
    return {name: value for name, value in found.items() if value is not None}


def _optimizer(training: dict[str, Any]) -> str:
    """adamw 0.006, one_cycle: the optimiser, its learning rate and how the rate changes."""
    if "optimizer" not in training:
        return ""
    return f"{training['optimizer']} {training['learning_rate']:g}, {training['schedule']}"


def _learned(stored: dict[str, Any]) -> tuple[str, ...]:
    """The targets of the loss by the names of their labels: one that was stored as ``target`` had
    no other.
    """
    targets = (stored.get("targets") or {"": stored.get("target") or {}}).values()
    learned = [spec for spec in targets if spec.get("loss", {}).get("weight", 1) > 0]
    return tuple(str(spec.get("array", "")).removeprefix("target_") for spec in learned)


def _differences(stored: dict[str, Any], recipe: Recipe) -> Iterator[str]:
    """The keys that hold another value today. What only exists today is no difference: the stored
    recipe could not have said it.
    """
    today = _flat(recipe.model_dump(mode="json"))
    for key, value in _flat(stored).items():
        if key in today and today[key] != value and key not in UNIMPORTANT:
            yield f"{key} {value} (now {today[key]})"


def _flat(section: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in section.items():
        if isinstance(value, dict):
            found |= _flat(value, f"{prefix}{key}.")
        else:
            found[prefix + key] = value
    return found


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
