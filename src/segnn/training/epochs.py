"""What happens when an epoch ends: validation, the best model kept, metrics, checkpoint, early
stop, interrupt.
"""

from __future__ import annotations

import math
import time
from typing import Any

from segnn.files import write_atomically
from segnn.recipe import Features
from segnn.recipe.schema import TrainingSpec
from segnn.training.checkpoints import write_checkpoint
from segnn.training.divided import DividedSystems
from segnn.training.fixed_valid import FixedPredictions
from segnn.training.folder import COLUMNS, RMSE, RunFolder
from segnn.training.interrupt import InterruptFlag, Stop
from segnn.training.loggers import Loggers
from segnn.training.loss import validation_error
from segnn.training.trainer import DivergedError, Trainer, not_finite


def is_stopped(rows: list[dict[str, Any]], best_epoch: int, settings: TrainingSpec) -> bool:
    """Whether as many validations as ``patience`` came after the best epoch."""
    since = sum(row["valid_error"] is not None for row in rows[best_epoch:])
    return settings.patience is not None and since >= settings.patience


def is_finished(rows: list[dict[str, Any]], best_epoch: int, settings: TrainingSpec) -> bool:
    """Whether a training with these ``rows`` of metrics.csv has nothing left to do."""
    return len(rows) >= settings.epochs or is_stopped(rows, best_epoch, settings)


class Epochs:
    """Validates with the averaged weights, keeps the best in model/ and best.ckpt, the state in
    last.ckpt.

    ``rows`` are those of metrics.csv, ``facts`` what is known since the beginning and goes into
    results.json (``warnings``, ``start_from``). They and the best epoch are part of the checkpoint,
    so a resume continues them.
    """

    def __init__(
        self,
        trainer: Trainer,
        valid: list[Features] | DividedSystems,
        folder: RunFolder,
        flag: InterruptFlag,
        facts: dict[str, Any],
    ):
        self.trainer, self.valid, self.processes = trainer, valid, trainer.processes
        self.folder, self.flag, self.facts = folder, flag, facts
        self.settings = trainer.settings
        self.rows: list[dict[str, Any]] = []
        self.best_error, self.best_epoch, self.seconds = math.inf, 0, 0.0
        self.processor_seconds: float | None = 0.0
        self._clock, self._processor = time.perf_counter(), time.process_time()
        self.loggers: Loggers | None = None
        self.recorded: FixedPredictions | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """Those of metrics.csv."""
        targets = self.trainer.model.recipe.targets
        return COLUMNS if len(targets) == 1 else (*COLUMNS, *(RMSE + name for name in targets))

    @property
    def stopped_early(self) -> bool:
        """Whether the last ``patience`` validations brought nothing better."""
        return is_stopped(self.rows, self.best_epoch, self.settings)

    @property
    def finished(self) -> bool:
        """Whether there is nothing left to train."""
        return is_finished(self.rows, self.best_epoch, self.settings)

    def begin(self) -> None:
        """Start the clock; metrics.csv begins with what the checkpoint knows."""
        self.processes.on_first(lambda: self.folder.write_metrics(self.rows, self.columns))
        self._clock = time.perf_counter()

    def end_step(self) -> None:
        """Save and stop here if the user asked for it; at an epoch's last step, leave that to its
        end.
        """
        stop = self.flag.requested if self.processes.size == 1 else self.trainer.stop
        if stop and self.trainer.step % len(self.trainer.batches):
            self._tick()
            self.processes.on_first(self._save)
            raise Stop

    def end_epoch(self) -> None:
        """Validate if it is time, write what there is to keep."""
        epoch = len(self.rows) + 1
        train_loss = self.trainer.end_epoch()
        error: float | None = None
        improved, more = False, dict[str, float]()
        if epoch % self.settings.evaluate_every == 0 or epoch == self.settings.epochs:
            error, improved, more = self._validate(epoch)
        seconds = self._tick()
        rate = self.trainer.learning_rate
        row = (epoch, self.trainer.step, train_loss, error, rate, round(seconds, 3))
        self.rows.append(dict(zip(COLUMNS, row, strict=True)) | more)
        if improved:
            self.best_epoch = epoch
        self.processes.on_first(lambda: self._keep(improved))
        if self.processes.any(self.flag.requested) and epoch < self.settings.epochs:
            raise Stop

    def _validate(self, epoch: int) -> tuple[float, bool, dict[str, float]]:
        """The validation error, and whether it is the best so far; then the model is in model/.
        With several targets also the root mean square error of each.
        """
        if self.trainer.average is None:
            return self._validate_current(epoch)
        with self.trainer.average.applied():
            return self._validate_current(epoch)

    def _validate_current(self, epoch: int) -> tuple[float, bool, dict[str, float]]:
        judged = self.trainer.validated_by
        error, known = validation_error(
            self.trainer.model, self.valid, judged, self.processes, self.recorded
        )
        several = len(self.trainer.model.recipe.targets) > 1
        more = {f"{RMSE}{name}": rmse for name, rmse in known.items() if several}
        if not math.isfinite(error):
            what = f"the validation {judged.name} became {error}"
            raise DivergedError(not_finite(what, epoch, self.trainer.model.recipe))
        improved = error < self.best_error
        if improved:
            self.best_error = error
            self.processes.on_first(lambda: self.trainer.model.save(self.folder.model))
        return error, improved, more

    def _tick(self) -> float:
        now = time.perf_counter()
        passed, self._clock = now - self._clock, now
        self.seconds += passed
        worked = time.process_time()
        if self.processor_seconds is not None:
            self.processor_seconds += worked - self._processor
        self._processor = worked
        return passed

    def _keep(self, best: bool) -> None:
        self._save(best)
        self.folder.append_metrics(self.rows[-1], self.columns)
        if self.loggers is not None:
            self.loggers.write(self.rows[-1])

    def _save(self, best: bool = False) -> None:
        """last.ckpt comes last: what a kill leaves unwritten, the resumed epoch writes again."""
        state = self.trainer.state_dict()
        state["callbacks"]["Epochs"] = self.state_dict()
        if best:
            write_checkpoint(state, self.folder.best)
            write_atomically(self.folder.last, self.folder.best.read_bytes())
        else:
            write_checkpoint(state, self.folder.last)

    def state_dict(self) -> dict[str, Any]:
        """For the checkpoint."""
        return {
            "rows": self.rows,
            "best_error": self.best_error,
            "best_epoch": self.best_epoch,
            "seconds": self.seconds,
            "processor_seconds": self.processor_seconds,
            "facts": self.facts,
        }

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """From the checkpoint."""
        self.rows, self.best_error = list(state_dict["rows"]), state_dict["best_error"]
        self.best_epoch, self.seconds = state_dict["best_epoch"], state_dict["seconds"]
        self.processor_seconds = state_dict.get("processor_seconds")  # not kept by earlier versions
        self.facts = state_dict.get("facts", self.facts)
