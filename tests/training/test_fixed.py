"""Steps of fixed shapes, as a graphics card records them: the training is the same, whatever they
are padded with, and nothing in them asks for a number. On a CPU, where they are computed as they
stand.
"""

import copy
from contextlib import nullcontext

import pytest
import torch
from tests.training.waits import Waits

from segnn.bench.card.labels import with_random_labels
from segnn.model import PhysicalModel
from segnn.model.captured import graphs
from segnn.model.check import random_systems
from segnn.o3 import kernels
from segnn.recipe import load_recipe
from segnn.training.batches import in_order
from segnn.training.score import predictions_of
from segnn.training.trainer import Trainer

SMALL = ("training.batch_size=3", "training.epochs=2", "training.precision=64")
WIDTH = ("model.hidden=4x0e+4x1o", "model.layers=2")
CASES = {
    "charged": ("charged", ()),
    "instance norm, centred": ("charged-cues", ("model.kind=segnn", "model.norm=instance")),
    "mean over a graph": ("qm9-gap", ("model.norm=instance",)),
    "all of QM9, sums and values": ("qm9-all", ("model.norm=instance",)),
    "forces": ("acac", ("training.loss=huber", "training.optimizer=soap")),
}


def trainer(name, changes):
    """Of random systems of several sizes, one of them a single node."""
    recipe = load_recipe(name, (*SMALL, *WIDTH, *changes))
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = PhysicalModel(recipe).double()
    systems = random_systems(recipe, sizes=(5, 3, 6, 4, 1, 2, 7, 5))
    features = with_random_labels(model, model.features(systems))
    model.calibrate(features)
    return Trainer(model.train(), features)


def losses(trainer, epochs=2):
    """The mean loss of each epoch; the last batch of both is a smaller one."""
    told = []
    for _ in range(epochs):
        for index in trainer.batches:
            trainer.train_on(index)
        told.append(trainer.end_epoch())
    return told


def difference(a, b):
    """The largest, relative to the largest number."""
    return max(
        float((x - y).detach().abs().max() / y.detach().abs().max().clamp(min=1e-300))
        for x, y in zip(a, b, strict=True)
        if y.numel()
    )


@pytest.mark.parametrize("case", CASES)
def test_padded_training_is_the_same_training(case):
    own = trainer(*CASES[case])
    other = copy.deepcopy(own.model), own.batches.features
    padded = Trainer(*other)
    padded.fix_shapes()
    assert padded.fixed is not None
    told, found = losses(own), losses(padded)
    assert max(abs(a / b - 1) for a, b in zip(found, told, strict=True)) < 1e-12
    assert difference(padded.model.parameters(), own.model.parameters()) < 1e-12
    averages = zip(padded.average._average, own.average._average, strict=True)
    assert max(float((a - b).abs().max()) for a, b in averages) < 1e-12


KINDS = {
    "segnn_refreshed": ("charged", ()),
    "egnn": ("charged", ()),
    "segnn_along_edges": ("charged", ("model.hidden=8x0e",)),
    "schnet": ("qm9-gap", ("model.hidden=8x0e",)),
    "painn": ("acac", ("model.attribute_degree=1",)),
}
EVERY = CASES | {k: (name, (f"model.kind={k}", *more)) for k, (name, more) in KINDS.items()}


@pytest.mark.parametrize("case", EVERY)
def test_a_recorded_step_asks_for_no_number_and_always_has_one_shape(case):
    with kernels("plain"):  # nothing is compiled
        padded = trainer(*EVERY[case])
    padded.fix_shapes()
    shape, seen = padded.fixed.shapes[0], []
    for index in (torch.tensor([0, 1, 2]), torch.tensor([7, 4])):
        with kernels("plain"):
            padded.fixed.take(shape, index, 1e-3)
        with Waits() as operations:
            padded.fixed.calls[shape]()
        seen.append(operations)
    assert not seen[0].found
    assert len(seen[0].shapes) > 300
    assert seen[0].shapes == seen[1].shapes


def test_a_checkpoint_goes_on_in_either_way():
    """On a card the optimiser has its learning rate and its steps in tensors; they are read where
    they are numbers, and the reverse.
    """
    own = trainer(*CASES["charged"])
    padded, on_cpu, again = (
        Trainer(copy.deepcopy(own.model), own.batches.features) for _ in range(3)
    )
    padded.fix_shapes()
    told = losses(padded, epochs=1)
    state = copy.deepcopy(padded.state_dict())
    group = state["optimizer_states"][0]["param_groups"][0]
    assert type(group["lr"]) is float
    assert group["capturable"] is False
    again.fix_shapes()
    for other in (on_cpu, again):
        other.load_state_dict(copy.deepcopy(state))
    found = [losses(other, epochs=1) for other in (padded, on_cpu, again)]
    assert found[0] == found[2]
    assert found[1] == pytest.approx(found[0], rel=1e-12)
    assert told != found[0]


@pytest.mark.parametrize(
    ("name", "changes", "reason"),
    [
        ("charged", ("model.norm=batch",), "model.norm: batch"),
        ("charged", ("training.accumulate=2",), "training.accumulate"),
        ("charged-cues", (), "net_force"),
        ("charged", (), "SEGNN_GRAPHS is off"),
    ],
)
def test_what_cannot_be_recorded_is_trained_as_ever_and_why(name, changes, reason):
    with graphs("off") if "off" in reason else nullcontext():
        one = trainer(name, changes)
    one.fix_shapes()
    assert one.fixed is None
    assert one.why_eager.startswith(reason)
    one.train_on(torch.tensor([0, 1]))


def test_the_smallest_shape_that_fits_is_taken_and_larger_batches_go_as_they_are():
    one = trainer(*CASES["charged"])
    one.fix_shapes()
    fixed = one.fixed
    assert fixed.shape_of(torch.tensor([4])) == fixed.shapes[-1]
    fixed.shapes = fixed.shapes[-1:]
    assert fixed.shape_of(torch.tensor([0, 2, 6])) is None
    one.train_on(torch.tensor([0, 2, 6]))
    one.train_on(torch.tensor([4]))
    assert list(fixed.calls) == [fixed.shapes[0]]
    assert one.epoch_systems == 4


@pytest.mark.parametrize("case", ["charged", "all of QM9, sums and values", "forces"])
def test_validation_of_fixed_shapes_predicts_the_same(case):
    one = trainer(*CASES[case])
    features = one.loss._measured_on[1]
    one.fix_shapes()
    recorded = one.fixed_predictions(features)
    for index in list(one.batches)[:2]:  # it sees the weights as they become
        one.train_on(index)
        expected = predictions_of(one.model, in_order(features, 3))
        for found, known in zip(recorded(), expected, strict=True):
            assert list(found) == list(known)
            for name, value in known.items():
                assert torch.allclose(found[name], value, rtol=1e-12, atol=1e-12)
    assert one.model.training
