"""The gate: values of e3nn, irreps in any order, parity of odd scalars, equivariance."""

import pytest
import torch
from e3nn.nn import Gate as E3nnGate
from e3nn.o3 import Irreps
from torch.autograd import gradcheck

from oracle import float64_default
from segnn.nn import Gate
from segnn.o3 import Reorder
from segnn.o3.plan.gate import SIGMOID_SCALE, SILU_SCALE

from .helpers import orthogonal, randn, turn


def gated(gate, x):
    """The gate between e3nn's layouts."""
    return Reorder(gate.irreps_out, inverse=True)(gate(Reorder(gate.irreps_in)(x)))


def by_loops(irreps_out, x):
    """Scalars ⊕ gates ⊕ gated in the order of the irreps as written → irreps_out, one irrep at a
    time.
    """
    irreps = Irreps(irreps_out)
    gates = irreps.num_irreps - irreps.count("0e")
    scalar, gate, column, parts = 0, irreps.count("0e"), irreps.count("0e") + gates, []
    for mul, ir in irreps:
        for _ in range(mul):
            if str(ir) == "0e":
                parts.append(
                    torch.nn.functional.silu(x[:, scalar : scalar + 1])
                    * (SILU_SCALE if gates else 1)
                )
                scalar += 1
            else:
                parts.append(
                    x[:, column : column + ir.dim]
                    * torch.sigmoid(x[:, gate : gate + 1])
                    * SIGMOID_SCALE
                )
                gate, column = gate + 1, column + ir.dim
    return torch.cat(parts, 1)


@pytest.mark.parametrize(
    ("irreps_out", "irreps_in"),
    [
        ("4x0e+3x1o", "7x0e+3x1o"),
        ("2x1o+3x0e+1x0o+2x1o+1x0e", "9x0e+2x1o+1x0o+2x1o"),
        ("3x2e+2x1e+1x0o", "6x0e+3x2e+2x1e+1x0o"),
        ("5x0e", "5x0e"),
        ("3x0e+0x1o+2x0e", "5x0e"),
        ("1x1o+1x1e+2x1o+1x0o", "5x0e+1x1o+1x1e+2x1o+1x0o"),
    ],
)
def test_values(irreps_out, irreps_in):
    gate = Gate(irreps_out)
    assert gate.irreps_in == Irreps(irreps_in)
    x = randn(5, gate.irreps_in.dim)
    torch.testing.assert_close(gated(gate, x), by_loops(irreps_out, x), atol=1e-14, rtol=0)


def test_equal_to_e3nn():
    scalars, vectors = Irreps("3x0e"), Irreps("2x0o+1x1o+2x1e+1x2e")
    with float64_default():
        e3nn = E3nnGate(
            scalars, [torch.nn.functional.silu], Irreps("6x0e"), [torch.sigmoid], vectors
        )
        gate = Gate(scalars + vectors)
        x = randn(4, gate.irreps_in.dim)
        written = gate.irreps_in
        order = torch.cat(
            [torch.arange(written.dim)[written.slices()[i]] for i in written.sort().inv]
        )
        assert e3nn.irreps_in == written.sort().irreps.simplify()
        torch.testing.assert_close(gated(gate, x), e3nn(x[:, order]), atol=1e-12, rtol=0)


def test_scalars_alone_pass_the_plain_silu():
    x = randn(4, 6)
    assert torch.equal(Gate("6x0e")(x), torch.nn.functional.silu(x))


def test_odd_scalars_change_sign_with_their_inputs():
    gate = Gate("1x0e+2x0o")
    x = randn(3, 5)
    mirrored = x * torch.tensor([1.0, 1, 1, -1, -1], dtype=x.dtype)
    sign = torch.tensor([1.0, -1, -1], dtype=x.dtype)
    assert torch.equal(gate(mirrored), gate(x) * sign)
    assert (gate(x)[:, 1:] / x[:, 3:] > 0).all()


@pytest.mark.parametrize("irreps", ["2x1o+3x0e+1x0o+2x1e+2x2e", "2x0o+1x1o"])
@pytest.mark.parametrize("determinant", [1, -1])
def test_equivariance(irreps, determinant):
    gate, matrix = Gate(irreps), orthogonal(determinant)
    x = randn(4, gate.irreps_in.dim)
    expected = turn(irreps, gated(gate, x), matrix)
    torch.testing.assert_close(
        gated(gate, turn(gate.irreps_in, x, matrix)), expected, atol=1e-12, rtol=0
    )


def test_derivatives_and_no_rows():
    gate = Gate("1x1o+2x0e+1x0o")
    assert gradcheck(gate, randn(2, gate.irreps_in.dim).requires_grad_())
    assert gate(randn(0, gate.irreps_in.dim)).shape == (0, 6)
    assert Gate("2x0e")(randn(0, 2)).shape == (0, 2)


def test_second_moment_is_kept():
    gate = Gate("1x0e+1x1o")
    square = gate(randn(40_000, 5)).square().mean(0)
    torch.testing.assert_close(square, torch.ones_like(square), atol=0, rtol=0.04)


def test_repr():
    assert repr(Gate("4x0e+3x1o")) == "Gate(7x0e+3x1o → 4x0e+3x1o)"


@pytest.mark.parametrize("shape", [(4, 6), (4, 8), (7,)])
def test_other_shapes_are_refused(shape):
    with pytest.raises(ValueError, match=r"expected \(rows, 7\) for irreps 4x0e\+1x1o"):
        Gate("3x0e+1x1o")(torch.zeros(shape))
