"""Where compiled kernels are kept between processes, and what happens where they cannot be.

A kernel calls others as they were when it was compiled, so the folder's name is a hash of the
sources of *all* kernels, those of subfolders included. Every file starts with a hash of the rest; a
file that was cut short or changed is not used. The folder is the first of these that can be
written: ``NUMBA_CACHE_DIR``, ``__pycache__`` of the kernels' package, the user's cache. A broken
file or no folder at all cost time, never a result: kernels are then compiled again, after one
warning in a process.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import sys
import tempfile
import warnings
from functools import lru_cache
from pathlib import Path
from uuid import uuid4

import llvmlite
import numba

from segnn.o3.backends.numba.compiler import interior

_PACKAGE = Path(__file__).resolve().parents[1]
_DIGEST = hashlib.sha256().digest_size


def stamp(package: Path = _PACKAGE) -> str:
    """A hash of all that compiled kernels depend on: sources, versions, processor."""
    found = hashlib.sha256()
    for path in sorted(package.rglob("*.py")):
        found.update(path.relative_to(package).as_posix().encode() + path.read_bytes())
    versions = (sys.version_info[:2], numba.__version__, llvmlite.__version__)
    found.update(repr((versions, interior.processor(), numba.config.THREADING_LAYER)).encode())
    return found.hexdigest()[:16]


STAMP = stamp()


_warned = False


def warn(message: str) -> None:
    """The one warning that a process gives about its stored kernels; later ones are silent."""
    global _warned
    if not _warned:
        _warned = True
        warnings.warn(
            f"segnn: {message}; kernels are compiled again in this process, which takes some ten "
            "seconds. To keep them, let NUMBA_CACHE_DIR name a folder that can be written, or "
            "delete what is damaged",
            RuntimeWarning,
            stacklevel=2,
        )


def _user_cache() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local"))
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


def _candidates() -> list[Path]:
    if numba.config.CACHE_DIR:
        return [Path(numba.config.CACHE_DIR) / "segnn"]
    found = [_PACKAGE / "__pycache__"]
    with contextlib.suppress(RuntimeError):  # the user has no home folder
        found.append(_user_cache() / "segnn")
    return found


@lru_cache(maxsize=1)
def folder() -> Path | None:
    """The folder of this version's kernels, or None (with a warning) if no place can be written."""
    tried = []
    for place in _candidates():
        path = place / f"kernels-{STAMP}"
        try:
            path.mkdir(parents=True, exist_ok=True)
            tempfile.TemporaryFile(dir=path).close()
            _forget_old(place)
            return path
        except OSError as error:
            tried.append(f"{place} ({error.strerror or error})")
    warn(f"no folder for compiled kernels can be written: {', '.join(tried)}")
    return None


VERSIONS = 4
"""Compiled kernels are kept for so many versions of the sources."""


def _forget_old(place: Path) -> None:
    """Delete the kernels of versions that have not been written for longest."""
    found = sorted(place.glob("kernels-*"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in found[VERSIONS:]:
        if path.name != f"kernels-{STAMP}":
            shutil.rmtree(path, ignore_errors=True)


def _path(name: str) -> Path | None:
    place = folder()
    return None if place is None else place / name


def read(name: str) -> bytes | None:
    """What was stored under a name; None if nothing was, or (with a warning) if it is damaged."""
    path = _path(name)
    if path is None or not path.exists():
        return None
    try:
        data = path.read_bytes()
    except OSError as error:
        warn(f"the stored kernel {path} cannot be read ({error.strerror or error})")
        return None
    if hashlib.sha256(data[_DIGEST:]).digest() != data[:_DIGEST]:
        warn(f"the stored kernel {path} is damaged")
        return None
    return data[_DIGEST:]


def write(name: str, data: bytes) -> None:
    """Store; another process sees the whole file or none. A warning where that fails."""
    path = _path(name)
    if path is None:
        return
    try:
        own = path.with_name(f"{name}-{uuid4().hex}")
        own.write_bytes(hashlib.sha256(data).digest() + data)
        os.replace(own, path)
    except OSError as error:
        warn(f"the kernel {path} cannot be stored ({error.strerror or error})")
