"""A child of a process in which torch's threads run computes all the same."""

import os
import subprocess
import sys
import warnings

import pytest

import segnn.o3.backends.choice  # noqa: F401  registers what is done in a child

CHILD = """
import os, signal, torch
from segnn.nn import SteerableLinear

torch.set_num_threads(2)
layer = SteerableLinear("16x0e+16x1o", "16x0e+16x1o", "1x0e+1x1o")
x, a = torch.randn(20_000, 64), torch.randn(20_000, 4)
square = torch.randn(500, 500)

def everything():
    layer.zero_grad()
    layer(x, a).square().sum().backward()
    return layer(x, a), layer.weight.grad.clone(), (square @ square).relu()

expected = everything()
child = os.fork()
if child == 0:
    signal.alarm(120)  # ends a child that waits for ever
    for found, wanted in zip(everything(), expected):
        torch.testing.assert_close(found, wanted, atol=1e-3, rtol=1e-4)
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
assert torch.get_num_threads() == 2
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are not forked here")
@pytest.mark.parametrize("kernels", ["plain", "numba"])
def test_a_forked_child_computes(kernels):
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", CHILD],
        env={**os.environ, "SEGNN_KERNELS": kernels, "NUMBA_NUM_THREADS": "2"},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert run.returncode == 0, run.stderr


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are not forked here")
def test_a_forked_child_compiles_by_itself(monkeypatch):
    """With more threads torch.compile waits there for those of its parent, for ever."""
    config = pytest.importorskip("torch._inductor.config")
    monkeypatch.setattr(config, "compile_threads", 2)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Python's, of threads that do not live on in a child
        child = os.fork()
    if child == 0:
        os._exit(config.compile_threads)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 1
    assert config.compile_threads == 2
