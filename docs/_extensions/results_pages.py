"""The tables in results/ as pages of the site, one for each experiment that has a table.md."""

import re
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

PAGES = "tables"


def write_pages(app: Sphinx) -> None:
    """docs/tables/NAME.md of results/NAME/table.md; its pictures are linked where they lie."""
    source = Path(app.srcdir)
    (source / PAGES).mkdir(exist_ok=True)
    stale = set((source / PAGES).glob("*.md"))
    for table in sorted((source.parent / "results").glob("*/table.md")):
        page = source / PAGES / f"{table.parent.name}.md"
        text = re.sub(
            r"!\[([^\]]*)\]\(([^)]+)\)",
            rf"![\1](../../results/{table.parent.name}/\2)",
            table.read_text(encoding="utf-8"),
        )
        if not page.is_file() or page.read_text(encoding="utf-8") != text:
            page.write_text(text, encoding="utf-8")
        stale.discard(page)
    for page in stale:
        page.unlink()


def link_pages(app: Sphinx, docname: str, content: list[str]) -> None:
    """Links to tables in the repository become links to their pages."""
    content[0] = re.sub(
        r"\]\((?:\.\./)+results/([\w-]+)/table\.md\)", rf"](/{PAGES}/\1.md)", content[0]
    )


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("builder-inited", write_pages)
    app.connect("source-read", link_pages)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
