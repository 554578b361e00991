"""What a graphics card records of a benchmark asks for no number: our steps, and e3nn's."""

import pytest
import torch
from tests.training.waits import Waits

from segnn.bench.contenders import contender, make_network
from segnn.o3 import kernels
from segnn.o3.trusted import trusting

from .helpers import small


@pytest.mark.parametrize("name", ["segnn", "e3nn (graph)"])
@pytest.mark.parametrize("of", ["qm9", "forces"])
def test_a_recorded_step_asks_for_no_number(of, name):
    workload = small(of)
    network = make_network(name, workload, torch.float32)
    one = contender(name, network, workload, workload.sizes[0](), torch.float32)
    step = one.steps(workload.steps)[workload.steps[-1]]
    with kernels("plain"):  # nothing is compiled
        step()
    with trusting(), Waits() as seen:
        step()
    assert not seen.found
    assert len(seen.shapes) > 100
