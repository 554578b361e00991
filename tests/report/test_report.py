"""The report: complete, from little, safe, and its numbers."""

import json
import re
import sys
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from segnn.errors import UserError
from segnn.report import write_report

from .helpers import CHECK, RESULTS, arrays, write_results, write_run

VOID = {"meta", "br", "link", "img", "input", "hr"}


class Page(HTMLParser):
    """Fails on tags that do not close; gathers ids, tags and text."""

    def __init__(self, text):
        super().__init__()
        self.open, self.ids, self.tags, self.text = [], [], [], ""
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.ids += [value for name, value in attrs if name == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.ids += [value for name, value in attrs if name == "id"]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


@pytest.fixture(scope="module")
def full(tmp_path_factory):
    folder = write_run(tmp_path_factory.mktemp("run"))
    path = write_report(folder)
    assert path == folder / "report.html"
    return path


def test_complete_report_holds_every_number(full):
    text = Page(full.read_text(encoding="utf-8")).text
    for number in (
        "0.00512",
        "0.0389",
        "0.00498",
        "30 min 34 s",
        "9.17 s",
        "147\u202f424",
        "0.272",
        "0.109",
        "2.13.0",
    ):
        assert number in text
    for published in ("0.0035", "0.0043", "0.0070", "0.0244", "± 0.00015"):
        assert published in text
    assert "19 % above the paper’s 0.0043 ± 0.00015: worse than published" in text
    assert "3.1 × 10⁻¹⁴" in text
    assert "All 2 properties hold" in text
    for title in ("Results", "Learning", "Single systems", "Errors", "Symmetry", "To reproduce"):
        assert title in text
    assert "make demo" in text


def test_one_notation_of_numbers(full):
    """Decimals, or × 10ⁿ where they would be long; never the exponents of a program."""
    page = full.read_text(encoding="utf-8").partition("</style>")[2]
    assert not re.search(r"\d[eE][-+]?\d", Page(f"<!doctype html><html><head>{page}").text)


def test_baselines_and_a_verdict_that_is_bad(tmp_path):
    """As 'segnn train' stores them: mean label and straight line with their errors, a verdict."""
    baselines = {
        "mean_label": {
            "label": "mean label",
            "meaning": "of the training labels",
            "mse": 1.4,
            "mae": 0.9,
        },
        "stand_still": {"label": "standing still", "mse": 1e6},
    }
    told = {"beaten": False, "text": "No better than the best baseline: test mse 3 beside 1.4."}
    changes = {"test": {"mse": 3.0, "mae": 1.2}, "baselines": baselines, "verdict": told}
    path = write_report(write_results(tmp_path, name="own", **changes))
    text = Page(path.read_text(encoding="utf-8")).text
    assert "No better than the best baseline: test mse 3 beside 1.4." in text
    assert "does not beat the best trivial prediction, “mean label”, which has 1.40" in text
    rows = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))["comparison"]
    found = [(row["method"], row["mse"], row["mae"]) for row in rows]
    assert found == [
        ("Mean label", 1.4, 0.9),
        ("This run", 3.0, 1.2),
        ("Standing still", 1e6, None),
    ]
    fine = {"beaten": True, "text": "Better than the best baseline."}
    path = write_report(write_results(tmp_path, name="own", verdict=fine))
    assert "Better than the best" not in path.read_text(encoding="utf-8")


def test_labels_far_from_zero_are_held_against_their_mean(tmp_path):
    """Energies of −1000 ± 1: predicting zero is no measure of anything."""
    energy = -1000 + np.arange(20.0)
    np.savez(
        write_results(tmp_path, name="own") / "predictions.npz",
        position=np.zeros((20, 3, 3)),
        target_energy=energy,
        predicted_energy=energy + 1,
    )
    path = write_report(tmp_path)
    numbers = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))["predictions"]
    assert numbers["median_change"] == pytest.approx(5.0)
    assert numbers["better_than_no_network"] == pytest.approx(0.9)
    assert "better than by that mean" in path.read_text(encoding="utf-8")


def test_one_file_without_requests_or_scripts(full):
    page = full.read_text(encoding="utf-8")
    parsed = Page(page)
    assert not re.search(r"https?:|//\w|@import|url\((?!#)|<script|<link|<iframe|/tmp/", page)
    assert str(full.parent) not in page
    assert str(Path.cwd()) not in page
    assert full.stat().st_size < 2_000_000
    assert len(parsed.ids) == len(set(parsed.ids))
    references = set(re.findall(r'(?:url\(#|href="#|aria-labelledby=")([^")]+)', page))
    assert references <= set(parsed.ids)


def test_figures_are_told_and_take_the_page_colours(full):
    page = full.read_text(encoding="utf-8")
    figures = [attributes for tag, attributes in Page(page).tags if tag == "svg"]
    assert len(figures) == 1 + 4 + 1 + 3
    assert all(
        attributes["role"] == "img" and len(attributes["aria-label"]) > 20 for attributes in figures
    )
    svgs = "".join(re.findall(r"<svg.*?</svg>", page, re.DOTALL))
    bare = re.sub(r"var\(--\w+, #\w{6}\)", "", svgs)
    assert not re.search(r"#[0-9a-f]{6}\b", bare)
    assert "prefers-color-scheme: dark" in page


def test_json_holds_the_same_numbers(full):
    numbers = json.loads(full.with_suffix(".json").read_text(encoding="utf-8"))
    assert numbers["results"] == RESULTS
    assert numbers["check"] == {"passed": 2, "total": 2, "rows": CHECK["rows"]}
    assert numbers["paper"]["ratio"] == pytest.approx(0.00512 / 0.0043)
    ordered = [row["mse"] for row in numbers["comparison"]]
    assert ordered == sorted(ordered)
    assert {row["method"]: row["mse"] for row in numbers["comparison"]}["Standing still"] == 0.27156
    stored = arrays()
    squared = (stored["predicted_position"] - stored["target_position"]) ** 2
    assert numbers["predictions"]["mse"] == pytest.approx(squared.mean())
    worst = numbers["predictions"]["shown"][-1]
    assert worst["system"] == squared.mean((1, 2)).argmax()
    assert worst["mse"] == pytest.approx(squared.mean((1, 2)).max())
    assert numbers["missing"] == []


def test_results_alone_are_enough(tmp_path):
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / "results.json").write_text('{"test": {"mse": 1.25}}', encoding="utf-8")
    text = Page(write_report(folder).read_text(encoding="utf-8")).text
    assert "1.25" in text
    for absent in (
        "published figures",
        "baselines",
        "metrics.csv",
        "predictions.npz",
        "check.json",
        "versions",
    ):
        assert absent in text
    assert "paper" not in text


@pytest.mark.parametrize(
    ("mse", "sentence"),
    [
        (0.0044, "equals the paper’s 0.0043 ± 0.00015 within its spread"),
        (0.0035, "19 % below the paper’s"),
        (0.0050, "16 % above the paper’s 0.0043 ± 0.00015: worse"),
        (0.0856, "19.9 times the paper’s"),
        (0.2, "does not beat the best trivial prediction, “straight line”, which has 0.109"),
        (float("nan"), "this run diverged"),
    ],
)
def test_headline_is_honest(tmp_path, mse, sentence):
    path = write_report(write_results(tmp_path, test={"mse": mse}))
    assert sentence in Page(path.read_text(encoding="utf-8")).text
    json.loads(path.with_suffix(".json").read_text(encoding="utf-8"), parse_constant=pytest.fail)


def test_whatever_comes_from_files_is_escaped(tmp_path):
    evil = "<img src=x onerror=alert(1)>&\"'$name${mse}"
    rows = [{"property": evil, "dtype": evil, "error": 2.0, "tolerance": 1.0, "passed": False}]
    write_results(
        tmp_path,
        name=evil,
        seed=evil,
        versions={evil: evil},
        baselines={evil: 1.0},
        epochs=evil,
        threads=[evil],
    )
    (tmp_path / "check.json").write_text(json.dumps({"rows": rows}), encoding="utf-8")
    page = Page(write_report(tmp_path, commands=[evil]).read_text(encoding="utf-8"))
    assert not any(tag == "img" for tag, _ in page.tags)
    assert page.text.count("alert(1)") >= 9
    assert "1 of 1 properties do not hold" in page.text
    assert "fail" in page.text


def test_systems_of_varying_size_without_charge_or_velocity(tmp_path):
    rng = np.random.default_rng(0)
    position = rng.normal(size=(9, 3))
    np.savez(
        write_results(tmp_path) / "predictions.npz",
        position=position,
        target_position=position + 1,
        predicted_position=position,
        offsets=[0, 1, 4, 9],
    )
    numbers = json.loads(write_report(tmp_path).with_suffix(".json").read_text(encoding="utf-8"))
    assert numbers["predictions"]["mse"] == pytest.approx(1.0)
    assert numbers["predictions"]["better_than_no_network"] == 0.0


def test_perfect_predictions_and_unmoved_particles(tmp_path):
    position = np.zeros((2, 3, 3))
    np.savez(
        write_results(tmp_path) / "predictions.npz",
        position=position,
        target_position=position,
        predicted_position=position,
    )
    Page(write_report(tmp_path).read_text(encoding="utf-8"))


def test_metrics_with_gaps_and_a_last_line_cut_short(tmp_path):
    write_results(tmp_path, best_epoch=None)
    rows = "epoch,step,train_loss,valid_error\n0,30,0.5,\n0,30,,0.4\n1,60,0.3,0.2\n2,9"
    (tmp_path / "metrics.csv").write_text(rows, encoding="utf-8")
    learning = json.loads(write_report(tmp_path).with_suffix(".json").read_text(encoding="utf-8"))[
        "learning"
    ]
    assert learning == {"best_epoch": 1, "best_valid": 0.2, "first_valid": 0.4, "last_valid": 0.2}


def test_metrics_without_any_validation(tmp_path):
    (write_results(tmp_path) / "metrics.csv").write_text(
        "epoch,train_loss,valid_error\n0,0.5,nan\n", encoding="utf-8"
    )
    assert "No validation error was recorded" in write_report(tmp_path).read_text(encoding="utf-8")


def test_out_is_taken_inside_the_run_folder_unless_absolute(tmp_path):
    run = write_results(tmp_path / "run")
    assert write_report(run, "a/b.html") == run / "a" / "b.html"
    assert write_report(str(run), tmp_path / "c.html") == tmp_path / "c.html"
    assert (tmp_path / "c.json").is_file()


def test_missing_results_name_file_and_cure(tmp_path):
    with pytest.raises(UserError, match=r"results\.json: no such file.*segnn train"):
        write_report(tmp_path)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("results.json", "{", r"results\.json: cannot be read as JSON"),
        ("results.json", "[]", r"results\.json: holds a list"),
        ("results.json", '{"test": {"mse": "low"}}', r"results\.json: key 'test'"),
        (
            "results.json",
            '{"test": {"mse": 1}, "baselines": {"stand_still": true}}',
            r"key 'baselines\.stand_still' is True",
        ),
        ("results.json", '{"test": {"mse": 1}, "versions": [1]}', r"key 'versions' is \[1\]"),
        ("check.json", '{"rows": [{"property": "rotation"}]}', r"check\.json: key 'rows'"),
        (
            "check.json",
            '{"rows": [{"property": "p", "dtype": "d", "error": null, "tolerance": 1,'
            ' "passed": true}]}',
            r"check\.json: row 'p' has error None",
        ),
        (
            "metrics.csv",
            "epoch,loss\n1,2\n",
            r"metrics\.csv: no column 'train_loss', 'valid_error'; present: epoch, loss",
        ),
        (
            "metrics.csv",
            "epoch,train_loss,valid_error\n1,2,x\n",
            r"metrics\.csv, line 2: valid_error is 'x'",
        ),
        ("predictions.npz", "not a zip", r"predictions\.npz: not an NPZ"),
    ],
)
def test_damaged_files_are_named(tmp_path, name, text, message):
    write_results(tmp_path)
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match=message):
        write_report(tmp_path)


def test_predictions_without_predictions(tmp_path):
    stored = arrays()
    del stored["predicted_position"]
    np.savez(write_results(tmp_path) / "predictions.npz", **stored)
    with pytest.raises(UserError, match=r"predictions\.npz: array 'predicted_position' is missing"):
        write_report(tmp_path)


@pytest.mark.parametrize("flat", [False, True])
def test_systems_without_finite_predictions_are_left_out_and_said(tmp_path, flat):
    stored = arrays()
    stored["predicted_position"][3, 1] = np.nan
    stored["predicted_position"][7, 0, 2] = np.inf
    if flat:
        stored = {name: array.reshape(-1, *array.shape[2:]) for name, array in stored.items()}
        stored["offsets"] = np.arange(0, 201, 5)
    np.savez(write_results(tmp_path) / "predictions.npz", **stored)
    page = write_report(tmp_path).read_text(encoding="utf-8")
    assert "no finite predictions for 2 of its systems (number 3, 7, counted from 0)" in page
    summary = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert summary["predictions"]["systems"] == 38


@pytest.mark.parametrize("out", ["results.html", "report.txt", "report", "check.html"])
def test_inputs_are_never_overwritten(tmp_path, out):
    write_results(tmp_path)
    before = (tmp_path / "results.json").read_bytes()
    with pytest.raises(UserError, match="Give another name"):
        write_report(tmp_path, out)
    assert (tmp_path / "results.json").read_bytes() == before


def test_unwritable_place(tmp_path):
    (write_results(tmp_path) / "taken").write_text("a file")
    with pytest.raises(UserError, match=r"cannot (write|be written)"):
        write_report(tmp_path, "taken/report.html")


def test_without_matplotlib(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(UserError, match=r"pip install 'segnn\[plots\]'"):
        write_report(write_results(tmp_path))
