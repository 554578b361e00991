"""A fresh wheel in an empty environment does what the README promises first."""

import os
import re
import shutil
import site
import subprocess
import sys
import venv
from zipfile import ZipFile

import pytest

from .sources import ROOT

pytestmark = pytest.mark.slow


def listed():
    """The files of the package that git knows of and that are there."""
    run = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "src/segnn"]
    names = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return sorted(name for name in names.split() if (ROOT / name).is_file())


def clean():
    """The variables of this process, without a search path that leads to the checkout."""
    return {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Built of a copy, since setuptools leaves files behind that a later wheel would hold; without
    the network, since setuptools is among the development tools.
    """
    folder, copy = tmp_path_factory.mktemp("wheel"), tmp_path_factory.mktemp("copy")
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE", *listed()):
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, copy / name)
    run = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation"]
    subprocess.run([*run, "--no-index", "-w", folder, copy], check=True)
    (found,) = folder.glob("segnn-*.whl")
    return found


@pytest.fixture(scope="module")
def environment(wheel, tmp_path_factory):
    """An environment with nothing but the wheel; its dependencies are read from this one.

    A .pth file adds this environment's folder to the search path, which does not read the .pth
    files in there: an editable installation of the checkout stays unseen.
    """
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False, symlinks=True)
    pip = [sys.executable, "-m", "pip", "--python", folder / "bin" / "python"]
    install = [*pip, "install", "-q", "--no-deps", "--no-index", wheel]
    subprocess.run(install, check=True, env=clean())
    (packages,) = folder.glob("lib/python*/site-packages")
    (packages / "dependencies.pth").write_text("\n".join(site.getsitepackages()) + "\n")
    return folder


@pytest.fixture
def call(environment, tmp_path):
    """Run a program of the environment in an empty folder; its standard output."""

    def run(program, *arguments):
        done = subprocess.run(
            [environment / "bin" / program, *arguments],
            cwd=tmp_path,
            env=clean(),
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def test_what_is_inside(wheel):
    """Every file of the package that git knows of, and nothing of the checkout."""
    expected = {name.removeprefix("src/") for name in listed()}
    inside = {name for name in ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert inside == expected


def test_its_description_stands_alone(wheel):
    """A package index shows the README without the files beside it."""
    (name,) = (n for n in ZipFile(wheel).namelist() if n.endswith(".dist-info/METADATA"))
    text = ZipFile(wheel).read(name).decode()
    assert "Description-Content-Type: text/markdown" in text
    assert "## Ten lines" in text
    targets = re.findall(r"\]\(([^)]*)\)", text)
    assert targets
    assert [target for target in targets if not target.startswith("https://")] == []


def test_it_is_the_wheel_that_runs(call, environment):
    place = call("python", "-c", "import segnn; print(segnn.__file__)").strip()
    assert place.startswith(str(environment))


def test_train_by_name_in_an_empty_folder(call, tmp_path):
    call("segnn", "train", "charged", "--set", "training.epochs=1", "--out", "runs/mine")
    assert (tmp_path / "runs" / "mine" / "results.json").is_file()


def test_the_ten_lines(call):
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    code = re.search(r"```python\n(.*?)```", text, re.DOTALL)[1]
    assert call("python", "-c", code + "\nprint(later.shape)").endswith("(10, 5, 3)\n")
