"""What the theme leaves out for those who read with a keyboard or a screen reader."""

import re
from typing import Any

from sphinx.application import Sphinx

# Captions of the navigation are headings of a level; what scrolls can be reached by the keyboard.
NAVIGATION = ('role="heading"', 'role="heading" aria-level="2"')
BODY = (
    ("<pre>", '<pre tabindex="0">'),
    ('<div class="table-wrapper', '<div tabindex="0" class="table-wrapper'),
    ('<div class="formula', '<div tabindex="0" class="formula'),
    ('<summary aria-label="Toggle hidden content">', "<summary>"),  # it hides the visible words
    ('<span class="pre">--', '<span class="pre option">--'),  # no break behind the hyphens
)
# Parameters on lines of their own are no list of definitions without terms.
PARAMETERS = re.compile(r"<dl>\s*((?:<dd>.*?</dd>\s*)+)</dl>", re.DOTALL)


def complete(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: object
) -> None:
    tree = context.get("furo_navigation_tree")
    if tree:
        context["furo_navigation_tree"] = tree.replace(*NAVIGATION)
    body = context.get("body") or ""
    for old, new in BODY:
        body = body.replace(old, new)
    context["body"] = PARAMETERS.sub(_lines, body)


def _lines(found: re.Match[str]) -> str:
    inner = found[1].replace("<dd>", "<div>").replace("</dd>", "</div>")
    return f'<div class="parameters">{inner}</div>'


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("html-page-context", complete, priority=900)  # after the theme
    return {"parallel_read_safe": True, "parallel_write_safe": True}
