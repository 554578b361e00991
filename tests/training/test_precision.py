"""``training.precision``: float64 throughout; what a CPU or a test cannot answer for is refused."""

import pytest
import torch
from tests.training.helpers import recipe

import segnn
from segnn.errors import UserError
from segnn.training import train


def test_in_float64(data, tmp_path):
    results = train(
        recipe(data, "training.epochs=1", "training.precision=64"), tmp_path / "64", progress=False
    )
    assert segnn.load(tmp_path / "64").dtype == torch.float64
    assert results["equivariance"]["rotation"]["deviation"] < 1e-13


@pytest.mark.parametrize("precision", ["bf16", "bf16-mixed", "16"])
def test_sixteen_bits_are_refused(data, precision):
    with pytest.raises(UserError, match="16 bits sums over neighbours lose digits"):
        recipe(data, f"training.precision={precision}")


def test_tf32_on_a_cpu_is_refused(data, tmp_path):
    with pytest.raises(UserError, match="tf32: only graphics cards round products like this"):
        train(recipe(data, "training.precision=tf32"), tmp_path / "run", progress=False)
    assert not (tmp_path / "run").exists() or not list((tmp_path / "run").glob("*.yaml"))
