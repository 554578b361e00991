"""A third backend: plain arithmetic under another name, with ``forward`` alone, is complete."""

import pytest
import torch

from segnn.errors import UserError
from segnn.nn import SEGNN
from segnn.o3 import edge_frames, kernels, spherical_harmonics
from segnn.o3.backends import choice
from segnn.o3.backends.choice import backend_for
from segnn.o3.backends.plain import layers
from segnn.o3.backends.plain.frames import frame_messages
from segnn.o3.backends.protocol import PLAIN, Backend, Form, Kernels
from segnn.o3.sums import NORM

from ..helpers import randn

calls = []


def forward_of(name, function):
    """A backend's forward: it sees no autograd, and says that it was called."""

    def forward(plan, inputs, keep):
        calls.append(name)
        assert not torch.is_grad_enabled() or not any(
            x is not None and x.requires_grad for x in inputs
        )
        return function(plan, inputs), ()

    return forward


def kernels_of(operation):
    return Kernels(
        forward_of(operation.name, lambda plan, inputs: operation.plain(plan, inputs, PLAIN))
    )


TOY = Backend(
    "toy",
    lambda x: x.is_cpu and x.dtype == torch.float64,
    rows=kernels_of(layers.ROWS),
    messages=kernels_of(layers.MESSAGES),
    frame_messages=Kernels(forward_of("frame_messages", frame_messages)),
    norm=kernels_of(NORM),
    segment_sum=Form(
        (
            lambda rows, g: g[rows.index],
            lambda rows, x: x.new_zeros(rows.nodes, x.shape[1]).index_add(0, rows.index, x),
        )
    ),
)


@pytest.fixture(autouse=True)
def toy():
    calls.clear()
    choice.register(TOY)
    yield
    choice.unregister("toy")


def energy_and_forces(path, frames, task):
    """A network's output, its derivative, and the derivative of that by all that there is."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        net = SEGNN(
            "1x0e+1x1o", "3x0e+2x1o+1x2e", "1x0e", "1x0e+1x1o+1x2e", "1x0e+1x1o", "1x0e", 2,
            norm="instance", task=task,
        ).double()  # fmt: skip
    generator = torch.Generator().manual_seed(0)
    index = torch.randint(0, 5, (2, 12), generator=generator)
    x, vector, node_attr = randn(5, 4), randn(12, 3), randn(5, 4, seed=1)
    x.requires_grad_()
    attribute = spherical_harmonics(2, vector)
    message = randn(12, 1).requires_grad_()
    with kernels(path), edge_frames("always" if frames else "never"):
        if not frames:
            attribute.requires_grad_()
        y = net(x, index, attribute, node_attr, message)
        by = [x, message] if frames else [x, message, attribute]
        forces = torch.autograd.grad(y.square().sum(), by, create_graph=True)
        loss = y.square().sum() + sum(f.square().sum() for f in forces)
        inside = list(net.parameters())
        return [y, *forces, *torch.autograd.grad(loss, [*inside, *by], allow_unused=True)]


@pytest.mark.parametrize("task", ["node", "graph"])
@pytest.mark.parametrize("frames", [False, True], ids=["directly", "in frames"])
def test_a_whole_network_twice_differentiated_is_that_of_the_plain_path(frames, task):
    found = energy_and_forces("toy", frames, task)
    assert set(calls) == {"rows", "frame_messages" if frames else "messages", "norm"}
    calls.clear()
    expected = energy_and_forces("plain", frames, task)
    assert calls == []
    for got, wanted in zip(found, expected, strict=True):
        assert (got is None) == (wanted is None)
        if got is not None:
            torch.testing.assert_close(got, wanted, atol=1e-11, rtol=1e-10)


def test_it_is_chosen_where_it_serves():
    x = torch.zeros(1, dtype=torch.float64)
    assert backend_for(x).name == "toy"
    assert backend_for(x.float()).name == "numba"
    with kernels("toy"):
        assert backend_for(x).name == "toy"
        with pytest.raises(UserError, match=r"the toy kernels do not serve torch.float32 on cpu"):
            backend_for(x.float())
    with kernels("numba"):
        assert backend_for(x).name == "numba"


def test_names_are_taken_once():
    for name in ("toy", "numba", "triton", "plain", "auto"):
        with pytest.raises(UserError, match=f"there is a backend '{name}' already"):
            choice.register(Backend(name, lambda x: True))
    with pytest.raises(UserError, match=r"'fast', expected one of auto, plain, numba, triton, toy"):
        kernels("fast")
