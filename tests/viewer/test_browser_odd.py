"""The page in a real browser with systems and models that are not ordinary."""

import sys

import pytest
from tests.viz.helpers import systems, tiny

from segnn.viewer import Session

from .browser import Opened, processor_seconds, served

pytestmark = pytest.mark.slow


def test_nodes_far_out_are_told_and_seen_on_demand(context, tmp_path):
    model = tiny(tmp_path, graph="{kind: nearest, neighbours: 3}")
    found = systems(model, (60,))
    found.position[:3] *= 1000
    with served(Session(model, found, "in.npz")) as address:
        page = Opened(context, address)
        assert "3 of 60 nodes lie far out" in page.text("#notes")
        page.page.focus("#canvas")
        page.page.keyboard.press("0")
        assert "far out" not in page.text("#notes")
        page.page.close()


@pytest.mark.parametrize(
    ("sizes", "options", "words", "glyphs"),
    [
        ((1,), {}, "One node, no edges", "1"),
        ((3,), {"graph": "{kind: radius, cutoff: 1.0}"}, "This system has no edges", "3"),
        ((450,), {"graph": "{kind: nearest, neighbours: 3}"}, "450 nodes: drawn as points", "0"),
        ((5,), {"hidden": "300x0e+200x1o"}, "", "5"),
    ],
)
def test_odd_systems(context, tmp_path, sizes, options, words, glyphs):
    model = tiny(tmp_path, **options)
    found = systems(model, sizes)
    if words == "This system has no edges":
        found.position[:] *= 100
    with served(Session(model, found, "in.npz")) as address:
        page = Opened(context, address)
        assert words in page.text("#notes")
        assert page.data("glyphs") == glyphs
        page.slide("angle-0", 40)
        assert float(page.data("error")) <= 1e-5
        assert page.errors == []
        page.page.close()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"kind": "mpnn"}, "carries plain numbers"),
        ({"hidden": "8x0e"}, "This model carries scalars only"),
    ],
)
def test_models_without_vectors(context, tmp_path, options, words):
    model = tiny(tmp_path, **options)
    with served(Session(model, systems(model), "in.npz")) as address:
        page = Opened(context, address)
        assert words in page.text("#panel")
        assert page.errors == []
        page.page.close()


@pytest.mark.skipif(sys.platform != "linux", reason="processor time is read by Linux's means")
def test_a_hundred_nodes_move_smoothly(context, tmp_path):
    """A picture takes 0.1 s of one processor at most, however busy the machine is."""
    model = tiny(
        tmp_path, hidden="32x0e+32x1o+16x2e", layers=4, graph="{kind: nearest, neighbours: 6}"
    )
    with served(Session(model, systems(model, (100,)), "in.npz")) as address:
        page = Opened(context, address)
        assert page.data("glyphs") == "100"
        page.evaluate("probes.playFrames(10)")  # it finds the sharpness it can keep up with
        before = processor_seconds()
        page.evaluate("probes.playFrames(40)")
        assert (processor_seconds() - before) / 40 <= 0.1
        page.page.close()
