"""Regions are left out of a file: every frame is in one of two, as it was written."""

import dataclasses

import numpy as np
import pytest

from segnn.data import Systems
from segnn.errors import UserError
from segnn.reproduce.apart import make_apart, off_the_middle
from segnn.reproduce.sweep import find_table


def frame(shift, energy):
    """O–H–O on a line, the hydrogen off the middle by half of ``shift``, and a hydrogen far off."""
    atoms = [("O", 0), ("H", 1.2 + shift / 2), ("O", 2.4), ("H", 9)]
    rows = "".join(f"{name} {x:.10f} 0.125 0\n" for name, x in atoms)
    return f'4\nProperties=species:S:1:pos:R:3 energy={energy!r} pbc="F F F"\n{rows}'


@pytest.fixture
def frames():
    """20 of them: the hydrogen of the first four is in the middle, the next four are hot."""
    shifts = [0.01] * 4 + [0.5] * 16
    energies = [-100.0 - n for n in range(4)] + [10.0 + n for n in range(4)] + [-1.0 / 3] * 12
    return list(map(frame, shifts, energies))


def acac(folder):
    """The table with a file of this folder, and its runs far from the training data."""
    paths = tuple(str(folder / name) for name in ("all.xyz", "near.xyz", "far.xyz"))
    table = find_table("acac")
    runs = table.runs(["far"], [0])
    setting = dataclasses.replace(runs[0].setting, set=(f"data.train={paths[1]}",))
    return dataclasses.replace(table, apart=paths), [dataclasses.replace(runs[0], setting=setting)]


def test_every_frame_is_near_or_far_as_it_was_written(frames, tmp_path):
    table, runs = acac(tmp_path)
    (tmp_path / "all.xyz").write_text("".join(frames))
    assert "left 8 configurations" in make_apart(table, runs)
    assert (tmp_path / "far.xyz").read_text() == "".join(frames[:8])
    assert (tmp_path / "near.xyz").read_text() == "".join(frames[8:])
    assert make_apart(table, runs) is None  # they are there
    assert make_apart(table, find_table("acac").runs(["150"])) is None


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(UserError, match=r"all\.xyz"):
        make_apart(*acac(tmp_path))


def test_the_hydrogen_between_two_oxygens():
    x = np.zeros((4, 3))
    x[:, 0] = [0, 1.0, 2.4, 9]
    x = x @ np.linalg.qr(np.random.default_rng(0).normal(size=(3, 3)))[0]
    molecule = Systems(x, np.array([0, 4]), node={"atomic_number": np.array([8, 1, 8, 1])})
    assert off_the_middle(molecule) == pytest.approx(0.4, abs=1e-12)
