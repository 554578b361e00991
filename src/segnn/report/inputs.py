"""What a run folder holds, read and checked."""

from __future__ import annotations

import csv
import json
import math
from dataclasses import dataclass
from pathlib import Path
from shlex import quote
from typing import Any

import numpy as np

from segnn.data import Systems
from segnn.data.npz import read_arrays
from segnn.errors import UserError
from segnn.recipe import yaml
from segnn.report.finished import require_results
from segnn.training.folder import RMSE
from segnn.training.verdict import OLD_LABELS, shown_split

COLUMNS = ("epoch", "train_loss", "valid_error")


@dataclass(frozen=True)
class Run:
    """A finished run. Parts that the folder does not hold are None.

    - ``results``, ``check``: what results.json and check.json hold.
    - ``metrics``: epoch, train_loss, valid_error, each (rows,), NaN where a cell was empty.
    - ``predictions``: systems with arrays ``target_…`` and ``predicted_…`` of the ``quantity``, of
      equal shape; perhaps also velocity and charge.
    - ``loss``: what the training minimised, "mse", "mae" or "huber".
    - ``validated_by``: by which of these the epoch was chosen.
    - ``others``: further quantities of which ``predictions`` hold both arrays.
    - ``places``: the quantities whose base is the position: what is predicted is how far the nodes
      move.
    - ``left_out``: the systems of predictions.npz that are not among ``predictions`` because what
      was predicted for them is not finite, by their numbers in the file.
    """

    results: dict[str, Any]
    metrics: dict[str, np.ndarray] | None
    check: list[dict[str, Any]] | None
    predictions: Systems | None
    quantity: str = "position"
    loss: str | None = None
    validated_by: str | None = None
    others: tuple[str, ...] = ()
    places: frozenset[str] = frozenset({"position"})
    left_out: tuple[int, ...] = ()


def read_run(folder: Path) -> Run:
    """Read a run folder. Raises `UserError` if `results.json` is missing or any file does not hold
    what it should.
    """
    path = require_results(folder)
    results = _json_object(path)
    split = shown_split(results)
    errors = results.get(split)
    if not isinstance(errors, dict) or not is_number(errors.get("mse")):
        raise UserError(
            f'{path}: key {split!r} is {errors!r}, expected {{"mse": number, …}}. Evaluate the run '
            "again."
        )
    for key in ("valid", "baselines", "versions"):
        if not isinstance(results.get(key) or {}, dict):
            raise UserError(
                f"{path}: key {key!r} is {results[key]!r}, expected an object. Evaluate the run "
                "again."
            )
    for key, value in (results.get("baselines") or {}).items():
        if key == "meaning" or not (isinstance(value, dict) or key in OLD_LABELS):
            continue
        told = value.get("mse") if isinstance(value, dict) else value
        if told is not None and not is_number(told):
            raise UserError(
                f"{path}: key 'baselines.{key}' is {value!r}, expected a number or its errors. "
                "Evaluate the run again."
            )
    main = results.get("target")
    first = main if isinstance(main, str) else None
    predictions, quantity, left_out = _predictions(folder / "predictions.npz", first)
    recipe = _recipe(folder / "recipe.yaml")
    return Run(
        results=results,
        metrics=read_metrics(folder / "metrics.csv"),
        check=_check(folder / "check.json"),
        predictions=predictions,
        quantity=quantity,
        **_errors(recipe),
        others=_others(predictions, quantity),
        places=_places(recipe),
        left_out=left_out,
    )


def is_number(value: object) -> bool:
    """Whether a value out of a JSON file is a number (NaN is one, true is not)."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _json_object(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UserError(
            f"{path}: cannot be read as JSON ({error}). Write the file again."
        ) from error
    if not isinstance(value, dict):
        raise UserError(
            f"{path}: holds a {type(value).__name__}, expected a JSON object. Write the file again."
        )
    return value


def read_metrics(path: Path) -> dict[str, np.ndarray] | None:
    """The columns of a run's metrics.csv, those of single targets too; None if there is none,
    UserError if it is not what it should be.
    """
    if not path.is_file():
        return None
    try:
        with path.open(newline="", encoding="utf-8") as file:
            reader = csv.DictReader(file)
            missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
            if missing:
                present = ", ".join(reader.fieldnames or ()) or "none"
                raise UserError(
                    f"{path}: no column {', '.join(map(repr, missing))}; present: {present}. "
                    "Train again, or remove the file to leave the learning curve out."
                )
            names = [*COLUMNS, *(n for n in reader.fieldnames or () if n.startswith(RMSE))]
            rows = [
                [_cell(row[name], name, path, reader.line_num) for name in names] for row in reader
            ]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UserError(
            f"{path}: cannot be read as CSV ({error}). Remove it to leave the learning curve out."
        ) from error
    columns = np.array(rows, dtype=float).reshape(-1, len(names)).T
    return dict(zip(names, columns, strict=True)) if columns.size else None


def read_errors(path: Path) -> dict[str, str]:
    """``loss`` and ``validated_by`` that a run's recipe names; none where there is no recipe or
    none that can be read: a label on an axis is not worth refusing a report.
    """
    return _errors(_recipe(path))


def _recipe(path: Path) -> Any:
    """What a run's recipe.yaml holds; nothing where it cannot be read."""
    try:
        return yaml.read(path.read_text(encoding="utf-8"), str(path)).data
    except (OSError, UnicodeDecodeError, UserError):
        return None


def _errors(recipe: Any) -> dict[str, str]:
    try:
        training = recipe["training"]
        loss = str(training["loss"])
        return {"loss": loss, "validated_by": str(training["validate_by"] or loss)}
    except (KeyError, TypeError):
        return {}


def _places(recipe: Any) -> frozenset[str]:
    """See `Run.places`; one that the recipe does not declare as it should is none."""
    try:
        targets = recipe["targets"].items()
        found = {name for name, target in targets if target.get("base") == "position"}
    except (KeyError, TypeError, AttributeError):
        found = set()
    return frozenset({"position"} | found)


def _cell(text: str | None, name: str, path: Path, line: int) -> float:
    """A number, or NaN for an empty cell: a run that was stopped leaves its last line short."""
    try:
        return float(text) if text else math.nan
    except ValueError:
        raise UserError(
            f"{path}, line {line}: {name} is {text!r}, expected a number. Mend or remove the line."
        ) from None


def _check(path: Path) -> list[dict[str, Any]] | None:
    if not path.is_file():
        return None
    rows = _json_object(path).get("rows")
    keys = {"property", "dtype", "error", "tolerance", "passed"}
    if not isinstance(rows, list) or not all(
        isinstance(row, dict) and keys <= row.keys() for row in rows
    ):
        raise UserError(
            f"{path}: key 'rows' is not a list of objects with {', '.join(sorted(keys))}. Write "
            f"it again: segnn check {quote(str(path.parent))} --out {quote(str(path))}."
        )
    for row in rows:
        if not (
            is_number(row["error"])
            and is_number(row["tolerance"])
            and isinstance(row["passed"], bool)
        ):
            raise UserError(
                f"{path}: row {row['property']!r} has error {row['error']!r}, tolerance "
                f"{row['tolerance']!r}, passed "
                f"{row['passed']!r}; expected two numbers and true or false. Write it again: "
                f"segnn check {quote(str(path.parent))} --out {quote(str(path))}."
            )
    return rows or None


def _predictions(
    path: Path, first: str | None = None
) -> tuple[Systems | None, str, tuple[int, ...]]:
    """The systems with labels and predictions, of which quantity, the ``first`` target if it is
    among them, and the numbers of those that have none.
    """
    if not path.is_file():
        return None, "position", ()
    systems, left_out = _with_predictions(path)
    held = {**systems.node, **systems.graph}
    names = [name.removeprefix("predicted_") for name in held if name.startswith("predicted_")]
    names = sorted(names, key=lambda name: name != first)
    quantity = next((name for name in names if f"target_{name}" in held), "position")
    like = "position" if quantity == "position" else f"target_{quantity}"
    shape = systems.position.shape if quantity == "position" else held[like].shape
    for name in (f"target_{quantity}", f"predicted_{quantity}"):
        found = held.get(name)
        # (S,) and (S, 1) are the same scalars
        if found is None or len(found) != shape[0] or found.size != np.prod(shape):
            got = "missing" if found is None else f"of shape {found.shape}"
            raise UserError(
                f"{path}: array {name!r} is {got}, expected the shape of {like!r}, {shape} "
                "with the particles of all systems in one axis. Evaluate the run again."
            )
    return labelled(systems, quantity), quantity, left_out


def labelled(systems: Systems, quantity: str) -> Systems:
    """Those whose labels of a quantity are numbers: where some are missing, they are NaN."""
    name = f"target_{quantity}"
    rows = systems.node[name] if name in systems.node else systems.graph[name]
    bad = np.flatnonzero(np.isnan(rows.reshape(len(rows), -1)).any(1))
    kept = np.ones(len(systems), bool)
    owner = np.repeat(np.arange(len(systems)), systems.sizes)
    kept[owner[bad] if name in systems.node else bad] = False
    return systems if kept.all() else systems[kept]


def _others(systems: Systems | None, quantity: str) -> tuple[str, ...]:
    """The further quantities with a label and a prediction of one shape."""
    held = {} if systems is None else {**systems.node, **systems.graph}
    names = [name.removeprefix("predicted_") for name in held if name.startswith("predicted_")]
    return tuple(
        name
        for name in names
        if name != quantity
        and f"target_{name}" in held
        and held[f"target_{name}"].size == held[f"predicted_{name}"].size
    )


def _with_predictions(path: Path) -> tuple[Systems, tuple[int, ...]]:
    """The systems of the file whose predictions are finite, and the numbers of the others;
    `UserError` if there are none.
    """
    arrays = read_arrays(path)
    predicted = [name for name in arrays if name.startswith("predicted_")]
    for name in (name.removeprefix("predicted_") for name in predicted):
        # Labels that are called as the quantity, as ASE has them: energy, forces.
        if name != "position" and name in arrays and f"target_{name}" not in arrays:
            arrays[f"target_{name}"] = arrays.pop(name)
    finite = {}
    for name in predicted:
        if np.issubdtype(arrays[name].dtype, np.floating):
            finite[name] = np.isfinite(arrays[name])
            arrays[name] = np.where(finite[name], arrays[name], 0.0)
    systems = Systems.from_arrays(arrays, str(path))
    kept = np.ones(len(systems), bool)
    owner = np.repeat(np.arange(len(systems)), systems.sizes)
    for name, good in finite.items():
        rows = len(owner) if name in systems.node else len(systems)
        bad = np.flatnonzero(~good.reshape(rows, -1).all(1))
        kept[owner[bad] if name in systems.node else bad] = False
    if not kept.any():
        raise UserError(f"{path}: no system has predictions that are all finite numbers.")
    return systems[kept], tuple(np.flatnonzero(~kept).tolist())
