"""Which path is taken, who may override it, and what is said where a path cannot serve."""

import sys
import warnings

import pytest
import torch

from segnn.errors import UserError
from segnn.o3 import edge_frames, kernels
from segnn.o3.backends import choice as backend
from segnn.o3.backends.choice import backend_for
from segnn.o3.backends.numba.layers import forms
from segnn.o3.backends.protocol import Form
from segnn.o3.frames.choice import frames_choice

from ..helpers import contract, plans, randn

X = torch.zeros(1)


def use_numba(x):
    return backend_for(x).name == "numba"


@pytest.fixture(autouse=True)
def _fresh(monkeypatch):
    monkeypatch.delenv("SEGNN_KERNELS", raising=False)
    monkeypatch.delenv("SEGNN_FRAMES", raising=False)
    backend._numba.cache_clear()
    yield
    backend._numba.cache_clear()


def test_automatic():
    assert use_numba(X)
    assert use_numba(X.double())
    assert not use_numba(X.half())
    assert not use_numba(X.bfloat16())
    assert not use_numba(X.to("meta"))


def test_override_nests_and_ends_with_its_block():
    with kernels("plain"):
        assert not use_numba(X)
        with kernels("numba"):
            assert use_numba(X)
        assert not use_numba(X)
        with kernels("auto"):
            assert use_numba(X)
    with pytest.raises(RuntimeError), kernels("plain"):
        raise RuntimeError
    assert use_numba(X)


@pytest.mark.parametrize(
    "x",
    [X.half(), X.bfloat16(), X.to(torch.complex64), X.to("meta")],
    ids=["float16", "bfloat16", "complex", "meta"],
)
def test_kernels_that_cannot_serve_say_which_path_can(x):
    with (
        kernels("numba"),
        pytest.raises(UserError, match=r"the numba kernels do not serve .*kernels\('plain'\)"),
    ):
        use_numba(x)


def test_plain_path_serves_bfloat16():
    c = plans().contraction
    x, a = randn(3, c.dim_in), randn(3, c.dim_attr)
    y = contract(x.bfloat16(), a.bfloat16(), c)
    torch.testing.assert_close(y.double(), contract(x, a, c), atol=0.2, rtol=0)


def test_unknown_choice():
    with (
        pytest.raises(
            UserError, match=r"kernels.*'fast', expected one of auto, plain, numba, triton"
        ),
        kernels("fast"),
    ):
        pass
    assert use_numba(X)


def test_environment(monkeypatch):
    monkeypatch.setenv("SEGNN_KERNELS", "plain")
    assert not use_numba(X)
    with kernels("numba"):
        assert use_numba(X)
    monkeypatch.setenv("SEGNN_KERNELS", "numba")
    assert use_numba(X)
    monkeypatch.setenv("SEGNN_KERNELS", "quick")
    with pytest.raises(
        UserError, match="SEGNN_KERNELS is 'quick', expected one of auto, plain, numba, triton"
    ):
        use_numba(X)


def test_choice_of_frames(monkeypatch):
    assert frames_choice() == "auto"
    with edge_frames("never"):
        with edge_frames("always"):
            assert frames_choice() == "always"
        assert frames_choice() == "never"
    monkeypatch.setenv("SEGNN_FRAMES", "never")
    assert frames_choice() == "never"
    monkeypatch.setenv("SEGNN_FRAMES", "plain")
    with pytest.raises(
        UserError, match="SEGNN_FRAMES is 'plain', expected one of auto, never, always"
    ):
        frames_choice()
    with (
        pytest.raises(UserError, match=r"edge_frames.*'on', expected one of auto"),
        edge_frames("on"),
    ):
        pass


def test_compilation_takes_the_plain_path(monkeypatch):
    monkeypatch.setattr(torch.compiler, "is_compiling", lambda: True)
    assert not use_numba(X)


def test_without_numba_one_warning_and_the_same_result(monkeypatch):
    c = plans().contraction
    x, a = randn(3, c.dim_in), randn(3, c.dim_attr)
    expected = contract(x, a, c)
    backend._numba.cache_clear()
    monkeypatch.setitem(sys.modules, "segnn.o3.backends.numba.layers.backend", None)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        first, second = contract(x, a, c), contract(x, a, c)
    assert ["numba kernels are not available" in str(w.message) for w in caught] == [True]
    assert "plain PyTorch path" in str(caught[0].message)
    torch.testing.assert_close(first, expected, atol=1e-12, rtol=0)
    assert torch.equal(first, second)


def test_numba_is_trusted_only_if_its_first_kernel_is_right(monkeypatch):
    """What can be imported and compiled may still be wrong: one warning, and the plain path."""
    wrong = Form(
        (*forms.MIX.partials[:2], lambda plan, x, weight: x.new_zeros(len(x), plan.dim_out))
    )
    backend._numba.cache_clear()
    monkeypatch.setattr(forms, "MIX", wrong)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert [use_numba(X), use_numba(X)] == [False, False]
    (warning,) = caught
    assert "the first compiled kernel gives wrong numbers, off by up to" in str(warning.message)
    with kernels("numba"), pytest.raises(UserError, match=r"not available .*wrong numbers"):
        use_numba(X)
