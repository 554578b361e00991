"""Settings of a block hold in its thread, whenever other threads enter and leave blocks of their
own.
"""

from concurrent.futures import ThreadPoolExecutor

import pytest
import torch

from segnn.o3 import edge_frames, kernels, limit_memory
from segnn.o3.backends.choice import backend_for
from segnn.o3.frames.choice import frames_choice
from segnn.o3.memory import current_limit
from segnn.o3.pages import _mapped, returned_at_once

X = torch.zeros(1)
SETTINGS = {
    "kernels": (lambda: kernels("plain"), lambda: kernels("numba"), lambda: backend_for(X).name),
    "edge_frames": (lambda: edge_frames("never"), lambda: edge_frames("always"), frames_choice),
    "limit_memory": (lambda: limit_memory("1 GiB"), lambda: limit_memory("10 MiB"), current_limit),
    "returned_at_once": (returned_at_once, returned_at_once, _mapped.get),
}


@pytest.mark.parametrize("name", SETTINGS)
def test_threads_have_their_own(name):
    theirs, own, value = SETTINGS[name]
    with ThreadPoolExecutor(1) as other, torch.no_grad():
        before = value()
        block = theirs()
        other.submit(torch.set_grad_enabled, False).result()
        other.submit(block.__enter__).result()
        assert value() == before
        with own():
            inside = value()
            assert inside != before or name == "kernels"
            other.submit(block.__exit__, None, None, None).result()
            assert value() == inside
        assert value() == before


def test_backward_runs_under_the_callers_bound():
    seen = []
    x = torch.zeros(1, requires_grad=True)
    y = x * 2
    y.register_hook(lambda g: seen.append(current_limit()))
    with limit_memory("1 MiB"):
        y.backward()
    assert seen == [1 << 20]
