"""Operations in pieces: the same results, within the bytes that were asked for."""

from itertools import accumulate

import pytest
import torch

from segnn.errors import UserError
from segnn.nn import SEGNN, SELinear, Topology
from segnn.o3 import limit_memory
from segnn.o3.memory import current_limit, edge_pieces, parse_bytes, row_pieces

IRREPS = {
    "irreps_in": "1x0e+1x1o",
    "irreps_hidden": "8x0e+4x0o+8x1o+4x2e",
    "irreps_out": "1x1o",
    "irreps_edge_attr": "1x0e+1x1o+1x2e",
    "irreps_node_attr": "1x0e+1x1o",
    "irreps_message": "1x0e",
    "num_layers": 2,
}


def peak_of(call):
    """The most bytes that tensors made by ``call`` held at once, as the allocator tells them: the
    kernels are at work still, which a dispatch mode would keep out.
    """
    with torch.profiler.profile(
        activities=[torch.profiler.ProfilerActivity.CPU], profile_memory=True, acc_events=False
    ) as told:
        call()
    events = [e for e in told.profiler.kineto_results.events() if e.name() == "[memory]"]
    bytes_now = accumulate(e.nbytes() for e in sorted(events, key=lambda e: e.start_ns()))
    return max(bytes_now)


def line(nodes, dtype=torch.float64, seed=0):
    """Nodes in a row, each joined to some dozen of its neighbours; some to none."""
    g = torch.Generator().manual_seed(seed)
    target = torch.arange(nodes).repeat_interleave(12)
    source = (target + torch.randint(-15, 16, target.shape, generator=g)).clamp(0, nodes - 1)
    keep = (source != target) & (target % 7 != 3)
    edges = Topology(torch.stack([source, target])[:, keep], nodes)

    def draw(rows, dim):
        return torch.randn(rows, dim, generator=g, dtype=torch.float64).to(dtype)

    return draw(nodes, 4), edges, draw(len(edges), 9), draw(nodes, 4), draw(len(edges), 1)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("2GiB", 2 << 30), ("1.5 kB", 1500), (7, 7), ("12", 12), ("3 mib", 3 << 20)],
)
def test_sizes(text, wanted):
    assert parse_bytes(text) == wanted


@pytest.mark.parametrize("text", ["", "much", "-1", "0", "2 GiBs", "0.1"])
def test_what_is_no_size(text):
    with pytest.raises(UserError, match="expected a size such as 500MiB"), limit_memory(text):
        pass


def test_the_limit_is_for_passes_without_gradients():
    with limit_memory("1 kB"):
        assert current_limit() is None
        with torch.no_grad():
            assert current_limit() == 1000
            with limit_memory(None):
                assert current_limit() is None
    with torch.no_grad():
        assert current_limit() is None


def test_row_pieces():
    assert row_pieces(7, 10, 35) == [slice(0, 3), slice(3, 6), slice(6, 7)]
    assert row_pieces(2, 10, 1) == [slice(0, 1), slice(1, 2)]
    assert row_pieces(0, 10, 1) == []


def test_edge_pieces_hold_every_edge_once():
    edges = line(200)[1]
    for limit in (1, 20_000, 100_000, 1 << 30):
        targets, rows = 0, 0
        for piece in edge_pieces(edges, 800, 100, limit):
            assert (piece.targets.start, piece.edge_rows.start) == (targets, rows)
            targets, rows = piece.targets.stop, piece.edge_rows.stop
            assert torch.equal(
                piece.nodes[piece.edges.source.index], edges.source.index[piece.edge_rows]
            )
            assert torch.equal(
                piece.nodes[piece.edges.target.index], edges.target.index[piece.edge_rows]
            )
            single = piece.targets.stop == piece.targets.start + 1
            assert single or len(piece.nodes) * 800 + len(piece.edges) * 148 <= limit
        assert (targets, rows) == (200, len(edges))


@pytest.mark.parametrize("network", [SEGNN, SELinear])
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
def test_pieces_give_the_whole(kernel_path, network, dtype):
    given = line(60, dtype)
    torch.manual_seed(0)
    net = network(**IRREPS).to(dtype)
    with torch.no_grad():
        whole = net(*given)
        for limit in (1, "50 kB", "1 MB", "1 GB"):
            with limit_memory(limit):
                pieces = net(*given)
            error = float((pieces - whole).abs().max() / whole.abs().max())
            assert error < 64 * torch.finfo(dtype).eps, (
                limit
            )  # torch sums by the shape of a product, and by processor: 27 here


def test_gradients_under_a_limit_are_those_without(kernel_path):
    given = line(60)
    net = SEGNN(**IRREPS).double()
    expected = torch.autograd.grad(net(*given).square().sum(), list(net.parameters()))
    with limit_memory(1000):
        found = torch.autograd.grad(net(*given).square().sum(), list(net.parameters()))
    assert all(torch.equal(a, b) for a, b in zip(expected, found, strict=True))


def test_temporaries_keep_within_the_limit(kernel_path):
    """What one message layer makes, beside its output; tensors only, the kernels' tiles are of a
    fixed size. Each path has as many nodes as make it hold several times the limits.
    """
    nodes = {"plain": 100, "numba": 1500}[kernel_path]
    x, edges, edge_attr, node_attr, message = line(nodes)
    net = SEGNN(**IRREPS).double()
    _ = edges.target.offsets, edges.target.order
    peaks = {}
    for limit in (None, 4_000_000, 1_000_000):
        with torch.no_grad(), limit_memory(limit):
            peaks[limit] = peak_of(lambda: net(x, edges, edge_attr, node_attr, message))
    fixed = (
        4 * nodes * net.irreps_hidden.dim * 8
    )  # node features: of a layer, its messages, its output, entering
    assert peaks[None] > fixed + 4_000_000
    for limit in (4_000_000, 1_000_000):
        assert peaks[limit] <= fixed + limit, (limit, peaks)
