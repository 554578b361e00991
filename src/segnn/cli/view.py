"""``segnn view``: what a model carries, in the browser."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from segnn.cli.output import JsonFlag, note, print_json
from segnn.errors import UserError
from segnn.files import check_output

if TYPE_CHECKING:
    from segnn.viewer.shown import Shown

HELP = """Open a page that draws systems and what the network carries; turn the input, switch cues
off, play the forward pass.

    segnn view charged data/charged/test.npz
    segnn view runs/charged --port 8000 --no-browser
    segnn view charged data/charged/test.npz --export page.html
    segnn view dynamics.xyz

A file alone is shown without a model: atoms with their bonds, box and labels; configurations of
the same atoms are played as frames. Without SYSTEMS: test.npz of the recipe's folder, else random
systems with the recipe's fields.
The page is served on this machine only. --export writes one file instead that needs neither
server nor network: the model runs in the page. What a page cannot run is shown as recorded.
"""


def view(
    model: Annotated[
        str,
        typer.Argument(
            help="A run or model folder, a packaged model, a recipe (fresh weights), or a file of "
            "systems alone.",
            metavar="RUN|MODEL|FILE",
        ),
    ],
    systems: Annotated[
        Path | None,
        typer.Argument(
            help="The systems: NPZ, extended XYZ, or what else ASE reads.", metavar="[SYSTEMS]"
        ),
    ] = None,
    port: Annotated[
        int | None, typer.Option(help="The port; the first free one from 8760 on if not given.")
    ] = None,
    host: Annotated[
        str, typer.Option(help="The address to serve on; others let other machines in.")
    ] = "127.0.0.1",
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Whether to open a browser.")
    ] = True,
    export: Annotated[
        Path | None,
        typer.Option("--export", help="Write the page to this .html file; serve nothing."),
    ] = None,
    json: JsonFlag = False,
) -> None:
    """View a model."""
    from segnn.cli.model import find_model, find_systems, is_file, require

    if export is not None and export.suffix not in (".html", ".htm"):
        raise UserError(
            f"--export {export}: a page ends in .html, not {export.suffix or 'nothing'!r}"
        )
    if port is not None and not 0 <= port <= 65535:
        raise UserError(f"--port {port}: expected 0 to 65535")
    if export is not None:
        check_output(export)
    session: Shown
    if is_file(model):
        if systems is not None:
            raise UserError(
                f"{model} is a file of systems and takes no further ones. For a model on it: segnn "
                f"view MODEL {model}"
            )
        require(None, Path(model))
        from segnn.data import given
        from segnn.viewer.plain import PlainSession

        session = PlainSession(given(model), Path(model).name)
    else:
        require(model, systems)
        loaded = find_model(model)
        shown, source = find_systems(loaded, systems, labels=True)
        from segnn.viewer import Session

        fresh = Path(model).suffix in (".yaml", ".yml")
        session = Session(
            loaded, shown, Path(source).name, f"{Path(model).stem}, untrained" if fresh else model
        )
    if export is not None:
        try:
            from segnn.viewer.export import export as write
        except ImportError as error:
            raise UserError(
                f"The viewer needs starlette ({error}). Install it: pip install 'segnn[web]'"
            ) from error
        held, size, recorded = write(session, export)
        live = recorded is None and not is_file(model)
        if json:
            about = {"systems": held, "bytes": size, "live": live}
            print_json({"page": str(export), **about, **({"why": recorded} if recorded else {})})
        else:
            kind = "live, " if live else "recorded, " if recorded else ""
            note(f"{kind}{held} of {len(session.systems)} systems, {size / 1e6:.2f} MB: {export}")
            if recorded:
                note(f"The page shows recorded runs, for it cannot run this model: {recorded}.")
        return
    from segnn.viewer.serve import serve

    if host not in ("127.0.0.1", "localhost", "::1"):
        note(f"--host {host}: other machines can reach this page while it runs")
    serve(session, host, port, browser, tell=lambda text: _tell(text, json))


def _tell(text: str, json: bool) -> None:
    if json and text.startswith("http"):
        print_json({"address": text})
    else:
        note(f"{text}  (Ctrl-C ends it)" if text.startswith("http") else text)
