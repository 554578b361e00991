import pytest
import torch
from e3nn.o3 import Irreps, rand_matrix

from segnn.recipe.schema import TrainingSpec
from segnn.training.loss import find_loss, huber

IRREPS = Irreps("2x0e+3x1o+1x2e")


@pytest.fixture
def pair():
    torch.manual_seed(0)
    return torch.randn(2, 7, IRREPS.dim, dtype=torch.float64)


def test_huber_does_not_depend_on_the_axes_and_componentwise_absolute_errors_do(pair):
    turn = IRREPS.D_from_matrix(rand_matrix(dtype=torch.float64) * -1).T
    loss = huber(IRREPS, 0.3)
    torch.testing.assert_close(loss(*(pair @ turn)), loss(*pair), rtol=1e-12, atol=0)
    mae = find_loss(TrainingSpec(loss="mae"), IRREPS)
    assert not torch.isclose(mae(*(pair @ turn)), mae(*pair), rtol=1e-3)


def test_huber_is_a_square_below_delta_and_a_length_above(pair):
    lengths = torch.stack([part.norm(dim=-1) for part in (pair[0] - pair[1]).split([1, 1, 3, 3, 3, 5], -1)], -1)
    torch.testing.assert_close(huber(IRREPS, 1e5)(*pair) * 2e5, lengths.square().mean(), rtol=1e-4, atol=0)
    torch.testing.assert_close(huber(IRREPS, 1e-9)(*pair), lengths.mean(), rtol=1e-6, atol=0)


def test_huber_of_no_error_is_zero_with_a_zero_gradient(pair):
    prediction = pair[0].clone().requires_grad_()
    value = huber(IRREPS, 0.1)(prediction, pair[0])
    value.backward()
    assert value.item() == 0
    assert not prediction.grad.any()


@pytest.mark.parametrize("settings", [{"loss": "huber"}, {"loss": "mae", "huber_delta": 0.1}, {"huber_delta": 0.1}])
def test_delta_belongs_to_huber(settings):
    with pytest.raises(ValueError, match=r"huber needs huber_delta.*got loss: "):
        TrainingSpec(**settings)
