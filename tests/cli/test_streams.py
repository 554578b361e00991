"""Every command in every encoding: what the stream cannot write is written plainly."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from segnn.cli.streams import HANDLER, make_printable

make_printable()
ENCODINGS = ("ascii", "cp1252", "latin-1", "cp932", "utf-8")


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_every_character_can_be_written(encoding):
    text = "3 × 4 ≈ 12 → é ½ ☃ 日本 \U0001f600 \udcff x₁²"
    back = text.encode(encoding, HANDLER).decode(encoding)
    assert back.startswith(
        "3 × 4" if encoding in ("utf-8", "cp1252", "latin-1", "cp932") else "3 x 4"
    )
    assert "\\udcff" in back  # a file name that is not UTF-8
    if encoding == "ascii":
        assert (
            back
            == "3 x 4 ~ 12 -> e 1/2 \\u2603 \\u65e5\\u672c \\ud83d\\ude00 \\udcff x12".replace(
                "1/2", "12"
            )
        )


def run(*arguments, encoding, cwd, **environment):
    """The command in a process of its own whose streams have that encoding."""
    return subprocess.run(
        [sys.executable, "-m", "segnn", *arguments],
        capture_output=True,
        check=False,
        cwd=cwd,
        env={**os.environ, "PYTHONIOENCODING": encoding, **environment},
    )


@pytest.mark.parametrize("encoding", ["cp1252", "cp932"])
def test_commands_in_other_encodings(here, encoding):
    recipe = Path("tiny.yaml").read_text().replace("name: tiny", "name: Ladung ±1 → 日本 ☃")
    Path("tiny.yaml").write_text(recipe, encoding="utf-8")
    table = run("info", "tiny.yaml", encoding=encoding, cwd=here)
    assert (table.returncode, b"Traceback" in table.stderr) == (0, False)
    assert b"Ladung" in table.stdout
    found = run("info", "tiny.yaml", "--json", encoding=encoding, cwd=here)
    assert json.loads(found.stdout.decode(encoding))["name"] == "Ladung ±1 → 日本 ☃"


def test_mistakes_in_ascii(here):
    """Errors, help and names of files that are no UTF-8."""
    for arguments in (["--help"], ["simulate", "charged", "--help"], ["reproduce", "--help"]):
        assert run(*arguments, encoding="ascii", cwd=here).returncode == 0
    found = run("info", b"n\xffo.yaml", encoding="ascii", cwd=here)
    assert (found.returncode, b"Traceback" in found.stderr) == (2, False)
    assert b"n\\udcffo.yaml" in found.stderr


def test_kernels_that_do_not_exist(here):
    found = run("info", "tiny.yaml", encoding="utf-8", cwd=here, SEGNN_KERNELS="fast")
    assert (found.returncode, b"Traceback" in found.stderr) == (2, False)
    assert b"fast" in found.stderr


def test_full_standard_output(here):
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "segnn", "--version"],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert done.returncode == 2
    assert b"standard output cannot be written: No space left on device" in done.stderr
