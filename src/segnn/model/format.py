"""What kind of file stands where weights are expected, told from its format and not from one byte.

A safetensors file is eight bytes that give the length of its header (little endian), the header,
which is JSON and begins with ``{``, and the numbers. Its first byte is therefore the low byte of a
length and may be anything, also the first byte of a pickle (0x80), and its first two bytes may be
the ``PK`` of a zip archive, which is what ``torch.save`` writes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal
from zipfile import BadZipFile, ZipFile

from segnn.errors import UserError

Format = Literal["safetensors", "pickle", "unknown"]
HEAD_BYTES = 9


def format_of(head: bytes, size: int) -> Format:
    """The format of a file of ``size`` bytes that begins with ``head`` (nine bytes are enough).

    "pickle" stands for everything that opening would have to unpickle, zip archives of torch among
    them. A pickle is never taken for safetensors by mistake: its first eight bytes would have to be
    a length that fits into the file, followed by ``{``; and the reader of safetensors runs no code.
    """
    length = int.from_bytes(head[:8], "little")
    if len(head) >= HEAD_BYTES and head[8:9] == b"{" and 2 <= length <= size - 8:
        return "safetensors"
    return "pickle" if head[:1] == b"\x80" or head[:2] == b"PK" else "unknown"


def file_format(path: Path) -> Format:
    """`format_of` the file; UserError if it cannot be read."""
    try:
        with open(path, "rb") as file:
            return format_of(file.read(HEAD_BYTES), path.stat().st_size)
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror or error}") from error


def _holds_arrays(path: Path) -> bool:
    """Whether it is a zip archive of NumPy arrays alone; only the names in it are read."""
    try:
        with ZipFile(path) as archive:
            names = archive.namelist()
    except (BadZipFile, OSError, ValueError, NotImplementedError):
        return False
    return bool(names) and all(name.endswith(".npy") for name in names)


def refuse_pickle(path: Path) -> None:
    """UserError if the file is a pickle: opening one can run code, so segnn never does. Likewise
    for an NPZ, which is a zip archive too, and holds systems.
    """
    if file_format(path) == "pickle":
        if _holds_arrays(path):
            raise UserError(
                f"{path} is an NPZ, a file of arrays such as systems, and no model. Give a run "
                "folder, or a folder with weights.safetensors and recipe.yaml"
            )
        raise UserError(
            f"{path} is a pickle (a torch checkpoint); opening one can run code, so segnn never "
            "does. Give a run folder, or a folder with weights.safetensors and recipe.yaml"
        )
