"""The two rules for hidden widths, and the published settings."""

import pytest
from e3nn.o3 import Irreps

from segnn.nn import SteerableLinear
from segnn.nn.widths import balanced_irreps, weight_balanced_irreps


@pytest.mark.parametrize(
    ("channels", "degree", "attribute", "published"),
    [
        (64, 1, "1x0e+1x1o", "32x0e+32x1o"),
        (128, 2, "1x0e+1x1o+1x2e+1x3o", "36x0e+36x1o+36x2e"),
        (64, 0, "1x0e", "64x0e"),
    ],
)
def test_published_weight_balanced_widths(channels, degree, attribute, published):
    assert weight_balanced_irreps(channels, degree, attribute) == Irreps(published)


@pytest.mark.parametrize(
    ("channels", "degree", "attribute"), [(10, 1, "1x0e+1x1o"), (7, 2, "2x0e+1x1o"), (1, 3, "1x0e")]
)
def test_weight_balance_is_the_smallest_number_with_enough_weights(channels, degree, attribute):
    def weights(n):
        irreps = Irreps([(n, (ir.l, ir.p)) for _, ir in hidden])
        return SteerableLinear(irreps, irreps, attribute).weight.numel()

    hidden = weight_balanced_irreps(channels, degree, attribute)
    n = hidden[0].mul
    assert [(mul, ir.l, ir.p) for mul, ir in hidden] == [
        (n, k, (-1) ** k) for k in range(degree + 1)
    ]
    assert weights(n) >= channels**2
    assert n == 1 or weights(n - 1) < channels**2


@pytest.mark.parametrize(
    ("channels", "degree", "expected"),
    [
        (64, 0, "64x0e"),
        (64, 1, "34x0e+10x1o"),
        (128, 2, "46x0e+14x1o+8x2e"),
        (15, 2, "7x0e+1x1o+1x2e"),
    ],
)
def test_balanced_widths(channels, degree, expected):
    assert balanced_irreps(channels, degree) == Irreps(expected)
    assert balanced_irreps(channels, degree).dim == channels


def test_mistakes():
    with pytest.raises(ValueError, match="got 0 channels and degree 1, expected at least 1 and 0"):
        balanced_irreps(0, 1)
    with pytest.raises(ValueError, match="got 4 channels and degree -1"):
        weight_balanced_irreps(4, -1, "1x0e")
    with pytest.raises(ValueError, match="14 channels do not reach degree 2; expected at least 15"):
        balanced_irreps(14, 2)
    with pytest.raises(ValueError, match="attribute 1x0o couples none of the degrees 0 to 1"):
        weight_balanced_irreps(4, 1, "1x0o")
