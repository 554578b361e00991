"""One training at a time in a run folder.

The lock is an advisory lock of the operating system on a file in the folder, which the kernel lifts
when its process ends, however it ends; the text in the file says whose it is.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from segnn.errors import UserError

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

LOCK_NAME = "in-use.json"


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Within, no other training may use ``folder``; it is made if it does not exist.

    Raises `UserError` that names the process which has it. What a dead process left is taken over.
    A folder that was made for a training that never began is removed again.
    """
    made = not folder.exists()
    path = folder / LOCK_NAME
    try:
        folder.mkdir(parents=True, exist_ok=True)
        held = _acquire(path)
    except OSError as error:
        raise UserError(
            f"cannot write into the run folder {folder}: {error.strerror or error}; give another "
            "one with --out"
        ) from error
    try:
        yield
    finally:
        # Removed while it is still held: whoever opened it meanwhile sees that it is gone.
        with contextlib.suppress(OSError):
            path.unlink()
        os.close(held)
        if made:
            with contextlib.suppress(OSError):
                folder.rmdir()


def _acquire(path: Path) -> int:
    """An open file that holds the lock."""
    while True:
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            taken = _take(file, path)
        except BaseException:
            os.close(file)
            raise
        if taken:
            break
        os.close(file)  # its last owner removed it between our two calls
    os.ftruncate(file, 0)
    os.pwrite(file, (json.dumps(_ourselves()) + "\n").encode(), 0)
    return file


def _take(file: int, path: Path) -> bool:
    """Lock the open file; False if it is not the file at ``path`` any more."""
    if fcntl is None:
        _refuse_living_owner(path)
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise _in_use(path) from None
    except OSError:  # a file system without such locks: the text in the file has to do
        _refuse_living_owner(path)
    try:
        there = os.stat(path)
    except FileNotFoundError:
        return False
    return os.path.samestat(os.fstat(file), there)


def _refuse_living_owner(path: Path) -> None:
    """Where the system has no lock, by the process number; a process elsewhere counts as alive."""
    owner = _read(path)
    if not owner:
        return
    here = owner.get("host") == socket.gethostname()
    if not here or _alive(owner.get("pid")):
        raise _in_use(path)


def _alive(pid: object) -> bool:
    if not isinstance(pid, int) or pid <= 0:
        return False
    if os.name != "posix":  # there, the signal 0 would end the process
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _in_use(path: Path) -> UserError:
    owner = _read(path)
    who = (
        f"process {owner.get('pid')} on {owner.get('host')}, since {owner.get('since')}"
        if owner
        else "another process"
    )
    return UserError(
        f"{path.parent} is in use by a training: {who}. Wait for it or stop it, or give another "
        f"folder with --out. (If no such process lives any more, remove {path})"
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _ourselves() -> dict[str, Any]:
    since = time.strftime("%Y-%m-%d %H:%M:%S %Z")
    return {"pid": os.getpid(), "host": socket.gethostname(), "since": since}
