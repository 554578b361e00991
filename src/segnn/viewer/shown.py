"""What the server and the export need of a session, with a model or without."""

from __future__ import annotations

from typing import Any, Protocol

from segnn.data import Systems
from segnn.viewer.request import RunRequest


class Shown(Protocol):
    """Systems of a file and what can be asked about them."""

    systems: Systems

    def describe(self) -> dict[str, Any]:
        """What the page needs to know once."""

    def run(self, request: RunRequest) -> bytes:
        """One system as a packed message."""
