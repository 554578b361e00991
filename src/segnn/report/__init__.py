"""The report of a run: one HTML file with its figures inside, and the same numbers as JSON. The
names are imported on first use: a missing run is told before the imports of pictures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from segnn.light_imports import lazily

if TYPE_CHECKING:
    from segnn.report.canvas import save_figure
    from segnn.report.html import write_report
else:
    __getattr__ = lazily(
        __name__,
        {"save_figure": "segnn.report.canvas", "write_report": "segnn.report.html"},
    )

__all__ = ["save_figure", "write_report"]
