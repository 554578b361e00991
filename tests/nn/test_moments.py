"""Fixed factors: values, constants, zeros, what is not finite, and their state."""

import copy
import pickle

import pytest
import torch
from e3nn.o3 import Irreps

from segnn.nn.moments import Standardise, blocks, entries, root_mean_square

from .helpers import randn


def test_every_entry_of_the_irreps_gets_second_moment_one():
    made = entries(Irreps("2x0e+1x1o+1x1o")).double()
    x = randn(50, 8) * torch.tensor([3.0, 3, 0.1, 0.1, 0.1, 1e10, 1e10, 1e10])
    made.measure(x)
    y = made(x)
    for group in made.groups:
        assert root_mean_square(y[:, group]) == pytest.approx(1)
    assert len(made.factor[2:5].unique()) == len(made.factor[5:].unique()) == 1
    assert made.shift is None


def test_message_scalars_get_mean_zero_and_deviation_one():
    made = entries(Irreps("1x0e+2x0e+1x1o+1x0o"), shifted=True).double()
    x = randn(200, 7) * 2.0 + torch.tensor([5.0, -1, 3, 4, 4, 4, 4])
    made.measure(x)
    y = made(x)
    torch.testing.assert_close(y[:, :3].mean(0), torch.zeros(3).double(), atol=1e-12, rtol=0)
    assert float(y[:, 0].var(correction=0)) == pytest.approx(1)
    assert float(y[:, 1:3].var(0, correction=0).mean()) == pytest.approx(1)
    assert made.shift is not None
    assert not made.shift[3:].any()  # a mean of vectors or pseudoscalars may not be taken out
    assert root_mean_square(y[:, 3:6]) == pytest.approx(1)


def test_what_is_near_may_be_left_alone():
    """Also a scalar with a mean, unless its mean or its deviation is far."""
    made = entries(Irreps("1x1o+1x0e+1x0e+1x0e+1x1o"), shifted=True).double()
    size = torch.tensor([4.0, 4, 4, 2, 0.02, 2, 400, 400, 400])
    x = randn(200, 9) * size + torch.tensor([0.0, 0, 0, 3, 3, 30, 0, 0, 0])
    made.measure(x, leave=10)
    y = made(x)
    assert torch.equal(y[:, :4], x[:, :4])
    assert y[:, 4:6].square().mean(0).tolist() == pytest.approx([1, 1])
    torch.testing.assert_close(y[:, 4:6].mean(0), torch.zeros(2).double(), atol=1e-12, rtol=0)
    assert root_mean_square(y[:, 6:]) == pytest.approx(1)


def test_a_constant_scalar_keeps_its_mean():
    made = entries(Irreps("1x0e"), shifted=True).double()
    x = torch.full((20, 1), 7.0, dtype=torch.float64)
    made.measure(x)
    torch.testing.assert_close(made(x), torch.ones_like(x))


@pytest.mark.parametrize("value", [0.0, float("nan"), float("inf"), None])
def test_what_has_no_size_keeps_its_factor(value):
    made = entries(Irreps("1x0e+1x1o"), shifted=True)
    made.measure(torch.zeros(0, 4) if value is None else torch.full((3, 4), value))
    assert torch.equal(made.factor, torch.ones(4))
    assert made.shift is not None
    assert not made.shift.any()


@pytest.mark.parametrize("size", [1e-160, 1e-30, 1.0, 1e30, 1e200])
def test_root_mean_square_of_any_size(size):
    x = torch.tensor([[3.0, 4.0]], dtype=torch.float64) * size
    assert root_mean_square(x) == pytest.approx(12.5**0.5 * size)


def test_channels_last_blocks():
    made = blocks(Irreps("1x1o+2x0e+1x1o"))
    assert [(g.start, g.stop) for g in made.groups] == [(0, 2), (2, 8)]


def test_ones_copy_nothing():
    made, x = entries(Irreps("1x0e+1x1o")), randn(5, 4)
    assert made(x) is x
    made.measure(x / root_mean_square(x[:, :1]))
    assert made(x) is not x


def test_state_copies_and_older_states():
    made = entries(Irreps("1x0e+1x1o"), shifted=True).double()
    x = randn(9, 4) + 3.0
    made.measure(x)
    for copied in (copy.deepcopy(made), pickle.loads(pickle.dumps(made))):
        assert torch.equal(copied(x), made(x))
    loaded = entries(Irreps("1x0e+1x1o"), shifted=True).double()
    loaded.load_state_dict(made.state_dict())
    assert torch.equal(loaded(x), made(x))
    old = entries(Irreps("1x0e+1x1o"), shifted=True).double()
    old.load_state_dict({})
    assert old(x) is x
    with torch.device("meta"):
        empty = entries(Irreps("1x0e+1x1o"), shifted=True)
    empty.to_empty(device="cpu").double().load_state_dict(made.state_dict())
    assert torch.equal(empty(x), made(x))


def test_groups_are_given_by_the_caller():
    made = Standardise(3, [slice(3)])
    made.measure(torch.tensor([[2.0, 2, 2]]), 0.5)
    torch.testing.assert_close(made.factor, torch.full((3,), 0.25))
