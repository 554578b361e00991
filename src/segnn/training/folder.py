"""The run folder: its files, who may write into it, what stands in them."""

from __future__ import annotations

import csv
import io
import json
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from segnn.data import Systems
from segnn.errors import UserError
from segnn.files import write_atomically
from segnn.model import PhysicalModel
from segnn.recipe import Recipe, load_recipe
from segnn.training.lock import LOCK_NAME
from segnn.training.revision import REVISION, revision_of
from segnn.training.splits import Split, fingerprint
from segnn.training.verdict import baseline_errors, shown_split
from segnn.versions import versions

FITTED = ("train", "valid")
"""What a training and its choice of the best epoch depend on: compared when it is resumed."""
MAY_CHANGE = (
    "name",
    "data.folder",
    "data.train",
    "data.valid",
    "data.test",
    "data.test_limit",
    "training.epochs",
    "training.evaluate_every",
    "training.patience",
    "training.device",
    "training.devices",
    "training.nodes",
    "training.divide",
    "training.accumulate",
    "training.checkpoint_layers",
    "training.compile",
    "training.loggers",
    "training.start_from",
)
"""What may be another at a resume: more epochs, the same data elsewhere, how it is computed, and
the weights it began with, which are not read again. Everything else would be another training."""
COLUMNS = ("epoch", "step", "train_loss", "valid_error", "learning_rate", "seconds")
"""Of metrics.csv. valid_error chooses the best epoch: on the validation systems, the loss or what
training.validate_by names; of several targets all of them together, and then there is a column more
for the root mean square error of each."""
RMSE = "valid_rmse_"


class RunFolder:
    """Paths and files of one training.

    recipe.yaml (resolved), data.json (fingerprints of the systems of every split),
    versions.json, metrics.csv, checkpoints/best.ckpt, checkpoints/last.ckpt, model/, results.json.
    """

    def __init__(self, path: str | Path):
        self.path = Path(path)
        self.recipe_file = self.path / "recipe.yaml"
        self.data_file = self.path / "data.json"
        self.versions_file = self.path / "versions.json"
        self.metrics_file = self.path / "metrics.csv"
        self.results_file = self.path / "results.json"
        self.best = self.path / "checkpoints" / "best.ckpt"
        self.last = self.path / "checkpoints" / "last.ckpt"
        self.model = self.path / "model"

    @property
    def files(self) -> list[Path]:
        """Every file a training writes."""
        inside = [
            self.best,
            self.last,
            self.model / "weights.safetensors",
            self.model / "recipe.yaml",
        ]
        return [
            self.results_file,
            self.metrics_file,
            *inside,
            self.versions_file,
            self.data_file,
            self.recipe_file,
        ]

    @property
    def resume_command(self) -> str:
        """What to type to go on."""
        return shlex.join(
            ["segnn", "train", str(self.recipe_file), "--out", str(self.path), "--resume"]
        )

    def is_run(self) -> bool:
        """Whether a training was begun here."""
        return self.recipe_file.is_file() and self.versions_file.is_file()

    def recipe(self) -> Recipe:
        """The recipe of the training that was begun here."""
        return load_recipe(self.recipe_file)

    def refuse_file(self) -> None:
        """UserError if a file has the folder's name."""
        if self.path.exists() and not self.path.is_dir():
            raise UserError(f"{self.path} is a file; give the name of a new folder with --out")

    def check(self, recipe: Recipe, resume: bool, overwrite: bool) -> None:
        """UserError if a new training may not begin here, or if the one to resume is not of
        ``recipe``.
        """
        self.refuse_file()
        if resume and overwrite:
            raise UserError(
                f"{self.path}: to go on with its training (resume) and to replace it (overwrite) "
                "are two things; give one of the two"
            )
        if resume:
            return self._check_resume(recipe)
        if self.path.is_dir() and any(file.name != LOCK_NAME for file in self.path.iterdir()):
            if not self.is_run():
                raise UserError(
                    f"{self.path} is not empty and holds no training; give another folder with "
                    "--out"
                )
            if not overwrite:
                raise UserError(
                    f"{self.path} already holds a training{self._state()}. Go on with it: "
                    f"{self.resume_command}\n"
                    "Or give another folder with --out, or replace it with --overwrite."
                )
        return None

    def begin(self, recipe: Recipe, splits: Mapping[str, Split]) -> None:
        """Remove what is left of an earlier training and write down what this one is."""
        for file in self.files:
            try:
                file.unlink(missing_ok=True)
            except OSError as error:
                raise UserError(
                    f"cannot replace {file}: {error.strerror or error}; give another folder with "
                    "--out"
                ) from error
        write_atomically(self.recipe_file, recipe.to_yaml().encode())
        self.write_json(self.data_file, {name: s.fingerprint() for name, s in splits.items()})
        self.write_json(self.versions_file, {**versions(), "revision": REVISION})

    def adopt(self, recipe: Recipe) -> None:
        """Write down what may have changed at a resume, for the best model so far too: it is
        evaluated where the data lie now. The training counts as unfinished again.
        """
        self.results_file.unlink(missing_ok=True)
        if recipe == self.recipe():
            return
        if (self.model / "weights.safetensors").is_file():
            best = PhysicalModel.load(self.model)
            best.recipe = recipe
            best.save(self.model)
        write_atomically(self.recipe_file, recipe.to_yaml().encode())

    def check_data(self, splits: Mapping[str, Split]) -> None:
        """UserError if the training to resume began with other systems; older run folders do not
        say with which.
        """
        if not self.data_file.is_file():
            return
        before = self._fingerprints("Remove it to resume without comparing the data.")
        for name in FITTED:
            was, now = before.get(name), splits[name].fingerprint()
            if was != now:
                count = was.get("systems") if isinstance(was, dict) else "unknown"
                raise UserError(
                    f"{splits[name].source}: not the systems that the training in {self.path} began"
                    f" with ({count} then, {now['systems']} now; hashes in {self.data_file}). Put"
                    " the old file back to resume, name the place where it lies now (--set"
                    " data.folder=FOLDER, or data.train=FILE), or begin anew with --overwrite"
                    " instead of --resume."
                )

    def check_drawn(self, name: str, systems: Systems, source: str) -> None:
        """UserError if the systems drawn for ``name`` are not those of this training: a file that
        has changed since is drawn from anew, and the model may have learned what it now is tested
        on.
        """
        if not self.data_file.is_file():
            return
        was = self._fingerprints("Give the systems with --data.").get(name)
        if was is not None and was != fingerprint(systems):
            raise UserError(
                f"{source}: not the systems that were drawn for {name} in the training in "
                f"{self.path}: the file has changed since, and the model may have been trained on "
                "some of these. Put the old file back, or give other systems with --data."
            )

    def _fingerprints(self, cure: str) -> dict[str, Any]:
        held = _read_json(self.data_file, cure)
        return held if isinstance(held, dict) else {}

    def _check_resume(self, recipe: Recipe) -> None:
        if not self.is_run():
            raise UserError(
                f"{self.path} holds no training to resume. Leave out --resume to begin one, or "
                "correct --out."
            )
        old = self.recipe()
        changes = _differences(old.model_dump(mode="json"), recipe.model_dump(mode="json"))
        other = [change for change in changes if not self._may_change(*change)]
        if other:
            changed = "\n".join(f"  {key}: {was} there, {new} now" for key, was, new in other)
            raise UserError(
                f"{self.path} was trained with another recipe:\n{changed}\n"
                f"Go on with its own: {self.resume_command}\n"
                f"(with --set only {', '.join(MAY_CHANGE)} may change)\n"
                "Or train the changed recipe in another folder (--out); training.start_from: "
                f"{self.path} begins with these weights."
            )
        before, now = old.training.epochs, recipe.training.epochs
        if now < before:
            raise UserError(
                f"training.epochs: {now} now, and {self.path} was begun with {before}. A training "
                "can be given more epochs, not fewer: its learning rate is laid out over all of "
                "them. Its best model is kept at any time; or train the shorter one in another "
                "folder (--out)."
            )

    def _may_change(self, key: str, was: Any, now: Any) -> bool:
        """Whether a resume may have another value; data elsewhere only where they can be compared
        by their hashes.
        """
        if key == "data.folder" and not self.data_file.is_file():
            return None not in (was, now) and Path(was).resolve() == Path(now).resolve()
        if key.startswith("data.") and not self.data_file.is_file():
            return key == "data.test_limit"
        return any(key == allowed or key.startswith(f"{allowed}.") for allowed in MAY_CHANGE)

    def _state(self) -> str:
        results = self.results()
        if results is None:
            return ""
        split = shown_split(results)
        return f" (finished, {split} mse {results[split]['mse']:.3g})"

    def write_json(self, path: Path, data: dict[str, Any]) -> None:
        """Write ``data``, whole or not at all."""
        write_atomically(path, (json.dumps(data, indent=2) + "\n").encode())

    def revision(self) -> int:
        """The revision of the training mechanism that this training began with."""
        if not self.versions_file.is_file():
            return 1
        cure = "Begin anew with --overwrite."
        return revision_of(_read_json(self.versions_file, cure))

    def results(self) -> dict[str, Any] | None:
        """results.json, or None while the training is not finished; UserError if it is not what a
        training writes.
        """
        if not self.results_file.is_file():
            return None
        try:
            found: dict[str, Any] = json.loads(self.results_file.read_text())
            mse = found[shown_split(found)]["mse"]
            numbers = [mse, found["epochs"], found["best_epoch"], found["seconds"]]
            numbers += [entry["mse"] for entry in baseline_errors(found).values()]
            if not all(isinstance(number, int | float) for number in numbers):
                raise TypeError("no number where one is expected")
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise UserError(
                f"{self.results_file}: damaged, or not of a finished training "
                f"({type(error).__name__}: {error}). Remove it and write it again: "
                f"{self.resume_command}"
            ) from error
        return found

    def write_metrics(self, rows: list[dict[str, Any]], columns: tuple[str, ...] = COLUMNS) -> None:
        """metrics.csv, one row per epoch; valid_error is empty where it was not validated."""
        header = dict(zip(columns, columns, strict=True))
        write_atomically(self.metrics_file, _csv([header, *rows], columns).encode())

    def append_metrics(self, row: dict[str, Any], columns: tuple[str, ...] = COLUMNS) -> None:
        """One row more; UserError if it cannot be written."""
        try:
            with self.metrics_file.open("a", encoding="utf-8") as file:
                file.write(_csv([row], columns))
        except OSError as error:
            raise UserError(
                f"cannot write {self.metrics_file}: {error.strerror or error}"
            ) from error


def _read_json(path: Path, cure: str) -> Any:
    try:
        return json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise UserError(f"{path}: damaged ({error}). {cure}") from error


def _csv(rows: list[dict[str, Any]], columns: tuple[str, ...]) -> str:
    text = io.StringIO()
    csv.DictWriter(text, columns, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _differences(before: Any, now: Any, path: str = "") -> list[tuple[str, Any, Any]]:
    if isinstance(before, dict) and isinstance(now, dict):
        found = []
        for key in dict.fromkeys([*before, *now]):
            found += _differences(before.get(key), now.get(key), f"{path}.{key}" if path else key)
        return found
    return [] if before == now else [(path, before, now)]
