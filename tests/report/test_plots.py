"""Figures: what they draw, how they are saved, what they leave alone."""

import sys
from html.parser import HTMLParser

import matplotlib
import numpy as np
import pytest

from segnn.errors import UserError
from segnn.report import plots, save_figure, trajectories
from segnn.report.canvas import new_figure, to_svg
from segnn.report.parity import parity
from segnn.report.published import figures_for, published
from segnn.report.words import duration, plain, significant

from .helpers import arrays


def draw(systems=3, **options):
    a = arrays(systems)
    a["charge"][0, 0] = 0
    return trajectories.trajectories(
        a["position"],
        a["target_position"],
        a["predicted_position"],
        a["charge"],
        a["velocity"],
        **options,
    )


@pytest.mark.parametrize("suffix", [".svg", ".png"])
def test_saved_trajectories(tmp_path, suffix):
    path = save_figure(draw(4, titles=list("abcd")), tmp_path / "new" / f"figure{suffix}")
    assert path.stat().st_size > 5000
    first = path.read_bytes()[:8]
    assert first == b"\x89PNG\r\n\x1a\n" if suffix == ".png" else first.startswith(b"<?xml")


def test_figures_have_only_known_names(tmp_path):
    with pytest.raises(UserError, match=r"expected \.svg or \.png"):
        save_figure(new_figure(1, 1), tmp_path / "figure.gif")


def test_panels_share_scale_and_hold_every_point():
    figure = draw(3, planes=("xy", "xz"), columns=2)
    assert len(figure.axes) == 2 * 2 * 2
    panels = [axes for axes in figure.axes if axes.axison]
    assert len(panels) == 6
    for left, right in zip(panels[::2], panels[1::2], strict=True):
        assert np.ptp(left.get_xlim()) == pytest.approx(np.ptp(right.get_ylim()))
        for line in left.get_lines():
            x, y = np.asarray(line.get_xdata(), float), np.asarray(line.get_ydata(), float)
            assert (x > left.get_xlim()[0]).all()
            assert (y < left.get_ylim()[1]).all()


def test_charge_shows_in_colour_and_marker():
    figure = draw(1)
    looks = {(line.get_color(), line.get_marker()) for line in figure.axes[0].get_lines()}
    for face, marker, _ in trajectories.CHARGES.values():
        assert (face, marker) in looks
    texts = [text.get_text() for text in figure.legends[0].get_texts()]
    assert {
        "start, charge +",
        "start, charge −",
        "true end",
        "predicted end",
        "initial velocity",
    } <= set(texts)


def test_loss_and_validation_error_have_axes_of_their_own():
    epoch, valid = np.arange(5.0), np.array([1, 0.5, np.nan, 0.1, 0.2])
    known = {"paper, test MSE 0.0043": 0.0043, "mean label, test MSE 2.00": 2.0}
    figure = plots.loss_curve(epoch, 30 / (1 + epoch), valid, 3, known, "mae", "mse")
    upper, lower = figure.axes
    assert upper.get_yscale() == lower.get_yscale() == "log"
    marked = [line for line in upper.get_lines() if line.get_label() == "best, epoch 3"]
    assert [float(marked[0].get_xdata()[0]), float(marked[0].get_ydata()[0])] == [3.0, 0.1]
    assert upper.get_ylim()[0] < 0.0043
    assert 2.0 < upper.get_ylim()[1] < 10
    assert (upper.get_ylabel(), lower.get_ylabel()) == ("validation MSE", "loss (MAE)")
    np.testing.assert_array_equal(lower.get_lines()[0].get_ydata(), 30 / (1 + epoch))
    texts = [text.get_text() for text in figure.legends[0].get_texts()]
    assert texts == [*known, "best, epoch 3"]


def test_legends_lie_outside_of_the_axes():
    """Nothing that is drawn lies under a legend, whatever the data."""
    error = np.random.default_rng(0).lognormal(size=300)
    for figure in (
        plots.error_histogram(error),
        plots.error_by_distance(error, error[::-1]),
        plots.loss_curve(np.arange(300.0), error, error, 3, {"paper": 0.1}),
        parity(error, error[::-1], "energy"),
    ):
        figure.canvas.draw()
        (held,) = figure.legends
        box = held.get_window_extent()
        assert not any(box.overlaps(axes.get_window_extent()) for axes in figure.axes)
        assert 0 <= box.x0 < box.x1 <= figure.bbox.width
        assert 0 <= box.y0 < box.y1 <= figure.bbox.height


def test_histogram_names_the_mean_over_all_numbers_where_it_is_another():
    error = np.array([1.0, 2.0, 3.0])

    def names(over_all):
        figure = plots.error_histogram(error, over_all)
        return [text.get_text() for text in figure.legends[0].get_texts()]

    assert names(2.0) == names(None) == ["mean of the systems 2.00", "median 2.00"]
    assert names(2.5)[0] == "mean of all numbers 2.50"


def test_histogram_counts_every_system():
    error = np.random.default_rng(0).lognormal(size=300)
    patches = plots.error_histogram(error).axes[0].patches
    assert sum(patch.get_height() for patch in patches) == 300


@pytest.mark.parametrize("count", [0, 1, 2, 4000])
def test_any_number_of_errors(count):
    error = np.random.default_rng(0).lognormal(size=count)
    to_svg(plots.error_histogram(error), "label", "one")
    svg = to_svg(plots.error_by_distance(error, error[::-1]), "label", "two")
    assert len(svg) < 400_000


def test_svg_is_the_same_every_time_and_well_formed():
    first, second = (to_svg(draw(1), 'a "label" <b>', "x") for _ in range(2))
    assert first == second
    assert "a &quot;label&quot; &lt;b&gt;" in first
    HTMLParser().feed(first)


def test_no_global_setting_changes():
    before = dict(matplotlib.rcParams)
    to_svg(draw(1), "label", "x")
    assert dict(matplotlib.rcParams) == before


def test_published_figures():
    figures, reference = figures_for("charged")
    assert reference in figures
    assert reference.method == "SEGNN_G+P (1,1)"
    assert reference[1:4] == (0.0043, 0.00015, "paper, Table 1")
    assert figures_for("charged") == figures_for("Charged_cues")
    assert figures_for("qm9") == figures_for("") == ((), None)


@pytest.mark.parametrize(
    ("name", "mse", "setting"),
    [("gravity", 0.265, "position-5"), ("gravity-force-x", 0.273, "force-5")],
)
def test_published_figures_of_gravity(name, mse, setting):
    figures, reference = figures_for(name)
    assert reference.mse == mse
    assert {figure.setting for figure in figures} == {setting}


def test_published_tables_are_those_of_the_paper():
    assert [len(published(table)) for table in ("charged", "orders", "samples", "gravity")] == [
        17,
        30,
        6,
        21,
    ]
    by = {(row.method, row.setting): row.mse for row in published("orders")}
    for row in published("charged"):  # where Table 1 has none, that of the orders
        if row.source == "paper, Table C.1":
            method, degrees = row.method.split(" ")
            assert row.mse == by[method, degrees[1] + degrees[3]]
    assert by["SE_linear", "11"] == 0.0130
    assert by["SEGNN_G+P", "22"] == 0.0041
    assert {row.source for row in published("samples")} == {"paper, Table C.2"}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0043, "0.00430"),
        (0.27156, "0.272"),
        (0.09999, "0.100"),
        (12.34, "12.3"),
        (1234.5, "1230"),
        (0, "0"),
        (1.5e-7, "1.50 × 10⁻⁷"),
        (-2.5, "-2.50"),
        (float("inf"), "not finite"),
    ],
)
def test_significant(value, text):
    assert significant(value) == text


def test_ticks_and_published_numbers_end_without_zeros():
    given = (0.0043, 20.0, 1e-7, 1.5e-4, 100000.0, 2e6)
    texts = ["0.0043", "20", "10⁻⁷", "0.00015", "100000", "2 × 10⁶"]
    assert [plain(value) for value in given] == texts


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (9.171, "9.17 s"),
        (59.99, "60.0 s"),
        (250, "4 min 10 s"),
        (11100, "3 h 05 min"),
        (3599.9, "1 h 00 min"),
    ],
)
def test_duration(seconds, text):
    assert duration(seconds) == text


def test_without_matplotlib_names_the_cure(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(UserError, match=r"pip install 'segnn\[plots\]'"):
        new_figure(1, 1)
