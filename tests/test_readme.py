"""The README: short, every code block works, every figure is that of results/."""

import json
import re
import shutil
import statistics
import subprocess
import sys

import pytest
import yaml
from ase.build import molecule
from ase.calculators.emt import EMT
from ase.io import write
from tests.pages import ROOT, blocks, run

from segnn.recipe import load_recipe
from segnn.report.published import published

README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = (
    "README.md",
    *(str(path.relative_to(ROOT)) for path in sorted((ROOT / "docs").glob("[!_]*.md"))),
    *(str(path.relative_to(ROOT)) for path in sorted((ROOT / "docs/tutorials").glob("*.md"))),
)
RUN = [page for page in PAGES if {"sh", "python"} & {block.language for block in blocks(page)}]
# Commands among text, set in by four spaces: nobody would run them.
HIDDEN = re.compile(r"\n\n    (?:segnn|pip|make|python|torchrun|srun|from|import) .*")
CHARGED = {
    "every cue and symmetry": "charged-cues",
    "SEGNN_G+P (1,1)": "charged",
    "SE_nonlinear++ (1,1)": "se_nonlinear_pp-11",
    "SEGNN_G (1,1)": "segnn_g-11",
    "EGNN": "egnn",
    "SEGNN_G+P (0,0)": "segnn_gp-00",
}


def test_short():
    assert len(README.split()) <= 600


def md_xyz(path):
    """The reader's file of atoms: molecules with energies and forces of ASE's classical EMT."""
    frames = []
    for seed in range(20):
        atoms = molecule("CH3CH2OH")
        atoms.rattle(0.05, seed=seed)
        atoms.calc = EMT()
        atoms.get_forces()
        frames.append(atoms)
    write(path, frames)


@pytest.mark.slow
@pytest.mark.parametrize("page", RUN)
def test_every_code_block_works(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    if page == "README.md":
        md_xyz(tmp_path / "md.xyz")
    run(page, tmp_path)


def test_what_is_not_run_is_marked_and_run_elsewhere():
    """What installs, what takes hours, and what other programs are needed for: each says why."""
    skipped = {
        (block.page, block.not_run) for page in PAGES for block in blocks(page, not_run=True)
    }
    assert skipped == {
        ("README.md", "installs"),  # and `make demo`, which has a test below
        ("docs/start.md", "installs"),
        ("docs/qm9.md", "needs qm9pack, 104 MB"),
        ("docs/qm9.md", "takes minutes; tests/simulate/test_polar.py runs a small one"),
        ("docs/adsorbates.md", "hours"),
        ("docs/benchmark.md", "hours"),
        (
            "docs/simulations.md",
            "needs start.xyz; the tutorial on molecules runs it with its own",
        ),
        ("docs/simulations.md", "needs torch-sim; make simulations runs its tests"),
        ("docs/simulations.md", "needs LAMMPS; make simulations runs its tests"),
        ("docs/simulations.md", "waits for i-PI; tests/test_ipi.py answers it"),
        ("docs/devices.md", "needs a graphics card"),
        (
            "docs/devices.md",
            "trains for minutes; tests/training/test_processes.py runs such trainings",
        ),
        (
            "docs/devices.md",
            "needs a launcher and two machines; tests/training/test_processes.py runs the first",
        ),
        (
            "docs/devices.md",
            "needs md/; tests/data/test_convert.py runs such a conversion",
        ),
        (
            "docs/large.md",
            "starts processes; tests/model/test_divided.py and tests/training/test_divided.py run "
            "these",
        ),
    }


@pytest.mark.parametrize("page", PAGES)
def test_no_block_is_hidden_from_the_tests(page):
    """Blocks are programs that run (sh, python), data that are read (yaml), or output (text)."""
    if page == "docs/cli.md":
        pytest.skip("made at the build, of what the commands print")
    found = list(blocks(page))
    assert {block.language for block in found} <= {"sh", "python", "yaml", "text"}
    for block in found:
        if block.language == "yaml":
            assert isinstance(yaml.safe_load(block.text), dict), f"{page}, line {block.line}"
    text = re.sub(r"```.*?```", "", (ROOT / page).read_text(encoding="utf-8"), flags=re.DOTALL)
    assert not HIDDEN.findall(text)


@pytest.mark.slow
def test_make_demo_from_nothing(tmp_path):
    """In a copy without data and runs; the installation is taken for done, the training short."""
    if shutil.which("make") is None:
        pytest.skip("make is not installed")
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    for name in listed:
        if (ROOT / name).is_file() and not name.startswith(("results/", "viewer/")):
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / ".venv").symlink_to(sys.prefix)
    setting = "DEMO_SETTINGS=--set training.epochs=1 --set data.train_limit=200"
    done = subprocess.run(
        ["make", "-o", ".venv/.installed", "demo", setting],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "runs" / "demo" / "report.html").stat().st_size > 10_000


def test_the_recipe_is_the_packaged_one():
    (block,) = (block for block in blocks("README.md") if block.language == "yaml")
    shown, whole = yaml.safe_load(block.text), load_recipe("charged").model_dump(mode="json")
    for key in ("inputs", "edge_attributes", "node_attributes", "message_scalars"):
        assert list(shown[key]) == list(whole[key]), key
    (target,) = whole["targets"].values()
    for key, written in (("fields", whole["fields"]), ("target", target)):
        for name, value in shown[key].items():
            found = written[name]
            assert found == value or value.items() <= found.items(), (key, name)


def errors(pattern):
    """The test MSE of the stored runs with such names."""
    found = [
        json.loads(path.read_text())["test"]["mse"]
        for path in sorted((ROOT / "results").glob(pattern))
    ]
    assert found, pattern
    return found


def row(label):
    """The cells of the row of the table of results."""
    table = README[README.index("| method | segnn |") :].split("\n\n")[0]
    line = next(line for line in table.splitlines() if line.startswith(f"| {label}"))
    return [cell.strip() for cell in line.strip("| ").split(" | ")]


def rounds_to(value, text):
    """Whether the text is the value, rounded to the digits it has."""
    return abs(value - float(text)) <= 0.5000001 * 10.0 ** -len(text.split(".")[1])


@pytest.mark.parametrize("label", CHARGED)
def test_charged(label):
    seeds = errors(f"charged/{CHARGED[label]}-seed?.json")
    assert len(seeds) >= 3
    mean, spread = row(label)[1].split(" ± ")
    assert rounds_to(statistics.mean(seeds), mean), (seeds, mean)
    assert rounds_to(statistics.stdev(seeds), spread), (seeds, spread)


@pytest.mark.parametrize("label", list(CHARGED)[1:])
def test_published(label):
    quoted = row(label)[2].split(" ± ")
    figure = next(f for f in published("charged") if f.method == label)
    assert float(quoted[0]) == figure.mse
    assert [float(text) for text in quoted[1:]] == ([figure.spread] if figure.spread else [])


@pytest.mark.parametrize(
    ("text", "workload", "what"),
    [
        (r"takes (\d+) to (\d+) ms", "charged", "quartiles_ms"),
        (r"ms, (\d+) to (\d+) times less", "charged", "times_faster_range"),
        (r"at degree 4 the factor is (\d+) to (\d+)", "high_degree", "times_faster_range"),
    ],
)
def test_speed(text, workload, what):
    """A range over the measurements: the quartiles of both times."""
    stored = json.loads((ROOT / "results" / "speed" / f"{workload}.json").read_text())
    rows = {r["contender"]: r for r in stored["rows"] if r["step"] == "training"}
    slow, fast = rows["e3nn"]["quartiles_ms"], rows["segnn"]["quartiles_ms"]
    expected = fast if what == "quartiles_ms" else [slow[0] / fast[1], slow[1] / fast[0]]
    found = re.search(text, " ".join(README.split()))
    assert [int(number) for number in found.groups()] == [
        pytest.approx(value, abs=0.51) for value in expected
    ]


def test_the_design_names_files_that_exist():
    gone = [
        name
        for page in ("architecture", "decisions", "measurements")
        for name in re.findall(
            r"`((?:\w+/)+\w+\.py)", (ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8")
        )
        if not (ROOT / "src" / "segnn" / name).exists() and not (ROOT / name).exists()
    ]
    assert not gone


def test_links():
    """Every linked file exists, in the README and in the pages beside it."""
    for page in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
            if not target.startswith("http") and target != "cli.md":  # made at the build
                assert (page.parent / target).exists(), f"{page.name}: {target}"
