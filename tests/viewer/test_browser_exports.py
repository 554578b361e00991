"""Exported pages in a real browser: one file that answers as the model does, or shows recorded
runs, without a server and with the network off.
"""

import json

import numpy as np
import pytest

from segnn.viewer import limits
from segnn.viewer.export import export
from segnn.viewer.request import RunRequest
from segnn.viewer.wire import unpack

from .browser import Opened

pytestmark = pytest.mark.slow


def test_a_live_export_runs_the_model_without_a_server(context, session, tmp_path):
    """Its input turns, its cues go off, a velocity is dragged: the page answers as the model does,
    with the network off.
    """
    assert export(session, tmp_path / "page.html").recorded is None
    context.set_offline(True)
    try:
        page = Opened(context, (tmp_path / "page.html").as_uri())
        assert page.data("glyphs") == "5"
        assert not page.page.is_visible("[name=network]")
        assert not page.page.is_visible("#frozen")
        page.slide("angle-1", 70)
        page.page.check("#mirror")
        page.settle()
        assert 0 < float(page.data("error")) <= 1e-5
        page.page.uncheck("[data-cue='node_attributes.1']")
        page.page.focus("#canvas")
        page.page.keyboard.press("n")
        page.evaluate("viewer.dragged(viewer.view.place(0).clone().add({x: 0.3, y: 1.5, z: 0}))")
        page.settle()
        answers_as(page, session)
        page.slide("system", 1)
        answers_as(page, session)
        assert page.page.locator(":is(input, button):disabled:visible").count() == 0
        assert [url for url in page.requests if not url.startswith(("file:", "data:"))] == []
        assert page.errors == []
        page.page.close()
    finally:
        context.set_offline(False)


def answers_as(page, session):
    """All arrays of the page's run are those of the session's, asked the same."""
    asked = page.evaluate("viewer.ask")
    meta, arrays = unpack(session.run(RunRequest.model_validate_json(json.dumps(asked))))
    held = page.evaluate("Object.keys(viewer.run.arrays)")
    assert set(held) == set(arrays)
    for name, wanted in arrays.items():
        found = page.evaluate(f"Array.from(viewer.run.arrays['{name}'].data)")
        np.testing.assert_allclose(found, wanted.reshape(-1), atol=1e-5, err_msg=name)
        shape = page.evaluate(f"viewer.run.arrays['{name}'].shape")
        assert tuple(shape) == wanted.shape
    assert (page.evaluate("viewer.run.meta.error") is None) == (meta["error"] is None)


def test_an_export_of_recorded_runs_opens_from_disk_with_the_network_off(
    context, session, tmp_path, monkeypatch
):
    monkeypatch.setattr(limits, "LIVE_BYTES", 10)
    assert export(session, tmp_path / "page.html").recorded is not None
    context.set_offline(True)
    try:
        page = Opened(context, (tmp_path / "page.html").as_uri())
        assert page.data("glyphs") == "5"
        page.slide("system", 1)
        assert page.data("glyphs") == "4"
        hidden = ("#angle-0", "#reset", "#cues", "[name=network][value=baseline]")
        assert not any(page.page.is_visible(name) for name in hidden)
        assert page.page.locator(":is(input, button):disabled:visible").count() == 0
        assert "It cannot run the model itself: its page would have" in page.text("#frozen")
        assert [url for url in page.requests if not url.startswith(("file:", "data:"))] == []
        assert page.errors == []
        page.page.close()
    finally:
        context.set_offline(False)
