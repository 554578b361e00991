"""The shipped test kit: it passes what is equivariant and names what is not."""

import numpy as np
import pytest
import torch
from e3nn.o3 import FullTensorProduct, Irreps, rand_matrix

from segnn import SEGNN
from segnn.model import PhysicalModel
from segnn.model.check.transform import representation
from segnn.nn import SteerableLinear
from segnn.recipe import load_recipe
from segnn.testing import assert_equivariant, assert_model_ok, random_systems

IRREPS = "2x0e+1x0o+2x1o+1x1e+1x2e"


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_passes_a_steerable_layer(dtype):
    layer = SteerableLinear(IRREPS, IRREPS, "1x0e+1x1o+1x2e").to(dtype)
    assert_equivariant(layer, [IRREPS, "1x0e+1x1o+1x2e"], IRREPS)


def test_passes_a_network_on_a_graph():
    net = SEGNN("1x1o+1x0e", "2x0e+2x1o", "1x1o", "1x0e+1x1o", "1x0e+1x1o", num_layers=1).double()
    edge_index = torch.tensor([[1, 2, 0], [0, 0, 1]])
    inputs = [torch.randn(3, 4), edge_index, torch.randn(3, 4), torch.randn(3, 4)]
    inputs = [x.double() if x.is_floating_point() else x for x in inputs]
    assert_equivariant(net, ["1x1o+1x0e", None, "1x0e+1x1o", "1x0e+1x1o"], "1x1o", inputs)


def test_names_the_rotation_and_the_irrep():
    with pytest.raises(
        AssertionError, match=r"rotation: relative error .* worst in 1x1o of the output 1x0e\+1x1o"
    ):
        assert_equivariant(
            lambda x: torch.cat([x.square().sum(1, keepdim=True), x.sin()], 1), "1o", "1x0e+1x1o"
        )


def test_a_bias_on_a_pseudoscalar_breaks_the_inversion_only():
    with pytest.raises(AssertionError, match="inversion"):
        assert_equivariant(lambda x: x + 1, "0o", "0o")
    assert_equivariant(lambda x: x + 1, "0e", "0e")


def test_refuses_what_does_not_fit():
    with pytest.raises(ValueError, match="one for each"):
        assert_equivariant(lambda x: x, ["1o", "0e"], "1o", [torch.zeros(1, 3)])
    with pytest.raises(ValueError, match="give all inputs"):
        assert_equivariant(lambda x, y: x, ["1o", None], "1o")
    with pytest.raises(AssertionError, match="expected 3 columns"):
        assert_equivariant(lambda x: x[:, :2], "1o", "1o")


def test_representation_is_the_tensor_products():
    """D is a homomorphism, orthogonal, and what e3nn's tensor product intertwines, to float64."""
    product = FullTensorProduct("1x1o", "1x2e")
    a, b = (s * rand_matrix(dtype=torch.float64).numpy() for s in (1, -1))
    irreps = Irreps("0e+0o+1o+1e+2x2e+2o+3o+6e")
    np.testing.assert_allclose(
        representation(irreps, a @ b),
        representation(irreps, a) @ representation(irreps, b),
        atol=1e-12,
    )
    np.testing.assert_allclose(
        representation(irreps, b) @ representation(irreps, b).T, np.eye(irreps.dim), atol=1e-12
    )
    np.testing.assert_allclose(representation(Irreps("1o"), b), b, atol=1e-15)
    np.testing.assert_allclose(
        representation(irreps, b),
        irreps.D_from_matrix(torch.from_numpy(b)).numpy(),
        atol=1e-5,
        rtol=0,
    )
    x, y = torch.randn(4, 3), torch.randn(4, 5)
    there = product(
        *(
            v @ torch.from_numpy(representation(Irreps(i), b)).float().T
            for v, i in ((x, "1o"), (y, "2e"))
        )
    )
    expected = product(x, y) @ torch.from_numpy(representation(product.irreps_out, b)).float().T
    torch.testing.assert_close(there, expected, rtol=1e-4, atol=1e-4)


def test_model_ok(tmp_path):
    model = PhysicalModel(load_recipe("charged", ["model.hidden=4x0e+4x1o", "model.layers=1"]))
    rows = assert_model_ok(model)
    assert all(row.passed for row in rows)
    model.save(tmp_path)
    systems = random_systems(model.recipe, (3, 2))
    assert_model_ok(tmp_path, systems)
    assert_model_ok(str(tmp_path), systems.to_arrays())


def test_model_not_ok():
    model = PhysicalModel(
        load_recipe("charged", ["model.kind=mpnn", "model.hidden=4x0e+4x1o", "model.layers=1"])
    )
    with pytest.raises(
        AssertionError,
        match=r"(?s)4 of 18 checks failed:.*rotation in float64.*reflection in float32",
    ):
        assert_model_ok(model)


def test_a_zero_output_in_float32_is_equivariant():
    assert_equivariant(lambda x: 0 * x, "1x1o", "1x1o", inputs=[torch.randn(3, 3)])
    with pytest.raises(AssertionError, match="not equivariant"):
        assert_equivariant(lambda x: x + 1, "1x1o", "1x1o", inputs=[torch.zeros(3, 3)])


def test_refuses_an_output_without_rows_or_columns():
    with pytest.raises(AssertionError, match=r"shape \(\), expected 1 columns"):
        assert_equivariant(lambda x: x.square().sum(), "1x1o", "1x0e")
    with pytest.raises(ValueError, match="nothing to compare"):
        assert_equivariant(lambda x: x + 1, "1x1o", "1x1o", rows=0)
