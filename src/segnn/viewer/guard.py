"""What stands before the application: who may ask, how much, and what the browser may do with the
answer.

- The Host header must name this machine (so that no foreign name that resolves to 127.0.0.1 reaches
  the page), and an
  Origin, where a browser sends one, must be the same host.
- Headers and body are small.
- Every answer carries a content-security policy that allows the page's own files only, no inline
  script.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from segnn.viewer.limits import HEADER_BYTES, REQUEST_BYTES

LOCAL = ("localhost", "127.0.0.1", "::1")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src "
    "'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)


class Guard:
    """ASGI middleware; ``hosts`` are allowed besides localhost and its addresses."""

    def __init__(self, app: ASGIApp, hosts: Iterable[str] = ()):
        self.app = app
        self.hosts = {*LOCAL, *(host.lower() for host in hosts)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *HEADERS]
            await send(message)

        refusal = self._refusal(scope)
        if refusal is not None:
            await _answer(send_guarded, *refusal)
            return
        body = await _read(receive)
        if body is None:
            await _answer(send_guarded, 413, f"the request is larger than {REQUEST_BYTES} bytes")
            return
        await self.app(scope, _replay(body, receive), send_guarded)

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        headers = {}
        if (
            sum(len(name) + len(value) for name, value in scope["headers"])
            + len(scope.get("raw_path") or b"")
            > HEADER_BYTES
        ):
            return 431, f"the headers are larger than {HEADER_BYTES} bytes"
        for name, value in scope["headers"]:
            if name in headers and name in (b"host", b"origin", b"content-length"):
                return 400, f"the header {name.decode()} is there twice"
            headers[name] = value.decode("latin-1")
        host = host_name(headers.get(b"host", ""))
        if host not in self.hosts:
            return (
                421,
                f"this page does not answer to the name {host!r}; open it at http://127.0.0.1 "
                "with its port",
            )
        origin = headers.get(b"origin")
        if origin is not None and urlsplit(origin).netloc.lower() != headers[b"host"].lower():
            return 403, "requests of other pages are refused"
        length = headers.get(b"content-length", "0")
        if not length.isdecimal():
            return 400, "content-length is not a number"
        if int(length) > REQUEST_BYTES:
            return 413, f"the request is larger than {REQUEST_BYTES} bytes"
        return None


def host_name(host: str) -> str:
    """The name in a Host header, without port and brackets; empty if it is none."""
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""


async def _read(receive: Receive) -> bytes | None:
    """The whole body, or None if it is too large (whatever length was declared)."""
    body: bytes = b""
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return body
        body += bytes(message.get("body", b""))
        if len(body) > REQUEST_BYTES:
            return None
        if not message.get("more_body", False):
            return body


def _replay(body: bytes, receive: Receive) -> Receive:
    given = False

    async def replay() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


async def _answer(send: Send, status: int, text: str) -> None:
    body = json.dumps({"error": text}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
