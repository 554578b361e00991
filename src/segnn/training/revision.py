"""The revision of the training mechanism: which stored results may stand beside each other.

A recipe says what is trained, but not how a fresh network is scaled or how the targets are
standardised. When such a rule changes, the same recipe trains another model; then `REVISION` is
raised, every new run stores it, and `segnn reproduce` repeats what an older revision has trained.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

REVISION = 2

WHAT_CHANGED = {
    2: "fresh networks are of order one whatever the recipe, and targets are standardised",
}
"""What each revision changed, in a clause that a page can quote."""


def revision_of(stored: Mapping[str, Any]) -> int:
    """The revision that a stored result or a run folder's versions.json was written by.

    Files from before revisions were counted do not say; they are of revision 1.
    """
    return int(stored.get("revision", 1))
