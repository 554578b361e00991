"""The plan of a steerable linear layer: its weights are all used, once, and each path takes the
cheaper side.
"""

import copy
import io
import pickle

import numpy as np
import pytest
import torch
from e3nn.o3 import Irreps

from segnn.nn import SteerableLinear
from segnn.o3 import kernels
from segnn.o3.plan.linear import LinearPlan

from ..helpers import ATTRIBUTE, IN, OUT


@pytest.mark.parametrize("mix_first", [False, True])
def test_every_weight_is_used_once(mix_first):
    parts = (Irreps(IN), Irreps(IN), Irreps("1x0e"))
    plan = LinearPlan(parts, Irreps(ATTRIBUTE), Irreps(OUT), mix_first=mix_first)
    used = np.concatenate([o for p in plan.plans for o in (p.order_before, p.order_after)])
    assert np.array_equal(np.sort(used), np.arange(plan.numel))
    paths = [
        (mul_i, mul_a, mul_o, o)
        for mul_i, i in sum(parts, Irreps(""))
        for mul_a, a in Irreps(ATTRIBUTE)
        for o, (mul_o, out) in enumerate(Irreps(OUT))
        if out in i * a
    ]
    assert plan.numel == sum(i * a * o for i, a, o, _ in paths)
    fan_in = [sum(i * a for i, a, _, k in paths if k == o) for o in range(len(Irreps(OUT)))]
    assert plan.fan_in.tolist() == fan_in
    assert plan.fan_in_of_weight.tolist() == [
        fan_in[o] for i, a, mul, o in paths for _ in range(i * a * mul)
    ]
    assert mix_first == all(p.after is None and p.gather is None for p in plan.plans)


def test_cheaper_side():
    up = LinearPlan((Irreps("4x0e"),), Irreps("1x2e"), Irreps("4x2e"), mix_first=False).plans[0]
    down = LinearPlan((Irreps("4x2e"),), Irreps("1x2e"), Irreps("4x0e"), mix_first=False).plans[0]
    assert up.before is not None
    assert up.after is None
    assert down.before is None
    assert down.after is not None
    assert (up.before.flops, down.after.flops) == (2 * 16, 2 * 16)


def test_equal_layers_share_one_plan_and_copies_too():
    first, again = (SteerableLinear("20x0e+30x1o", "20x0e+30x1o", "1x0e+1x1o") for _ in range(2))
    assert first.plan is again.plan
    assert copy.deepcopy(first).plan is first.plan
    assert pickle.loads(pickle.dumps(first)).plan is first.plan
    assert SteerableLinear("30x1o+20x0e", "20x0e+30x1o", "1x0e+1x1o").plan is not first.plan


def test_a_stored_layer_is_little_more_than_its_weights():
    layer = SteerableLinear("200x0e+100x1o", "200x0e+100x1o", "1x0e+1x1o")
    file = io.BytesIO()
    torch.save(layer, file)
    assert len(file.getvalue()) < 1.1 * 4 * layer.weight.numel()
    file.seek(0)
    x, a = torch.randn(3, 500), torch.randn(3, 4, requires_grad=True)
    loaded = torch.load(file, weights_only=False)
    for path in ("plain", "numba"):  # the plain path takes the orders
        with kernels(path):
            assert torch.equal(loaded(x, a), layer(x, a))
    assert loaded.double().state_dict().keys() == layer.state_dict().keys()
