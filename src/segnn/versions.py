"""What the run was made with."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

PACKAGES = ("segnn", "torch", "e3nn", "numpy", "numba")


def versions() -> dict[str, str]:
    """Versions of the packages and of Python, the kind of machine; no host name, no path."""
    found = {
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
    }
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found
