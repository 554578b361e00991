"""Serve a session: find a port, say where the page is, open it, stop on Ctrl-C."""

from __future__ import annotations

import socket
import webbrowser
from collections.abc import Callable

from segnn.errors import UserError
from segnn.viewer.limits import HEADER_BYTES
from segnn.viewer.shown import Shown

PORT, TRIED = 8760, 20
Tell = Callable[[str], None]


def serve(
    session: Shown,
    host: str = "127.0.0.1",
    port: int | None = None,
    browser: bool = True,
    tell: Callable[[str], None] = print,
) -> None:
    """Serve until interrupted. ``tell`` is called with the address, once, when the page can be
    opened.

    Without ``port`` the first free one from 8760 on. UserError if the port is taken, the host is
    not one of this machine, or the extra 'web' is not installed.
    """
    try:
        import uvicorn

        from segnn.viewer.app import make_app
    except ImportError as error:
        raise UserError(
            f"The viewer needs starlette and uvicorn ({error}). Install them: pip install "
            "'segnn[web]'"
        ) from error

    listening = listen(host, port)
    address = f"http://{host if ':' not in host else f'[{host}]'}:{listening.getsockname()[1]}/"
    # h11, not whichever parser is installed: it refuses a header of more than so many bytes.
    config = uvicorn.Config(
        make_app(session, hosts=[host]),
        log_level="warning",
        lifespan="off",
        server_header=False,
        ws="none",
        http="h11",
        h11_max_incomplete_event_size=HEADER_BYTES,
        limit_concurrency=64,
    )
    server = uvicorn.Server(config)
    tell(address)
    if browser and not opened(address):
        tell(
            f"no browser was found on this machine: open {address} yourself, or forward the port "
            "(ssh -L)"
        )
    try:
        server.run(sockets=[listening])
    finally:
        listening.close()


def opened(address: str) -> bool:
    """Whether a browser was found to open the page in."""
    try:
        return webbrowser.open(address)
    except webbrowser.Error:
        return False


def listen(host: str, port: int | None) -> socket.socket:
    """A listening socket on ``port``, or on the first free one of some."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    wanted = range(PORT, PORT + TRIED) if port is None else [port]
    for number in wanted:
        found = socket.socket(family, socket.SOCK_STREAM)
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            found.bind((host, number))
            found.listen(64)
            return found
        except OSError as error:
            found.close()
            if port is not None or error.errno not in (13, 98, 48, 10013, 10048):
                cure = "Give another one with --port, or none to take a free one"
                raise UserError(
                    f"--port {number} on {host}: {error.strerror or error}. {cure}."
                ) from error
    raise UserError(
        f"the ports {PORT} to {PORT + TRIED - 1} of {host} are all taken. Give a free one with "
        "--port."
    )
