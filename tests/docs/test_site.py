"""The documentation site: it builds without a warning, every cell runs, and a browser reads it."""

import os
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from tests.viewer.browser import chromium, violations

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The folder of the built pages."""
    for needed in ("sphinx", "furo", "myst_nb"):
        pytest.importorskip(needed, reason=f"{needed} is not installed: pip install '.[docs]'")
    out = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html"]
    folders = ["-d", str(out / "doctrees"), str(ROOT / "docs"), str(out / "html")]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    run = subprocess.run(
        [*command, *folders], capture_output=True, text=True, env={**os.environ, "PATH": path}
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return out / "html"


@pytest.fixture(scope="module")
def context(site):
    with chromium() as context:
        yield context


@pytest.fixture
def page(context):
    page = context.new_page()
    page.errors, page.fetched = [], []
    page.on("console", lambda m: page.errors.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    page.on("request", lambda request: page.fetched.append(request.url))
    yield page
    page.close()


def test_all_pages_on_a_screen_and_on_a_phone(site, page):
    pages = [path for path in sorted(site.rglob("*.html")) if path.name != "genindex.html"]
    assert len(pages) > 15
    for path in pages:
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 800})
            page.goto(path.as_uri())
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{path.name}: {wide} pixels wide on a screen of {width}"
    assert page.errors == []
    assert [url for url in page.fetched if not url.startswith(("file:", "data:"))] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "name", ["api", "tutorials/reading", "tutorials/processes", "tables/charged"]
)
def test_who_cannot_see_or_point_reads_it_too(site, page, name, scheme):
    """Pages of each kind: signatures, a frame and hidden cells, what commands print, tables."""
    page.emulate_media(color_scheme=scheme)
    page.goto((site / f"{name}.html").as_uri())
    assert violations(page) == []


class Links(HTMLParser):
    """Where a page leads, and what in it may be led to."""

    def __init__(self, path):
        super().__init__()
        self.targets, self.anchors = set(), set()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.anchors |= {found[key] for key in ("id", "name") if found.get(key)}
        self.targets |= {found[key] for key in ("href", "src") if found.get(key)}


def test_every_link_leads_somewhere(site):
    """Files and the places within them; addresses elsewhere are not asked, without a network."""
    pages = {path.resolve(): Links(path) for path in site.rglob("*.html")}
    broken = []
    for path, links in pages.items():
        for target in links.targets:
            link = urlsplit(target)
            if link.scheme or link.netloc:
                continue
            file = (path.parent / unquote(link.path)).resolve() if link.path else path
            anchor = unquote(link.fragment)
            known = pages[file].anchors if file in pages else {anchor}
            if not file.exists() or (anchor and anchor not in known):
                broken.append(f"{path.name}: {target}")
    assert not broken, "\n".join(sorted(broken))


def test_size(site):
    """It can be handed on: 40 MB at most."""
    assert sum(path.stat().st_size for path in site.rglob("*") if path.is_file()) < 40e6


def test_light_and_dark(site, page):
    page.goto((site / "theory.html").as_uri())
    colours = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        ink, paper = page.evaluate(
            "() => { const s = getComputedStyle(document.body);"
            " return [s.color, s.backgroundColor]; }"
        )
        colours.append((brightness(ink), brightness(paper)))
    assert colours[0][0] < 100 < 200 < colours[0][1]
    assert colours[1][1] < 100 < 170 < colours[1][0]


def brightness(text):
    return sum(map(float, text[text.index("(") + 1 : -1].split(",")[:3])) / 3


def test_search_finds_a_word(site, page):
    page.goto((site / "search.html").as_uri() + "?q=pseudovector")
    page.wait_for_selector("#search-results li a", timeout=20_000)
    assert "Theory" in page.inner_text("#search-results")


def test_formulas_are_drawn_by_the_browser(site, page):
    page.goto((site / "theory.html").as_uri())
    height = page.evaluate("document.querySelector('.formula math').getBoundingClientRect().height")
    assert height > 10


def test_every_cell_has_run(site):
    text = (site / "tutorials" / "charged.html").read_text(encoding="utf-8")
    assert "Better than the best baseline" in text
    assert text.count("cell_output") >= 4


def test_a_model_runs_in_a_frame_of_its_tutorial(site, page):
    page.goto((site / "tutorials" / "reading.html").as_uri())
    page.locator("iframe.live").scroll_into_view_if_needed()
    frame = page.frame_locator("iframe.live")
    frame.locator("html[data-ready]").wait_for(state="attached", timeout=30_000)
    turn = "input => { input.value = 70; input.dispatchEvent(new Event('input')); }"
    frame.locator("#angle-1").evaluate(turn)
    frame.locator("#verdict .turned").wait_for(timeout=30_000)
    assert page.errors == []
