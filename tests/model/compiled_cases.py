"""torch.compile: no graph breaks, checked against eager, and what is said where it does not work.
Run by test_compiled.py.
"""

import shutil
import sys
import warnings
from functools import partial
from pathlib import Path

import pytest
import torch

import segnn
from segnn.errors import UserError
from segnn.model import PhysicalModel
from segnn.model.check import random_systems
from segnn.nn import SEGNN, RefreshedSEGNN, SteerableLinear, Topology
from segnn.recipe import load_recipe
from segnn.training import train

sys.path.insert(0, str(Path(__file__).parents[2]))
from tests.training import helpers

IRREPS = {
    "irreps_in": "1x0e+1x1o",
    "irreps_hidden": "2x0e+2x1o",
    "irreps_edge_attr": "1x0e+1x1o",
    "irreps_node_attr": "1x0e+1x1o",
    "num_layers": 1,
}


@pytest.fixture(autouse=True)
def _fresh():
    torch._dynamo.reset()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=DeprecationWarning)  # of torch's own modules
        yield
    torch._dynamo.reset()


def network(**more):
    torch.manual_seed(0)
    return SEGNN(**{**IRREPS, "irreps_out": "1x1o", **more}).double()


def given(nodes=12, edges=40, seed=0):
    g = torch.Generator().manual_seed(seed)
    x, e, n = (
        torch.randn(rows, 4, generator=g, dtype=torch.float64) for rows in (nodes, edges, nodes)
    )
    return x, torch.randint(0, nodes, (2, edges), generator=g), e, n


@pytest.mark.parametrize("prepared", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_one_graph_and_the_same_function(prepared):
    net, eager = (network(irreps_hidden="2x0e+2x1o+1x0o") for _ in range(2))
    x, index, e, n = given()
    assert (
        segnn.compile(net, x, Topology(index, 12) if prepared else index, e, n, backend="aot_eager")
        is net
    )
    x, index, e, n = given(17, 55, 1)
    y = net(x, Topology(index, 17) if prepared else index, e, n)
    torch.testing.assert_close(y, eager(x, index, e, n), rtol=0, atol=1e-12)


@pytest.mark.slow
def test_graph_task_with_a_norm():
    net = network(task="graph", irreps_out="1x0e", norm="instance")
    segnn.compile(net, *given(), None, torch.arange(12) // 5, 3, backend="eager")


def test_a_network_without_weights_that_learn():
    net = network().requires_grad_(False)
    expected = net(*given())
    segnn.compile(net, *given(), backend="eager")
    torch.testing.assert_close(net(*given()), expected)


@pytest.mark.slow
def test_running_means_are_left_alone():
    net = network(norm="batch")
    before = {name: b.clone() for name, b in net.named_buffers()}
    segnn.compile(net, *given(), backend="eager")
    assert all(torch.equal(b, before[name]) for name, b in net.named_buffers())


def test_a_wrong_compiler_is_found_out():
    def wrong(graph, inputs):
        return lambda *a: [
            2 * y if isinstance(y, torch.Tensor) and y.is_floating_point() else y for y in graph(*a)
        ]

    net, example = network(), given()
    expected = net(*example)
    with pytest.raises(
        UserError, match=r"compiled and eager network differ, by .* of the largest value in the "
    ):
        segnn.compile(net, *example, backend=wrong)
    assert torch.equal(net(*example), expected)  # eager again


def test_without_a_compiler_the_path_that_works_is_named():
    def missing(graph, inputs):
        raise RuntimeError("No working C++ compiler found in torch._inductor.config.cpp.cxx")

    with pytest.raises(
        UserError, match=r"needs a C\+\+ compiler on a CPU and found none.*training.compile: false"
    ):
        segnn.compile(network(), *given(), backend=missing)


def test_refreshed_geometry_is_refused():
    with pytest.raises(UserError, match="refreshed geometry"):
        segnn.compile(RefreshedSEGNN(**IRREPS, irreps_out="1x1o"))


@pytest.mark.slow
def test_a_physical_model_with_its_features():
    model = PhysicalModel(
        load_recipe("charged", ("model.hidden=2x0e+2x1o", "model.layers=1"))
    ).double()
    systems = random_systems(model.recipe, (3, 4))
    expected = model.predict_systems(systems)["position"]
    segnn.compile(model, model.features(systems), backend="aot_eager")
    torch.testing.assert_close(
        model.predict_systems(systems)["position"], expected, rtol=0, atol=1e-12
    )


@pytest.mark.slow
def test_a_training_whose_recipe_asks_for_it(tmp_path, monkeypatch):
    """Batches of several sizes; validated as well as without."""
    data, found = helpers.make_data(tmp_path / "data"), []
    monkeypatch.setattr("segnn.training.run.compile", partial(segnn.compile, backend="eager"))
    for wanted in ("false", "true"):
        made = helpers.recipe(
            data, "model.layers=1", "training.epochs=1", f"training.compile={wanted}"
        )
        found.append(train(made, tmp_path / wanted, progress=False)["valid"]["mse"])
    assert found[1] == pytest.approx(found[0], rel=1e-4)


@pytest.mark.slow
def test_a_network_that_cannot_be_compiled_is_not_trained(tmp_path):
    made = helpers.recipe(
        helpers.make_data(tmp_path / "data"), "model.kind=segnn_refreshed", "training.compile=true"
    )
    with pytest.raises(UserError, match="refreshed geometry evaluates its recipe"):
        train(made, tmp_path / "run", progress=False)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("g++") is None, reason="inductor needs a compiler on a CPU")
def test_inductor():
    segnn.compile(network(num_layers=0), *given())


def test_shapes_are_checked_still():
    x, index, e, n = given()
    net = segnn.compile(network(), x, index, e, n, backend="eager")
    for wrong in ((x[:, :3], e, n), (x, e[:-1], n), (x, e, n[:-1])):
        with pytest.raises(ValueError, match="has shape"):
            net(wrong[0], index, *wrong[1:])
        # the caller's mistake, not the compiler's
        assert net._compiled_call_impl.compiled is not None


SHAPES = [
    (12, 40, 1),
    (17, 55, 4),
    (1, 0, 1),
    (1, 1, 4),
    (5, 0, 4),
    (0, 0, 1),
    (3, 1, 1),
    (9, 9, 4),
]


@pytest.mark.slow
def test_batches_of_many_shapes():
    """Training with gradients and evaluation without, one graph and several."""
    made = [network(task="graph", norm="batch") for _ in range(2)]
    compiled, eager = made
    segnn.compile(compiled, *given(), None, torch.arange(12) // 5, 3, backend="eager")
    for mode in (True, False):
        for nodes, edges, graphs in SHAPES:
            x, index, e, n = given(max(nodes, 1), edges)
            x, index, n = (x[:nodes], index, n[:nodes])
            batch = torch.arange(nodes) * graphs // max(nodes, 1)
            with torch.set_grad_enabled(mode):
                found = [net.train(mode)(x, index, e, n, None, batch, graphs) for net in made]
            torch.testing.assert_close(*found, rtol=0, atol=1e-10)
            if mode:
                slopes = [
                    torch.autograd.grad(y.square().sum(), net.readout_1.weight)
                    for y, net in zip(found, made, strict=True)
                ]
                torch.testing.assert_close(*slopes, rtol=0, atol=1e-8)
    assert compiled._compiled_call_impl.compiled is not None
    for name, value in eager.named_buffers():
        torch.testing.assert_close(compiled.get_buffer(name), value, rtol=0, atol=1e-10)


@pytest.mark.parametrize("failure", ["limit", "compiler"])
def test_goes_on_eagerly_with_one_warning(failure, monkeypatch):
    net, eager = network(), network()
    broken = []

    def backend(graph, inputs):
        if broken:
            raise RuntimeError("the disk is full")
        return graph

    if failure == "limit":
        monkeypatch.setattr("segnn.model.fallback.VARIANTS", 1)
    segnn.compile(net, *given(), backend=backend)
    broken += ["now"] if failure == "compiler" else []
    words = {"limit": "more versions of the compiled code", "compiler": "the disk is full"}
    with warnings.catch_warnings(record=True) as told, torch.no_grad():
        warnings.simplefilter("always", UserWarning)
        for seed in range(3):
            arguments = given(10 + seed, 33, seed)
            torch.testing.assert_close(net(*arguments), eager(*arguments))
    told = [str(w.message) for w in told if "torch.compile" in str(w.message)]
    assert len(told) == 1
    assert words[failure] in told[0]
    assert "runs eagerly from here on" in told[0]


def test_a_layer_checks_its_shapes_still():
    layer = torch.compile(
        SteerableLinear("2x0e+1x1o", "1x1o", "1x0e+1x1o"), fullgraph=True, backend="eager"
    )
    assert layer(torch.zeros(4, 5), torch.zeros(4, 4)).shape == (4, 3)
    for rows, columns in ((4, 6), (3, 5)):
        with pytest.raises(
            torch._dynamo.exc.Unsupported, match=r"(?s)Observed exception.*has shape"
        ):
            layer(torch.zeros(rows, columns), torch.zeros(4, 4))
