"""The page in a real browser: what it draws follows the data, its controls reach the model, it
needs nobody else.
"""

import numpy as np
import pytest
from tests.viz.helpers import systems

import segnn
from segnn.viewer import Session, baseline
from segnn.viewer.request import RunRequest
from segnn.viewer.wire import unpack

from .browser import Opened, served, shown_numbers, violations
from .test_session import fluid

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def address(session):
    with served(session) as address:
        yield address


@pytest.fixture(scope="module")
def shown(context, address):
    return Opened(context, address)


@pytest.fixture
def page(shown):
    """The page, everything set back."""
    shown.page.keyboard.press("Escape")
    shown.slide("system", 0)
    shown.page.click("#reset")
    shown.page.check("input[name=network][value=model]")
    shown.page.click("#degrees label:has([value='1o']) span")
    shown.slide("layer", 2)
    yield shown
    assert shown.errors == []


def test_the_page_loads_quickly_and_says_what_it_shows(page):
    assert page.text("#title") == "tiny"
    assert "4x0e+3x1o+2x2e+1x1e" in page.text("#facts")
    paints = page.evaluate(
        "performance.getEntriesByType('paint').map(({name, startTime}) => [name, startTime])"
    )
    assert dict(paints)["first-contentful-paint"] <= 2000
    assert all(url.startswith("http://127.0.0.1:") for url in page.requests)
    assert "5 nodes" in page.page.get_attribute("#canvas", "aria-label")


def test_glyphs_follow_system_layer_and_channel(page):
    assert page.data("glyphs") == "5"
    page.slide("system", 1)
    assert page.data("glyphs") == "4"
    for layer in (0, 1, 2):
        page.slide("layer", layer)
        assert page.data("layer") == str(layer)
    page.page.click("#degrees label:has([value='2e']) span")
    assert page.data("choice") == "2e 0"
    assert page.page.get_attribute("#channel", "max") == "1"
    page.slide("channel", 1)
    assert page.data("choice") == "2e 1"
    page.page.uncheck("#show-glyphs")
    assert page.data("glyphs") == "0"
    page.page.check("#show-glyphs")
    degrees = page.page.eval_on_selector_all(
        "input[name=degree]", "inputs => inputs.map(({value}) => value)"
    )
    assert degrees == ["all", "0e", "1o", "2e", "1e"]
    assert "1e (pseudo)" in page.text("#irreps")


def test_drawn_coefficients_are_the_recorded_features(page, session):
    """What the shader gets is the chosen channel of the chosen layer, of every node."""
    from segnn.viz import channel

    page.slide("layer", 1)
    page.slide("channel", 2)
    drawn = page.evaluate("Array.from(viewer.view.channel(1, viewer.look.choice))")
    _, arrays = unpack(session.run(RunRequest()))
    expected, _ = channel(arrays["features"][1], session.model.cues.irreps_hidden, 2, "1o")
    np.testing.assert_allclose(np.reshape(drawn, expected.shape), expected, atol=1e-6)
    texture = page.evaluate(
        "Array.from(viewer.view.first.mesh.material.uniforms.before.value.image.data)"
    )
    np.testing.assert_allclose(np.reshape(texture, expected.shape), expected, atol=1e-6)


def test_glyphs_are_seen(page):
    """Pixels change where the glyphs are switched off: the shader runs."""
    page.settle()  # a busy machine may not have drawn them yet
    with_glyphs = page.evaluate("probes.drawnPixels()")
    page.page.uncheck("#show-glyphs")
    page.settle()
    without = page.evaluate("probes.drawnPixels()")
    page.page.check("#show-glyphs")
    assert with_glyphs > 1.2 * without > 0


def test_turning_the_input_turns_the_answer(page):
    before = page.evaluate("Array.from(viewer.view.array('position'))")
    page.slide("angle-1", 70)
    assert 0 <= float(page.data("error")) <= 1e-5
    assert "The prediction turned with the input" in page.text("#verdict")
    after = page.evaluate("Array.from(viewer.view.array('position'))")
    assert np.abs(np.array(after) - before).max() > 0.1
    expected, prediction = (
        page.evaluate(f"Array.from(viewer.view.array('{name}'))")
        for name in ("expected", "prediction")
    )
    np.testing.assert_allclose(prediction, expected, atol=1e-5)
    page.page.check("#mirror")
    page.settle()
    assert 0 <= float(page.data("error")) <= 1e-5
    page.page.click("#reset")
    page.settle()
    assert page.data("error") == ""
    np.testing.assert_allclose(
        page.evaluate("Array.from(viewer.view.array('position'))"), before, atol=1e-6
    )


def test_a_turned_input_stays_in_the_picture(context, model):
    """A row of nodes as wide as the picture, turned upright."""
    arrays = systems(model, (5,)).to_arrays()
    arrays["position"] = arrays["position"] * [8, 0.1, 0.1]
    with served(Session(model, segnn.as_systems(arrays), "row.npz", "tiny")) as row:
        page = Opened(context, row, width=1600, height=700)
        page.slide("angle-2", 90)
        assert page.evaluate("probes.outOfPicture()") == []
        page.page.close()


def test_the_baseline_does_not_turn(page, monkeypatch):
    monkeypatch.setattr(baseline, "STEPS", 20)
    page.slide("angle-0", 90)
    page.page.check("input[name=network][value=baseline]")
    page.page.wait_for_selector("#verdict .broken", timeout=30_000)
    assert float(page.data("error")) > 1e-3
    assert "did not turn" in page.text("#verdict")
    assert "trained here for 20 steps" in page.text("#baseline")
    assert page.data("glyphs") == "0"
    assert "no glyphs" in page.text("#notes")


def test_cues_switched_off_change_the_prediction(page):
    assert page.text("#changed") == ""
    page.page.uncheck("[data-cue='node_attributes.1']")
    page.settle()
    assert "The prediction changed by" in page.text("#changed")
    assert not page.page.is_checked("[data-cue='node_attributes.1']")
    page.page.check("[data-cue='node_attributes.1']")
    page.settle()
    assert page.text("#changed") == ""


def test_a_velocity_set_by_hand_or_by_its_arrow(page):
    page.page.focus("#canvas")
    page.page.keyboard.press("n")
    page.page.keyboard.press("n")
    assert "Node 1" in page.text("#picked")
    page.page.fill("input[aria-label='velocity x of node 1']", "2.5")
    page.settle()
    velocity = page.evaluate("Array.from(viewer.view.array('field.velocity'))")
    assert velocity[3] == pytest.approx(2.5)
    assert "The prediction changed by" in page.text("#changed")
    page.page.focus("#canvas")
    page.evaluate("viewer.dragged(viewer.view.place(1).clone().add({x: 0, y: 1.5, z: 0}))")
    page.settle()
    np.testing.assert_allclose(
        page.evaluate("Array.from(viewer.view.array('field.velocity'))")[3:6],
        [0, 1.5, 0],
        atol=1e-5,
    )


def test_picking_with_the_pointer(page):
    page.page.focus("#canvas")
    x, y = page.evaluate("probes.pixelOf(2)")
    page.page.mouse.click(x, y)
    assert page.evaluate("viewer.picked.kind") == "node"
    picked = page.evaluate("viewer.picked.index")
    other = page.evaluate(f"probes.pixelOf({picked})")
    assert np.hypot(other[0] - x, other[1] - y) < 22
    page.page.keyboard.press("e")
    assert "Edge 0: node" in page.text("#picked")
    assert "message of layer 2" in page.text("#picked")
    assert page.evaluate("viewer.view.message.count") == 1


def test_keyboard_alone(page):
    page.page.focus("#canvas")
    before = page.evaluate("viewer.view.stage.camera.position.toArray()")
    page.page.keyboard.press("ArrowLeft")
    page.page.keyboard.press("+")
    assert page.evaluate("viewer.view.stage.camera.position.toArray()") != before
    page.page.keyboard.press("[")
    assert page.data("layer") == "1"
    page.page.keyboard.press("Space")
    assert page.page.get_attribute("#play", "aria-pressed") == "true"
    page.page.keyboard.press("Space")
    assert page.page.get_attribute("#play", "aria-pressed") == "false"


def test_playing_goes_through_the_layers_to_the_prediction(page):
    page.page.click("#play")
    page.page.wait_for_selector("#play[aria-pressed=false]", timeout=90_000)
    assert page.evaluate("[viewer.look.layer, viewer.look.time]") == [2, 1]
    prediction = page.evaluate("Array.from(viewer.view.array('prediction'))")
    np.testing.assert_allclose(
        page.evaluate("Array.from(viewer.view.places)"), prediction, atol=1e-5
    )


def test_two_channels_side_by_side(page):
    page.page.check("#compare")
    page.slide("other", 2)
    assert "Right: channel 2" in page.text("#similarity")
    assert page.evaluate("viewer.view.second.count") == 5
    page.page.uncheck("#compare")
    assert page.evaluate("viewer.view.second.count") == 0


def test_every_name_is_given_once(page):
    assert page.evaluate("probes.repeatedIds()") == []


def test_who_cannot_see_or_point_uses_it_too(context, address):
    page = Opened(context, address, width=390, height=844)
    assert violations(page.page) == []
    page.page.close()


@pytest.mark.parametrize("size", [(390, 844), (820, 1180), (1600, 1000)])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_cut_off(context, address, size, scheme):
    page = Opened(context, address, width=size[0], height=size[1])
    page.page.emulate_media(color_scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate("probes.paleTexts()") == []
    assert page.evaluate("probes.unnamedControls()") == []
    page.page.close()


@pytest.mark.parametrize("size", [(390, 844), (844, 390)])
def test_on_a_phone_the_picture_stays_beside_its_controls(context, address, size):
    """The last control is reached by scrolling the panel; the picture does not leave the screen."""
    page = Opened(context, address, width=size[0], height=size[1])
    page.page.click("#degrees label:first-child span")
    page.page.locator("#show-labels").scroll_into_view_if_needed()
    assert page.evaluate("document.scrollingElement.scrollTop") == 0
    box = page.page.locator("#canvas").bounding_box()
    assert box["y"] >= 0
    assert box["y"] + box["height"] <= size[1]
    assert box["height"] >= 0.3 * size[1]
    page.page.close()


def test_what_is_picked_is_told_in_the_picture(page):
    page.page.focus("#canvas")
    page.page.keyboard.press("n")
    velocity = np.array(page.evaluate("Array.from(viewer.view.array('field.velocity'))")[:3])
    assert page.text("#caption").startswith("Node 0 · |velocity| ")
    assert shown_numbers(page.text("#caption"))[1] == pytest.approx(
        np.linalg.norm(velocity), rel=0.005
    )
    page.page.keyboard.press("e")
    assert page.text("#caption").startswith("Edge 0: ")
    limit = page.evaluate("viewer.view.limit")
    assert shown_numbers(page.text("#scale-high")) == [pytest.approx(limit, rel=0.005)]


def test_a_periodic_box_with_edges_to_images(context, tmp_path):
    """The cell is drawn, no edge is longer than the cutoff, masses have a colour bar, and both
    vectors of the answer are arrows.
    """
    model, found = fluid(tmp_path)
    found.node["target_pair"] = np.random.default_rng(0).normal(size=(24, 6))
    with served(Session(model, found, "in.npz")) as address:
        page = Opened(context, address)
        assert page.evaluate("viewer.view.box.mesh.geometry.attributes.position.count") == 24
        assert page.evaluate("viewer.view.edges.wrapped") > 0
        ends = page.evaluate(
            "Array.from(viewer.view.edges.mesh.geometry.attributes.position.array)"
        )
        drawn = np.reshape(ends, (-1, 2, 3))
        assert len(drawn) == page.evaluate("viewer.view.edges.count")
        assert np.linalg.norm(drawn[:, 0] - drawn[:, 1], axis=1).max() < 2
        assert page.page.is_visible("#node-scale")
        assert "mass" in page.text("#node-scale-name")
        arrows = page.evaluate(
            "viewer.view.vectors.answers.map(({name}) =>"
            " viewer.view.vectors.arrows.get(name).shafts.mesh.visible)"
        )
        assert arrows == [True] * 4
        assert "1e (2), length of the error" in page.text("#answer")
        assert "periodic cell" in page.text("#marks")
        assert not page.page.is_visible("#time")
        assert page.errors == []
        page.page.close()


def test_a_prediction_for_the_whole_system_is_told_and_drawn(context, tmp_path):
    model, found = fluid(tmp_path, "graph")
    with served(Session(model, found, "in.npz")) as address:
        page = Opened(context, address)
        told = page.text("#answer")
        predicted = page.evaluate("Array.from(viewer.view.array('prediction'))")
        cells = page.page.locator("#answer td").all_inner_texts()
        shown = [number for cell in cells for number in shown_numbers(cell)]
        np.testing.assert_allclose(shown, predicted, rtol=0.005)
        assert "true" not in told
        arrow = "viewer.view.vectors.arrows.get('prediction.0').shafts"
        assert page.evaluate(f"[{arrow}.count, {arrow}.mesh.visible]") == [1, True]
        page.page.click("details:has(#nodes) summary")
        page.page.wait_for_selector("#nodes tbody td")
        assert "predicted" not in page.text("#nodes")
        assert page.errors == []
        page.page.close()


def test_a_server_that_is_gone_is_told(context, session):
    with served(session) as address:
        page = Opened(context, address)
    page.slide("angle-0", 30)
    page.page.wait_for_selector("#notes p")
    assert page.text("#notes").strip()
    page.page.close()
