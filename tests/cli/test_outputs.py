"""Every command that writes a file: through links, into pipes and devices, or refused with the
path.
"""

import os
import stat
import threading
from pathlib import Path

import numpy as np
import pytest

from .helpers import call, refused

FILES = {
    "predict": ("predict", "run", "data/test.npz", "-o", "out.npz"),
    "rollout": ("rollout", "run", "data/test.npz", "--steps", 1, "--time", 1, "-o", "out.npz"),
    "check": ("check", "run", "--out", "out.json"),
    "report": ("report", "run", "--out", "out.html"),
    "view": ("view", "run", "data/test.npz", "--export", "out.html"),
    "animate": ("animate", "run", "data/test.npz", "--frames", 2, "-o", "out.gif"),
    "init": ("init", "data/train.npz", "-o", "out.yaml"),
}


def swapped(command, path):
    """The command with another path in the place of its last word."""
    return (*FILES[command][:-1], path)


@pytest.mark.parametrize("command", [name for name in FILES if name != "init"])
def test_links_are_written_through(here, command):
    name = str(FILES[command][-1])
    Path("far").mkdir()
    Path("far", name).write_bytes(b"old")
    os.symlink(f"far/{name}", name)
    call(*FILES[command])
    assert os.path.islink(name)
    assert Path("far", name).stat().st_size > 3
    assert [path.name for path in Path("far").iterdir()] == [name], "nothing half-written"


@pytest.mark.parametrize("command", FILES)
def test_what_cannot_be_written_is_refused(here, command):
    """A folder, a loop of links, a read-only file: told with its path, before the work."""
    ending = Path(FILES[command][-1]).suffix
    for kind, make in {
        "folder": Path.mkdir,
        "loop": lambda path: path.symlink_to(path.name),
        "read-only": lambda path: (path.touch(), path.chmod(0o444)),
    }.items():
        path = Path(kind + ending)
        make(path)
        before = sorted(Path().rglob("*"))
        assert str(path) in refused(*swapped(command, path))
        assert sorted(Path().rglob("*")) == before


def test_predictions_into_a_pipe(here):
    os.mkfifo("pipe.npz")
    found = []
    reader = threading.Thread(target=lambda: found.append(Path("pipe.npz").read_bytes()))
    reader.start()
    call(*swapped("predict", "pipe.npz"))
    reader.join(20)
    Path("whole.npz").write_bytes(found[0])
    with np.load("whole.npz") as whole:
        assert whole["position"].shape == (4, 5, 3)
    assert stat.S_ISFIFO(os.stat("pipe.npz").st_mode)


def test_particles_that_are_no_atoms_are_no_xyz(here):
    message = refused("predict", "run", "data/test.npz", "-o", "out.xyz")
    assert "out.xyz: extended XYZ holds atoms, and data/test.npz has no array" in message
    assert not Path("out.xyz").exists()


def test_units_of_converted_arrays(here):
    pytest.importorskip("h5py")
    convert = ("convert", "data/test.npz", "-o", "out.h5", "--unit")
    assert "--unit charge=e//m: expected names with" in refused(*convert, "charge=e//m")
    assert not Path("out.h5").exists()
    twice = refused(*convert, "charge=e", "--unit", "charge=C")
    assert "--unit charge=C: stands beside --unit charge=e. Give one of them" in twice
    wrong = refused(*convert[:-1], "--label", "position=velocity")
    assert "--label position=velocity: position is where the particles are" in wrong
    told = call(*convert, "position=angstrm").stderr
    assert "did you mean 'angstrom' for 'angstrm'?" in told


def test_devices(here):
    call(*swapped("predict", "/dev/null"))
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)
    assert "No space left" in refused(*swapped("predict", "/dev/full"))


@pytest.mark.parametrize("command", ["predict", "view", "animate", "report", "init"])
def test_endings_that_say_something_else(here, command):
    message = refused(*swapped(command, "out.txt"))
    assert "out.txt" in message
    assert Path(FILES[command][-1]).suffix in message
    assert not Path("out.txt").exists()
