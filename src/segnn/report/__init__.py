"""The report of a run: one HTML file with its figures inside, and the same numbers as JSON."""

from segnn.report.canvas import save_figure
from segnn.report.html import write_report

__all__ = ["save_figure", "write_report"]
