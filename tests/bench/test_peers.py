"""Other people's potentials as processes: what they are given, what is told when one is missing."""

import sys

import pytest
import torch

from segnn.bench.particles import acac, features
from segnn.bench.peers import Peer, python_for
from segnn.errors import UserError

# Energy: the sum of squared edge vectors, by MACE's conventions, times the only parameter.
# Our cuequivariance.py lies beside the script that is run, and must not be taken for the package.
FAKE = """
import importlib.util, sys, torch
if importlib.util.find_spec("peer_process"):
    raise ImportError("the benchmark's own files are found as packages")
interaction_classes = {"RealAgnosticResidualInteractionBlock": None}
class ScaleShiftMACE(torch.nn.Module):
    def __init__(self, **arguments):
        super().__init__()
        self.w = torch.nn.Parameter(torch.ones(1))
    def forward(self, data, training):
        x = data["positions"].requires_grad_()
        sender, receiver = data["edge_index"]
        energy = self.w * (x[receiver] - x[sender] + data["shifts"]).square().sum()
        (g,) = torch.autograd.grad(energy, x, create_graph=training)
        if data["node_attrs"].sum() != len(x):
            sys.exit("not one species each")
        return {"energy": energy.expand(len(data["ptr"]) - 1), "forces": -g}
"""


@pytest.fixture
def fake(tmp_path, monkeypatch):
    """A package by the name of MACE's."""
    (tmp_path / "mace").mkdir()
    (tmp_path / "mace" / "__init__.py").write_text("")
    (tmp_path / "mace" / "modules.py").write_text(FAKE)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))


@pytest.mark.slow
def test_a_peer_takes_steps_and_says_why_it_ends(fake):
    assert python_for("mace", []) == sys.executable
    peer = Peer("mace", sys.executable, acac(2), 5.0, threads=1)
    assert peer.parameters == 1
    for step in peer.steps(("forces", "energy_forces")).values():
        assert step() == "done"
    assert sys.platform != "linux" or peer.peak_mib() >= 0
    with pytest.raises(UserError, match="contender 'mace' ended with: KeyError: 'wrong'"):
        peer.steps(("wrong",))["wrong"]()
    peer.close()


def test_no_python_has_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(
        UserError, match=r"contender 'nequip' is not installed in .*make contenders"
    ):
        python_for("nequip", [])
    with pytest.raises(UserError, match=r"--contender-python /no/python: cannot be run"):
        python_for("nequip", ["/no/python"])


def test_a_basis_is_smooth_at_its_cutoff():
    p = acac(1, cutoff=2.5).to(torch.float64)
    f = features(p, 2)
    source, target = p.edge_index
    length = (p.position[source] - p.position[target]).norm(dim=1)
    far = int(length.argmax())
    assert f.message.shape == (p.edges, 8)
    assert f.edge_attr[far].abs().max() < f.edge_attr[int(length.argmin())].abs().max() / 10


def test_what_make_contenders_made_is_found(tmp_path, monkeypatch):
    made = tmp_path / "contenders" / "nequip" / "bin" / "python"
    made.parent.mkdir(parents=True)
    made.write_text("#!/bin/sh\nexit 0\n")  # it can import whatever it is asked for
    made.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    assert python_for("nequip", []) == str(made.relative_to(tmp_path))
