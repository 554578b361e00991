"""The server: what it answers, to whom, how much it takes, and what it forbids the browser."""

import asyncio
import json
import socket
import threading

import httpx
import pytest
from tests.viz.helpers import systems, tiny

import segnn
from segnn.errors import UserError
from segnn.viewer import Session, limits, serve
from segnn.viewer.app import make_app
from segnn.viewer.export import export
from segnn.viewer.guard import host_name
from segnn.viewer.wire import unpack

JSON = {"content-type": "application/json"}


def ask(session, method="GET", path="/", base="http://127.0.0.1:8760", hosts=(), **more):
    async def asked():
        transport = httpx.ASGITransport(make_app(session, hosts))
        async with httpx.AsyncClient(transport=transport, base_url=base) as client:
            return await client.request(method, path, **more)

    return asyncio.run(asked())


def test_the_page_and_its_parts(session):
    for path, kind in {
        "/": "text/html",
        "/app.js": "text/javascript",
        "/app.css": "text/css",
        "/icon.svg": "image/svg+xml",
    }.items():
        answer = ask(session, path=path)
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith(kind)
        assert len(answer.content) > 100


def test_every_answer_has_a_policy_without_inline_script(session):
    for path in ("/", "/app.js", "/api/session", "/nowhere"):
        headers = ask(session, path=path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
    page = ask(session).text
    assert "<script>" not in page
    assert " style=" not in page
    assert "http://" not in page.replace("http://www.w3.org", "")
    assert "https://" not in page


def test_session_and_run(session):
    told = ask(session, path="/api/session").json()
    assert told["name"] == "tiny"
    answer = ask(session, "POST", "/api/run", headers=JSON, content=b'{"system": 1}')
    assert answer.status_code == 200
    meta, arrays = unpack(answer.content)
    assert meta["system"] == 1
    assert arrays["position"].shape == (4, 3)


@pytest.mark.parametrize(
    ("body", "word"),
    [
        (b"{", "Invalid JSON"),
        (b'{"system": 99}', "there are 3 systems"),
        (b'{"file": "x"}', "file"),
        (b'{"off": ["x"]}', "no cue"),
    ],
)
def test_malformed_requests_are_refused_with_a_reason(body, word, session):
    answer = ask(session, "POST", "/api/run", headers=JSON, content=body)
    assert answer.status_code == 422
    assert word in answer.json()["error"]


def test_oversized_requests_are_refused(session):
    large = b" " * (limits.REQUEST_BYTES + 1)
    assert ask(session, "POST", "/api/run", headers=JSON, content=large).status_code == 413

    async def pieces():
        for _ in range(20):
            yield b" " * 8192

    assert ask(session, "POST", "/api/run", headers=JSON, content=pieces()).status_code == 413
    assert (
        ask(
            session, "POST", "/api/run", headers=JSON | {"content-length": "many"}, content=b"{}"
        ).status_code
        == 400
    )


def test_forms_cannot_ask(session):
    answer = ask(session, "POST", "/api/run", headers={"content-type": "text/plain"}, content=b"{}")
    assert answer.status_code == 415


@pytest.mark.parametrize(
    "path",
    [
        "/../../etc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/static/app.js",
        "/app.js/../index.html",
        "/api",
        "//etc/passwd",
    ],
)
def test_no_path_reaches_the_files(path, session):
    answer = ask(session, path=path)
    assert answer.status_code == 404 or answer.content == ask(session).content
    assert b"root:" not in answer.content


@pytest.mark.parametrize("method", ["PUT", "DELETE", "POST", "PATCH"])
def test_other_methods(method, session):
    assert ask(session, method, "/").status_code == 405
    assert ask(session, "GET", "/api/run").status_code == 405


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8760", 200),
        ("localhost", 200),
        ("LOCALHOST:1", 200),
        ("[::1]:8760", 200),
        ("evil.example", 421),
        ("127.0.0.1.evil.example", 421),
        ("localhost:8760@evil.example", 421),
        ("0.0.0.0:8760", 421),
        ("[", 421),
        ("", 421),
    ],
)
def test_foreign_host_names(host, status, session):
    assert ask(session, headers={"host": host}).status_code == status


def test_a_host_that_was_asked_for(session):
    assert ask(session, headers={"host": "my.machine:80"}).status_code == 421
    assert ask(session, headers={"host": "my.machine:80"}, hosts=["my.machine"]).status_code == 200
    assert host_name("A.b:1") == "a.b"


def test_requests_of_other_pages(session):
    run = {"method": "POST", "path": "/api/run", "content": b"{}"}
    assert ask(session, headers=JSON | {"origin": "http://evil.example"}, **run).status_code == 403
    assert ask(session, headers=JSON | {"origin": "null"}, **run).status_code == 403
    assert (
        ask(session, headers=JSON | {"origin": "http://127.0.0.1:8760"}, **run).status_code == 200
    )


def test_a_page_that_is_not_built_names_the_cure(session, monkeypatch, tmp_path):
    import segnn.viewer.app as app

    monkeypatch.setattr(app, "files", lambda package: tmp_path)
    with pytest.raises(UserError, match="make viewer"):
        make_app(session)


def test_ports():
    first = serve.listen("127.0.0.1", 0)
    taken = first.getsockname()[1]
    with pytest.raises(
        UserError, match=rf"--port {taken} on 127\.0\.0\.1: .*Give another one with --port"
    ):
        serve.listen("127.0.0.1", taken)
    first.close()
    with pytest.raises(UserError, match=r"--port 0 on 192\.0\.2\.1"):
        serve.listen("192.0.2.1", 0)


def test_a_free_port_is_found_and_all_taken_is_told(monkeypatch):
    one, two = serve.listen("127.0.0.1", None), serve.listen("127.0.0.1", None)
    assert one.getsockname()[1] != two.getsockname()[1]
    monkeypatch.setattr(serve, "PORT", one.getsockname()[1])
    monkeypatch.setattr(serve, "TRIED", 1)
    with pytest.raises(UserError, match=r"are all taken\. Give a free one with --port"):
        serve.listen("127.0.0.1", None)
    one.close(), two.close()


def test_a_real_server_refuses_oversized_headers_and_noise(session, monkeypatch):
    """Over a socket, as `serve` starts it: what uvicorn's parser refuses never reaches the
    application.
    """
    started = []
    monkeypatch.setattr(
        "uvicorn.Server.run", lambda self, sockets: started.append((self, sockets[0]))
    )
    monkeypatch.setattr(
        "socket.socket.close", lambda self: None
    )  # `serve` closes it when run returns
    serve.serve(session, port=0, browser=False, tell=lambda text: None)
    monkeypatch.undo()
    server, listening = started[0]
    thread = threading.Thread(target=lambda: asyncio.run(server.serve([listening])), daemon=True)
    thread.start()
    try:
        head = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        assert said(listening, head + b"Connection: close\r\n\r\n").startswith(b"HTTP/1.1 200")
        large = head + b"X: " + b"a" * 3 * limits.HEADER_BYTES + b"\r\n\r\n"
        assert said(listening, large).startswith((b"HTTP/1.1 431", b"HTTP/1.1 400"))
        assert said(listening, b"\x00\x01noise\r\n\r\n").startswith(b"HTTP/1.1 400")
        assert said(listening, b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n").startswith(
            (b"HTTP/1.1 400", b"HTTP/1.1 421")
        )
    finally:
        server.should_exit = True
        thread.join(timeout=20)
        listening.close()


def said(listening, request):
    """The first bytes that the server answers to some bytes."""
    with socket.create_connection(listening.getsockname(), timeout=60) as asking:
        asking.sendall(request)
        return asking.recv(200)


def test_no_browser_is_told(session, monkeypatch):
    monkeypatch.setattr(serve.webbrowser, "open", lambda address: False)
    monkeypatch.setattr("uvicorn.Server.run", lambda self, sockets: [s.close() for s in sockets])
    told = []
    serve.serve(session, port=0, tell=told.append)
    assert told[0].startswith("http://127.0.0.1:")
    assert "no browser was found" in told[1]
    serve.serve(session, port=0, browser=False, tell=told.append)
    assert len(told) == 3


def embedded(path):
    page = path.read_text()
    return json.loads(page.split('id="embedded">')[1].split("</script>")[0])


def test_export_is_one_file_without_addresses(session, tmp_path):
    told = export(session, tmp_path / "new" / "page.html")
    page = (tmp_path / "new" / "page.html").read_text()
    assert told.size == len(page.encode())
    assert told.recorded is None
    assert page.count("Content-Security-Policy") == 1
    assert "unsafe" not in page.split("</head>")[0].split("<style>")[0]
    assert 'src="/' not in page
    assert 'href="/' not in page
    data = embedded(tmp_path / "new" / "page.html")
    assert data["session"]["live"] is True
    assert len(data["session"]["sizes"]) == len(data["live"]["systems"]) == told.systems == 2


def test_a_page_that_cannot_run_the_model_says_why(tmp_path, monkeypatch):
    model = tiny(tmp_path, kind="mpnn")
    session = Session(model, systems(model, (5, 4, 1)), "in.npz", "tiny")
    told = export(session, tmp_path / "page.html")
    assert told.recorded == "a network of kind mpnn carries plain numbers"
    data = embedded(tmp_path / "page.html")
    assert data["session"]["live"] is False
    assert data["session"]["recorded"] == told.recorded
    assert len(data["runs"]) == told.systems == 3
    monkeypatch.setattr(limits, "EXPORT_BYTES", 10)
    assert export(session, tmp_path / "page.html").systems == 1


def test_a_live_page_of_five_bodies_and_the_largest_packaged_model_is_small(tmp_path):
    model = segnn.load("charged")
    session = Session(model, systems(model, (5,) * 100), "in.npz", "charged")
    told = export(session, tmp_path / "page.html")
    assert told.recorded is None
    assert told.systems == 100
    assert told.size <= 5_000_000
