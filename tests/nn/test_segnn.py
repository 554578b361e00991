"""SEGNN: the e3nn network as oracle, symmetry, batches, edge cases, derivatives, mistakes."""

from functools import lru_cache

import pytest
import torch
from torch.autograd import gradcheck, gradgradcheck

from oracle import E3nnSEGNN, float64_default
from segnn.interop import from_reference_state_dict
from segnn.nn import SEGNN, SELinear, SENonlinear, Topology
from segnn.nn.segnn import SteerableNetwork
from segnn.o3 import kernels

from .helpers import IRREPS, graph, make, orthogonal, randn, turn

NETWORKS = pytest.mark.parametrize("network", [SEGNN, SELinear, SENonlinear])
SETTINGS = pytest.mark.parametrize(
    ("network", "task", "norm"),
    [
        *(
            (SEGNN, task, norm)
            for task in ("node", "graph")
            for norm in (None, "instance", "layer", "batch")
        ),
        (SELinear, "node", None),
        (SELinear, "graph", "instance"),
        (SENonlinear, "node", "batch"),
        (SENonlinear, "graph", None),
    ],
)
TASKS = pytest.mark.parametrize("task", ["node", "graph"])
CHARGED = {
    "irreps_in": "2x1o+1x0e",
    "irreps_hidden": "32x0e+32x1o",
    "irreps_out": "1x1o",
    "irreps_edge_attr": "1x0e+1x1o",
    "irreps_node_attr": "1x0e+1x1o",
    "irreps_message": "2x0e",
}
ORACLE = {
    "pseudoscalars": {**IRREPS, "num_layers": 2},
    "scalars only": {
        **IRREPS,
        "irreps_in": "3x0e+1x1o",
        "irreps_hidden": "16x0e",
        "irreps_out": "2x0e",
        "norm": "instance",
        "num_layers": 2,
    },
    "graph": {
        "irreps_in": "5x0e",
        "irreps_hidden": "5x0e+4x1o+3x2e",
        "irreps_out": "1x0e",
        "irreps_edge_attr": "1x0e+1x1o+1x2e+1x3o",
        "irreps_node_attr": "1x0e+1x1o+1x2e+1x3o",
        "irreps_message": "1x0e",
        "norm": "instance",
        "task": "graph",
        "num_layers": 1,
    },
    "no message": {
        **IRREPS,
        "irreps_in": "1x1o+1x1e",
        "irreps_hidden": "3x0e+2x1e+2x1o",
        "irreps_node_attr": "2x0e+1x1e+1x1o",
        "irreps_message": None,
        "num_layers": 1,
        "norm": "instance",
    },
    "no layer": {**CHARGED, "irreps_hidden": "3x0e+2x1o", "num_layers": 0},
}


@lru_cache
def oracle(name):
    """The parameters of an e3nn network, random everywhere, and what it computes."""
    with float64_default():
        torch.manual_seed(0)
        network = E3nnSEGNN(**ORACLE[name])
        with torch.no_grad():
            for key, parameter in network.named_parameters():
                if "norm" in key or "bias" in key:
                    parameter.add_(torch.randn_like(parameter))
            output = network(*graph(ORACLE[name]).arguments())
    return {key: p.detach() for key, p in network.named_parameters()}, output


@pytest.mark.parametrize("name", ORACLE)
def test_equal_to_e3nn(name, kernel_path):
    state, expected = oracle(name)
    network = from_reference_state_dict(state, **ORACLE[name])
    got = network(*graph(ORACLE[name]).arguments())
    assert expected.abs().max() > 0.01
    torch.testing.assert_close(got, expected, atol=1e-11, rtol=1e-11)


@SETTINGS
def test_equivariance(network, task, norm, kernel_path):
    network, inputs = make(network, norm=norm, task=task), graph()
    generator = torch.Generator().manual_seed(2)
    y = network(*inputs.arguments())
    for determinant in (1, -1):
        matrix = orthogonal(determinant)
        nodes = torch.randperm(len(inputs.x), generator=generator)
        edges = torch.randperm(inputs.edge_index.shape[1], generator=generator)
        expected = turn(network.irreps_out, y if task == "graph" else y[nodes], matrix)
        got = network(*inputs.turned(IRREPS, matrix).renumbered(nodes, edges).arguments())
        assert (got - expected).abs().max() <= 1e-10 * expected.abs().max()
        assert (expected.abs().amax(0) > 1e-4).all()


@SETTINGS
def test_batch_is_the_same_as_one_by_one(network, task, norm, kernel_path):
    network, inputs = make(network, norm=norm, task=task), graph()
    network(*inputs.arguments())  # running means of the batch norm
    network.eval()
    whole = network(*inputs.arguments())
    for g in range(3):
        alone = network(*inputs.part(g).arguments())
        torch.testing.assert_close(
            alone,
            whole[[g]] if task == "graph" else whole[inputs.batch == g],
            atol=1e-12,
            rtol=1e-12,
        )


@NETWORKS
def test_gradients_of_the_two_paths_are_equal(network):
    made, inputs, found = make(network, norm="instance"), graph(), []
    x, edge_index, edge_attr, node_attr, message, batch = inputs.arguments()
    tensors = [t.clone().requires_grad_() for t in (x, edge_attr, node_attr, message)]
    wanted = [*tensors, *made.parameters()]
    for path in ("plain", "numba"):
        with kernels(path):
            x, edge_attr, node_attr, message = tensors
            y = made(x, edge_index, edge_attr, node_attr, message, batch)
            cotangent = randn(*y.shape)
            first = torch.autograd.grad(y, wanted, cotangent, retain_graph=True)
            again = torch.autograd.grad(y, wanted, cotangent, create_graph=True)
            second = torch.autograd.grad(
                sum(g.square().sum() for g in again[:4]), wanted, allow_unused=True
            )
            # A gradient that can itself be differentiated is the same gradient.
            for once, differentiable in zip(first, again, strict=True):
                torch.testing.assert_close(differentiable, once, atol=1e-12, rtol=1e-11)
            found.append([y, *first, *(torch.zeros(1) if g is None else g for g in second)])
    for plain, numba in zip(*found, strict=True):
        torch.testing.assert_close(numba, plain, atol=1e-11, rtol=1e-10)


@pytest.mark.parametrize(
    ("network", "task"),
    [(SEGNN, "node"), (SEGNN, "graph"), (SELinear, "node"), (SENonlinear, "node")],
)
def test_derivatives(network, task, kernel_path):
    small = {
        "irreps_hidden": "2x0e+1x1o",
        "irreps_in": "1x1o",
        "irreps_out": "1x1o+1x0e",
        "irreps_edge_attr": "1x0e+1x1o",
    }
    made, inputs = (
        make(network, num_layers=1, task=task, norm="instance", **small),
        graph({**IRREPS, **small}, sizes=(2, 3)),
    )
    tensors = {
        "x": inputs.x,
        "edge_attr": inputs.edge_attr,
        "node_attr": inputs.node_attr,
        "message": inputs.message,
    }
    tensors |= {name: p.detach() for name, p in made.named_parameters()}
    sizes, shapes = [t.numel() for t in tensors.values()], [t.shape for t in tensors.values()]

    def function(everything):
        parts = [
            part.view(shape) for part, shape in zip(everything.split(sizes), shapes, strict=True)
        ]
        x, edge_attr, node_attr, message, *parameters = parts
        state = dict(zip(list(tensors)[4:], parameters, strict=True))
        return torch.func.functional_call(
            made, state, (x, inputs.edge_index, edge_attr, node_attr, message, inputs.batch)
        )

    everything = torch.cat([t.flatten() for t in tensors.values()]).requires_grad_()
    assert gradcheck(function, everything, fast_mode=True)
    assert gradgradcheck(function, everything, fast_mode=True)


@SETTINGS
def test_no_edges_and_single_nodes(network, task, norm, kernel_path):
    made = make(network, task=task, norm=norm)
    for sizes in [(3,), (1,), (1, 2)]:
        inputs = graph(sizes=sizes, edges=0)
        x = inputs.x.requires_grad_()
        y = made(x, *inputs.arguments()[1:])
        assert y.shape == (len(sizes) if task == "graph" else sum(sizes), 5)
        (gradient,) = torch.autograd.grad(y.sum(), x)
        assert y.isfinite().all()
        assert gradient.isfinite().all()


def test_isolated_node_hears_nothing(kernel_path):
    network, inputs = make(SEGNN), graph(sizes=(4, 1))
    alone = network(*inputs.part(1).arguments())
    torch.testing.assert_close(network(*inputs.arguments())[4:], alone, atol=1e-13, rtol=0)


@TASKS
@pytest.mark.parametrize("norm", [None, "instance", "batch"])
def test_no_nodes(task, norm, kernel_path):
    network, inputs = make(SEGNN, task=task, norm=norm), graph(sizes=())
    x, edge_index, edge_attr, node_attr, message, batch = inputs.arguments()
    assert network(x, edge_index, edge_attr, node_attr, message, batch).shape == (0, 5)
    if task == "graph":
        y = network(x, edge_index, edge_attr, node_attr, message, batch, num_graphs=2)
        assert y.shape == (2, 5)
        assert y.isfinite().all()


def test_order_of_the_edges_and_a_prepared_topology_change_nothing(kernel_path):
    network, inputs = make(SEGNN), graph()
    order = torch.argsort(inputs.edge_index[1], stable=True)
    y = network(*inputs.arguments())
    everything = torch.arange(len(inputs.x))
    in_order = network(*inputs.renumbered(everything, order).arguments())
    torch.testing.assert_close(in_order, y, atol=1e-13, rtol=0)
    x, edge_index, *rest = inputs.arguments()
    assert torch.equal(network(x, Topology(edge_index, len(x)), *rest), y)


def test_one_graph_is_the_default(kernel_path):
    network, inputs = make(SEGNN, task="graph", norm="instance"), graph(sizes=(5,))
    assert torch.equal(network(*inputs.arguments()[:-1]), network(*inputs.arguments()))


def test_graphs_may_interleave(kernel_path):
    network, inputs = make(SEGNN, task="graph", norm="instance"), graph()
    nodes = torch.tensor([6, 0, 4, 5, 1, 7, 2, 3])
    assert not bool((inputs.batch[nodes].diff() >= 0).all())
    mixed = inputs.renumbered(nodes, torch.arange(inputs.edge_index.shape[1]))
    torch.testing.assert_close(
        network(*mixed.arguments()), network(*inputs.arguments()), atol=1e-12, rtol=0
    )


def test_pooling(kernel_path):
    inputs = graph(sizes=(3, 3), edges=0)
    half = 3
    for values in vars(inputs).values():
        if values is not inputs.batch:
            values[half:] = values[:half] if len(values) == 6 else values[half:]
    mean, total = make(SEGNN, task="graph"), make(SEGNN, task="graph", pool="sum")
    total.load_state_dict(mean.state_dict())
    one, two = torch.zeros(3, dtype=torch.int64), torch.zeros(6, dtype=torch.int64)
    x, edge_index, edge_attr, node_attr, message, _ = inputs.arguments()

    def run(network, n, batch):
        return network(x[:n], edge_index, edge_attr, node_attr[:n], message, batch)

    # Two copies of a graph as one graph: the same mean, another sum; a single node: both the same.
    torch.testing.assert_close(run(mean, 6, two), run(mean, 3, one), atol=1e-12, rtol=0)
    assert (run(total, 6, two) - run(total, 3, one)).abs().max() > 1e-3
    assert torch.equal(run(total, 1, one[:1]), run(mean, 1, one[:1]))


@pytest.mark.parametrize("pool", ["mean", "sum"])
def test_graphs_without_nodes_at_the_end(pool, kernel_path):
    network, inputs = make(SEGNN, task="graph", pool=pool, norm="instance"), graph()
    y = network(*inputs.arguments(), num_graphs=5)
    assert y.shape == (5, 5)
    torch.testing.assert_close(y[:3], network(*inputs.arguments()), atol=1e-13, rtol=1e-13)
    torch.testing.assert_close(y[3], y[4], atol=1e-13, rtol=1e-13)
    assert y.isfinite().all()


def test_graph_task_predicts_vectors_and_pseudoscalars():
    y = make(SEGNN, task="graph", irreps_out="2x1o+1x0o+1x1o")(*graph().arguments())
    assert y.shape == (3, 10)
    assert (y.abs().amax(0) > 1e-4).all()


def test_unsorted_hidden_and_output_irreps(kernel_path):
    irreps = {"irreps_hidden": "2x1o+3x0e+1x1e+2x0e+1x1o", "irreps_out": "1x1o+1x0e+1x1o+1x0e"}
    network, inputs, matrix = make(SEGNN, norm="instance", **irreps), graph(), orthogonal(-1)
    expected = turn(irreps["irreps_out"], network(*inputs.arguments()), matrix)
    got = network(*inputs.turned(IRREPS, matrix).arguments())
    torch.testing.assert_close(got, expected, atol=1e-11, rtol=0)


def test_parameter_count_of_the_charged_setting():
    assert sum(p.numel() for p in SEGNN(**CHARGED).parameters()) == 147_424


def test_state_is_parameters_and_measured_factors_and_loads():
    network, other = make(SEGNN, norm="instance"), make(SEGNN, seed=1, norm="instance")
    factors = {"layers.0.sums.factor", "layers.1.sums.factor"}
    assert set(network.state_dict()) == {name for name, _ in network.named_parameters()} | factors
    other.load_state_dict(network.state_dict())
    assert torch.equal(other(*graph().arguments()), network(*graph().arguments()))


def test_float32(kernel_path):
    network, inputs = make(SEGNN, norm="instance"), graph()
    y = network(*inputs.arguments())
    single = network.float()(*inputs.to(torch.float32).arguments())
    assert single.dtype == torch.float32
    torch.testing.assert_close(
        single.double(), y, atol=1e-4 * float(y.detach().abs().max()), rtol=0
    )


def test_bfloat16_takes_the_plain_path():
    network = make(SEGNN).bfloat16()
    y = network(*graph().to(torch.bfloat16).arguments())
    assert y.dtype == torch.bfloat16
    assert y.isfinite().all()


@NETWORKS
def test_deterministic(network, kernel_path):
    results = []
    for _ in range(2):
        made, inputs = make(network, norm="instance"), graph()
        y = made(*inputs.arguments())
        results.append([y, *torch.autograd.grad(y.square().sum(), list(made.parameters()))])
    assert all(torch.equal(first, second) for first, second in zip(*results, strict=True))


def test_default_dtype_is_left_alone():
    assert torch.get_default_dtype() == torch.float32
    network = SEGNN(**CHARGED, num_layers=1)
    assert next(network.parameters()).dtype == torch.float32
    assert torch.get_default_dtype() == torch.float32
    with float64_default():
        network = SEGNN(**CHARGED, num_layers=1)
        assert next(network.parameters()).dtype == torch.float64
        assert network(*graph(CHARGED).arguments()).dtype == torch.float64


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("x", (8, 7)),
        ("x", (8, 9)),
        ("x", (8,)),
        ("edge_attr", (14, 4)),
        ("edge_attr", (3, 9)),
        ("node_attr", (8, 3)),
        ("node_attr", (7, 4)),
        ("message", (14, 3)),
        ("message", (2, 4)),
    ],
)
def test_wrong_shapes(name, shape):
    network, inputs = make(SEGNN), graph()
    assert inputs.x.shape == (8, 8)
    assert inputs.edge_index.shape == (2, len(inputs.edge_attr))
    setattr(inputs, name, torch.zeros(shape, dtype=torch.float64))
    with pytest.raises(
        ValueError, match=rf"^{name} has shape .*, expected \(\d+, \d+\) for irreps"
    ):
        network(*inputs.arguments())


def test_other_mistakes():
    network, inputs = make(SEGNN), graph()
    x, edge_index, edge_attr, node_attr, message, batch = inputs.arguments()
    with pytest.raises(
        ValueError,
        match="message is missing: this network was built with irreps_message=1x0e\\+1x1o",
    ):
        network(x, edge_index, edge_attr, node_attr)
    with pytest.raises(ValueError, match="message has shape"):
        make(SEGNN, irreps_message=None)(*inputs.arguments())
    with pytest.raises(
        ValueError, match=r"batch has shape \(5,\), expected one graph a node: \(8,\)"
    ):
        network(x, edge_index, edge_attr, node_attr, message, batch[:5])
    with pytest.raises(ValueError, match="edge_index was prepared for 9 nodes, x has 8"):
        network(x, Topology(edge_index, 9), edge_attr, node_attr, message)
    with pytest.raises(IndexError, match="edge_index holds node 8"):
        network(x, edge_index + 1, edge_attr, node_attr, message)
    with pytest.raises(ValueError, match="task is 'edge', expected 'node' or 'graph'"):
        make(SEGNN, task="edge")
    with pytest.raises(ValueError, match="pool is 'max', expected 'mean' or 'sum'"):
        make(SEGNN, pool="max")
    with pytest.raises(ValueError, match="norm is 'group'"):
        make(SEGNN, norm="group")


@pytest.mark.parametrize(
    ("batch", "graphs", "wrong"), [([0, 0, 2], 2, 2), ([0, -1, 1], 2, -1), ([0, -1, 1], None, -1)]
)
def test_graph_out_of_range(batch, graphs, wrong, kernel_path):
    network, inputs = make(SEGNN, task="graph"), graph(sizes=(3,))
    with pytest.raises(IndexError, match=f"batch holds graph {wrong}"):
        network(*inputs.arguments()[:-1], torch.tensor(batch), num_graphs=graphs)


def test_base_class_has_no_layer():
    with pytest.raises(NotImplementedError):
        make(SteerableNetwork)


@pytest.mark.parametrize(
    ("norm", "task", "needed"),
    [
        (None, "node", False),
        ("layer", "node", False),
        ("instance", "node", True),
        (None, "graph", True),
    ],
)
def test_which_networks_need_the_graphs(norm, task, needed):
    network, inputs = make(SEGNN, norm=norm, task=task), graph(sizes=(3, 3))
    assert network.needs_graphs == needed
    apart, together = network(*inputs.arguments()), network(*inputs.arguments()[:-1])
    assert (apart.shape == together.shape and torch.equal(apart, together)) != needed


def test_several_graphs_need_a_batch():
    network, inputs = make(SEGNN, task="graph"), graph(sizes=(4,)).arguments()[:-1]
    with pytest.raises(
        ValueError, match="num_graphs is 3 and batch is missing, expected the graph of every node"
    ):
        network(*inputs, num_graphs=3)
    assert network(*inputs, num_graphs=1).shape[0] == 1
    assert make(SEGNN)(*inputs, num_graphs=3).shape[0] == 4  # which does not ask for graphs


def test_counts_and_types_that_cannot_be():
    inputs = graph(sizes=(4,)).arguments()[:-1]
    for count in (-1, True):
        with pytest.raises(
            ValueError, match=f"num_graphs is {count}, expected a whole number, 0 or more"
        ):
            make(SEGNN, task="graph")(*inputs, torch.zeros(4, dtype=torch.int64), count)
    for dtype in (torch.float32, torch.bool):
        with pytest.raises(ValueError, match=f"batch has dtype {dtype}, expected torch.int64"):
            make(SEGNN, task="graph")(*inputs, torch.zeros(4, dtype=dtype))
    with pytest.raises(ValueError, match="num_layers is -2, expected a whole number, 0 or more"):
        make(SEGNN, num_layers=-2)
    with pytest.raises(ValueError, match="num_nodes is -4, expected a whole number, 0 or more"):
        Topology(torch.zeros(2, 0, dtype=torch.int64), -4)
