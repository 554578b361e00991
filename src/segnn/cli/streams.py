"""Standard output and error in whatever encoding the terminal or the pipe has."""

from __future__ import annotations

import codecs
import sys
import unicodedata
from contextlib import suppress
from typing import IO

# What has no decomposition into ASCII, as people write it where they have nothing else.
PLAIN = {
    "×": "x", "·": "*", "−": "-", "–": "-", "—": "-", "±": "+-", "→": "->", "≤": "<=", "≥": ">=",
    "≈": "~", "∞": "inf", "√": "sqrt", "Σ": "sum", "Δ": "delta", "α": "alpha", "ε": "epsilon",
    "“": '"', "”": '"', "‘": "'", "’": "'", "ø": "o", "ß": "ss", "°": " deg", "µ": "u", "μ": "u",
}  # fmt: skip
HANDLER = "segnn.plain"


def plain(error: UnicodeError) -> tuple[str, int]:
    """An error handler of codecs: a character that the encoding lacks becomes its nearest in ASCII,
    or an escape such as \\u65e5 (which is also what JSON calls it).
    """
    if not isinstance(error, UnicodeEncodeError):
        raise error
    written = ""
    for character in error.object[error.start : error.end]:
        near = PLAIN.get(character) or unicodedata.normalize("NFKD", character)
        near = near.encode("ascii", "ignore").decode()
        written += near or json_escape(character)
    return written, error.end


def json_escape(character: str) -> str:
    """\\u65e5; two of them for what is beyond 16 bits, as in JSON."""
    units = character.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[n : n + 4]}" for n in range(0, len(units), 4))


def make_printable() -> None:
    """Let both streams write every character, as well as their encoding can."""
    codecs.register_error(HANDLER, plain)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            with suppress(OSError, ValueError):
                stream.reconfigure(errors=HANDLER)


def speaks_unicode(stream: IO[str]) -> bool:
    """Whether the stream can write every character."""
    return (getattr(stream, "encoding", None) or "").lower().replace("_", "-").startswith("utf")
