"""Tracers and transforms of torch see plain operations, and get what eager gets."""

import copy
import pickle
import subprocess
import sys

import pytest
import torch
from torch.autograd import forward_ad
from torch.fx.experimental.proxy_tensor import make_fx

from segnn.nn import SEGNN, SteerableLinear
from segnn.o3 import kernels
from segnn.o3.backends.choice import backend_for
from segnn.o3.tracing import is_recorded

from .helpers import randn

DIM, ATTRIBUTE = 12, 4
IRREPS = "3x0e+3x1o"


@pytest.fixture(scope="module")
def layer():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return SteerableLinear(IRREPS, "4x0e+2x1o+1x0o", "1x0e+1x1o").double()


def inputs(seed=0):
    return randn(6, DIM, seed=seed), randn(6, ATTRIBUTE, seed=seed)


def test_ordinary_tensors_are_not_recorded():
    x = torch.zeros(2)
    assert not is_recorded(x, None, torch.nn.Parameter(x))
    with torch.no_grad(), torch.device("meta"):
        assert not is_recorded(x)
    assert is_recorded(torch.nn.Parameter(x), x.as_subclass(Other))


class Other(torch.Tensor):
    """A tensor that is more than one."""


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::torch.jit.TracerWarning")
def test_torch_jit_trace(layer):
    traced = torch.jit.trace(layer, inputs(), check_trace=False)
    torch.testing.assert_close(traced(*inputs(1)), layer(*inputs(1)))


def test_make_fx(layer):
    traced = make_fx(lambda x, a: layer(x, a))(*inputs())
    torch.testing.assert_close(traced(*inputs(1)), layer(*inputs(1)))


@pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning")
@pytest.mark.filterwarnings("ignore:There is a performance drop:UserWarning")
def test_derivatives_of_torch_func(layer):
    x, a = inputs()
    parameters = dict(layer.named_parameters())

    def energy(parameters, x):
        return torch.func.functional_call(layer, parameters, (x, a)).square().sum()

    found = torch.func.grad(energy, argnums=(0, 1))(parameters, x)
    leaf = x.clone().requires_grad_()
    expected = torch.autograd.grad(layer(leaf, a).square().sum(), [*parameters.values(), leaf])
    torch.testing.assert_close([*found[0].values(), found[1]], list(expected))
    hessian = torch.func.hessian(lambda x: layer(x, a).square().sum())(x)
    twice = torch.autograd.functional.hessian(lambda x: layer(x, a).square().sum(), x)
    torch.testing.assert_close(hessian, twice)


def test_vmap(layer):
    many, a = randn(3, 6, DIM), inputs()[1]
    found = torch.func.vmap(lambda x: layer(x, a))(many)
    torch.testing.assert_close(found, torch.stack([layer(x, a) for x in many]))


@pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning")
def test_forward_mode(layer):
    (x, a), t = inputs(), randn(6, DIM, seed=3)
    expected = layer(x + t, a) - layer(x, a)  # the layer is linear in x
    _, tangent = torch.func.jvp(lambda x: layer(x, a), (x,), (t,))
    torch.testing.assert_close(tangent, expected)
    with forward_ad.dual_level():
        y = layer(forward_ad.make_dual(x, t), a)
        torch.testing.assert_close(forward_ad.unpack_dual(y).tangent, expected)
    assert backend_for(x).name == "numba"


def network():
    with torch.random.fork_rng():
        torch.manual_seed(1)
        return SEGNN(
            "2x0e+1x1o", "4x0e+3x1o", "1x1o", *["1x0e+1x1o"] * 2, "1x0e", 2, norm="instance"
        ).double()


def graph(nodes, edges):
    generator = torch.Generator().manual_seed(nodes)
    index = torch.randint(0, nodes, (2, edges), generator=generator)
    rows = (randn(nodes, 5), randn(edges, 4), randn(nodes, 4, seed=1), randn(edges, 1))
    return rows[0], index, *rows[1:]


@pytest.mark.parametrize("again", [False, True], ids=["first", "second"])
def test_batched_gradients_of_a_network(again):
    """Gradients of the kernels' own operations, many at a time."""
    net, (x, *rest) = network(), graph(6, 14)
    x.requires_grad_()
    rest[1].requires_grad_()
    by = [x, rest[1], net.layers[0].message_1.weight]
    with kernels("numba"):
        y = net(x, *rest)
        if again:
            (y,) = torch.autograd.grad(y.square().sum(), x, create_graph=True)
        many = randn(2, *y.shape, seed=5)
        found = torch.autograd.grad(y, by, many, is_grads_batched=True, retain_graph=True)
        one_by_one = [torch.autograd.grad(y, by, g, retain_graph=True) for g in many]
    expected = [torch.stack(rows) for rows in zip(*one_by_one, strict=True)]
    torch.testing.assert_close(list(found), expected, atol=1e-12, rtol=1e-9)


EXPORT = """
import torch
from segnn.nn import SEGNN

attribute = "1x0e+1x1o"
net = SEGNN("2x0e+1x1o", "4x0e+3x1o", "1x1o", attribute, attribute, "1x0e", 2, norm="instance")

def graph(nodes, edges):
    index = torch.randint(0, nodes, (2, edges))
    sizes = (nodes, 5), (edges, 4), (nodes, 4), (edges, 1)
    rows = [torch.randn(size) for size in sizes]
    return rows[0], index, *rows[1:]

nodes, edges = torch.export.Dim("nodes", min=2), torch.export.Dim("edges", min=2)
shapes = ({0: nodes}, {1: edges}, {0: edges}, {0: nodes}, {0: edges})
exported = torch.export.export(net, graph(10, 40), dynamic_shapes=shapes)
other = graph(13, 77)
torch.testing.assert_close(exported.module()(*other), net(*other), atol=1e-4, rtol=1e-4)
"""


@pytest.mark.slow
def test_export_with_any_number_of_edges():
    """In a process without run-time types: symbols stand for whole numbers."""
    run = subprocess.run(
        [sys.executable, "-c", EXPORT], capture_output=True, text=True, check=False, timeout=600
    )
    assert run.returncode == 0, run.stderr


def test_built_without_numbers():
    """Lookup tables are no buffers: nothing but the state has to be filled in."""
    net, given = network(), graph(7, 20)
    with torch.device("meta"):
        empty = network()
    empty.to_empty(device="cpu").load_state_dict(net.state_dict())
    for path in ("plain", "numba"):
        with kernels(path):
            assert torch.equal(empty(*given), net(*given))
    assert {name for name, _ in net.named_buffers()} <= set(net.state_dict())


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda net: pickle.loads(pickle.dumps(net))])
def test_copies_keep_the_users_buffers(copied):
    net, given = network(), graph(7, 20)
    net.layers[0].message_1.register_buffer("mine", torch.ones(3))
    found = copied(net)
    assert torch.equal(found.layers[0].message_1.mine, torch.ones(3))
    assert torch.equal(found(*given), net(*given))
