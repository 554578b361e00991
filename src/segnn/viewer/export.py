"""The page as one file that needs no server and no network: with the model inside, or some
recorded runs.
"""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any, NamedTuple

from segnn.files import write_atomically
from segnn.viewer import limits
from segnn.viewer.app import read_part
from segnn.viewer.live.tape import NotLiveError
from segnn.viewer.request import RunRequest
from segnn.viewer.session import Session
from segnn.viewer.shown import Shown


class Exported(NamedTuple):
    """How many systems the page holds, its size in bytes, and why it is not live: None if it is."""

    systems: int
    size: int
    recorded: str | None


def export(session: Shown, path: str | Path) -> Exported:
    """Write the page.

    It is live where the model can be written down as a program that a page evaluates
    (`segnn.viewer.live`): it runs anew for a turned input, a dragged vector, a cue switched off.
    Else it shows the first systems as recorded, until 4 MB are full, at least one. The policy
    inside the file names the hashes of its script and style and allows no connection.
    """
    described, reason = session.describe(), None
    if isinstance(session, Session):
        try:
            held, page = _live(session, described)
        except NotLiveError as found:
            reason = str(found)
        else:
            write_atomically(Path(path), page)
            return Exported(held, len(page), None)
    held, page = _recorded(session, described, reason)
    write_atomically(Path(path), page)
    return Exported(held, len(page), reason)


def _live(session: Session, described: dict[str, Any]) -> tuple[int, bytes]:
    from segnn.viewer.live.make import make

    live = make(session.model, session.systems, session.source, session.still)
    held = len(live["systems"])
    described = described | {"served": False, "baseline": False, "sizes": described["sizes"][:held]}
    page = _page({"session": described, "live": live})
    if len(page) > limits.LIVE_BYTES:
        raise NotLiveError(f"its page would have {len(page) / 1e6:.1f} MB")
    return held, page


def _recorded(session: Shown, described: dict[str, Any], reason: str | None) -> tuple[int, bytes]:
    runs: list[str] = []
    size = 0
    for system in range(len(session.systems)):
        packed = session.run(RunRequest(system=system))
        size += len(packed) * 4 // 3
        if runs and size > limits.EXPORT_BYTES:
            break
        runs.append(base64.b64encode(packed).decode())
    described = described | {
        "live": False,
        "served": False,
        "baseline": False,
        "recorded": reason,
        "sizes": described["sizes"][: len(runs)],
    }
    return len(runs), _page({"session": described, "runs": runs})


def _page(embedded: dict[str, Any]) -> bytes:
    page, style, script = (read_part(name).decode() for name in ("index.html", "app.css", "app.js"))
    icon = base64.b64encode(read_part("icon.svg")).decode()
    data = json.dumps(embedded, allow_nan=False, separators=(",", ":")).replace("<", "\\u003c")
    policy = (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; img-src "
        "data:; base-uri 'none'; "
        "form-action 'none'"
    )
    replaced = (
        (
            '<link rel="icon" href="/icon.svg">',
            f'<link rel="icon" href="data:image/svg+xml;base64,{icon}">',
        ),
        ('<link rel="stylesheet" href="/app.css">', f"<style>{style}</style>"),
        (
            '<script type="module" src="/app.js"></script>',
            f'<script type="application/json" id="embedded">{data}</script>\n'
            f'<script type="module">{script}</script>',
        ),
        ("<head>", f'<head>\n<meta http-equiv="Content-Security-Policy" content="{policy}">'),
    )
    for old, new in replaced:
        if page.count(old) != 1:
            raise RuntimeError(f"the page has {page.count(old)} of {old!r}, expected one")
        page = page.replace(old, new)
    return page.encode()


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
