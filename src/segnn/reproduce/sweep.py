"""The declared sweeps: a table is methods × settings × seeds, a run is a recipe and the values that
replace its own.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from segnn.errors import UserError
from segnn.recipe import Cues, Recipe, load_recipe, yaml
from segnn.recipe.packaged import is_there
from segnn.reproduce.declared import TABLES, check_table
from segnn.reproduce.figures import Bar


@dataclass(frozen=True)
class Method:
    """A row of a table: its id in file names, its label, what it changes in the recipe, its name
    among published figures.

    - ``settings``: the ids of those it is tried with; empty: all.
    - ``pace``: its steps in the time of one of the recipe's method; it trains so many times as many
      epochs, which gives all methods the same time.
    - ``elsewhere``: the command that makes its results where ``segnn reproduce`` does not; what it
      has stored under the method's name is shown.
    """

    id: str
    label: str
    set: tuple[str, ...] = ()
    recipe: str | None = None
    published: str = ""
    note: str = ""
    settings: tuple[str, ...] = ()
    pace: float = 1.0
    elsewhere: str = ""


@dataclass(frozen=True)
class Setting:
    """What all methods of a table are tried with: a number of samples or neighbours, a pair of
    degrees. ``id`` may be empty.
    """

    id: str = ""
    label: str = ""
    set: tuple[str, ...] = ()
    recipe: str | None = None


@dataclass(frozen=True)
class Table:
    """A sweep: see tables/paper.yaml. ``simulator`` and ``systems`` say how its data are made;
    empty and zeros where the recipes' files have to be there.

    - ``targets``: those that are shown, the first compared; empty: the main one of the recipes.
    - ``measure``: mse, mae or rmse.
    - ``beside``: further test sets by their names, files of the data folder; among ``targets`` such
      a name stands for the errors of the first of these on them.
    - ``apart``: a file of configurations, and where those near to each other and those far from
      them are written, see `segnn.reproduce.apart`.
    - ``files``: that have to be there, by their paths where the command is given; ``source``: where
      they are to be had.
    - ``within``: the share of errors up to this, in the unit of the main target, is shown as well.
    - ``bars``: what is demanded of them.
    """

    name: str
    title: str
    budget: str
    recipe: str
    seeds: tuple[int, ...]
    simulator: str
    systems: tuple[int, int, int]
    methods: tuple[Method, ...]
    settings: tuple[Setting, ...] = (Setting(),)
    set: tuple[str, ...] = ()
    targets: tuple[str, ...] = ("",)
    measure: str = "mse"
    bars: tuple[Bar, ...] = ()
    beside: Mapping[str, str] = field(default_factory=dict, hash=False)
    apart: tuple[str, ...] | None = None
    files: tuple[str, ...] = ()
    source: str = ""
    within: float | None = None

    def runs(self, only: Sequence[str] = (), seeds: Sequence[int] | None = None) -> list[Run]:
        """The runs, every method of the first seed and setting first; ``only`` names methods and
        settings.

        Raises `UserError` for a name that is none.
        """
        methods, settings = {m.id for m in self.methods}, {s.id for s in self.settings if s.id}
        unknown = [name for name in only if name not in methods | settings]
        if unknown:
            known = ", ".join(
                [*(m.id for m in self.methods), *(s.id for s in self.settings if s.id)]
            )
            raise UserError(f"--only {unknown[0]}: the table {self.name} has {known}")
        chosen_methods, chosen_settings = (
            methods & {*only} or methods,
            settings & {*only} or settings,
        )
        return [
            Run(self, method, setting, seed)
            for seed in (self.seeds if seeds is None else seeds)
            for setting in self.settings
            for method in self.tried(setting)
            if method.id in chosen_methods and (not setting.id or setting.id in chosen_settings)
        ]

    def tried(self, setting: Setting) -> list[Method]:
        """The methods that are tried with this setting."""
        return [
            method
            for method in self.methods
            if not method.settings or setting.id in method.settings
        ]


@dataclass(frozen=True)
class Run:
    """One training of a table."""

    table: Table
    method: Method
    setting: Setting
    seed: int

    @property
    def id(self) -> str:
        """The name of its file and run folder: method, setting, seed."""
        return "-".join(
            part for part in (self.method.id, self.setting.id, f"seed{self.seed}") if part
        )

    @property
    def label(self) -> str:
        """For people."""
        return ", ".join(
            part for part in (self.method.label, self.setting.label, f"seed {self.seed}") if part
        )

    def recipe(self, folder: Path, overrides: Iterable[str] = ()) -> Recipe:
        """Its recipe out of the recipes folder; ``overrides`` come last. Raises `UserError` that
        names the run.
        """
        name = self.method.recipe or self.setting.recipe or self.table.recipe
        changes = [
            *self.table.set,
            *self.method.set,
            *self.setting.set,
        ]
        changes.append(f"training.seed={self.seed}")
        path = folder / f"{name}.yaml"
        if not is_there(path):
            raise UserError(
                f"{path}: no such recipe, and {self.table.name}/{self.id} needs it. Name another "
                "folder with --recipes FOLDER."
            )
        if self.method.pace != 1:
            planned = load_recipe(path, changes).training
            for key in ("epochs", "evaluate_every"):
                times = max(1, round(self.method.pace * getattr(planned, key)))
                changes.append(f"training.{key}={times}")
        recipe = load_recipe(path, [*changes, *overrides])
        if recipe.training.seed != self.seed:
            raise UserError(
                f"--set training.seed={recipe.training.seed}: a table is trained with the seeds of"
                " --seeds"
            )
        return recipe


def identity(recipe: Recipe) -> str:
    """Recipes with equal text train the same model on the same systems: all but the names of task
    and data folder counts.
    """
    said: dict[str, Any] = recipe.model_dump(mode="json")
    said.pop("name")
    said["data"].pop("folder")
    for key in ("hidden", "channels", "degree", "widths"):  # ways to say the hidden irreps
        said["model"].pop(key)
    said["model"]["hidden"] = str(Cues(recipe).irreps_hidden)
    return json.dumps(said, sort_keys=True)


@cache
def tables() -> dict[str, Table]:
    """All tables by name, as they are declared."""
    return {
        name: read_table(name, entry)
        for file in sorted(TABLES.glob("*.yaml"))
        for name, entry in yaml.read(file.read_text(encoding="utf-8"), file.name).data.items()
    }


def find_table(name: str) -> Table:
    """The table; `UserError` that lists all if there is none."""
    check_table(name)
    return tables()[name]


def read_table(name: str, entry: dict[str, Any]) -> Table:
    """A table from its YAML."""
    methods = tuple(Method(id=key, **_tuples(value)) for key, value in entry["methods"].items())
    settings = tuple(
        Setting(id=key, **_tuples(value)) for key, value in entry.get("settings", {}).items()
    )
    data = entry.get("data", {"simulator": "", "systems": (0, 0, 0)})
    train, valid, test = data["systems"]
    return Table(
        name=name,
        title=entry["title"],
        budget=entry["budget"],
        recipe=entry["recipe"],
        seeds=tuple(entry["seeds"]),
        simulator=data["simulator"],
        systems=(train, valid, test),
        methods=methods,
        settings=settings or (Setting(),),
        set=tuple(entry.get("set", ())),
        targets=tuple(entry.get("targets", ("",))),
        measure=entry.get("measure", "mse"),
        bars=tuple(Bar(**bar) for bar in entry.get("bars", ())),
        beside=dict(entry.get("beside", {})),
        apart=tuple(entry["apart"]) if "apart" in entry else None,
        files=tuple(entry.get("files", ())),
        source=entry.get("source", ""),
        within=entry.get("within"),
    )


def _tuples(value: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(item) if isinstance(item, list) else item for key, item in value.items()}
