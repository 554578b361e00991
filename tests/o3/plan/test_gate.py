"""The gate on channels-last rows, written again as loops; its scales are those of e3nn."""

import pytest
import torch
from e3nn.math import normalize2mom
from torch.autograd import gradcheck, gradgradcheck

from oracle import float64_default
from segnn.o3.plan.gate import SIGMOID_SCALE, SILU_SCALE, GatePlan, gate

from ..helpers import randn

PLANS = [
    GatePlan(2, ((1, 2), (3, 1)), None),
    GatePlan(0, ((3, 3),), torch.tensor([2, 0, 1])),
    GatePlan(4, (), None),
    GatePlan(1, ((3, 2), (5, 2)), torch.tensor([3, 1, 0, 2])),
]


def width(plan):
    return plan.scalars + plan.gates + sum(dim * mul for dim, mul in plan.blocks)


def by_loops(x, plan):
    silu = torch.nn.functional.silu(x[:, : plan.scalars])
    columns = [*(silu * (SILU_SCALE if plan.blocks else 1)).unbind(1)]
    gates = (torch.sigmoid(x[:, plan.scalars : plan.scalars + plan.gates]) * SIGMOID_SCALE).unbind(
        1
    )
    column, channel = plan.scalars + plan.gates, 0
    for dim, mul in plan.blocks:
        for _ in range(dim):
            for n in range(mul):
                which = channel + n if plan.order is None else int(plan.order[channel + n])
                columns.append(x[:, column] * gates[which])
                column += 1
        channel += mul
    return torch.stack(columns, 1)


@pytest.mark.parametrize("plan", PLANS, ids=str)
@pytest.mark.parametrize("rows", [5, 1, 0])
def test_values(plan, rows):
    x = randn(rows, width(plan))
    torch.testing.assert_close(gate(x, plan), by_loops(x, plan), atol=1e-14, rtol=0)


@pytest.mark.parametrize("plan", PLANS, ids=str)
def test_derivatives(plan):
    x = randn(2, width(plan), grad=True)
    assert gradcheck(lambda x: gate(x, plan), x)
    assert gradgradcheck(lambda x: gate(x, plan), x)


def test_scales_are_those_of_e3nn():
    with float64_default():
        for function, scale in [
            (torch.nn.functional.silu, SILU_SCALE),
            (torch.sigmoid, SIGMOID_SCALE),
        ]:
            assert normalize2mom(function).cst == pytest.approx(scale, rel=1e-12)
