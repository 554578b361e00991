"""``{live-page} MODEL``: a packaged model on a few simulated systems, running in the page itself.

What `segnn view --export` writes is made when the site is built, beside its other static files.
"""

from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

FOLDER = "_static/live"


class live_page(nodes.General, nodes.Element):  # noqa: N801  # docutils names nodes so
    """The frame that shows a page."""


class LivePage(SphinxDirective):
    """A frame with the page of a model."""

    required_arguments = 1
    option_spec: ClassVar[dict[str, Any]] = {}

    def run(self) -> list[nodes.Node]:
        (model,) = self.arguments
        up = "../" * self.env.docname.count("/")
        return [live_page(model=model, address=f"{up}{FOLDER}/{model}.html")]


def visit(self: Any, node: live_page) -> None:
    address, model = node["address"], node["model"]
    self.body.append(
        f'<iframe class="live" src="{address}" title="The model {model}, live" loading="lazy">'
        f'</iframe>\n<p><a href="{address}">The same in a page of its own</a></p>\n'
    )
    raise nodes.SkipNode


def write_pages(app: Sphinx, error: Exception | None) -> None:
    """The pages of all models that are shown anywhere."""
    if error is not None or app.builder.format != "html":
        return
    documents = [app.env.get_doctree(name) for name in app.env.found_docs]
    models = {node["model"] for tree in documents for node in tree.findall(live_page)}
    for model in sorted(models):
        _write(model, Path(app.outdir) / FOLDER / f"{model}.html")


def _write(model: str, path: Path) -> None:
    import segnn
    from segnn.simulate.charged import simulate
    from segnn.viewer import Session
    from segnn.viewer.export import export

    systems = simulate(systems=(1, 1, 8), seed=1)["test"]
    told = export(Session(segnn.load(model), systems, "eight simulated systems", model), path)
    if told.recorded is not None:
        raise RuntimeError(f"the page of {model} is not live: {told.recorded}")


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_node(live_page, html=(visit, None))
    app.add_directive("live-page", LivePage)
    app.connect("build-finished", write_pages)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
