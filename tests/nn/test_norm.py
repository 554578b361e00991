"""Norms: values of independent implementations, statistics, parity, equivariance, and graphs of one
node or none.
"""

import sys

import pytest
import torch
from e3nn.nn import BatchNorm as E3nnBatchNorm
from e3nn.o3 import Irreps
from torch.autograd import gradcheck, gradgradcheck

from oracle import E3nnSEGNN, float64_default
from segnn.nn import BatchNorm, InstanceNorm, LayerNorm
from segnn.nn.norm import make_norm
from segnn.o3 import Reorder, Rows

from .helpers import orthogonal, randn, turn

E3nnInstanceNorm = sys.modules[E3nnSEGNN.__module__].InstanceNorm
UNSORTED = "2x1o+3x0e+2x0o+1x0e+1x1o+2x2e"
BATCH = torch.tensor([0, 0, 2, 0, 2, 3, 2])  # graph 1 has no node, graph 3 one
ALL = pytest.mark.parametrize("kind", [InstanceNorm, LayerNorm, BatchNorm])


def make(kind, irreps=UNSORTED, **options):
    norm = kind(irreps, **options).double()
    with torch.no_grad():
        for n, parameter in enumerate(norm.parameters()):
            parameter.add_(randn(*parameter.shape, seed=n))
    return norm


def normed(norm, x, batch=BATCH, graphs=4):
    """The norm between e3nn's layouts."""
    return Reorder(norm.irreps, inverse=True)(norm(Reorder(norm.irreps)(x), Rows(batch, graphs)))


def features(rows=7, irreps=UNSORTED, seed=0):
    return 3 * randn(rows, Irreps(irreps).dim, seed=seed) + 1


@pytest.mark.parametrize("batch", [BATCH, BATCH.sort().values], ids=["mixed", "sorted"])
def test_instance_values(batch, kernel_path):
    norm, x = make(InstanceNorm), features()
    oracle = E3nnInstanceNorm(UNSORTED).double()
    oracle.load_state_dict(norm.state_dict())
    torch.testing.assert_close(normed(norm, x, batch), oracle(x, batch, 4), atol=1e-12, rtol=0)


def test_derivatives_of_sorted_graphs(kernel_path):
    """By features, weight and bias, first and second: what the kernel writes by hand, and its way
    to second ones.
    """
    norm, x = make(InstanceNorm, "1x1o+2x0e"), features(irreps="1x1o+2x0e").requires_grad_()

    def function(x, weight, bias):
        return torch.func.functional_call(
            norm, {"weight": weight, "bias": bias}, (x, Rows(BATCH.sort().values, 4))
        )

    inputs = (
        x,
        norm.weight.detach().clone().requires_grad_(),
        norm.bias.detach().clone().requires_grad_(),
    )
    assert gradcheck(function, inputs)
    assert gradgradcheck(function, inputs)


def test_sorted_graphs_in_single_precision_do_not_depend_on_the_threads():
    norm, rows = (
        make(InstanceNorm, "9x0e+9x1o").float(),
        Rows(torch.arange(40).repeat_interleave(5), 40),
    )
    x = features(200, "9x0e+9x1o").float().requires_grad_()
    found, threads = [], torch.get_num_threads()
    try:
        for n in (1, 2):
            torch.set_num_threads(n)
            y = norm(x, rows)
            found.append((y, *torch.autograd.grad(y.square().sum(), [x, norm.weight, norm.bias])))
    finally:
        torch.set_num_threads(threads)
    assert all(torch.equal(a, b) for a, b in zip(*found, strict=True))


@pytest.mark.parametrize("training", [True, False])
def test_batch_values(training):
    with float64_default():
        oracle = E3nnBatchNorm(UNSORTED, eps=1e-5, momentum=0.2)
    norm = make(BatchNorm, momentum=0.2)
    oracle.load_state_dict({"weight": norm.weight, "bias": norm.bias}, strict=False)
    for seed in range(3):
        x = features(seed=seed)
        torch.testing.assert_close(normed(norm, x), oracle(x), atol=1e-12, rtol=0)
    torch.testing.assert_close(norm.running_mean, oracle.running_mean, atol=1e-12, rtol=0)
    norm.train(training), oracle.train(training)
    torch.testing.assert_close(normed(norm, x), oracle(x), atol=1e-12, rtol=0)


def test_layer_values():
    norm, x = make(LayerNorm), features()
    expected, irreps = torch.zeros_like(x), Irreps(UNSORTED)
    entry, scalar = 0, 0
    for distinct in {ir for _, ir in irreps}:
        columns = [
            c
            for s, (_, ir) in zip(irreps.slices(), irreps, strict=True)
            if ir == distinct
            for c in range(s.start, s.stop)
        ]
        f = x[:, columns]
        f = f - f.mean(1, keepdim=True) if str(distinct) == "0e" else f
        expected[:, columns] = f / (f.square().mean(1, keepdim=True) + norm.eps).sqrt()
    for s, (mul, ir) in zip(irreps.slices(), irreps, strict=True):
        for c in range(mul):
            expected[:, s.start + c * ir.dim : s.start + (c + 1) * ir.dim] *= norm.weight[entry]
            entry += 1
            if str(ir) == "0e":
                expected[:, s.start + c] += norm.bias[scalar]
                scalar += 1
    torch.testing.assert_close(normed(norm, x), expected.detach(), atol=1e-12, rtol=0)


def test_statistics():
    x, irreps = features(), Irreps(UNSORTED)
    scalars = [
        c
        for s, (_, ir) in zip(irreps.slices(), irreps, strict=True)
        if str(ir) == "0e"
        for c in range(s.start, s.stop)
    ]

    def square(y):
        return torch.cat(
            [
                y[:, s].reshape(len(y), -1, ir.dim).square().mean(2)
                for s, (_, ir) in zip(irreps.slices(), irreps, strict=True)
            ],
            1,
        )

    y = normed(InstanceNorm(irreps, eps=0).double(), x)
    for members in (BATCH == 0, BATCH == 2):
        assert y[members][:, scalars].mean(0).abs().max() < 1e-12
        torch.testing.assert_close(
            square(y[members]).mean(0), torch.ones(11, dtype=x.dtype), atol=1e-12, rtol=0
        )
    y = normed(BatchNorm(irreps, eps=0).double(), x)
    assert y[:, scalars].mean(0).abs().max() < 1e-12
    torch.testing.assert_close(square(y).mean(0), torch.ones(11, dtype=x.dtype), atol=1e-12, rtol=0)
    y = normed(LayerNorm(irreps, eps=0).double(), x)
    assert y[:, scalars].mean(1).abs().max() < 1e-12
    torch.testing.assert_close(
        y[:, scalars].square().mean(1), torch.ones(7, dtype=x.dtype), atol=1e-12, rtol=0
    )


@ALL
@pytest.mark.parametrize("determinant", [1, -1])
def test_equivariance(kind, determinant, kernel_path):
    norm, matrix, x = make(kind), orthogonal(determinant), features()
    expected = turn(UNSORTED, normed(norm, x), matrix)
    torch.testing.assert_close(
        normed(norm, turn(UNSORTED, x, matrix)), expected, atol=1e-12, rtol=0
    )


@ALL
def test_only_even_scalars_are_shifted(kind):
    norm = make(kind, "2x0o+1x1o")
    assert norm.bias.numel() == 0
    x = features(irreps="2x0o+1x1o")
    assert torch.equal(normed(norm, -x), -normed(norm, x))
    assert normed(norm, x)[:, :2].mean(0).abs().min() > 0.01


@ALL
def test_derivatives(kind, kernel_path):
    norm = make(kind, "1x1o+2x0e")
    assert gradcheck(lambda x: normed(norm, x), features(irreps="1x1o+2x0e").requires_grad_())


@ALL
def test_one_node(kind):
    norm, x = kind("2x0e+1x1o").double(), features(1, "2x0e+1x1o")
    y = normed(norm, x, BATCH[:1], 1)
    assert y.isfinite().all()
    direction = x[:, 2:] / x[:, 2:].square().mean().sqrt()
    torch.testing.assert_close(y[:, 2:], direction, atol=1e-4, rtol=0)
    if kind is not LayerNorm:  # that one centres over the channels
        assert torch.equal(y[:, :2], torch.zeros(1, 2, dtype=x.dtype))


@ALL
@pytest.mark.parametrize("irreps", [UNSORTED, "3x0e", "2x1o", ""])
def test_no_node(kind, irreps, kernel_path):
    x = features(0, irreps)
    norm = make(kind, irreps)
    before = {name: value.clone() for name, value in norm.state_dict().items()}
    assert normed(norm, x, BATCH[:0], 2).shape == x.shape
    assert all(torch.equal(value, before[name]) for name, value in norm.state_dict().items())


@ALL
def test_zero_features_stay_finite(kind):
    x = torch.zeros(7, Irreps(UNSORTED).dim, dtype=torch.float64, requires_grad=True)
    y = normed(kind(UNSORTED).double(), x)
    (gradient,) = torch.autograd.grad(y.sum(), x)
    assert torch.equal(y, torch.zeros_like(y))
    assert gradient.isfinite().all()


def test_batch_norm_leaves_its_running_means_when_evaluating():
    norm = BatchNorm("2x0e+1x1o", momentum=0.25).double()
    x = features(irreps="2x0e+1x1o")
    normed(norm, x)
    torch.testing.assert_close(norm.running_mean, 0.25 * x[:, :2].mean(0))
    centred = torch.cat(
        [(x[:, :2] - x[:, :2].mean(0)).square(), x[:, 2:].square().mean(1, keepdim=True)], 1
    )
    torch.testing.assert_close(norm.running_variance, 0.75 + 0.25 * centred.mean(0))
    norm.eval()
    before = norm.running_mean.clone()
    whole = normed(norm, x)
    assert torch.equal(norm.running_mean, before)
    one_by_one = torch.cat([normed(norm, x[n : n + 1], BATCH[:1], 1) for n in range(7)])
    torch.testing.assert_close(whole, one_by_one, atol=1e-13, rtol=0)


def test_make_norm():
    irreps = Irreps("2x0e")
    assert make_norm(None, irreps) is None
    kinds = {"instance": InstanceNorm, "layer": LayerNorm, "batch": BatchNorm}
    for name, kind in kinds.items():
        assert type(make_norm(name, irreps)) is kind
    with pytest.raises(
        ValueError, match="norm is 'group', expected one of instance, layer, batch or None"
    ):
        make_norm("group", irreps)


@pytest.mark.parametrize(("columns", "rows"), [(4, 7), (6, 7), (5, 6), (5, 8)])
def test_instance_norm_refuses_other_shapes(columns, rows, kernel_path):
    norm = InstanceNorm("2x0e+1x1o").double()
    with pytest.raises(ValueError, match=rf"x has shape \({rows}, {columns}\), expected \(7, 5\)"):
        norm(randn(rows, columns), Rows(BATCH.sort().values, 4))
