"""The kernels for graphics cards: what can be known of them without one."""

import os
import subprocess
import sys
import warnings
from pathlib import Path

import pytest
import torch

from segnn.errors import UserError
from segnn.o3 import kernels
from segnn.o3.backends import choice

triton = pytest.importorskip("triton", reason="triton is not installed: its kernels are not tested")
from triton.backends.compiler import GPUTarget  # noqa: E402
from triton.compiler import ASTSource  # noqa: E402

from segnn.o3.backends.triton import backend  # noqa: E402
from segnn.o3.backends.triton import kernels as declared  # noqa: E402

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
        raise RuntimeError("no kernel image for this card")

    monkeypatch.setattr(backend, "load", broken)
    with pytest.warns(RuntimeWarning, match=r"triton kernels are not available.*no kernel image"):
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


MATRIX = declared.Matrix("*fp32", "i32")
READS = declared.Reads("*fp32", "*i64", "*fp32", "*i64", "i32")
TABLE = declared.Table("*i32", "*i32", "*fp32")
SEGMENTS = declared.Segments("*i64", "*i64")
SIGNATURES = {
    "contract": ({"x": READS, "attribute": MATRIX, "y": MATRIX}, {"INDEXED": 2}),
    "contract_attribute": ({"x": READS, "g": MATRIX, "a": MATRIX}, {"INDEXED": 0}),
    "contract_reduce": (
        {"g": MATRIX, "segments": SEGMENTS, "attribute": MATRIX, "x": MATRIX},
        {"ORDERED": True},
    ),
    "segment_sum": ({"x": MATRIX, "segments": SEGMENTS, "y": MATRIX}, {"ORDERED": False}),
}


@pytest.mark.parametrize("name", SIGNATURES)
def test_they_compile_for_a_card(name, tmp_path, monkeypatch):
    """To machine code of an H100, which needs none: the interpreter takes more than the compiler
    does.
    """
    monkeypatch.setenv("TRITON_CACHE_DIR", str(tmp_path))
    monkeypatch.setenv("TRITON_DEFAULT_FP_FUSION", "1")
    tensors, constants = SIGNATURES[name]
    constants = {**constants, "BLOCK_R": 8, "BLOCK_C": 64}
    signature = dict(tensors)
    if name != "segment_sum":
        signature["table"] = TABLE
    if "INDEXED" in constants:
        signature["rows"] = "i32"
    signature.update(dict.fromkeys(constants, "constexpr"))
    source = ASTSource(getattr(declared, name), signature, constants)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # triton's own
        made = triton.compile(source, target=GPUTarget("cuda", 90, 32))
    assert "cubin" in made.asm
    assert "st.global" in made.asm["ptx"]
