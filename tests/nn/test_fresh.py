"""Fresh networks are of order one: by construction for any depth and number of neighbours, and,
calibrated on a sample, in every layer; equivariant, deterministic, for empty samples too.
"""

import pytest
import torch
from e3nn.o3 import Irreps

from segnn.nn import SEGNN, SELinear, SENonlinear, calibrate
from segnn.nn.fresh import BRANCH
from segnn.nn.moments import root_mean_square

from .helpers import IRREPS, graph, orthogonal, randn, turn

ALL = [SEGNN, SELinear, SENonlinear]


def network(kind=SEGNN, seed=0, **arguments):
    torch.manual_seed(seed)
    return kind(**{**IRREPS, "num_layers": 2, **arguments}).double()


def complete(n, hidden, layers, seed=0):
    """A network and the arguments of a pass over a complete graph of n nodes."""
    irreps = {
        "irreps_in": "2x1o+1x0e",
        "irreps_hidden": hidden,
        "irreps_out": "1x1o",
        "irreps_edge_attr": "1x0e+1x1o",
        "irreps_node_attr": "1x0e+1x1o",
        "irreps_message": "2x0e",
    }
    i, j = torch.meshgrid(torch.arange(n), torch.arange(n), indexing="ij")
    edges = torch.stack([j[i != j], i[i != j]])
    e = edges.shape[1]
    given = (randn(n, 7), edges, randn(e, 4), randn(n, 4), randn(e, 2))
    torch.manual_seed(seed)
    return SEGNN(**irreps, num_layers=layers), tuple(
        v.float() if v.is_floating_point() else v for v in given
    )


@pytest.mark.parametrize("layers", [1, 4, 7, 12])
@pytest.mark.parametrize("nodes", [2, 6, 101])
def test_any_depth_and_any_number_of_neighbours(layers, nodes):
    """By construction within a factor of 30, calibrated on the graph as asked."""
    net, given = complete(nodes, "16x0e+16x1o", layers)
    with torch.no_grad():
        assert 1 / 30 < root_mean_square(net(*given)) < 30
        calibrate(net, *given, output=0.7)
        assert root_mean_square(net(*given)) == pytest.approx(0.7, rel=1e-3)
        for layer in net.layers:
            layer.register_forward_hook(lambda module, inputs, x: sizes.append(root_mean_square(x)))
        sizes = []
        net(*given)
    assert len(sizes) == layers
    assert all(0.9 < size < 1.2 for size in sizes)


@pytest.mark.parametrize("task", ["node", "graph"])
@pytest.mark.parametrize("pool", ["mean", "sum"])
@pytest.mark.parametrize("norm", [None, "instance", "layer", "batch"])
@pytest.mark.parametrize("kind", ALL)
def test_every_irrep_of_the_output_is_of_the_size_asked_for(kind, norm, task, pool):
    net, inputs = network(kind, norm=norm, task=task, pool=pool), graph()
    before = {name: value.clone() for name, value in net.named_buffers() if "running" in name}
    calibrate(net, *inputs.arguments(), output=0.3)
    after = dict(net.named_buffers())
    assert all(torch.equal(value, after[name]) for name, value in before.items())
    y = net(*inputs.arguments()).detach()
    for columns in net.irreps_out.slices():
        size = root_mean_square(y[:, columns])
        # One step of the linear convolution makes hardly any pseudoscalars; what is starved is
        # raised by a limited factor only.
        assert size == pytest.approx(0.3, rel=1e-6) or (kind is SELinear and 0.03 < size < 0.3)


@pytest.mark.parametrize("kind", ALL)
def test_sums_over_neighbours_are_of_order_one(kind):
    net, inputs = network(kind), graph()
    calibrate(net, *inputs.arguments())
    sizes = []
    for layer in net.layers:
        layer.sums.register_forward_hook(
            lambda module, given, y: sizes.extend(
                root_mean_square(y[:, group]) for group in module.groups
            )
        )
    net(*inputs.arguments())
    expected = 1.0 if kind is SEGNN else BRANCH / 2**0.5
    assert sizes == pytest.approx([expected] * len(sizes), rel=1e-5)


@pytest.mark.parametrize("kind", ALL)
@pytest.mark.parametrize("determinant", [1, -1])
def test_equivariance_after_calibration(kind, determinant):
    net, inputs, matrix = network(kind), graph(), orthogonal(determinant)
    calibrate(net, *inputs.arguments())
    expected = turn(net.irreps_out, net(*inputs.arguments()), matrix)
    got = net(*inputs.turned(IRREPS, matrix).arguments())
    torch.testing.assert_close(got, expected, atol=1e-12, rtol=0)


def test_deterministic_without_a_random_number():
    one, other, inputs = network(), network(), graph()
    state = torch.get_rng_state()
    for net in (one, other):
        calibrate(net, *inputs.arguments())
    assert torch.equal(state, torch.get_rng_state())
    assert all(torch.equal(a, b) for a, b in zip(one.parameters(), other.parameters(), strict=True))


@pytest.mark.parametrize(("sizes", "edges"), [((4, 3), 0), ((1,), None), ((), None), ((1, 1), 0)])
@pytest.mark.parametrize("norm", [None, "instance"])
@pytest.mark.parametrize("task", ["node", "graph"])
def test_samples_without_edges_of_one_node_and_of_none(sizes, edges, norm, task):
    net, inputs = network(norm=norm, task=task), graph(sizes=sizes, edges=edges)
    calibrate(net, *inputs.arguments())
    assert all(bool(p.isfinite().all()) for p in net.state_dict().values())
    y = net(*inputs.arguments())
    assert bool(y.isfinite().all())
    assert len(y) == 0 or 1e-3 < root_mean_square(y.detach()) < 10
    assert bool(net(*graph().arguments()).isfinite().all())


def test_inputs_that_are_zero_leave_the_weights_as_they_were_drawn():
    net, inputs = network(), graph()
    fresh = net.embedding.weight.clone()
    x = torch.zeros_like(inputs.x)
    net.embedding.bias.data.zero_()
    calibrate(net, x, *inputs.arguments()[1:])
    assert torch.equal(net.embedding.weight, fresh)


def test_old_states_load_as_they_were():
    """A state from before there were factors: they are one, and the network computes the same."""
    net, inputs = network(task="graph"), graph()
    for parameter in net.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    expected = net(*inputs.arguments())
    old = {name: value for name, value in net.state_dict().items() if "factor" not in name}
    other = network(task="graph", seed=1)
    calibrate(other, *inputs.arguments())
    fresh = network(task="graph", seed=2)
    fresh.load_state_dict(old)
    assert torch.equal(fresh(*inputs.arguments()), expected)


def test_a_state_holds_the_factors(tmp_path):
    net, inputs = network(task="graph", pool="sum"), graph()
    calibrate(net, *inputs.arguments())
    other = network(task="graph", pool="sum", seed=1)
    other.load_state_dict(net.state_dict())
    assert torch.equal(other(*inputs.arguments()), net(*inputs.arguments()))


def test_what_is_zero_but_for_round_off_is_not_blown_up():
    """Vectors in a plane make no pseudoscalars: 0o features are round-off."""
    net, inputs = network(task="graph"), graph()
    inputs.x[:, 2] = inputs.x[:, 5] = 0  # z of two vectors; then a pseudoscalar
    inputs.x[:, 7] *= 1e-12
    inputs.edge_attr[:, 3] = inputs.node_attr[:, 3] = inputs.message[:, 3] = 0
    inputs.edge_attr[:, 5:7] = 0  # xy and yz of x, y, z in e3nn's order: y is the polar axis
    calibrate(net, *inputs.arguments())
    assert max(float(layer.sums.factor.max()) for layer in net.layers) < 1e3
    y = net(*graph().arguments())
    assert root_mean_square(y.detach()) < 1e3


def test_an_unreached_output_is_told_at_construction():
    with pytest.warns(UserWarning, match="no path of this network leads to 1x1o of irreps_out"):
        SEGNN("1x0e", "4x0e", "1x1o", "1x0e", "1x0e", None, num_layers=1, task="graph")


def test_irreps_of_the_hidden_features_are_not_counted_twice():
    """Repeated irreps are one block, and the factor of each weight is that of its own output."""
    hidden = "2x0e+3x1o+4x0e+1x2e"
    net, inputs = network(irreps_hidden=hidden, irreps_out="1x1o+1x0e"), graph()
    calibrate(net, *inputs.arguments())
    sizes = {}
    net.embedding.register_forward_hook(lambda module, given, y: sizes.update(y=y.detach()))
    net(*inputs.arguments())
    start = 0
    for mul, ir in Irreps("6x0e+3x1o+1x2e"):
        assert root_mean_square(sizes["y"][:, start : start + mul * ir.dim]) == pytest.approx(1)
        start += mul * ir.dim
