"""A real browser, headless, and a server in this process for it."""

import os
import re
import shutil
import tempfile
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn

from segnn.viewer.app import make_app
from segnn.viewer.serve import listen

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")


def find_chromium():
    """The path of a browser; skips, visibly, without one or without Playwright."""
    pytest.importorskip("playwright", reason="playwright is not installed: pip install playwright")
    found = next((path for path in map(shutil.which, NAMES) if path), None)
    if found is None:
        pytest.skip("no chromium here: apt-get install chromium")
    return found


@contextmanager
def chromium():
    """A browser context with a fresh profile; ``page(context)`` opens pages in it."""
    path = find_chromium()
    from playwright.sync_api import sync_playwright

    with (
        sync_playwright() as playwright,
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile,
    ):
        context = playwright.chromium.launch_persistent_context(
            profile, executable_path=path, args=FLAGS, viewport={"width": 1100, "height": 720}
        )
        try:
            yield context
        finally:
            context.close()


AXE = Path(__file__).parents[2] / "viewer/node_modules/axe-core/axe.min.js"


def violations(page):
    """What axe calls serious or critical on a page: where, what. Skips, visibly, without axe."""
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: npm ci in viewer/")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    options = "{resultTypes: ['violations'], preload: false}"  # no style sheet is fetched anew
    found = page.evaluate(f"axe.run(document, {options})")["violations"]
    return [
        f"{broken['id']}: {node['html'][:120]}"
        for broken in found
        if broken["impact"] in ("serious", "critical")
        for node in broken["nodes"]
    ]


class Opened:
    """A page that has loaded, what it said to the console, and short words for its controls."""

    def __init__(self, context, address, **viewport):
        self.page = context.new_page()
        self.page.add_init_script(path=Path(__file__).with_name("probes.js"))
        self.errors, self.requests = [], []
        self.page.on("console", lambda m: self.errors.append(m.text) if m.type == "error" else None)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        if viewport:
            self.page.set_viewport_size(viewport)
        self.page.goto(address)
        self.page.wait_for_selector("html[data-ready], .fatal", state="attached", timeout=30_000)

    def data(self, name):
        return self.page.get_attribute("#canvas", f"data-{name}")

    def settle(self):
        """Wait until no run is under way and the page has drawn."""
        self.page.wait_for_timeout(60)
        self.page.wait_for_selector("html[data-busy=no]", state="attached", timeout=30_000)
        self.page.wait_for_timeout(60)

    def slide(self, ident, value):
        """Move a range to a value, as a user does."""
        set_value = (
            "(input, value) => { input.value = value;"
            " input.dispatchEvent(new Event('input', {bubbles: true})); }"
        )
        self.page.eval_on_selector(f"#{ident}", set_value, value)
        self.settle()

    def evaluate(self, text):
        return self.page.evaluate(text)

    def text(self, selector):
        return self.page.inner_text(selector)


@contextmanager
def served(session):
    """The address of a server for ``session`` in a thread of this process."""
    sock = listen("127.0.0.1", 0)
    server = uvicorn.Server(
        uvicorn.Config(make_app(session), log_level="error", lifespan="off", ws="none")
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]}, daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{sock.getsockname()[1]}/"
    finally:
        server.should_exit = True
        thread.join(timeout=10)
        sock.close()


def processor_seconds():
    """The processor time of this process and all below it, the browser's among them (Linux)."""
    parents, ticks = {}, {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:  # it has just ended
            continue
        number = int(path.parent.name)
        parents[number], ticks[number] = int(fields[1]), int(fields[11]) + int(fields[12])

    def ours(number):
        return number == os.getpid() or (number in parents and ours(parents[number]))

    return sum(ticks[number] for number in ticks if ours(number)) / os.sysconf("SC_CLK_TCK")


def shown_numbers(text):
    """The numbers a text of the page shows, as `digits` in dom.ts writes them: 5.85 × 10⁻⁶."""
    raised = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻−", "0123456789--")
    found = re.findall(r"[−-]?\d[\d.]*(?: × 10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?", text)
    return [float(number.replace(" × 10", "e").translate(raised)) for number in found]
