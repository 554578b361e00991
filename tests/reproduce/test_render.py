"""The page and the plot say what is stored: errors, what diverged, what an older mechanism made;
nothing of what was never run.
"""

import pytest

from segnn.report import save_figure
from segnn.reproduce.markdown import ours, render
from segnn.reproduce.plot import dot_plot, learning_plot
from segnn.reproduce.rows import make_rows
from segnn.reproduce.run import Planned, curve
from segnn.reproduce.sweep import find_table
from segnn.training.revision import REVISION

from .helpers import RECIPES, TRAINING, diverged, result, row

COMMAND = "segnn reproduce charged"


def rows_of(stored, name="charged", earlier=None):
    """The rows of a table whose stored results are ``stored``, by (method, setting, seed); those of
    an older mechanism ``earlier``.
    """
    table, earlier = find_table(name), earlier or {}
    planned = [
        Planned(
            run,
            run.recipe(RECIPES),
            stored.get((run.method.id, run.setting.id, run.seed)),
            earlier=earlier.get((run.method.id, run.setting.id, run.seed)),
        )
        for run in table.runs()
    ]
    return table, make_rows(table, planned)


def test_numbers():
    assert ours(row([0.0040, 0.0042])) == "**0.00410** ± 0.00014"
    assert ours(row(0.0040)) == "**0.00400**"
    assert ours(row(0.0040, diverged=1)) == "**0.00400**, 1 diverged"
    assert ours(row(diverged=2)) == "2 diverged"
    assert ours(row()) == "not run"
    assert ours(row(ours=False)) == ""
    assert ours(row(0.0040, revision=1)) == "**0.00400** *(revision 1)*"
    assert ours(row(diverged=1, revision=1)) == "1 diverged *(revision 1)*"
    assert ours(row(0.0040, revision=REVISION)) == "**0.00400**"


def test_rows_mean_over_seeds_and_take_the_worst_deviation():
    stored = {
        ("charged", "", 0): result(0.0040),
        ("charged", "", 1): result(0.0042, change=-0.5, deviation=0.1),
    }
    _, rows = rows_of({**stored, ("charged", "", 2): diverged()})
    (found,) = [r for r in rows if r.method == "SEGNN_G+P (1,1)"]
    assert found.mean == pytest.approx(0.0041)
    assert found.spread == pytest.approx(0.000141, abs=1e-6)
    assert (found.seeds, found.diverged, found.parameters) == ((0, 1), 1, 147424)
    assert found.change["rotation"] == -0.5
    assert found.deviation["translation"] == 0.1
    assert found.to_dict()["mean"] == found.mean
    assert found.published.mse == 0.0043


def test_results_without_equivariance_are_read():
    old = {key: value for key, value in result(0.0042).items() if key != "equivariance"}
    _, rows = rows_of({("charged", "", 0): old})
    (found,) = [r for r in rows if r.method == "SEGNN_G+P (1,1)"]
    assert found.change == {}


def test_page():
    table, rows = rows_of(
        {("charged", "", 0): result(0.0040), ("mpnn", "", 0): result(0.0200, 0.013, 0.11)}
    )
    page = render(table, rows, COMMAND)
    errors, trained = page.split("## How each was trained")
    row_of_ours = "| SEGNN<sub>G+P</sub> (1,1) |"
    assert (
        f"\n{row_of_ours} **0.00400** | 0.0043 ± 0.00015 | one seed: -7 % | 0 | 0.272 |\n" in errors
    )
    assert "\n| MPNN | **0.0200** |  |  | 0 | 0.272 |\n" in errors
    assert "\n| SE(3)-Transformer *(paper, Table 1)* |  | 0.0244 |" in errors
    how = "mae | adamw 0.006, one_cycle | 0.999 | 80 | 147\u202f424"
    assert f"\n{row_of_ours} {how} | 0 (2e-07) | 0 (2e-07) | 0 (2e-07) | 100 |\n" in trained
    assert f"\n| MPNN | {how} | +1.3 % (1e-01) |" in trained
    assert "SE(3)-Transformer" not in trained
    assert "80 epochs on the same 3000 systems" in " ".join(page.split())
    assert "\n\nMPNN takes vectors" in page
    assert "“beaten” and “missed” are said of three or more seeds" in page
    assert "learning.svg" not in page
    assert "revision" not in page
    assert page.endswith(
        f"    {COMMAND}            # what is missing\n    {COMMAND} --render   # this page\n"
    )
    assert "Every run of this page" not in page
    assert "plot.svg" in page


def test_what_was_not_run_is_not_shown():
    """Neither the row, nor its note, nor a setting in which nothing was run."""
    table, rows = rows_of({("charged", "", 0): result(0.0040)})
    page = render(table, rows, COMMAND)
    assert "| EGNN" not in page
    assert "In (0,0) features" not in page
    table, rows = rows_of({("egnn", "1000", 0): result(0.009)}, "samples")
    page = render(table, rows, COMMAND)
    assert [line for line in page.splitlines() if line.startswith("## ")] == [
        "## 1000 systems",
        "## How each was trained",
    ]
    assert "| EGNN | **0.00900** | 0.0094 | one seed: -4 % |" in page
    assert page.count("| SEGNN") == 0
    assert "Nothing was run yet." in render(*rows_of({}), COMMAND)
    assert "| TFN" not in render(*rows_of({}), COMMAND)


def test_every_setting_has_a_table_of_its_own():
    stored = {("egnn", setting, 0): result(0.009) for setting in ("1000", "10000")}
    page = render(*rows_of(stored, "samples"), COMMAND)
    titles = [line for line in page.splitlines() if line.startswith("## ")]
    assert titles == ["## 1000 systems", "## 10000 systems", "## How each was trained"]
    assert "\n| EGNN | 10000 systems | mae |" in page


def test_what_an_older_mechanism_made_is_marked():
    """It stays until it is repeated; then only what is new counts, even of fewer seeds."""
    old = {("charged", "", seed): result(0.0040, revision=1) for seed in (0, 1, 2)}
    old["charged", "", 0]["recipe"] = {"training": {**TRAINING, "learning_rate": 0.003}}
    other = {("mpnn", "", 0): result(0.0200)}
    page = render(*rows_of(other, earlier=old), COMMAND)
    marked = [line for line in page.splitlines() if "*(revision 1)*" in line]
    assert [line.split(" | ")[0] for line in marked] == ["| SEGNN<sub>G+P</sub> (1,1)"]
    assert f"*(revision N)*: trained before revision {REVISION} of the training mechanism" in page
    assert "SEGNN_G+P (1,1): trained with training.learning_rate 0.003 (now " in page

    _, rows = rows_of({("charged", "", 1): result(0.0050)}, earlier=old)
    (found,) = [r for r in rows if r.method == "SEGNN_G+P (1,1)"]
    assert (found.seeds, found.mean, found.revision) == ((1,), 0.0050, REVISION)
    assert found.differences == ()


def test_page_names_what_was_replaced():
    page = render(*rows_of({}), COMMAND, ["training.epochs=1", "model.layers=2"])
    assert "\n\nEvery run of this page: `--set training.epochs=1 --set model.layers=2`.\n" in page


def test_curves_of_different_targets_are_told():
    """Losses of other targets are on one picture; a target without weight is none of them."""
    kept = {"curve": {"epoch": [1], "valid_error": [0.1]}}
    energy = {"array": "energy", "loss": {"weight": 1.0}}
    end = {"array": "target_end", "loss": {"weight": 1.0}}
    unseen = {"array": "dipole", "loss": {"weight": 0.0}}

    def page(*learned):
        stored = {}
        for method, targets in zip(("mpnn", "egnn"), learned, strict=True):
            stored[method, "", 0] = {**result(0.02), **kept}
            stored[method, "", 0]["recipe"] = {"training": dict(TRAINING), **targets}
        return render(*rows_of(stored), COMMAND)

    one, two = {"targets": {"e": energy, "d": unseen}}, {"targets": {"e": energy, "x": end}}
    assert "Curves of different" not in page(one, {"target": energy})
    told = "Curves of different targets are not to be compared. MPNN: energy; EGNN: energy, end."
    assert told in page(one, two)


def test_methods_without_a_curve_are_named_by_setting():
    """Whatever diverged may have one; what was not run has none to be missed."""
    kept = {"epoch": [1], "valid_error": [0.1]}
    stored = {
        ("egnn", "1000", 0): result(0.009),
        ("egnn", "1000", 1): result(0.009),
        ("charged", "1000", 0): result(0.007),
    }
    stored |= {
        ("egnn", "3000", 0): {**result(0.007), "curve": kept},
        ("egnn", "3000", 1): result(0.007),
    }
    stored |= {
        ("charged", "3000", 0): diverged(curve=kept),
        ("charged", "10000", 0): diverged(),
    }
    table, rows = rows_of(stored, "samples")
    names = "EGNN, 1000 systems; SEGNN_G+P (1,1), 1000 systems; SEGNN_G+P (1,1), 10000 systems"
    assert f"No curve was kept of {names}.\n" in render(table, rows, COMMAND)


@pytest.mark.parametrize(
    "stored", [{}, {("charged", "", 0): result(0.004), ("charged", "", 1): result(0.005)}]
)
def test_plot(stored, tmp_path):
    table, rows = rows_of(stored)
    path = save_figure(dot_plot(table, rows), tmp_path / "plot.svg")
    assert path.stat().st_size > 1000
    again = save_figure(dot_plot(table, rows), tmp_path / "again.svg")
    assert again.read_bytes() == path.read_bytes()


def test_plot_shows_every_number():
    table, rows = rows_of({("charged", "", 0): result(0.0040), ("charged", "", 1): result(0.0050)})
    axes = dot_plot(table, rows).axes[0]
    drawn = [float(x) for line in axes.lines for x in line.get_xdata()]
    for value in (0.0040, 0.0050, 0.0045, 0.0244, 0.0043):
        assert any(abs(x - value) < 1e-12 for x in drawn)
    shown = [label.get_text() for label in axes.get_yticklabels()]
    assert "TFN" in shown
    assert "EGNN" not in shown  # never run: its published figure stands beside nothing


def test_errors_of_different_targets_share_no_axis():
    """Forces of 5100 would press all positions into one point. One legend lies outside of the
    panels.
    """
    stored = {("mpnn", "position-5", 0): result(0.28), ("mpnn", "force-5", 0): result(5100.0)}
    figure = dot_plot(*rows_of(stored, "gravity"))
    positions, forces = figure.axes
    assert positions.get_xlim()[1] < 1
    assert forces.get_xlim()[1] > 5100
    titles = [
        [t.get_text() for t in axes.get_yticklabels() if "bf" in t.get_text()]
        for axes in figure.axes
    ]
    assert all("position" in title for title in titles[0])
    assert all("force" in title for title in titles[1])
    told = [text.get_text() for text in figure.legends[0].get_texts()]
    assert told == ["trained here", "published"]


def test_learning_curves_of_the_runs_that_kept_them(tmp_path):
    """Every kept curve is drawn whole; a method has one name in the legend; results without a curve
    are left out.
    """
    (tmp_path / "metrics.csv").write_text(
        "epoch,train_loss,valid_error\n0,0.5,0.4\n1,0.3,\n2,0.2,0.1\n"
    )
    kept = curve(tmp_path / "metrics.csv")
    assert kept == {"epoch": [0, 2], "valid_error": [0.4, 0.1]}
    assert curve(tmp_path / "none.csv") is None
    table = find_table("charged")
    stored = {
        ("charged", 0): {**result(0.004), "curve": kept},
        ("charged", 1): {**result(0.004), "curve": kept},
    }
    stored |= {("egnn", 0): {**result(0.007), "curve": kept}, ("mpnn", 0): result(0.02)}
    planned = [
        Planned(r, r.recipe(RECIPES), stored.get((r.method.id, r.seed))) for r in table.runs()
    ]
    figure = learning_plot(table, planned)
    (axes,) = figure.axes
    assert [line.get_xydata().tolist() for line in axes.lines] == [[[0, 0.4], [2, 0.1]]] * 3
    assert sorted(text.get_text() for text in figure.legends[0].get_texts()) == [
        "EGNN",
        "SEGNN_G+P (1,1)",
    ]
    assert learning_plot(table, [p for p in planned if p.run.method.id == "mpnn"]) is None
    page = render(table, make_rows(table, planned), COMMAND)
    assert "![Validation error by epoch, every run that kept its curve](learning.svg)" in page
    assert "No curve was kept of MPNN.\n" in page


def test_long_names_stand_beneath_the_curves():
    """They would squeeze them to a half; short ones stand beside."""

    def picture(table):
        stored = {**result(0.004), "curve": {"epoch": [1, 2], "valid_error": [0.4, 0.1]}}
        runs = [run for run in table.runs() if run.seed == 0]
        figure = learning_plot(table, [Planned(run, run.recipe(RECIPES), stored) for run in runs])
        figure.draw_without_rendering()
        return figure.axes[0].get_window_extent(), figure.legends[0].get_window_extent()

    curves, names = picture(find_table("cues"))
    assert names.y1 < curves.y0
    assert curves.height > 0.8 * names.height
    curves, names = picture(find_table("samples"))
    assert names.x0 > curves.x1
