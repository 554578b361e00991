"""Systems that are each divided among two processes are trained on as in one."""

import numpy as np
import pytest
import torch
from tests.model.atoms import RECIPE
from tests.model.atoms import systems as atoms
from tests.model.test_divided import NODES, OF_SYSTEM, PERIODIC, particles
from tests.training.helpers import make_data, recipe
from tests.training.test_train import metrics, weights
from tests.training.together import all_well

from segnn.data import Systems
from segnn.errors import UserError
from segnn.model import PhysicalModel
from segnn.recipe import parse_recipe
from segnn.training import train
from segnn.training.divided import DividedSystems
from segnn.training.processes import connected
from segnn.training.trainer import Trainer


def labelled(count, of_system=False, **more):
    whole = particles(count, **more)
    labels = np.random.default_rng(1).normal(size=(1 if of_system else count, 3))
    node, graph = dict(whole.node), dict(whole.graph)
    (graph if of_system else node)["v"] = labels
    return Systems(whole.position, whole.offsets, node, graph)


CASES = {
    "nodes": (NODES, labelled(60, pbc=PERIODIC), ()),
    "nearest": (NODES, labelled(30), ("graph={kind: nearest, neighbours: 4}",)),
    "layers again": (NODES, labelled(60), ("training.checkpoint_layers=true",)),
    "a system": (OF_SYSTEM, labelled(60, of_system=True), ()),
    "one node": (NODES, labelled(1), ()),
    "forces": (RECIPE, atoms(kinds=((1, 6, 8) * 6, (6, 8)), box=5.0), ()),
}
STEPS = 2


def steps(name):
    """The gradients of a first step on all systems of a case at once, and the losses of several.

    Not the weights: Adam divides gradients by their size, round-off that is one as well.
    """
    text, systems, settings = CASES[name]
    task = parse_recipe(text, overrides=(*settings, "training.learning_rate=1e-2"))
    with connected(task.training) as processes, torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = PhysicalModel(task).double()
        features = model.features(systems)
        model.calibrate(features)
        divided = None
        if processes.size > 1:
            divided = DividedSystems(model, systems, "the systems", features, processes)
        trainer = Trainer(model, features, processes=processes, divided=divided)
        losses, first = [], {}
        for _ in range(STEPS):
            trainer.train_on(torch.arange(len(systems)))
            losses.append(float(trainer.epoch_loss))
            found = {n: p.grad.numpy().copy() for n, p in model.named_parameters()}
            first = first or found
        return first, losses


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return make_data(tmp_path_factory.mktemp("systems"), train=4)


@pytest.fixture(scope="module")
def run(data, tmp_path_factory):
    """The same training in one process and in two, in float64: the folders of both."""
    task = recipe(data, "training.epochs=1", "training.divide=graph", "training.precision=64")
    folders = [tmp_path_factory.mktemp("runs") / name for name in ("one", "two")]
    train(task, folders[0], progress=False)
    return folders, lambda: train(task, folders[1], progress=False)


@pytest.fixture(scope="module")
def two(run):
    def all_of_them():
        found = {name: steps(name) for name in CASES}
        run[1]()
        return found

    return all_well(2, all_of_them)


@pytest.mark.parametrize("name", CASES)
def test_the_steps_of_one_process(two, name):
    expected, losses = steps(name)
    largest = max(np.abs(value).max() for value in expected.values())
    for rank in range(2):
        found, known = two[rank][name]
        assert known == pytest.approx(losses, rel=1e-10)
        for weight, value in expected.items():
            assert np.abs(found[weight] - value).max() <= 1e-12 * largest, weight


def test_the_training_of_one_process(two, run):
    a, b = run[0]
    for row, other in zip(metrics(a), metrics(b), strict=True):
        assert [float(x) for x in other] == pytest.approx([float(x) for x in row], rel=1e-9)
    for name, value in weights(a).items():
        assert torch.allclose(weights(b)[name], value, rtol=1e-8, atol=1e-9), name


def test_what_does_not_go_together():
    with pytest.raises(UserError, match="compile or divide: graph"):
        recipe("nowhere", "training.divide=graph", "training.compile=true")
