"""Files written whole or not at all, whatever the path that the user gave stands for.

======================================  ============================================
the path                                what happens
======================================  ============================================
a file, or nothing yet                  replaced at once when the new one is complete
a link, also to nothing yet             followed; the link stays, its target is replaced
a pipe, a terminal, /dev/null           written to; never replaced
/dev/stdout, /dev/fd/3                  written to, behind what is there already
a folder, a loop of links, a read-only  refused (`UserError`), before anything is written
file, a disk, a socket
======================================  ============================================
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from glob import escape, glob
from pathlib import Path
from shlex import quote

from segnn.errors import UserError
from segnn.words import NEAR_FILE, nearest

STANDARD = {"/dev/stdout": 1, "/dev/stderr": 2}
DESCRIPTOR = re.compile(r"/(?:dev|proc/self)/fd/([0-9]+)")


def write_atomically(path: str | os.PathLike[str], data: bytes) -> None:
    """Write the file, making its folder if need be; if that fails half-way (a full disk, a kill),
    what was there before is still there.

    Raises `UserError` if it cannot be written.
    """
    with replacing(path) as part:
        part.write_bytes(data)


@contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[Path]:
    """A new file of the same suffix to write to; it takes the place of ``path`` when the block ends
    without an error.

    Raises `UserError` if ``path`` cannot be written, also for an `OSError` of the block.
    """
    try:
        target = _find(os.fspath(path))
        folder = Path(tempfile.gettempdir()) if target.stream else target.file.parent
        folder.mkdir(parents=True, exist_ok=True)
        name = f".segnn-{os.getpid()}-{secrets.token_hex(4)}{Path(path).suffix}"
        part = folder / name[-200:]
        try:
            yield part
            _deliver(part, target)
        finally:
            with suppress(OSError):
                part.unlink()
    except (OSError, ValueError) as error:
        told = isinstance(error, UserError)
        if told or (isinstance(error, ValueError) and "null" not in str(error)):
            raise
        reason = error.strerror if isinstance(error, OSError) else None
        raise UserError(
            f"cannot write {os.fspath(path)!s}: {reason or error}; what was there before is "
            "unchanged. Give a path in a folder with room that may be written"
        ) from error


def path_of(x: object, what: str) -> Path:
    """``x`` as a path; UserError that calls it ``what`` for anything that is none."""
    if not isinstance(x, str | os.PathLike):
        raise UserError(f"{what}: got {type(x).__name__}, expected a path, as text")
    return Path(os.fspath(x))


def check_output(path: str | os.PathLike[str], *suffixes: str) -> None:
    """Tell before a long computation that its result could not be written to ``path``.

    suffixes: the endings that say what is written, such as ".npz"; streams need none. Raises
    `UserError`.
    """
    try:
        target = _find(os.fspath(path))
    except UserError:
        raise
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        raise UserError(f"cannot write {path}: {reason or error}. Give another path") from error
    ending = Path(path).suffix
    if suffixes and ending.lower() not in suffixes and not target.stream:
        raise UserError(
            f"cannot write {path}: the name of this file ends in {' or '.join(suffixes)}, "
            f"not {ending or 'nothing'!r}. Give it that ending"
        )


def expanded(names: Iterable[str | os.PathLike[str]]) -> list[Path]:
    """The files that are named, patterns among them replaced by what fits, sorted, as a shell that
    was not asked to would have done; UserError for a pattern that nothing fits.
    """
    found: list[Path] = []
    for given in names:
        name = os.fspath(given)
        there = [name] if os.path.exists(name) else _fitting(name)
        if not there and escape(name) != name:
            raise UserError(f"{name}: no file fits this pattern. Check the pattern.")
        found += [Path(path) for path in there or [name]]
    return found


def _fitting(pattern: str) -> list[str]:
    return sorted(path for path in glob(pattern, recursive=True) if os.path.isfile(path))


def to_read(path: str | os.PathLike[str], what: str = "a file") -> Path:
    """The path of a file, or pipe, that is there to be read; ``what`` it should be.

    Raises `UserError` for what is missing, with the name nearby that was perhaps meant, for a
    folder, a loop of links and a name that no file can have.
    """
    found = Path(path)
    try:
        mode = os.stat(found).st_mode
    except FileNotFoundError:
        if os.path.islink(found):
            raise UserError(
                f"{path}: is a link to {os.readlink(found)}, which is not there. Check the path."
            ) from None
        there = os.listdir(found.parent) if os.path.isdir(found.parent) else []
        near = nearest(found.name, there, NEAR_FILE)
        meant = f" Did you mean {found.parent / near}?" if near else ""
        raise UserError(
            f"{path}: no such file.{meant} Check the path, or make the data with 'segnn simulate'."
        ) from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        raise UserError(f"{path}: cannot be read ({reason or error}). Check the path.") from None
    if stat.S_ISDIR(mode):
        raise UserError(f"{path}: is a folder, expected {what}.")
    return found


def same_file(one: str | os.PathLike[str], other: str | os.PathLike[str]) -> bool:
    """Whether both paths are one file, however they are written and linked."""
    try:
        return os.path.samefile(one, other)
    except (OSError, ValueError):
        return os.path.realpath(one) == os.path.realpath(other)


@dataclass(frozen=True)
class _Target:
    """What a path stands for.

    - ``file``: the file to replace, links followed; of a stream, what to open.
    - ``stream``: written to, not replaced.
    - ``descriptor``: of this process, for paths such as /dev/stdout.
    - ``mode``: the permissions of the file that is there.
    """

    file: Path
    stream: bool = False
    descriptor: int | None = None
    mode: int | None = None


def _find(path: str) -> _Target:
    number = DESCRIPTOR.fullmatch(path)
    descriptor = STANDARD.get(path, None if number is None else int(number[1]))
    if descriptor is not None:
        os.fstat(descriptor)
        return _Target(Path(path), stream=True, descriptor=descriptor)
    try:
        mode = os.stat(path).st_mode
    except FileNotFoundError:
        return _Target(Path(os.path.realpath(path)))
    if stat.S_ISFIFO(mode) or stat.S_ISCHR(mode):
        return _Target(Path(path), stream=True)
    if stat.S_ISDIR(mode):
        raise UserError(f"cannot write {path}: it is a folder. Give the name of a file")
    if not stat.S_ISREG(mode):
        raise UserError(f"cannot write {path}: it is neither a file nor a pipe. Give another path")
    if not mode & 0o222 or not os.access(path, os.W_OK):
        raise UserError(
            f"cannot write {path}: it is read-only. Give another path, or allow it: chmod u+w "
            f"{quote(path)}"
        )
    return _Target(Path(os.path.realpath(path)), mode=stat.S_IMODE(mode))


def _deliver(part: Path, target: _Target) -> None:
    """Let the finished file take the target's place, or send it down the stream."""
    if not target.stream:
        with open(part, "rb+") as file:
            os.fsync(file.fileno())
        if target.mode is not None:
            os.chmod(part, target.mode)
        os.replace(part, target.file)
        return
    sys.stdout.flush()
    where = target.file if target.descriptor is None else os.dup(target.descriptor)
    with open(part, "rb") as file, open(where, "wb") as stream:
        shutil.copyfileobj(file, stream)
