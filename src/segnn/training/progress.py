"""One bar for the whole training: epoch, losses, remaining time. Without a terminal, now and then a
line.
"""

from __future__ import annotations

import time
from types import TracebackType
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from segnn.training.epochs import Epochs
from segnn.training.folder import RMSE

SECONDS_BETWEEN_LINES = 30.0


class EpochBar:
    """Shows what ``epochs`` knows, while it is entered."""

    def __init__(self, epochs: Epochs, console: Console | None = None):
        self.epochs = epochs
        self.console = console or Console(stderr=True)
        self._bar: Progress | None = None
        self._lines_at = 0.0

    def __enter__(self) -> EpochBar:
        if self.console.is_terminal:
            self._open()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def _open(self) -> None:
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            TimeElapsedColumn(),
            TextColumn("remaining"),
        )
        self._bar = Progress(
            *columns, TimeRemainingColumn(), console=self.console, refresh_per_second=2
        )
        trainer = self.epochs.trainer
        self._bar.add_task(self._text(), total=trainer.steps, completed=trainer.step)
        self._bar.start()

    def end_step(self) -> None:
        """One step further."""
        if self._bar is not None:
            self._bar.advance(self._bar.task_ids[0])

    def end_epoch(self) -> None:
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

    def _text(self) -> str:
        rows, total = self.epochs.rows, self.epochs.settings.epochs
        if not rows:
            return f"epoch 0/{total}"
        targets = self.epochs.trainer.model.recipe.targets
        what = self.epochs.trainer.validated_by.name
        last: dict[str, Any] = next(
            (row for row in reversed(rows) if row["valid_error"] is not None), {}
        )
        shown = ""
        if last:
            best = self.epochs.best_error
            shown = f"  valid {what} {last['valid_error']:.3g} (best {best:.3g})"
        shown += "".join(
            f"  {name} {last[RMSE + name]:.4g}" for name in targets if RMSE + name in last
        )
        return f"epoch {len(rows)}/{total}  train loss {rows[-1]['train_loss']:.3g}{shown}"
