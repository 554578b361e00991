"""Messages of edges taken in pairs against one by one: which edges are pairs, values, derivatives,
odd graphs.
"""

import pytest
import torch
from e3nn.o3 import Irreps
from hypothesis import example, given
from hypothesis import strategies as st
from torch.autograd import gradcheck, gradgradcheck

from segnn.nn.gate import Gate
from segnn.nn.linear import EdgeLinear
from segnn.o3 import Edges, edge_frames, kernels, layout
from segnn.o3.backends.numba.layers import room
from segnn.o3.frames import choice as frame_choice
from segnn.o3.frames import find as frames
from segnn.o3.frames.pairs import find_pairs
from segnn.o3.plan.layer import Messages

from ..helpers import randn
from ..test_steer import any_irreps, messages_case, some_edges
from .test_find import attribute_of
from .test_messages import DEGREES, HIDDEN, everything


def there_and_back(graphs=20, alone=0, seed=0):
    """Small random graphs with each edge's way back, but for ``alone`` of them, some loops, and
    lonely nodes between.
    """
    generator = torch.Generator().manual_seed(seed)
    ends, start = [], 0
    for n in range(graphs):
        nodes = 3 + n % 3
        chosen = torch.combinations(torch.arange(nodes))[
            torch.randperm(nodes * (nodes - 1) // 2, generator=generator)[:3]
        ]
        ends += [chosen + start, chosen.flip(1) + start]
        start += nodes + n % 2
    edges = torch.cat(ends)
    edges = edges[torch.randperm(len(edges), generator=generator)[: len(edges) - alone]]
    target, source = edges[torch.argsort(edges[:, 0], stable=True)].T
    return Edges(source, target, start)


def vectors_of(edges, seed=5):
    """x_j − x_i for random places."""
    place = randn(edges.nodes, 3, seed=seed)
    return place[edges.source.index] - place[edges.target.index]


def case(
    hidden=HIDDEN,
    degrees=DEGREES[1],
    message="2x0e+1x1o",
    two=True,
    last=True,
    graph=None,
    scaled=False,
):
    """As ``test_frame_messages.case``, with the vectors between places."""
    graph = graph or there_and_back()
    operation, _, tensors = messages_case(hidden, degrees, message, two, last, graph)
    vectors = vectors_of(graph)
    tensors[2] = attribute_of(vectors, degrees, scale=vectors.norm(dim=1) if scaled else None)
    return operation, tensors


@pytest.fixture
def taken(monkeypatch):
    """What ``find_pairs`` returned, each time it was called."""
    results = []
    monkeypatch.setattr(
        frames,
        "find_pairs",
        lambda *arguments: results.append(find_pairs(*arguments)) or results[-1],
    )
    return results


def assert_equal(made, taken, dtype=torch.float64, tolerance=1e-12):
    direct, paired = (
        everything(*made, "numba", "never"),
        everything(*made, "numba", "always", dtype),
    )
    assert taken[-1] is not None
    for got, expected in zip(paired, direct, strict=True):
        assert got.dtype == dtype
        assert (
            (got - expected).abs().max() <= tolerance * (1 + expected.abs().max())
            if expected.numel()
            else True
        )


def found(edges, vectors, degrees=DEGREES[1]):
    pairs = find_pairs(attribute_of(vectors, degrees), layout(degrees), edges)
    return None if pairs is None else pairs.edges


@pytest.mark.parametrize("alone", [0, 7])
def test_every_edge_is_in_one_pair(alone):
    edges = there_and_back(alone=alone)
    pairs = find_pairs(attribute_of(vectors_of(edges)), layout(DEGREES[1]), edges)
    first, back = pairs.edges.T
    source, target, paired = edges.source.index, edges.target.index, back >= 0
    assert sorted([*first.tolist(), *back[paired].tolist()]) == list(range(len(edges)))
    assert (source[first][paired] == target[back][paired]).all()
    assert (target[first][paired] == source[back][paired]).all()
    assert (~paired).sum() == (len(edges) - 2 * paired.sum())
    assert 0 < int((~paired).sum()) <= alone or alone == 0
    for node in range(edges.nodes):
        assert (target[first[pairs.offsets[node] : pairs.offsets[node + 1]]] == node).all()
    assert pairs.offsets[-1] == len(first)


def test_loops_and_second_edges_between_two_nodes_stay_alone():
    edges = there_and_back(30)
    extra = torch.stack(
        [
            torch.tensor([0, 0]),
            torch.tensor([int(edges.target.index[0]), int(edges.source.index[0])]),
        ]
    )
    ends = torch.cat([torch.stack([edges.target.index, edges.source.index], 1), extra])
    target, source = ends[torch.argsort(ends[:, 0], stable=True)].T
    edges = Edges(source, target, edges.nodes)
    pairs = found(edges, vectors_of(edges) + (source == target)[:, None])
    alone = pairs[pairs[:, 1] < 0, 0]
    assert len(pairs) == 3 * 30 + 2
    assert sorted((int(target[n]), int(source[n])) for n in alone) == sorted(
        map(tuple, extra.tolist())
    )


def test_a_way_back_has_the_opposite_vector():
    edges = there_and_back()
    vectors = vectors_of(edges)
    whole = found(edges, vectors)
    vectors[whole[3, 1]] = torch.tensor([0.0, 0.6, 0.8])
    changed = found(edges, vectors)
    assert len(changed) == len(whole) + 1
    assert (changed[:, 1] < 0).sum() == 2


def test_where_pairs_do_not_pay():
    edges = there_and_back(alone=50)
    assert found(edges, vectors_of(edges)) is None  # too many are alone
    edges = there_and_back(graphs=9)
    assert found(edges, vectors_of(edges)) is None  # too few graphs
    assert (
        find_pairs(
            torch.empty(0, 4), layout(DEGREES[0]), Edges(*torch.empty(2, 0, dtype=torch.int64), 3)
        )
        is None
    )


def test_pairs_count_in_the_choice_of_frames(monkeypatch):
    first = EdgeLinear(Irreps(HIDDEN), Irreps(""), Gate(HIDDEN).irreps_in, Irreps(DEGREES[1]))
    spec = Messages(first.plan, Gate(HIDDEN).plan, None, True)
    for frame, paired, expected in [
        (9, 8, (True, True)),
        (11, 8, (True, False)),
        (11, 11, (False, False)),
    ]:
        monkeypatch.setattr(
            frame_choice, "costs", lambda spec, f=frame, p=paired: (1e6 * 10, 0.0, 1e6 * f, 1e6 * p)
        )
        assert (
            tuple(frame_choice._pays(spec, edges) for edges in (there_and_back(), some_edges()))
            == expected
        )


@given(
    any_irreps,
    st.sampled_from(DEGREES),
    st.one_of(st.just(""), any_irreps),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)
@example("36x0e+36x1o+36x2e", "1x0e+1x1o+1x2e+1x3o", "1x0e", True, True, False)
@example("20x0e+17x1o+17x1e", DEGREES[0], "1x0e+1x0o", True, True, True)
@example("2x0o+2x1e", DEGREES[3], "1x0o", True, True, True)
@example("1x9o+2x7e+1x0e", DEGREES[1], "", True, False, False)
def test_equal_to_the_direct_way_for_any_irreps(hidden, degrees, message, two, last, scaled):
    with pytest.MonkeyPatch.context() as patch:
        results = []
        patch.setattr(
            frames,
            "find_pairs",
            lambda *arguments: results.append(find_pairs(*arguments)) or results[-1],
        )
        assert_equal(case(hidden, degrees, message, two, last, scaled=scaled), results)


@pytest.mark.parametrize("kept", [True, False], ids=["kept", "computed again"])
@pytest.mark.parametrize("alone", [0, 9])
@pytest.mark.parametrize("graphs", [20, 200])
def test_tiles_and_edges_without_a_way_back(taken, graphs, alone, kept, monkeypatch):
    if not kept:
        monkeypatch.setattr(room, "KEPT_BYTES", 0)
    assert_equal(case(graph=there_and_back(graphs, alone), scaled=True), taken)


def test_single_precision(taken):
    assert_equal(case(graph=there_and_back(60, 5)), taken, torch.float32, 1e-5)


def test_beside_edges_that_have_no_frame(taken):
    operation, tensors = case(graph=there_and_back(30))
    tensors[2][7] = 0
    tensors[2][7, 0] = 1
    assert_equal((operation, tensors), taken)
    assert (taken[-1].edges[:, 1] < 0).sum() == 1


def test_derivatives(taken):
    for scaled, (two, last) in [
        (False, (True, True)),
        (True, (True, False)),
        (True, (False, True)),
    ]:
        operation, tensors = case(
            "2x0e+1x1o+1x1e", "1x0e+1x1o", "1x0e", two, last, there_and_back(17, 3), scaled
        )
        present = [t.clone().requires_grad_(n != 2) for n, t in enumerate(tensors) if t is not None]

        def call(*values, operation=operation, tensors=tensors):
            values = iter(values)
            return operation(*(None if t is None else next(values) for t in tensors))

        with kernels("numba"), edge_frames("always"):
            assert gradcheck(call, present, fast_mode=True)
            assert gradgradcheck(call, present, fast_mode=True)
    assert all(pairs is not None for pairs in taken)


def test_the_same_for_any_number_of_threads():
    operation, tensors = case("9x0e+9x1o+9x2e", graph=there_and_back(300, 9))
    threads, results = torch.get_num_threads(), []
    try:
        for number in (1, 2, 1):
            torch.set_num_threads(number)
            results.append(everything(operation, tensors, "numba", "always", torch.float32))
    finally:
        torch.set_num_threads(threads)
    for other in results[1:]:
        assert all(torch.equal(a, b) for a, b in zip(results[0], other, strict=True))
