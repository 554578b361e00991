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
from tests.cli.helpers import ROOT

from segnn.o3.harmonics import spherical_harmonics
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
