"""The oracle itself: it loads weights of the public reference code by name and reproduces their
outputs.
"""

import pytest
import torch
from e3nn.o3 import Irreps, rand_matrix

from oracle import (
    E3nnSEGNN,
    float64_default,
    inputs,
    load_reference,
    network_arguments,
    reference_state,
)

HIDDEN = "4x0e+3x1o+2x0o+2x2e"


@pytest.fixture(autouse=True)
def _float64():
    with float64_default():
        yield


@pytest.mark.parametrize("task", ["node", "graph"])
def test_reproduces_reference_output(task):
    arrays = load_reference(task)
    network = E3nnSEGNN(**network_arguments(arrays))
    state = reference_state(arrays)
    assert {name for name, _ in network.named_parameters()} == set(state)
    network.load_state_dict(state, strict=False)
    difference = network(*inputs(arrays)) - torch.from_numpy(arrays["output"])
    assert difference.abs().max() < 1e-9


def test_charged_parameter_count_is_that_of_the_paper():
    network = E3nnSEGNN("2x1o+1x0e", "32x0e+32x1o", "1x1o", "1x0e+1x1o", "1x0e+1x1o", "2x0e")
    assert sum(p.numel() for p in network.parameters()) == 147_424


@pytest.mark.parametrize(("task", "out"), [("node", "1x0e+1x1o+1x0o"), ("graph", "1x0e")])
@pytest.mark.parametrize("norm", [None, "instance"])
@pytest.mark.parametrize("determinant", [1, -1])
def test_equivariance_with_pseudoscalars(task, out, norm, determinant):
    attr = "1x0e+1x1o+1x2e"
    network = E3nnSEGNN("2x0e+1x1o", HIDDEN, out, attr, attr, "1x0e", 2, norm=norm, task=task)
    generator = torch.Generator().manual_seed(0)
    x, edge_attr, node_attr, message = (
        torch.randn(n, Irreps(irreps).dim, generator=generator)
        for n, irreps in [(8, "2x0e+1x1o"), (20, attr), (8, attr), (20, "1x0e")]
    )
    edge_index = torch.randint(0, 8, (2, 20), generator=generator)
    batch = torch.tensor([0, 0, 0, 0, 1, 1, 1, 1])
    rotation = determinant * rand_matrix()

    def turn(irreps, value):
        return value @ Irreps(irreps).D_from_matrix(rotation).T

    expected = turn(out, network(x, edge_index, edge_attr, node_attr, message, batch))
    turned = network(
        turn("2x0e+1x1o", x),
        edge_index,
        turn(attr, edge_attr),
        turn(attr, node_attr),
        message,
        batch,
    )
    torch.testing.assert_close(turned, expected, atol=1e-10, rtol=0)
