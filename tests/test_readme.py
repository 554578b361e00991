"""The figures in the README are those of results/."""

import json
import re
import statistics
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CHARGED = {
    "every cue and symmetry": "charged-cues",
    "SEGNN_G+P (1,1), the paper's cues": "charged",
    "SE_nonlinear++ (1,1)": "se_nonlinear_pp-11",
    "SEGNN_G (1,1)": "segnn_g-11",
    "SE_nonlinear (1,1)": "se_nonlinear-11",
    "EGNN": "egnn",
    "MPNN, not equivariant": "mpnn",
    "SE_linear (2,2)": "se_linear-22",
    "SEGNN_G+P (0,0)": "segnn_gp-00",
}
SAMPLES = {
    "every cue and symmetry": "charged-cues",
    "SEGNN_G+P, the paper's cues": "charged",
    "EGNN": "egnn",
}


def errors(pattern):
    """The test MSE of the stored runs with such names."""
    found = [
        json.loads(path.read_text())["test"]["mse"]
        for path in sorted((ROOT / "results").glob(pattern))
    ]
    assert found, pattern
    return found


def row(label, header):
    """The cells of the table's row, without bold and what stands in brackets."""
    table = README[README.index(header) :].split("\n\n")[0]
    line = next(
        line for line in table.splitlines() if line.replace("*", "").startswith(f"| {label}")
    )
    return [re.sub(r"\(.*?\)|\*", "", cell).strip() for cell in line.strip("| ").split(" | ")]


def rounds_to(value, text):
    """Whether the text is the value, rounded to the digits it has."""
    return abs(value - float(text)) <= 0.5000001 * 10.0 ** -len(text.split(".")[1])


@pytest.mark.parametrize("label", CHARGED)
def test_charged(label):
    seeds = errors(f"charged/{CHARGED[label]}-seed?.json")
    mean, spread = row(label, "| method | segnn | published |")[1].split(" ± ")
    assert rounds_to(statistics.mean(seeds), mean), (seeds, mean)
    assert rounds_to(statistics.stdev(seeds), spread), (seeds, spread)


@pytest.mark.parametrize("label", SAMPLES)
def test_samples(label):
    method = SAMPLES[label]
    patterns = (f"samples/{method}-1000-*", f"charged/{method}-seed*", f"samples/{method}-10000-*")
    for cell, pattern in zip(row(label, "| training systems")[1:], patterns, strict=True):
        assert rounds_to(statistics.mean(errors(pattern)), cell.split(" ")[0]), (
            label,
            pattern,
            cell,
        )


@pytest.mark.parametrize(
    ("text", "run"),
    [
        (r"every cue \*\*(\.\d+)\*\*", "gravity-cues-position-5"),
        (r"SEGNN_G\+P \*\*(\.\d+)\*\*", "gravity-position-5"),
        (r"SEGNN_G (\.\d+)", "segnn_g-11-position-5"),
        (r"MPNN (\.\d+)", "mpnn-position-5"),
        (r"EGNN (\.\d+)", "egnn-position-5"),
        (r"SEGNN\(0,0\) (\.\d+)", "segnn_gp-00-position-5"),
    ],
)
def test_gravity(text, run):
    part = " ".join(
        README[README.index("Gravity, 100 bodies, 5 neighbours") :].split("\n\n")[0].split()
    )
    (error,) = errors(f"gravity/{run}-seed0.json")
    assert rounds_to(error, re.search(text, part)[1])
