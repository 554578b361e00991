"""The page's own unit tests, run by node, with numbers from segnn to hold them against; and the
built page is up to date.
"""

import base64
import json
import os
import shutil
import subprocess

import numpy as np
import pytest
import torch
from e3nn.o3 import Irreps
from tests.cli.helpers import ROOT
from tests.viz.helpers import systems, tiny

import segnn
from segnn.model.check.transform import turn
from segnn.o3.harmonics import spherical_harmonics
from segnn.viewer.live.merge import merge
from segnn.viewer.live.trace import inputs, runner_of, trace
from segnn.viewer.live.trace import run as run_model
from segnn.viewer.live.write import write
from segnn.viewer.wire import pack

VIEWER, STATIC = ROOT / "viewer", ROOT / "src" / "segnn" / "viewer" / "static"


@pytest.fixture(scope="module")
def node():
    found = shutil.which("node")
    if found is None:
        pytest.skip("no node here: it builds and tests the page; using it needs none")
    if not (VIEWER / "node_modules").is_dir():
        pytest.skip("the page's packages are not installed: 'make viewer' does that")
    return found


def run(command, **environment):
    result = subprocess.run(
        command,
        cwd=VIEWER,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr


def programs(folder):
    """Models as programs, with inputs and what the models make of them."""
    rotation, _ = np.linalg.qr(np.random.default_rng(1).normal(size=(3, 3)))
    irreps = "2x0e+0o+2x1o+1e+2e+3o"
    rows = np.random.default_rng(2).normal(size=(3, Irreps(irreps).dim))
    turns = {
        "irreps": irreps,
        "matrix": rotation.reshape(-1).tolist(),
        "rows": rows.reshape(-1).tolist(),
        "turned": turn(rows, Irreps(irreps), rotation).reshape(-1).tolist(),
    }
    small = tiny(folder, hidden="4x0e+3x1o+2x2e+1x1e", layers=1)
    written = {}
    for name, model, sizes in (("charged", segnn.load("charged"), (5,)), ("tiny", small, (5, 4))):
        model, found = model.double(), systems(model, sizes)
        program = merge([trace(model, found[n], name, True) for n in range(len(sizes))])
        cases = []
        for n in range(len(sizes)):
            tensors = model.cues.tensors(found[n])
            given = inputs(model, tensors)
            given["node.velocity"] = 1.5 * given["node.velocity"].flip(0)
            given["weights"] = torch.linspace(0, 1, len(given["weights"]), dtype=torch.float64)
            with torch.no_grad():
                wanted = run_model(runner_of(model), tensors, given, messages=True)
            held = (
                {k: v.reshape(-1).tolist() for k, v in each.items()} for each in (given, wanted)
            )
            shape = {"nodes": tensors.nodes, "edges": tensors.edges}
            cases.append(
                dict(zip(("inputs", "wanted"), held, strict=True))
                | {"structure": n, "shape": shape}
            )
        written[name] = {"program": write(program), "cases": cases, "turns": turns}
    path = folder / "programs.json"
    path.write_text(json.dumps(written))
    return path


def test_unit_tests(node, tmp_path):
    directions = torch.from_numpy(np.random.default_rng(0).normal(size=(20, 3)))
    directions = directions / directions.norm(dim=1, keepdim=True)
    values = spherical_harmonics(11, directions)
    samples = [
        {"direction": d, "harmonics": y}
        for d, y in zip(directions.tolist(), values.tolist(), strict=True)
    ]
    (tmp_path / "harmonics.json").write_text(json.dumps(samples))
    message = pack(
        {"notes": ["größer"]},
        {"x": np.arange(6).reshape(2, 3) / 2, "edge_index": np.array([[3], [-4]])},
    )
    run([node, "build.mjs", "--tests"])
    tests = sorted(str(path) for path in (VIEWER / ".tests").glob("*.mjs"))
    run(
        [node, "--test", *tests],
        SEGNN_HARMONICS=str(tmp_path / "harmonics.json"),
        SEGNN_PROGRAMS=str(programs(tmp_path)),
        SEGNN_MESSAGE=base64.b64encode(message).decode(),
    )


def test_types(node):
    run([node, "node_modules/typescript/bin/tsc", "--noEmit"])


def test_the_committed_page_is_what_its_sources_build(node, tmp_path):
    before = {path.name: path.read_bytes() for path in STATIC.iterdir()}
    run([node, "build.mjs", "--out", str(tmp_path)])
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before, (
        "run 'make viewer' and commit"
    )


def test_the_lockfile_names_no_registry():
    text = (VIEWER / "package-lock.json").read_text()
    assert "resolved" not in text
    assert "http" not in text.replace("https://github.com/sponsors", "").replace(
        "https://opencollective.com", ""
    )


def test_the_page_is_small():
    assert sum(path.stat().st_size for path in STATIC.iterdir()) < 1_500_000
