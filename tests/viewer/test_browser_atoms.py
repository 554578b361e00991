"""Atoms in a real browser: balls by element, bonds, box, labels, and frames that play."""

import numpy as np
import pytest

from segnn.data import given
from segnn.viewer import PlainSession

from .browser import Opened, chromium, served, shown_numbers
from .molecules import write_frames

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    path = write_frames(tmp_path_factory.mktemp("atoms") / "frames.xyz")
    with chromium() as context, served(PlainSession(given(path), "frames.xyz")) as address:
        yield Opened(context, address)


def test_atoms_with_bonds_and_box(page):
    """Each half of a bond starts at an atom and is as long as half of the bond; elements have a
    key.
    """
    assert page.text("#facts") == "3 frames, no model"
    assert page.evaluate("viewer.view.atoms.bonds") == 5
    starts = page.evaluate(
        "Array.from({length: viewer.view.atoms.sticks.count}, (_, n) =>"
        " viewer.view.atoms.sticks.matrixAt(n).elements.slice(12, 15))"
    )
    places = np.reshape(page.evaluate("Array.from(viewer.view.places)"), (-1, 3))
    apart = np.linalg.norm(np.array(starts)[:, None] - places[None], axis=-1).min(1)
    assert apart.max() < 1e-5
    assert [word for word in page.text("#marks").split() if word in "HCO"] == ["H", "C", "O"]
    assert "periodic cell" in page.text("#marks")
    assert "forces, at most" in page.text("#marks")
    page.page.uncheck("#show-bonds")
    assert page.evaluate("viewer.view.atoms.bonds") == 0
    page.page.check("#show-bonds")
    assert page.errors == []


def test_what_needs_a_model_is_not_shown(page):
    hidden = ("#angle-0", "#cues", "#degrees", "#layer", "#play", "#show-edges", "#frozen")
    assert not any(page.page.is_visible(name) for name in hidden)
    assert page.page.is_visible("#film")


def test_elements_are_named(page):
    page.page.focus("#canvas")
    page.page.keyboard.press("n")
    assert page.text("#caption").startswith("Atom 0, C · |forces| ")
    page.page.click("details:has(#nodes) summary")
    page.page.wait_for_selector("#nodes tbody td")  # is filled after it opened
    rows = page.page.locator("#nodes tbody td:nth-child(2)").all_inner_texts()
    assert rows == ["C", "O", "H", "H", "H", "H"]
    labels = page.page.locator("#labels span").all_inner_texts()
    assert labels == ["C0", "O1", "H2", "H3", "H4", "H5"]


def test_frames_play_round_and_round(page):
    """The energy is that of the frame, in full; the picked atom stays picked, the camera stays."""
    before = page.evaluate("viewer.view.stage.camera.position.toArray()")
    seen = []
    page.page.click("#film")
    for _ in range(200):
        seen.append(page.evaluate("viewer.ask.system"))
        if {0, 1, 2} <= set(seen):
            break
        page.page.wait_for_timeout(20)
    page.page.click("#film")
    assert {0, 1, 2} <= set(seen)
    page.slide("system", 2)
    assert shown_numbers(page.text("#answer td")) == [pytest.approx(-9389.2541, abs=1e-4)]
    assert page.evaluate("viewer.view.stage.camera.position.toArray()") == before
    assert page.evaluate("viewer.picked.index") == 0
    assert page.errors == []
