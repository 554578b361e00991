"""Norms and directions, with their derivatives, at zero and far from one."""

import pytest
import torch
from torch.autograd import gradcheck, gradgradcheck

from segnn.o3 import norm, normalized

from .helpers import randn


def test_values():
    x = torch.tensor([[3.0, 0.0, -4.0], [0.0, 0.0, 0.0]])
    assert torch.equal(norm(x), torch.tensor([[5.0], [0.0]]))
    torch.testing.assert_close(normalized(x), torch.tensor([[0.6, 0.0, -0.8], [0.0, 0.0, 0.0]]))
    x = randn(2, 4, 3)
    torch.testing.assert_close(norm(x), torch.linalg.vector_norm(x, dim=-1, keepdim=True))
    torch.testing.assert_close(normalized(x) * norm(x), x)


@pytest.mark.parametrize("function", [norm, normalized])
def test_gradients(function):
    assert gradcheck(function, randn(4, 3, grad=True))
    assert gradgradcheck(function, randn(4, 3, grad=True))


@pytest.mark.parametrize("function", [norm, normalized])
def test_zero_has_zero_derivatives(function):
    x = torch.stack(
        [torch.zeros(3, dtype=torch.float64), torch.ones(3, dtype=torch.float64)]
    ).requires_grad_()
    (first,) = torch.autograd.grad(
        (function(x) * randn(2, function(x).shape[1])).sum(), x, create_graph=True
    )
    assert torch.equal(first[0], torch.zeros(3, dtype=torch.float64))
    assert first[1].abs().sum() > 0.1
    (second,) = torch.autograd.grad((first * randn(2, 3, seed=3)).sum(), x)
    assert torch.equal(second[0], torch.zeros(3, dtype=torch.float64))
    assert second.isfinite().all()


@pytest.mark.parametrize("scale", [1e-300, 1e-200, 1e200, 1e300])
def test_direction_of_huge_and_tiny_vectors(scale):
    x = randn(5, 3)
    torch.testing.assert_close(normalized(x * scale), normalized(x), atol=1e-14, rtol=0)
