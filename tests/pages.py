"""Markdown pages as programs: their code blocks, run in order in an empty folder."""

import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from typer.testing import CliRunner

import segnn
from segnn.cli.app import app
from segnn.recipe.vocabulary import VOCABULARY

ROOT = Path(__file__).parents[1]
BLOCK = re.compile(r"(?:<!-- not run: (.*?) -->\n)?```(\w+)\n(.*?)```", re.DOTALL)
SHELL = re.compile(r"[|&;<>$`*{}]")  # what only a shell understands
# Documented settings that make a command of a page short.
SMALL = {
    "segnn train charged": "--set training.epochs=1 --set data.train_limit=200",
    "segnn train acac": "--set training.epochs=1 --set model.layers=1",
    "segnn train spins": "--set training.epochs=1 --set model.layers=1",
    "segnn animate": "--frames 4",
}


@dataclass(frozen=True)
class Block:
    """One code block: its page, its language, its text, why it is not run (empty if it is), its
    line.
    """

    page: str
    language: str
    text: str
    not_run: str
    line: int


def blocks(page, not_run=False):
    """All code blocks of a page below the repository's root, or only those that are not run."""
    text = (ROOT / page).read_text(encoding="utf-8")
    return [
        Block(page, found[2], found[3], found[1] or "", text.count("\n", 0, found.start()) + 1)
        for found in BLOCK.finditer(text)
        if found[1] or not not_run
    ]


def run(page, folder):
    """Run the Python and shell blocks of a page in order, in ``folder``, the working directory:
    Python blocks share their names, every command has to succeed. Words that a page adds to the
    vocabulary of recipes are gone after it: other tests of the process list the vocabulary.
    """
    names = {"__name__": "__main__"}
    words = dict(VOCABULARY)
    try:
        for block in blocks(page):
            where = f"{page}, line {block.line}"
            if block.not_run:
                continue
            if block.language == "python":
                exec(compile(block.text, where, "exec"), names)
            elif block.language == "sh":
                lines = block.text.replace("\\\n", " ").splitlines()
                commands("\n".join(map(small, lines)), folder, where)
    finally:
        VOCABULARY.clear()
        VOCABULARY.update(words)
    return names


def small(line):
    """A command with the settings that make it short, if it has some."""
    command, _, _comment = line.partition("#")
    for begins, settings in SMALL.items():
        if command.startswith(begins):
            return f"{command.rstrip()} {settings}"
    return command


def commands(text, folder, where):
    """Run a shell block: our own plain commands in this process, which has imported already what
    each would import anew, and everything between them in bash.
    """
    rest = []
    for line in text.splitlines():
        words = shlex.split(line, comments=True)
        if words[:1] != ["segnn"] or SHELL.search(line.partition("#")[0]):
            rest.append(line)
            continue
        shell("\n".join(rest), folder, where)
        rest = []
        done = CliRunner().invoke(app, words[1:])
        assert done.exit_code == 0, f"{where}: {line}\n{done.output}\n{done.exception!r}"
    shell("\n".join(rest), folder, where)


def shell(text, folder, where):
    """Run commands with this environment's programs and this checkout's package."""
    if not text.strip():
        return
    source = str(Path(segnn.__file__).parents[1])
    variables = {
        **os.environ,
        "PATH": os.pathsep.join([str(Path(sys.prefix) / "bin"), os.environ["PATH"]]),
        "PYTHONPATH": source,
    }
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", text],
        cwd=folder,
        env=variables,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, f"{where}\n{done.stdout}\n{done.stderr}"
