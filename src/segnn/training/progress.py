"""One bar for the whole training: epoch, losses, remaining time. Without a terminal, now and then a
line.
"""

from __future__ import annotations

import time
from typing import Any

from lightning.pytorch import Callback, LightningModule, Trainer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from segnn.training.epochs import Epochs
from segnn.training.folder import RMSE

SECONDS_BETWEEN_LINES = 30.0


class EpochBar(Callback):
    """Shows what ``epochs`` knows; comes after it among the callbacks."""

    def __init__(self, epochs: Epochs, console: Console | None = None):
        self.epochs = epochs
        self.console = console or Console(stderr=True)
        self._bar: Progress | None = None
        self._lines_at = 0.0

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Open the bar."""
        if not self.console.is_terminal:
            return
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            TimeElapsedColumn(),
            TextColumn("remaining"),
        )
        self._bar = Progress(
            *columns, TimeRemainingColumn(), console=self.console, refresh_per_second=2
        )
        self._bar.add_task(
            self._text(), total=self.epochs.module.steps, completed=trainer.global_step
        )
        self._bar.start()

    def on_train_batch_end(
        self, trainer: Trainer, pl_module: LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """One step further."""
        if self._bar is not None:
            self._bar.advance(self._bar.task_ids[0])

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Show the epoch's numbers."""
        if self._bar is not None:
            self._bar.update(self._bar.task_ids[0], description=self._text())
            return
        now = time.monotonic()
        if (
            now - self._lines_at > SECONDS_BETWEEN_LINES
            or len(self.epochs.rows) == self.epochs.settings.epochs
        ):
            self._lines_at = now
            self.console.print(self._text(), highlight=False)

    def on_train_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Close the bar."""
        self._close()

    def on_exception(
        self, trainer: Trainer, pl_module: LightningModule, exception: BaseException
    ) -> None:
        """Close the bar, whatever happened."""
        self._close()

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def _text(self) -> str:
        rows, total = self.epochs.rows, self.epochs.settings.epochs
        if not rows:
            return f"epoch 0/{total}"
        valid = next(
            (row["valid_mse"] for row in reversed(rows) if row["valid_mse"] is not None), None
        )
        targets = self.epochs.module.model.recipe.targets
        what = "mse" if len(targets) == 1 else "loss"
        last: dict[str, Any] = next(
            (row for row in reversed(rows) if row["valid_mse"] is not None), {}
        )
        shown = (
            "" if valid is None else f"  valid {what} {valid:.3g} (best {self.epochs.best_mse:.3g})"
        )
        shown += "".join(
            f"  {name} {last[RMSE + name]:.4g}" for name in targets if RMSE + name in last
        )
        return f"epoch {len(rows)}/{total}  train loss {rows[-1]['train_loss']:.3g}{shown}"
