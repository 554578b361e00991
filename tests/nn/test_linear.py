"""The steerable linear layer is e3nn's FullyConnectedTensorProduct; variance, biases, shapes and
mistakes.
"""

import pytest
import torch
from e3nn.o3 import FullyConnectedTensorProduct, Irreps
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.autograd import gradcheck, gradgradcheck

from oracle import float64_default
from segnn.nn import SteerableLinear
from segnn.nn.linear import EdgeLinear
from segnn.nn.topology import Topology
from segnn.o3 import Reorder, kernels

from .helpers import orthogonal, randn, turn

UNSORTED = ("2x1o+3x0e+2x1e+1x1o", "1x1o+2x0e+1x2e", "2x0o+3x1o+2x0e+1x2o+2x1o")
CASES = [
    ("3x0e", "1x0e", "2x0e"),
    UNSORTED,
    ("8x0e", "1x0e+1x1o+1x2e+1x3o", "2x3o+1x0e"),
    ("2x6e+1x5o", "1x6e+1x1o+2x5o", "1x6e+2x4e+1x0e+1x5o"),
    ("1x0o+1x1e+0x2e", "2x1e+1x0o+0x1o", "2x0e+1x1o+0x0e+1x1e"),
    ("2x1o", "1x0e", "1x0e+2x1o+1x2e"),  # no path to 0e and 2e
    ("2x1o", "1x0e", "3x0e"),  # no path at all
]
any_irreps = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 3), st.sampled_from([-1, 1])),
    min_size=1,
    max_size=4,
).map(lambda entries: Irreps([(mul, (degree, p)) for mul, degree, p in entries]))


def e3nn_layer(irreps_in, attribute, irreps_out, normalization="element"):
    with float64_default():
        torch.manual_seed(0)
        return FullyConnectedTensorProduct(
            irreps_in, attribute, irreps_out, path_normalization=normalization
        )


def check_against_e3nn(irreps_in, attribute, irreps_out, normalization="element", parts=None):
    tp = e3nn_layer(irreps_in, attribute, irreps_out, normalization)
    layer = SteerableLinear(parts or irreps_in, irreps_out, attribute, bias=False).double()
    assert layer.weight.numel() == tp.weight.numel()
    weight = tp.weight.detach().clone()
    with torch.no_grad():
        tp.weight.fill_(1.0)
        layer.load_e3nn(tp)
        factor = (
            layer.weight.detach().clone()
        )  # path normalisation that e3nn applies and this layer's weights hold
        tp.weight.copy_(weight)
        layer.load_e3nn(tp)
    x = randn(4, tp.irreps_in1.dim).requires_grad_()
    a = randn(4, tp.irreps_in2.dim, seed=1).requires_grad_()
    expected = tp(x, a)
    cotangent = randn(*expected.shape, seed=2)

    def gradients(y, weight):
        if not y.requires_grad:
            return [torch.zeros_like(v) for v in (x, a, weight)]
        found = torch.autograd.grad((y * cotangent).sum(), (x, a, weight), allow_unused=True)
        return [
            torch.zeros_like(v) if g is None else g
            for g, v in zip(found, (x, a, weight), strict=True)
        ]

    gx, ga, gw = gradients(expected, tp.weight)
    for path in ("plain", "numba"):
        with kernels(path):
            xs = x.split([Irreps(p).dim for p in parts], 1) if parts else [x]
            y = layer(*xs, a)
            torch.testing.assert_close(y, expected, atol=1e-12, rtol=1e-12)
            for got, wanted in zip(
                gradients(y, layer.weight),
                (gx, ga, gw / torch.where(factor == 0, 1.0, factor)),
                strict=True,
            ):
                torch.testing.assert_close(got, wanted, atol=1e-12, rtol=1e-12)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_equal_to_e3nn(case):
    check_against_e3nn(*case)


@pytest.mark.parametrize("normalization", ["path", "none"])
def test_equal_to_e3nn_with_other_normalisations(normalization):
    check_against_e3nn(*UNSORTED, normalization)


def test_parts_are_their_concatenation():
    check_against_e3nn(
        "2x1o+1x0e+3x0e+1x1o+2x0o", *UNSORTED[1:], parts=("2x1o+1x0e", "3x0e+1x1o", "2x0o")
    )


@given(any_irreps, any_irreps, any_irreps)
@settings(max_examples=12)
def test_equal_to_e3nn_for_any_irreps(irreps_in, attribute, irreps_out):
    check_against_e3nn(irreps_in, attribute, irreps_out)


def test_load_e3nn_names_the_irreps_that_differ():
    tp = e3nn_layer("2x0e+1x1o", "1x0e+1x1o", "2x1o")
    SteerableLinear("2x0e+1x1o", "2x1o", "1x0e+1x1o").load_e3nn(tp)
    for irreps, what in [
        (("2x0e+2x1o", "2x1o", "1x0e+1x1o"), "irreps_in"),
        (("2x0e+1x1o", "2x1o", "1x1o+1x0e"), "irreps_attr"),
        (("2x0e+1x1o", "1x1o", "1x0e+1x1o"), "irreps_out"),
    ]:
        with pytest.raises(ValueError, match=f"{what} of this layer are .*, of the e3nn layer"):
            SteerableLinear(*irreps).load_e3nn(tp)


@pytest.mark.parametrize("determinant", [1, -1])
def test_equivariance(determinant, kernel_path):
    irreps_in, attribute, irreps_out = UNSORTED
    layer, matrix = (
        SteerableLinear(irreps_in, irreps_out, attribute).double(),
        orthogonal(determinant),
    )
    x, a = randn(5, layer.irreps_parts[0].dim), randn(5, layer.irreps_attr.dim)
    expected = turn(irreps_out, layer(x, a), matrix)
    torch.testing.assert_close(
        layer(turn(irreps_in, x, matrix), turn(attribute, a, matrix)), expected, atol=1e-11, rtol=0
    )


def test_derivatives(kernel_path):
    layer = SteerableLinear("1x1o+2x0e", "1x0e+1x1o", "1x0e+1x1o").double()
    inputs = (
        randn(2, 5).requires_grad_(),
        randn(2, 4).requires_grad_(),
        *(p.detach().clone().requires_grad_() for p in layer.parameters()),
    )

    def function(x, a, weight, bias):
        return torch.func.functional_call(layer, {"weight": weight, "bias": bias}, (x, a))

    assert gradcheck(function, inputs)
    assert gradgradcheck(function, inputs, fast_mode=True)


def test_bias_on_even_scalars_only(kernel_path):
    layer = SteerableLinear("2x1o", "1x1o+2x0e+3x0o+1x0e+1x1e", "1x1o+1x0e").double()
    assert layer.bias.shape == (3,)
    y = layer(torch.zeros(2, 6, dtype=torch.float64), randn(2, 4))
    expected = torch.zeros(2, 12, dtype=torch.float64)
    expected[:, 3:5], expected[:, 8] = layer.bias[:2], layer.bias[2]
    assert torch.equal(y, expected)
    assert SteerableLinear("2x1o", "2x1o+3x0o", "1x0e").bias is None
    assert SteerableLinear("2x0e", "2x0e", "1x0e", bias=False).bias is None


def test_irreps_that_no_path_reaches_are_zero(kernel_path):
    layer = SteerableLinear("2x1o", "1x2e+2x1o+1x0o", "1x0e", bias=False).double()
    y = layer(randn(3, 6), randn(3, 1))
    assert torch.equal(y[:, [0, 1, 2, 3, 4, 11]], torch.zeros(3, 6, dtype=torch.float64))
    assert y[:, 5:11].abs().min() > 0
    nothing = SteerableLinear("2x1o", "3x0o", "1x0e")
    assert nothing.weight.numel() == 0
    assert torch.equal(nothing(torch.ones(3, 6), torch.ones(3, 1)), torch.zeros(3, 3))


@pytest.mark.parametrize("rows", [0, 1])
def test_few_rows(rows, kernel_path):
    irreps_in, attribute, irreps_out = UNSORTED
    layer = SteerableLinear(irreps_in, irreps_out, attribute).double()
    x, a = randn(rows, layer.irreps_parts[0].dim), randn(rows, layer.irreps_attr.dim)
    assert layer(x, a).shape == (rows, layer.irreps_out.dim)


def test_channels_last_is_the_same_layer(kernel_path):
    irreps_in, attribute, irreps_out = UNSORTED
    outside = SteerableLinear(irreps_in, irreps_out, attribute).double()
    inside = SteerableLinear(irreps_in, irreps_out, attribute, channels_last=True).double()
    inside.load_state_dict(outside.state_dict())
    x, a = randn(4, outside.irreps_parts[0].dim), randn(4, outside.irreps_attr.dim)
    y = Reorder(irreps_out, inverse=True)(inside(Reorder(irreps_in)(x), a))
    assert torch.equal(y, outside(x, a))
    assert set(outside.state_dict()) == {"weight", "bias"}


@pytest.mark.parametrize(
    ("irreps_in", "attribute", "irreps_out"),
    [
        ("16x0e", "1x0e", "32x0e"),
        ("16x0e+16x1o", "1x0e+1x1o", "24x0e+24x1o"),
        ("12x0e+8x1o+4x2e+12x0e", "2x0e+1x1o+1x2e+1x3o", "24x0e+12x1o+8x2e+8x3o"),
    ],
)
def test_variance_at_initialisation_is_one(irreps_in, attribute, irreps_out):
    layer = SteerableLinear(irreps_in, irreps_out, attribute, bias=False).double()
    generator = torch.Generator().manual_seed(0)
    x, a = (
        torch.randn(1500, i.dim, generator=generator, dtype=torch.float64)
        for i in (layer.irreps_parts[0], layer.irreps_attr)
    )
    squares = []
    for seed in range(4):
        torch.manual_seed(seed)
        layer.reset_parameters()
        squares.append(layer(x, a).detach().square().mean(0))
    square = torch.stack(squares).mean(0)
    for columns, (mul, ir) in zip(layer.irreps_out.slices(), layer.irreps_out, strict=True):
        component = square[columns].reshape(mul, ir.dim).mean(0)
        torch.testing.assert_close(component, torch.ones_like(component), atol=0, rtol=0.12)


def test_bounds_at_initialisation():
    layer = SteerableLinear("10x0e+5x1o", "400x0e+200x1o+2x2e+400x0e+300x3e", "2x0e+1x1o")
    # fan-ins: 0e 10·2 + 5·1, 1o 10·1 + 5·2, 2e 5·1, 3e nothing
    blocks = [
        (10, 2, 400),
        (10, 2, 400),
        (10, 1, 200),
        (5, 2, 200),
        (5, 1, 400),
        (5, 1, 2),
        (5, 1, 400),
    ]
    fans = [25, 25, 20, 20, 25, 5, 25]
    assert layer.weight.numel() == sum(i * a * o for i, a, o in blocks)
    start = 0
    for (i, a, o), fan in zip(blocks, fans, strict=True):
        largest = layer.weight[start : start + i * a * o].abs().max() * (fan / 3) ** 0.5
        assert 0.5 < largest <= 1
        assert largest > 0.99 or i * a * o < 1000
        start += i * a * o
    assert 0.98 < layer.bias.abs().max() * 5 <= 1
    assert 0.45 < layer.bias.abs().mean() * 5 < 0.55
    lonely = SteerableLinear("1x1o", "500x0e", "1x0e")  # no weight at all: as if the fan-in were 1
    assert 0.98 < lonely.bias.abs().max() <= 1


def test_seed_decides_and_a_reset_draws_anew():
    torch.manual_seed(3)
    first = SteerableLinear("4x0e", "2x0e", "1x0e")
    torch.manual_seed(3)
    second = SteerableLinear("4x0e", "2x0e", "1x0e")
    assert torch.equal(first.weight, second.weight)
    assert torch.equal(first.bias, second.bias)
    second.reset_parameters()
    assert not torch.equal(first.weight, second.weight)


def test_repr_tells_irreps_and_size():
    assert "2x0e ⊕ 1x1o ⊗ 1x0e → 1x0e+1x1o, 3 weights" in repr(
        SteerableLinear(("2x0e", "1x1o"), "1x0e+1x1o", "1x0e")
    )


@pytest.mark.parametrize(
    ("hidden", "message"), [("2x1o+3x0e", "2x0e+1x1o"), ("2x1o+3x0e", ""), ("3x0e", "1x1o")]
)
@pytest.mark.parametrize("attribute", ["1x1o+1x0e", "1x1o"])
def test_edge_linear_is_a_layer_on_the_concatenation(hidden, message, attribute, kernel_path):
    out = Irreps("2x0e+2x1e")  # from 3x0e and 1x1o nothing reaches it but the message
    hidden, message, attribute = Irreps(hidden), Irreps(message), Irreps(attribute)
    layer = EdgeLinear(hidden, message, out, attribute).double()
    whole = SteerableLinear(hidden + hidden + message, out, attribute, channels_last=False).double()
    whole.load_state_dict(layer.state_dict())
    edges = Topology(torch.tensor([[3, 0, 2, 1], [0, 0, 1, 3]]), 4)
    x, m, a = randn(4, hidden.dim), randn(4, message.dim), randn(4, attribute.dim)
    y = layer(Reorder(hidden)(x), Reorder(message)(m), a, edges)
    expected = whole(torch.cat([x[edges.target.index], x[edges.source.index], m], 1), a)
    torch.testing.assert_close(Reorder(out, inverse=True)(y), expected, atol=1e-12, rtol=0)
    if not message.dim:
        assert torch.equal(layer(Reorder(hidden)(x), None, a, edges), y)


@pytest.mark.parametrize(
    ("x", "a"),
    [((3, 5), (3, 3)), ((3, 5), (3, 5)), ((3, 4), (3, 4)), ((3, 6), (3, 4)), ((2, 5), (3, 4))],
)
def test_wrong_shapes(x, a, kernel_path):
    layer = SteerableLinear("2x0e+1x1o", "1x0e+1x1o", "1x0e+1x1o").double()
    assert layer(randn(3, 5), randn(3, 4)).shape == (3, 4)
    with pytest.raises(ValueError, match="expected"):
        layer(randn(*x), randn(*a))


@pytest.mark.parametrize("inputs", [(5,), (5, 5, 4)])
def test_wrong_number_of_inputs(inputs):
    layer = SteerableLinear("2x0e+1x1o", "1x0e+1x1o", "1x0e+1x1o").double()
    with pytest.raises(ValueError, match="expected 1 and an attribute"):
        layer(*(randn(3, n) for n in inputs))


def test_load_e3nn_leaves_no_bias():
    layer, x, a = (
        SteerableLinear("2x0e+1x1o", "3x0e", "1x0e+1x1o").double(),
        randn(4, 5),
        randn(4, 4),
    )
    tp = e3nn_layer("2x0e+1x1o", "1x0e+1x1o", "3x0e")
    layer.load_e3nn(tp)
    torch.testing.assert_close(layer(x, a), tp(x, a))


def test_load_e3nn_says_where_there_are_no_weights():
    tp = FullyConnectedTensorProduct(
        "2x0e", "1x0e", "3x0e", internal_weights=False, shared_weights=False
    )
    with pytest.raises(
        ValueError, match="holds 0 weights, expected 6: make it with internal_weights=True"
    ):
        SteerableLinear("2x0e", "3x0e", "1x0e").load_e3nn(tp)


@pytest.mark.parametrize(("dtype", "name"), [(torch.int64, "input 0"), (torch.bfloat16, "input 0")])
def test_wrong_dtype(dtype, name, kernel_path):
    layer = SteerableLinear("2x0e", "3x0e", "1x0e")
    with pytest.raises(TypeError, match=f"{name} is {dtype}, expected torch.float32"):
        layer(torch.ones(2, 2, dtype=dtype), torch.ones(2, 1))
