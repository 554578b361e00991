"""Tables of several targets: which error is compared, and whether what is demanded is reached."""

import pytest

from segnn.reproduce.bars import judged
from segnn.reproduce.figures import Bar, error, trivial, unit
from segnn.reproduce.markdown import render
from segnn.reproduce.rows import make_rows
from segnn.reproduce.run import Planned

from .helpers import RECIPES, result, small

TARGETS = {"targets": ["forces", "energy"], "measure": "rmse"}


def stored(forces, energy):
    """A result of two targets, the energy the main one."""
    found = {**result(energy**2), "target": "energy", "unit": "eV"}
    found["test"]["rmse"] = energy
    more = {"test": {"mse": forces**2, "rmse": forces}, "unit": "eV/angstrom"}
    more["baselines"] = {"mean_label": {"label": "mean label", "mse": 4.0, "rmse": 2.0}}
    return {**found, "targets": {"forces": more}}


def table_and_rows(tmp_path, **changes):
    table = small(tmp_path, seeds=[0, 1, 2], **changes)
    errors = {("mpnn", "few"): 0.4, ("charged", "few"): 0.1}
    planned = [
        Planned(run, run.recipe(RECIPES), stored(errors[run.method.id, run.setting.id], 0.003))
        for run in table.runs(only=["few"])
    ]
    return table, make_rows(table, planned)


def test_errors_of_a_target():
    found = stored(0.1, 0.003)
    assert error(found, "forces", "rmse") == 0.1
    assert error(found, "energy", "rmse") == error(found, "", "rmse") == 0.003
    assert error(found, "charge") is None
    assert trivial(found, "forces", "rmse") == 2.0
    assert unit(found, "forces", "rmse") == "eV/angstrom"
    assert unit(found, "forces") == "(eV/angstrom)^2"


def test_first_target_is_compared(tmp_path):
    table, rows = table_and_rows(tmp_path, **TARGETS)
    (row,) = [r for r in rows if r.method == "MPNN" and r.setting_id == "few"]
    assert row.errors == (0.4, 0.4, 0.4)
    assert row.others == {"energy": (0.003, 0.003, 0.003)}
    assert row.trivial == 2.0
    page = render(table, rows, "segnn reproduce charged")
    head = next(line for line in page.splitlines() if line.startswith("| method"))
    assert "| forces: test RMSE (eV/Å) | energy: test RMSE (eV) |" in head
    assert "**0.100** ± 0 | **0.00300** ± 0 |" in page


@pytest.mark.parametrize(
    ("bar", "measured", "verdict"),
    [
        (Bar("charged", 3, 5, "few", against="mpnn"), "4.00 times", "reached"),
        (Bar("charged", 3, 4, "few", against="mpnn"), "4.00 times", "aim reached"),
        (Bar("charged", 4.5, 5, "few", against="mpnn"), "4.00 times", "missed"),
        (Bar("charged", 0.12, 0.08, "few"), "0.100", "reached"),
        (Bar("charged", 0.09, None, "few"), "0.100", "missed"),
        (Bar("charged", 0.004, 0.002, "few", "energy"), "0.00300", "reached"),
        (Bar("charged", 0.06, 0.04, "few", of_spread=True), "0.0500", "reached"),
        (Bar("charged", 0.06, 0.05, "few", of_spread=True), "0.0500", "aim reached"),
        (Bar("charged", 0.09, None, "all"), "not run", ""),
    ],
)
def test_bars(tmp_path, bar, measured, verdict):
    table, rows = table_and_rows(tmp_path, **TARGETS, bars=[bar.__dict__])
    (found,) = judged(table, rows)
    assert (found.measured, found.verdict) == (measured, verdict)
    assert f"{measured} | {verdict} |" in render(table, rows, "segnn reproduce charged")


@pytest.mark.parametrize(
    ("ours", "theirs", "verdict"),
    [
        ((0.10, 0.11, 0.12), (0.111, 0.115, 0.119), "the same within the spread"),
        ((0.10, 0.11, 0.12), (0.101, 0.105, 0.109), "the same within the spread"),
        ((0.10, 0.11, 0.12), (0.13, 0.14, 0.15), "reached"),
        ((0.13, 0.14, 0.15), (0.10, 0.11, 0.12), "missed"),
        ((0.10, 0.11, 0.12), (0.21, 0.22, 0.23), "reached"),  # of 2, within the spread of the aim
        ((0.10, 0.11, 0.12), (0.31, 0.32, 0.33), "aim reached"),
        ((0.10, 0.11, 0.12), (0.111,), "reached, of 1 seed"),
    ],
)
def test_two_methods_within_their_spread_are_the_same(tmp_path, ours, theirs, verdict):
    bar = {"method": "charged", "bar": 1.0, "aim": 2.0, "setting": "few", "against": "mpnn"}
    table = small(tmp_path, seeds=[0, 1, 2], **TARGETS, bars=[bar])
    errors = {"charged": ours, "mpnn": theirs}
    planned = [
        Planned(run, run.recipe(RECIPES), stored(errors[run.method.id][run.seed], 0.003))
        for run in table.runs(only=["few"])
        if run.seed < len(errors[run.method.id])
    ]
    (found,) = judged(table, make_rows(table, planned))
    assert found.verdict == verdict


def test_few_seeds_are_told(tmp_path):
    table = small(tmp_path, **TARGETS, bars=[{"method": "charged", "bar": 0.2, "setting": "few"}])
    planned = [
        Planned(run, run.recipe(RECIPES), stored(0.1, 0.003)) for run in table.runs(["few"], [0])
    ]
    (found,) = judged(table, make_rows(table, planned))
    assert found.verdict == "reached, of 1 seed"
