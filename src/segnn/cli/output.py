"""What the commands print: results on stdout, everything else on stderr; colours only on a
terminal.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Any

import typer

from segnn.cli.streams import speaks_unicode

JsonFlag = Annotated[
    bool,
    typer.Option("--json", help="Print the result as JSON and nothing else on standard output."),
]

DeviceOption = Annotated[
    str, typer.Option(help="Where to compute: cpu, cuda, cuda:1 or auto.", metavar="DEVICE")
]

MOST_COLUMNS = 1000
NOT_FINITE = 1e300  # stands for infinity and NaN, which JSON does not have


def help_text(text: str) -> str:
    """``text`` with its indented lines kept as they are; typer flows everything else."""
    paragraphs = text.strip().split("\n\n")
    return "\n\n".join(f"\b\n{part}" if part.startswith("    ") else part for part in paragraphs)


def print_json(result: Any) -> None:
    """``result`` as JSON on stdout; numbers that are not finite become 1e300. Where the stream has
    no Unicode, other characters are escaped, so that what is read back is the same.
    """
    escaped = not speaks_unicode(sys.stdout)
    typer.echo(json.dumps(plain(result), indent=2, ensure_ascii=escaped))


def plain(value: Any) -> Any:
    """``value`` with numbers that JSON knows."""
    if isinstance(value, dict):
        return {str(key): plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [plain(entry) for entry in value]
    return NOT_FINITE if isinstance(value, float) and not math.isfinite(value) else value


def complain(message: str, label: str = "error: ") -> None:
    """A mistake, on stderr."""
    _print_label(message, label, "bold red")


def note(message: str) -> None:
    """What happens, on stderr."""
    _print_label(message, "", "")


def _print_label(message: str, label: str, style: str) -> None:
    from rich.console import Console
    from rich.text import Text

    Console(stderr=True, soft_wrap=True).print(Text.assemble((label, style), message))


def print_table(
    title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[int] = ()
) -> None:
    """A table on stdout, never narrower than its contents; the columns numbered in ``right`` are
    right-aligned.

    A cell "pass" is green, "FAIL" red.
    """
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    styles = {"pass": "green", "FAIL": "bold red"}
    table = Table(
        title=title or None,
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
    )
    for number, column in enumerate(columns):
        table.add_column(column, justify="right" if number in right else "left", no_wrap=True)
    for row in rows:
        table.add_row(*(Text(cell, style=styles.get(cell, "")) for cell in row))
    width = (
        Console(width=MOST_COLUMNS).measure(table).maximum
    )  # a narrow terminal or a pipe must not cut a number
    Console(width=width, soft_wrap=True).print(table, crop=False)


@contextmanager
def progress_bar(text: str) -> Iterator[Callable[[int, int | None], None]]:
    """A bar on stderr; yields the function to call with (done, total), None where nobody knows.
    Without a terminal it stays silent.
    """
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task(text, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
