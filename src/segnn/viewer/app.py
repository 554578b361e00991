"""The ASGI application: the page's files, which are read once when it starts, and two answers
computed by the session.

    GET  /             the page; GET /app.js, /app.css, /icon.svg: its parts
    GET  /api/session  what is shown, as JSON
    POST /api/run      `RunRequest` as JSON in, a packed message out (`segnn.viewer.wire`)

No path of a request ever reaches the file system: other paths are 404.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from importlib.resources import files

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from segnn.errors import UserError
from segnn.viewer.guard import Guard
from segnn.viewer.request import RunRequest
from segnn.viewer.shown import Shown

PARTS = {
    "/": ("index.html", "text/html; charset=utf-8"),
    "/app.js": ("app.js", "text/javascript; charset=utf-8"),
    "/app.css": ("app.css", "text/css; charset=utf-8"),
    "/icon.svg": ("icon.svg", "image/svg+xml"),
}


def read_part(name: str) -> bytes:
    """A file of the built page; UserError with the cure if the package was not built completely."""
    part = files("segnn.viewer") / "static" / name
    if not part.is_file():
        raise UserError(
            f"the viewer's page is not built: {name} is missing. Run 'make viewer' (needs node), "
            "or install a wheel."
        )
    return part.read_bytes()


def make_app(session: Shown, hosts: Iterable[str] = ()) -> Starlette:
    """The application for one session; ``hosts`` are names it answers to besides localhost and its
    addresses.
    """
    described = json.dumps(session.describe(), allow_nan=False).encode()

    def part(name: str, kind: str) -> Route:
        content = read_part(name)

        async def answer(request: Request) -> Response:
            return Response(content, media_type=kind, headers={"cache-control": "no-cache"})

        path = next(path for path, (file, _) in PARTS.items() if file == name)
        return Route(path, answer, methods=["GET"])

    async def describe(request: Request) -> Response:
        return Response(
            described, media_type="application/json", headers={"cache-control": "no-store"}
        )

    async def run(request: Request) -> Response:
        if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
            return JSONResponse({"error": "content-type: expected application/json"}, 415)
        asked = RunRequest.read(await request.body())
        packed = await run_in_threadpool(session.run, asked)
        return Response(
            packed, media_type="application/octet-stream", headers={"cache-control": "no-store"}
        )

    async def refused(request: Request, error: Exception) -> Response:
        return JSONResponse({"error": str(error)}, 422)

    return Starlette(
        routes=[
            *(part(name, kind) for name, kind in PARTS.values()),
            Route("/api/session", describe, methods=["GET"]),
            Route("/api/run", run, methods=["POST"]),
        ],
        middleware=[Middleware(Guard, hosts=hosts)],
        exception_handlers={UserError: refused},
    )
