import math

import pytest

from segnn.recipe.schema import TrainingSpec
from segnn.training.schedule import learning_rate_factor


def values(steps=100, **settings):
    factor = learning_rate_factor(TrainingSpec(**settings), steps)
    return [factor(step) for step in range(steps)]


def test_constant():
    assert values(schedule="constant") == [1.0] * 100


def test_cosine_falls_from_one_to_nearly_zero():
    found = values(schedule="cosine")
    assert found[0] == 1.0
    assert found[50] == pytest.approx(0.5)
    assert found[25] == pytest.approx(0.5 * (1 + math.cos(math.pi / 4)))
    assert 0 < found[-1] < 1e-3
    assert found == sorted(found, reverse=True)


def test_step_falls_by_ten_at_80_and_90_percent():
    found = values(schedule="step")
    assert found[79] == 1.0
    assert found[80:90] == pytest.approx([0.1] * 10)
    assert found[90:] == pytest.approx([0.01] * 10)


def test_one_cycle_is_that_of_torch():
    import torch

    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    found = values(schedule="one_cycle")
    assert found[0] == pytest.approx(1 / 25)
    assert max(found) == found[30] == pytest.approx(1.0)
    assert found[-1] == pytest.approx(1 / 250_000)
    theirs = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, max_lr=1.0, total_steps=100, pct_start=0.31
    )
    expected = []
    for _ in range(100):
        expected.append(theirs.get_last_lr()[0])
        optimizer.step()
        theirs.step()
    assert found == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("schedule", ["constant", "cosine", "step"])
def test_warmup_rises_linearly_and_the_schedule_begins_after_it(schedule):
    found = values(schedule=schedule, warmup=0.1)
    assert found[:10] == pytest.approx([(n + 1) / 10 for n in range(10)])
    assert found[10] == 1.0


def test_one_cycle_takes_warmup_as_its_rise():
    found = values(schedule="one_cycle", warmup=0.1)
    assert max(found) == found[10]


@pytest.mark.parametrize("schedule", ["constant", "cosine", "one_cycle", "step"])
@pytest.mark.parametrize("steps", [1, 2, 3])
def test_few_steps(schedule, steps):
    assert all(0 < value <= 1 for value in values(steps, schedule=schedule, warmup=0.5))
