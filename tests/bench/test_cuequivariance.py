"""NVIDIA's products in the place of e3nn's, where they are installed."""

import pytest
import torch
from e3nn.o3 import FullyConnectedTensorProduct
from tests.cli.helpers import refused

from segnn.bench import cuequivariance
from segnn.bench.contenders import CUEQUIVARIANCE, ON_CARD, can_take_part
from segnn.bench.workloads import WORKLOADS


@pytest.fixture
def in_float64():
    """e3nn keeps its constants in torch's default type."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(before)


def test_the_same_products(in_float64):
    """Also of two blocks of an irrep, and of one that no path reaches."""
    pytest.importorskip("cuequivariance_torch", reason="cuequivariance-torch is not installed")
    product = FullyConnectedTensorProduct(
        "4x0e+3x1o+2x2e",
        "1x0e+1x1o+1x2e",
        "5x0e+2x0e+3x1o+2x2e+1x4o",
        irrep_normalization="component",
        path_normalization="none",
    )
    x, attribute = torch.randn(7, 23), torch.randn(7, 9)
    network = torch.nn.Sequential()
    network.tp = product
    expected, weight = product(x, attribute), product.weight
    found = cuequivariance.exchange_products(network).tp
    torch.testing.assert_close(found(x, attribute), expected, rtol=1e-12, atol=1e-12)
    assert [*network.parameters()] == [weight]


def test_where_it_is_not_installed(monkeypatch):
    """It is left out of what is measured of itself, and refused where it is asked for."""
    monkeypatch.setattr(cuequivariance, "installed", lambda: False)
    assert CUEQUIVARIANCE in ON_CARD
    assert not can_take_part(CUEQUIVARIANCE, WORKLOADS["charged"], 10)
    told = refused("bench", "charged", "--quick", "--contenders", CUEQUIVARIANCE)
    assert "pip install cuequivariance-torch" in told
