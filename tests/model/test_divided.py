"""A system divided among two processes is predicted as in one."""

import os
from functools import cache

import numpy as np
import pytest
import torch
from tests.model.atoms import RECIPE
from tests.model.atoms import systems as atoms
from tests.training.together import all_well, together

from segnn.cli.predict import predict as command
from segnn.data import Systems, save_systems
from segnn.errors import UserError
from segnn.model import PhysicalModel
from segnn.parallel.launched import joined, launched
from segnn.recipe import parse_recipe

NODES = """
name: moves
fields:
  position: {irreps: 1o, unit: length}
  velocity: {irreps: 1o, unit: length}
  mass: {irreps: 0e, unit: mass}
data: {folder: nowhere}
graph: {kind: radius, cutoff: 1.9}
inputs: [velocity - average(velocity), mass]
edge_attributes: [sh(relative_position)]
node_attributes: [mean(edge_attributes), sh(velocity)]
message_scalars: [distance, source(sum(distance)), target(mass) * source(mass)]
target:
  {array: v, irreps: 1o, unit: length, level: node, centered: mass, base: sum(source(velocity))}
model: {hidden: 4x0e+4x1o, attribute_degree: 1, layers: 2, norm: instance}
"""
OF_SYSTEM = NODES.replace("centered: mass, base: sum(source(velocity))", "").replace(
    "level: node", "level: graph"
)


def model(text, *settings):
    """In float64, with weights that make every layer count."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        fresh = PhysicalModel(parse_recipe(text, overrides=settings)).double().eval()
        with torch.no_grad():
            for weight in fresh.parameters():
                weight += 0.1 * torch.randn_like(weight)
    return fresh


def particles(count, pbc=(0, 0, 0)):
    rng = np.random.default_rng(count)
    node = {"velocity": rng.normal(size=(count, 3)), "mass": rng.uniform(1, 2, count)}
    cell = np.array([[[6.0, 0, 0], [1, 5, 0], [0, 0.5, 7]]])
    graph = {"cell": cell, "pbc": np.array([pbc])}
    return Systems(rng.uniform(-1, 6, (count, 3)), np.array([0, count]), node, graph)


def apart():
    """Two clusters without an edge between them: no halo."""
    whole = particles(20)
    whole.position[10:] += 50
    return whole


PERIODIC = (1, 1, 0)
CASES = {
    "radius": (NODES, (), particles(60)),
    "periodic": (NODES, (), particles(60, PERIODIC)),
    "fewer": (NODES, ("graph.neighbours=6",), particles(60, PERIODIC)),
    "nearest": (NODES, ("graph={kind: nearest, neighbours: 4}",), particles(60)),
    "complete": (NODES, ("graph={kind: complete}",), particles(12)),
    "pooled features": (OF_SYSTEM, (), particles(60)),
    "convolution": (NODES, ("model.kind=se_nonlinear",), particles(60, PERIODIC)),
    "no halo": (NODES, (), apart()),
    "one node": (NODES, (), particles(1)),
    "derivatives": (RECIPE, (), atoms(kinds=((1, 6, 8) * 6, (6, 8)), box=5.0)),
}


@cache
def made(name):
    text, settings, _ = CASES[name]
    return model(text, *settings)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A model, and systems to predict."""
    place = tmp_path_factory.mktemp("predicted")
    made("periodic").save(place / "model")
    save_systems(place / "in.npz", CASES["periodic"][-1])
    return place


@pytest.fixture(scope="module")
def two(folder):
    """What every process of two predicts, as if a launcher had started them."""

    def divided():
        with joined(launched(), torch.device("cpu")):
            out = folder / "out.npz"
            command(str(folder / "model"), folder / "in.npz", out, False, None, None, "cpu", True)
            return {
                name: made(name).predict_systems(systems, processes=2)
                for name, (*_, systems) in CASES.items()
            }

    return all_well(2, divided)


@pytest.mark.parametrize("name", CASES)
def test_two_processes_equal_one(two, name):
    for target, expected in made(name).predict_systems(CASES[name][-1]).items():
        for rank in range(2):
            error = np.abs(two[rank][name][target] - expected).max()
            assert error <= 1e-12 * max(1.0, np.abs(expected).max()), target


def test_what_cannot_be_divided_is_told():
    moving = model(NODES.replace("norm: instance", "kind: segnn_refreshed"))
    with pytest.raises(UserError, match="kind segnn_refreshed takes a system in one piece"):
        moving.predict_systems(particles(5), processes=2)
    with pytest.raises(UserError, match="processes: 2 and memory: 1GiB"):
        made("radius").predict_systems(particles(5), memory="1GiB", processes=2)
    with pytest.raises(UserError, match=f"processes: 1000, .* {os.cpu_count()} cores"):
        made("radius").predict_systems(particles(5), processes=1000)
    pulled = model(NODES.replace("velocity - average(velocity)", "net_force(mass)"))
    with pytest.raises(UserError, match=r"net_force\(mass\) runs over all pairs"):
        pulled.predict_systems(particles(5), processes=2)


def test_the_first_process_writes(two, folder):
    with np.load(folder / "out.npz") as written:
        assert np.array_equal(written["v"], two[0]["periodic"]["v"].reshape(written["v"].shape))


def test_processes_that_read_other_systems_are_told():
    def differs():
        with joined(launched(), torch.device("cpu")):
            return made("radius").predict_systems(particles(5 + launched().rank), processes=2)

    for told in together(2, differs):
        assert isinstance(told, UserError)
        assert "the processes have read different systems" in str(told)


@pytest.mark.slow
def test_processes_are_started():
    systems = CASES["periodic"][-1]
    expected = made("periodic").predict_systems(systems)["v"]
    found = made("periodic").predict_systems(systems, processes=2)["v"]
    assert np.abs(found - expected).max() < 1e-12
