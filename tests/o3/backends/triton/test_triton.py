"""The kernels for graphics cards: what can be known of them without one."""

import os
import subprocess
import sys
import warnings
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from segnn.bench.contenders import OURS, contender, make_network
from segnn.bench.workloads import WORKLOADS
from segnn.errors import UserError
from segnn.nn import SEGNN, Topology
from segnn.o3 import Rows, kernels
from segnn.o3.backends import choice
from segnn.o3.layout import layout
from segnn.o3.plan.layer import Weights
from segnn.o3.plan.linear import linear_plan
from segnn.o3.plan.vector import BESSEL, HARMONICS, Block, VectorPlan
from segnn.o3.steer import linear
from segnn.o3.vectors import of_vectors

triton = pytest.importorskip("triton", reason="triton is not installed: its kernels are not tested")
from segnn.o3.backends.triton import backend  # noqa: E402

from .launches import compiling, counted  # noqa: E402

X = torch.zeros(1)


@pytest.mark.slow
def test_by_the_interpreter():
    """All of ``interpreted.py``, in a process of its own."""
    file = Path(__file__).with_name("interpreted.py")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", str(file)]
    environment = {**os.environ, "TRITON_INTERPRET": "1"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stdout[-6000:]
    assert "passed" in done.stdout
    assert "skipped" not in done.stdout


@pytest.fixture
def fresh():
    choice._triton.cache_clear()
    yield
    choice._triton.cache_clear()


def test_a_cpu_is_not_served(fresh):
    assert not backend.TRITON.serves(X)
    assert choice.backend_for(X).name == "numba"


def test_broken_triton_is_told_once(fresh, monkeypatch):
    def broken(device):
        try:
            raise RuntimeError("no kernel image for this card")
        except RuntimeError as error:
            raise ValueError("around line 12: " + "code " * 1000) from error

    monkeypatch.setattr(backend, "load", broken)
    with pytest.warns(
        RuntimeWarning, match=r"triton kernels are not available \(RuntimeError: no kernel image"
    ):
        assert choice._triton(X.device)[0] is None
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert choice._triton(X.device)[0] is None
        with (
            kernels("triton"),
            pytest.raises(
                UserError, match=r"the triton kernels were chosen, but are not available"
            ),
        ):
            choice.backend_for(X)


@pytest.fixture
def as_on_a_card():
    """The kernels, offered for tensors on the CPU."""
    offered = replace(backend.TRITON, name="counted", serves=torch.is_floating_point)
    choice.register(offered)
    yield
    choice.unregister("counted")


def step_of(workload):
    """A training step of the benchmark's network on its smallest graph."""
    network = make_network(OURS, workload, torch.float32)
    steps = contender(OURS, network, workload, workload.tiny(), torch.float32).steps(workload.steps)
    return steps[workload.steps[-1]]


@pytest.fixture
def compiled(as_on_a_card, tmp_path, monkeypatch):
    """To machine code of an H100, which needs none: the interpreter takes more than the compiler
    does. Calls by kernel.
    """
    monkeypatch.setenv("TRITON_CACHE_DIR", str(tmp_path))
    monkeypatch.setenv("TRITON_DEFAULT_FP_FUSION", "1")
    with compiling() as calls:
        yield calls


@pytest.mark.slow
def test_a_training_on_forces_compiles_for_a_card(compiled):
    """All kernels of it, as they are called."""
    irreps = ("2x0e", "3x0e+2x1o", "1x0e", "1x0e+1x1o", "1x0e+1x1o")
    network = SEGNN(*irreps, num_layers=1, norm="instance")
    x, index, nodes = torch.randn(3, 2), torch.tensor([[1, 2, 0], [0, 0, 1]]), torch.randn(3, 4)
    attribute = torch.randn(3, 4, requires_grad=True)
    energy = network(x, index, attribute, nodes).sum()
    (force,) = torch.autograd.grad(energy, attribute, create_graph=True)
    force.sum().backward(inputs=list(network.parameters()))
    network(x, index, attribute, nodes).sum().backward()
    assert set(compiled) == {
        *("mix", "mix_back", "mix_weight", "couple", "couple_back", "couple_couplings"),
        *("sum_parts", "column_sums", "segment_sum", "norm", "norm_first"),
        *("gate", "gate_first", "gate_second"),
    }


def test_double_precision_compiles_for_a_card(compiled):
    plan = linear_plan(("2x0e+3x1o",), "1x0e+1x1o", "5x0e+1x1o", False)
    sizes = ((7, 11), (7, 4), (plan.numel,), (5,))
    x, attribute, weight, bias = (
        torch.zeros(size, dtype=torch.float64, requires_grad=True) for size in sizes
    )
    linear([x], attribute, Weights(weight, bias, plan)).sum().backward()
    once = ("mix", "mix_back", "mix_weight", "couple_couplings", "column_sums")
    assert compiled == {**dict.fromkeys(once, 1), "couple": 2, "sum_parts": 2}


def test_four_numbers_are_read_at_once(compiled):
    """Where all columns are multiples of four, which the compiler has to see."""
    plan = linear_plan(("64x0e+64x1o",), "1x0e+1x1o", "64x0e+64x1o", False)
    x, attribute, weight = torch.zeros(64, 256), torch.zeros(64, 4), torch.zeros(plan.numel)
    linear([x], attribute, Weights(weight, None, plan))
    assert set(compiled) == {"mix", "couple"}
    assert [name for name, code in compiled.code.items() if "ld.global.v4" not in code] == []


@pytest.mark.parametrize(("name", "most"), [("charged", 250), ("qm9", 475), ("forces", 1500)])
def test_launches_of_a_training_step(name, most, as_on_a_card):
    """Each costs a card some microseconds, whatever it does: they decide small steps."""
    found = counted(step_of(WORKLOADS[name]))
    assert sum(found.values()) <= most, found
    assert found["couple"] > 30


@pytest.fixture
def copies(monkeypatch):
    """Numbers that are sent to another device, but for constants, which are sent once: by whom."""
    found, to, tensor = [], torch.Tensor.to, torch.tensor

    def spied(x, *args, **kwargs):
        y, where = to(x, *args, **kwargs), sys._getframe(1).f_code
        if y.device != x.device and not where.co_filename.endswith("o3/constant.py"):
            found.append(where.co_qualname if hasattr(where, "co_qualname") else where.co_name)
        return y

    def made(*args, **kwargs):
        if torch.device(kwargs.get("device", "cpu")).type != "cpu":
            found.append(sys._getframe(1).f_code.co_name)
        return tensor(*args, **kwargs)

    monkeypatch.setattr(torch.Tensor, "to", spied)
    monkeypatch.setattr(torch, "tensor", made)
    return found


@pytest.mark.parametrize("name", ["charged", "qm9", "acac"])
def test_a_training_step_neither_waits_nor_copies(name, as_on_a_card, copies):
    """As it is recorded as one launch: on a device without numbers, who asks for one fails."""
    workload = WORKLOADS[name]
    network = make_network(OURS, workload, torch.float32).to("meta")
    optimizer = torch.optim.AdamW(network.parameters(), fused=False, foreach=False)
    ends = torch.zeros(2, 8, dtype=torch.int64, device="meta")
    topology = Topology(ends, 6, unseen=True)
    graphs = Rows(ends[0, :6], 2, checked=True, in_order=True)
    position = torch.empty(6, 3, device="meta", requires_grad=True)
    relative = position.index_select(0, ends[0]) - position.index_select(0, ends[1])
    assert copies  # of the network
    copies.clear()
    functions = [Block(HARMONICS, workload.degrees[1], envelope=(5.0, 6)), Block(BESSEL, 8, 5.0)]
    cues = of_vectors(relative, VectorPlan(tuple(functions)))
    x, nodes, message = (
        torch.empty(rows, layout(network_irreps).dim, device="meta")
        for rows, network_irreps in (
            (6, workload.network["irreps_in"]),
            (6, workload.network["irreps_node_attr"]),
            (8, workload.network["irreps_message"]),
        )
    )
    attribute = cues[:, :-8]
    with compiling(compiled=False) as calls:
        y = network(x, topology, attribute, nodes, message, graphs, 2)
        if name == "acac":
            (y,) = torch.autograd.grad(y.sum(), position, create_graph=True)
        y.square().mean().backward(inputs=list(network.parameters()))
        optimizer.step()
    assert calls["couple"] > 20
    assert copies == []
