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
from segnn.nn import SEGNN
from segnn.o3 import kernels
from segnn.o3.backends import choice

triton = pytest.importorskip("triton", reason="triton is not installed: its kernels are not tested")
from triton.backends.compiler import GPUTarget  # noqa: E402
from triton.compiler import ASTSource  # noqa: E402

from segnn.o3.backends.triton import backend  # noqa: E402
from segnn.o3.backends.triton import kernels as declared  # noqa: E402

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


def matrix(real):
    return declared.Matrix(real, "i32")


def reads(real, indexed):
    """As a launch gives them: without an index the numbers stand in its place."""
    index = "*i64" if indexed else real
    return declared.Reads(real, index, real, index, "i32")


def signature(name, real, variant):
    """The arguments of a kernel that are no constants."""
    table = {"table": declared.Table("*i32", "*i32", real)}
    rows, segments = {"rows": "i32"}, {"segments": declared.Segments("*i64", "*i64")}
    x, y = matrix(real), reads(real, variant)
    return {
        "contract": {"x": y, "attribute": x, "y": x, **table, **rows},
        "contract_attribute": {"x": y, "g": x, "a": x, **table, **rows},
        "contract_reduce": {"g": x, **segments, "attribute": x, "x": x, **table},
        "segment_sum": {"x": x, **segments, "y": x},
    }[name]


VARIANTS = {
    "contract": ("INDEXED", (0, 1, 2)),
    "contract_attribute": ("INDEXED", (0, 1, 2)),
    "contract_reduce": ("ORDERED", (False, True)),
    "segment_sum": ("ORDERED", (False, True)),
}


@pytest.mark.parametrize("name", VARIANTS)
def test_they_compile_for_a_card(name, tmp_path, monkeypatch):
    """To machine code of an H100, which needs none: the interpreter takes more than the compiler
    does.
    """
    monkeypatch.setenv("TRITON_CACHE_DIR", str(tmp_path))
    monkeypatch.setenv("TRITON_DEFAULT_FP_FUSION", "1")
    constant, variants = VARIANTS[name]
    for variant in variants:
        constants = {constant: variant, "BLOCK_R": 8, "BLOCK_C": 64}
        given = signature(name, "*fp64" if variant else "*fp32", variant)
        given.update(dict.fromkeys(constants, "constexpr"))
        source = ASTSource(getattr(declared, name), given, constants)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # triton's own
            made = triton.compile(source, target=GPUTarget("cuda", 90, 32))
        assert "cubin" in made.asm
        assert "st.global" in made.asm["ptx"]


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


@pytest.mark.slow
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_a_step_on_forces_compiles_for_a_card(dtype, as_on_a_card, tmp_path, monkeypatch):
    """All kernels of it, as they are called."""
    monkeypatch.setenv("TRITON_CACHE_DIR", str(tmp_path))
    monkeypatch.setenv("TRITON_DEFAULT_FP_FUSION", "1")
    irreps = ("2x0e", "3x0e+2x1o", "1x0e", "1x0e+1x1o", "1x0e+1x1o")
    network = SEGNN(*irreps, num_layers=1, norm="instance").to(dtype)
    x, index = torch.randn(3, 2, dtype=dtype), torch.tensor([[1, 2, 0], [0, 0, 1]])
    attribute = torch.randn(3, 4, dtype=dtype, requires_grad=True)
    with compiling() as calls:
        energy = network(x, index, attribute, torch.randn(3, 4, dtype=dtype)).sum()
        (force,) = torch.autograd.grad(energy, attribute, create_graph=True)
        force.sum().backward(inputs=list(network.parameters()))
        network(x, index, attribute, torch.randn(3, 4, dtype=dtype)).sum().backward()
    assert set(calls) >= {"steer", "steer_weight", "steer_couplings", "sum_parts", "ends_back"}
    assert set(calls) >= {"gate", "gate_first", "gate_second", "segment_sum", "ends"}
    assert set(calls) >= {"norm", "norm_first"}
    assert calls.variants >= len(calls)


@pytest.mark.parametrize(("name", "most"), [("charged", 185), ("qm9", 330), ("forces", 1250)])
def test_launches_of_a_training_step(name, most, as_on_a_card):
    """Each costs a card some microseconds, whatever it does: they decide small steps."""
    found = counted(step_of(WORKLOADS[name]))
    assert sum(found.values()) <= most, found
    assert found["steer"] > 30
