"""The command ``segnn``: its subcommands, and how mistakes and interrupts end.

Exit status: 0 done; 1 a check failed; 2 a mistake of the user; 130 interrupted. Anything unexpected
keeps its traceback.
"""

from __future__ import annotations

import errno
import gc
import os
import sys
from typing import Annotated, Any

import typer

import segnn
from segnn.cli import (
    animate,
    bench,
    check,
    convert,
    datasets,
    evaluate,
    import_,
    info,
    init,
    inspect,
    predict,
    report,
    reproduce,
    rollout,
    simulate,
    train,
    view,
)
from segnn.cli.group import Group
from segnn.cli.output import complain, help_text
from segnn.cli.streams import make_printable
from segnn.errors import UserError

SMALLER = "Take fewer particles, systems or channels at a time; segnn info says what a step takes"
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EIO)
HELP = """Steerable E(3) equivariant graph neural networks, from raw arrays to physical
predictions.

From nothing to a trained model, with simulated data or with your own:

    segnn train charged
    segnn init mine.npz --split data/mine && segnn train mine.yaml

Then look at it: segnn evaluate, check, info, predict, report, view, animate, bench. Every command
explains itself: segnn train --help.
"""


class Commands(Group):
    """The commands; a `UserError` becomes its message and status 2, an interrupt a sentence and
    status 130.
    """

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except UserError as error:
            complain(str(error))
            raise typer.Exit(2) from None
        except MemoryError as error:
            complain(f"not enough memory ({error or 'nothing is left'}). {SMALLER}")
            raise typer.Exit(2) from None
        except RuntimeError as error:
            if "can't allocate memory" not in str(error):  # torch's words for it
                raise
            complain(f"not enough memory ({str(error).partition('.')[0]}). {SMALLER}")
            raise typer.Exit(2) from None
        except KeyboardInterrupt as interrupt:
            complain(str(interrupt) or "Interrupted; nothing was left half-written.", label="")
            raise typer.Exit(130) from None


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"segnn {segnn.__version__}")
        raise typer.Exit


app = typer.Typer(
    name="segnn",
    cls=Commands,
    help=help_text(HELP),
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def segnn_command(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Replaced by HELP."""


app.add_typer(simulate.app, name="simulate")
app.add_typer(datasets.app, name="data")
for _name, _module, _short in (
    ("init", init, "Look at your own data and write a recipe for it."),
    ("inspect", inspect, "What files of systems hold, and what is odd about them."),
    ("convert", convert, "Files of systems as one HDF5 file, for data beyond memory."),
    ("train", train, "Train the model that a recipe declares."),
    ("evaluate", evaluate, "The errors of a trained model on labelled systems."),
    ("predict", predict, "Predict for the systems of a file."),
    ("check", check, "Check symmetry, batching, degenerate systems and gradients on your data."),
    ("info", info, "Irreps, layers, parameters, operations and memory."),
    ("report", report, "A run folder as one HTML page."),
    ("rollout", rollout, "Apply a model again and again, beside the simulator."),
    (
        "reproduce",
        reproduce,
        "The paper's tables: every method, setting and seed, ours beside published.",
    ),
    ("view", view, "What a model carries, drawn in the browser."),
    ("animate", animate, "A forward pass or a trajectory as a GIF or MP4."),
    ("bench", bench, "Speed and memory, beside the same network from e3nn's modules."),
):
    app.command(_name, help=help_text(_module.HELP), short_help=_short)(getattr(_module, _name))
app.command(
    "import",
    help=help_text(import_.HELP),
    short_help="A model from weights of the public SEGNN code.",
)(import_.import_state)


def wait_briefly() -> None:
    """Threads that wait for another one sleep after some ten microseconds, unless the user has said
    how they wait. OpenMP's would turn in circles for milliseconds, on a core that the other one
    may need: with one of two cores busy, an epoch of ``charged`` took over 20 s instead of 2.
    Before torch is loaded, which reads it then.
    """
    if "OMP_WAIT_POLICY" not in os.environ:
        os.environ.setdefault("GOMP_SPINCOUNT", "10000")


def main() -> None:
    """Entry point of the command ``segnn``."""
    # Imports make many objects and hardly any garbage: with Python's threshold of 700 the search
    # for garbage takes a tenth of the time until a command begins its work.
    gc.set_threshold(100_000, 20, 20)
    wait_briefly()
    make_printable()
    try:
        try:
            app(prog_name="segnn")
        finally:
            sys.stdout.flush()
    except OSError as error:
        if error.filename is not None or error.errno not in NO_ROOM:
            raise
        complain(f"standard output cannot be written: {error.strerror or error}")
        os._exit(2)  # Python would try to write the rest once more, and end with status 120
