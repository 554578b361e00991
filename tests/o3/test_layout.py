"""Layout: which column goes where, for irreps as anyone may write them."""

import pytest
import torch
from e3nn.o3 import Irrep, Irreps
from hypothesis import given
from hypothesis import strategies as st

from segnn.o3 import Layout, Reorder, layout

from .helpers import randn

WRITTEN = [
    "1x0e",
    "3x1o",
    "4x0e+2x1o+3x0e",
    "2x2e+1x0o+0x1e+3x1o+2x2e+1x0e",
    "0x1o",
    "",
    "2x1o+2x1e+2x0o+2x0e",
]
any_irreps = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 4), st.sampled_from([-1, 1])), max_size=6
).map(lambda entries: Irreps([(mul, (degree, p)) for mul, degree, p in entries]))


def check(irreps):
    irreps = Irreps(irreps)
    x = randn(3, irreps.dim)
    inside = Reorder(irreps)(x)
    assert torch.equal(Reorder(irreps, inverse=True)(inside), x)
    # Every channel of every entry as written, found again as a column of its block's matrix
    # (component, channel).
    lay, taken = Layout(irreps), {}
    assert [b.irrep for b in lay.blocks] == sorted(
        {ir for mul, ir in irreps if mul}, key=lambda ir: (ir.l, -ir.p)
    )
    assert lay.dim == irreps.dim == (lay.blocks[-1].stop if lay.blocks else 0)
    column = 0
    for mul, ir in irreps:
        for _ in range(mul):
            block = lay.blocks[lay.find(ir)]
            channel = taken.setdefault(ir, 0)
            matrix = inside[:, block.start : block.stop].reshape(3, block.dim, block.mul)
            assert torch.equal(matrix[:, :, channel], x[:, column : column + ir.dim])
            taken[ir] += 1
            column += ir.dim


@pytest.mark.parametrize("irreps", WRITTEN)
def test_round_trip_and_columns(irreps):
    check(irreps)


@given(any_irreps)
def test_round_trip_and_columns_of_any_irreps(irreps):
    check(irreps)


def test_channel_order_counts_block_by_block():
    lay = Layout("2x1o+1x0e+3x1o+2x0e")
    assert lay.channel_order.tolist() == [2, 6, 7, 0, 1, 3, 4, 5]


def test_trivial_layouts_copy_nothing():
    x = randn(2, 4)
    assert Reorder("3x0e+1x0o")(x) is x
    assert Reorder("1x0e+1x1o")(x) is x
    assert Reorder("1x1o+1x0e")(x) is not x


def test_find_cache_repr_and_state():
    lay = layout("2x1o+1x0e")
    assert layout("2x1o+1x0e") is lay
    assert lay.find(Irrep("1o")) == 1
    assert lay.find(Irrep("1e")) is None
    assert repr(lay) == "Layout(2x1o+1x0e)"
    assert Reorder("2x1o+1x0e").state_dict() == {}


@pytest.mark.parametrize("inverse", [False, True])
@pytest.mark.parametrize("irreps", ["3x0e", "3x1o"])
def test_other_numbers_of_columns_are_refused(irreps, inverse):
    wanted = Irreps(irreps).dim
    for shape in ((2, wanted - 1), (2, wanted + 1), (wanted,)):
        with pytest.raises(ValueError, match=rf"expected \(rows, {wanted}\)"):
            Reorder(irreps, inverse=inverse)(torch.zeros(shape))
