"""What is computed once serves everyone after: in inference mode, and for a default device without
numbers.
"""

import subprocess
import sys

import pytest

FIRST = {"inference": "torch.inference_mode()", "meta": "torch.device('meta')"}
LAYER = 'SteerableLinear("2x0e+3x1o+1x0e", "4x0e+2x1o", "1x0e+1x1o")'
SCRIPT = f"""
import torch
from segnn.nn import Gate, SteerableLinear
from segnn.o3 import *
from segnn.o3.frames import find as frames, plan as frame_plan

x = torch.randn(4, 3, dtype=torch.float64, requires_grad=True)
with FIRST:
    spherical_harmonics(2, torch.ones(4, 3))
spherical_harmonics(2, x).sum().backward()

with FIRST:
    {LAYER}
    Gate("1x1o+2x0e+3x1o")
layer, gate = {LAYER}, Gate("1x1o+2x0e+3x1o")
x, a = torch.randn(5, 12), torch.randn(5, 4, requires_grad=True)
for path in ("plain", "numba"):
    with kernels(path):
        g, = torch.autograd.grad(layer(x, a).square().sum(), a, create_graph=True)
        g.square().sum().backward()
gate(torch.randn(3, gate.irreps_in.dim, requires_grad=True)).sum().backward()

with FIRST:
    CartesianTensor("ij=ji")
CartesianTensor("ij=ji").to_irreps(torch.randn(2, 3, 3, requires_grad=True)).sum().backward()

with FIRST:
    frames._tilt(2), frames._mirror(2), frames._mirror_sign(2)
    plan = frame_plan.frame_plan({LAYER}.plan)
    plan.before.order, plan.before.inverse, plan._places
turns = (*frames._tilt(2), frames._mirror(2), frames._mirror_sign(2))
for kept in (*turns, plan.before.order, plan.before.inverse, *plan._places):
    assert kept.device.type == "cpu" and not kept.is_inference()
"""


@pytest.mark.parametrize("first", FIRST)
def test_caches_filled_in_another_mode(first):
    run = subprocess.run(
        [sys.executable, "-c", SCRIPT.replace("FIRST", FIRST[first])],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
