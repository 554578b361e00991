"""The page of all commands, docs/cli.md, from typer: what `segnn COMMAND --help` says."""

import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer
from sphinx.application import Sphinx
from typer.testing import CliRunner

from segnn.cli.app import app as commands

HEAD = """# Command line

All commands with all options, as `segnn COMMAND --help` prints them; this page is made from the
program. [Commands](commands.md) has them by what one wants to do. Exit status 0 is success, 1 a
check that failed, 2 a mistake that the message names with its cure, 130 an interrupt.
"""


def text() -> str:
    """The whole page as Markdown."""
    return "\n".join([HEAD, *_described(("segnn",), typer.main.get_command(commands))])


def _described(words: tuple[str, ...], command: Any) -> Iterator[str]:
    """A command, or those below it."""
    below = getattr(command, "commands", None)
    if below is not None:
        for name, inner in below.items():
            yield from _described((*words, name), inner)
        return
    printed = CliRunner(env={"COLUMNS": "88"}).invoke(commands, [*words[1:], "--help"]).output
    usage, _, rest = printed.strip().partition("\n\n")
    prose, _, options = rest.partition("\nArguments:\n")
    if not options:
        prose, _, options = rest.partition("\nOptions:\n")
    else:
        options = f"Arguments:\n{options}"
    yield f"## {' '.join(words)}\n"
    for part in textwrap.dedent(prose).strip().split("\n\n"):
        yield _block(textwrap.dedent(part)) if part.startswith("  ") else _escaped(part) + "\n"
    yield _block(f"{usage.strip()}\n\n{options.rstrip()}")


def _block(lines: str) -> str:
    return f"```text\n{lines}\n```\n"


def _escaped(part: str) -> str:
    """Plain words as Markdown: nothing in them is a mark."""
    part = re.sub(r"(?<=\w)-\n\s*", "-", part)  # wrapped within a word
    for mark in "\\`*_<>[]|#$":
        part = part.replace(mark, f"\\{mark}")
    return " ".join(part.split())


def write_page(app: Sphinx) -> None:
    page = Path(app.srcdir) / "cli.md"
    if not page.is_file() or page.read_text(encoding="utf-8") != text():
        page.write_text(text(), encoding="utf-8")


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("builder-inited", write_page)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
