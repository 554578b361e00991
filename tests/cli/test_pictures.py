"""segnn animate, view --export and evaluate --plots, from the command line."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.viewer.molecules import write_frames

from .helpers import arrays, call, refused, write
from .test_commands import result


def frames(path):
    with Image.open(path) as image:
        return image.n_frames


def test_animate_a_pass(here):
    told = result("animate", "run", "data/test.npz", "--frames", 3, "-o", "pass.gif")
    assert told == {"file": "pass.gif", "frames": 3, "bytes": Path("pass.gif").stat().st_size}
    assert frames("pass.gif") == 3


def test_animate_what_rollout_wrote(here):
    call("rollout", "run", "data/test.npz", "--steps", 2, "--time", 0.05, "-o", "r.npz")
    assert result("animate", "r.npz", "--system", 1, "--frames", 3, "-o", "r.gif")["frames"] == 3
    assert "--system 9: there are 4 systems" in refused(
        "animate", "r.npz", "--system", 9, "-o", "r.gif"
    )


def test_animate_systems_that_are_simulated_on(here):
    from segnn.cli.animate import find_trajectory
    from segnn.data import load_systems
    from segnn.simulate import charged

    found = find_trajectory(Path("data/test.npz"), 1, 0.2, frames=5)
    assert found.predicted is None
    np.testing.assert_allclose(found.true.time, [0, 0.05, 0.1, 0.15, 0.2])
    end = charged.advance(load_systems("data/test.npz")[1:2], 200)
    np.testing.assert_allclose(found.true.position[-1], end.position, atol=1e-9)
    assert (
        result("animate", "data/test.npz", "--time", 0.1, "--frames", 2, "-o", "s.gif")["frames"]
        == 2
    )


def test_animate_mistakes(here):
    assert "--system 4: there are 4 systems in data/test.npz" in refused(
        "animate", "data/test.npz", "--system", 4
    )
    assert "--time 0.0: expected 0.001 to 1000" in refused("animate", "data/test.npz", "--time", 0)
    write("plain.npz", charge=None)
    message = refused("animate", "plain.npz", "-o", "p.gif")
    assert (
        "no velocity with charge or mass. Animate a model on them (segnn animate MODEL plain.npz)"
        in message
    )
    assert "ends in .gif or .mp4" in refused("animate", "run", "data/test.npz", "-o", "pass.webm")
    assert "takes no systems" in refused("animate", "plain.npz", "data/test.npz")
    assert "--fps 0.0" in refused("animate", "run", "data/test.npz", "--fps", 0)
    assert "no.npz: " in refused("animate", "no.npz")


def test_animate_without_ffmpeg(here, monkeypatch):
    which = shutil.which
    monkeypatch.setattr(
        shutil, "which", lambda name, *more: None if name == "ffmpeg" else which(name, *more)
    )
    assert "needs the program ffmpeg, which is not here. Install it, or write a .gif" in refused(
        "animate", "run", "data/test.npz", "-o", "pass.mp4"
    )
    assert not Path("pass.mp4").exists()


def test_export_of_a_run_and_of_a_recipe(here):
    told = result("view", "run", "data/test.npz", "--export", "page.html")
    assert (told["systems"], told["live"]) == (4, True)
    assert Path("page.html").stat().st_size == told["bytes"]
    call("view", "tiny.yaml", "data/test.npz", "--export", "fresh.html")
    assert '"name":"tiny, untrained"' in Path("fresh.html").read_text()


def test_files_of_atoms_need_no_model(here):
    """Shown in a page of their own, and as a film."""
    write_frames(Path("frames.xyz"))
    told = result("view", "frames.xyz", "--export", "page.html")
    assert told["systems"] == 3
    page = Path("page.html").read_text()
    assert '"model":false' in page
    assert '"symbol":"O"' in page
    assert "takes no further ones" in refused("view", "frames.xyz", "data/test.npz")
    assert result("animate", "frames.xyz", "--frames", 2, "-o", "frames.gif")["frames"] == 2


def test_options_that_mean_nothing_here(here):
    write("in.npz")
    assert "run is a model. Leave --time out" in refused("animate", "run", "in.npz", "--time", 1)
    assert "in.npz is no model" in refused("animate", "in.npz", "--channel", 0)
    many = ("--frames", 10**12)
    assert "--frames 1000000000000: expected at most 10000" in refused("animate", "run", *many)


def test_view_mistakes(here):
    assert "--export page.pdf: a page ends in .html" in refused(
        "view", "run", "data/test.npz", "--export", "page.pdf"
    )
    assert "--port 70000: expected 0 to 65535" in refused(
        "view", "run", "data/test.npz", "--port", 70000
    )
    write("still.npz", velocity=None)
    assert "still.npz: missing array 'velocity'" in refused(
        "view", "run", "still.npz", "--export", "page.html"
    )


def test_evaluate_draws(here):
    told = result("evaluate", "run", "--plots", "pictures")
    assert told["plots"] == [
        f"pictures/{name}.svg" for name in ("parity", "error-by-size", "errors", "learning")
    ]
    assert all("<svg" in Path(path).read_text() for path in told["plots"])
    assert "plots" not in result("evaluate", "run")
    other = result("evaluate", "run/model", "--data", "data/test.npz", "--plots", "others")
    assert len(other["plots"]) == 3


@pytest.mark.parametrize(
    "target",
    [
        "{array: target_force, irreps: 1o, unit: force}",
        "{array: target_energy, irreps: 0e, level: graph}",
    ],
)
def test_evaluate_and_report_other_quantities(here, target):
    """Forces of particles and energies of systems have pictures too, not positions alone."""
    text = (
        Path("tiny.yaml")
        .read_text()
        .replace("{array: target_position, irreps: 1o, unit: length, base: position}", target)
    )
    Path("other.yaml").write_text(
        text.replace("tiny", "other").replace("folder: data", "folder: labelled")
    )
    name = "target_force" if "force" in target else "target_energy"
    for seed, split in enumerate(("train", "valid", "test")):
        made = arrays(seed=seed)
        values = made["velocity"] if name == "target_force" else made["velocity"].sum((1, 2))
        write(f"labelled/{split}.npz", **made, **{name: values})
    call("train", "other.yaml", "--out", "other")
    assert len(result("evaluate", "other", "--plots", "pictures")["plots"]) == 4
    call("predict", "other", "labelled/test.npz", "--keep-input", "-o", "other/predictions.npz")
    call("report", "other")
    page = Path("other/report.html").read_text()
    if name == "target_force":
        assert "Predicted against true force" in page
        assert "predicted better than by that mean" in page
