"""The page as one file that needs no server and no network: its parts and some recorded runs
inside.
"""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

from segnn.files import write_atomically
from segnn.viewer import limits
from segnn.viewer.app import read_part
from segnn.viewer.request import RunRequest
from segnn.viewer.shown import Shown


def export(session: Shown, path: str | Path) -> tuple[int, int]:
    """Write the page; returns how many systems it holds and its size in bytes.

    The first systems are recorded until 4 MB are full, at least one. The policy inside the file
    names the hashes of its script and style and allows no connection. Turning the input and
    switching cues need the model, hence `segnn view`.
    """
    runs: list[str] = []
    size = 0
    for system in range(len(session.systems)):
        packed = session.run(RunRequest(system=system))
        size += len(packed) * 4 // 3
        if runs and size > limits.EXPORT_BYTES:
            break
        runs.append(base64.b64encode(packed).decode())
    described = session.describe()
    described |= {"live": False, "sizes": described["sizes"][: len(runs)]}
    page = _page(described, runs)
    write_atomically(Path(path), page)
    return len(runs), len(page)


def _page(described: dict[str, Any], runs: list[str]) -> bytes:
    page, style, script = (read_part(name).decode() for name in ("index.html", "app.css", "app.js"))
    icon = base64.b64encode(read_part("icon.svg")).decode()
    data = json.dumps({"session": described, "runs": runs}, allow_nan=False).replace("<", "\\u003c")
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
