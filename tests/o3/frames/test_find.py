"""The frames of edges: rotations at all directions, and which attributes have frames."""

import pytest
import torch
from e3nn.o3 import Irrep, Irreps

from oracle import float64_default
from segnn.o3 import Edges, layout, spherical_harmonics
from segnn.o3.frames.find import Frames, find_frames, has_frames, turns
from segnn.o3.frames.plan import FrameLayout

from ..helpers import randn

POLES = [
    [0, 1, 0],
    [0, -1, 0],
    [1e-160, 1, 0],
    [0, -1, 1e-310],
    [1e-9, 1, -1e-9],
    [1, 0, 0],
    [0, 0, -1],
    [-1, 1e-9, 0],
]
DIRECTIONS = torch.nn.functional.normalize(
    torch.cat([torch.tensor(POLES, dtype=torch.float64), randn(20, 3)]), dim=1
)


def matrices(turn, degree):
    return turn[:, Frames.start(degree) : Frames.start(degree + 1)].view(
        -1, 2 * degree + 1, 2 * degree + 1
    )


@pytest.mark.parametrize("degree", [0, 1, 2, 3, 4, 6, 11])
def test_turns_take_every_direction_to_the_pole(degree):
    turn = matrices(turns(DIRECTIONS, 11), degree)
    values = spherical_harmonics(degree, DIRECTIONS)[:, degree**2 :]
    expected = torch.zeros_like(values)
    expected[:, degree] = (2 * degree + 1) ** 0.5
    torch.testing.assert_close((turn @ values[:, :, None])[..., 0], expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("degree", [2, 3, 6])
def test_turns_are_one_rotation_in_every_degree(degree):
    turn = turns(DIRECTIONS, degree)
    vector = matrices(turn, 1)
    torch.testing.assert_close(
        torch.linalg.det(vector), torch.ones(len(vector), dtype=torch.float64), rtol=0, atol=1e-12
    )
    with float64_default():
        expected = Irrep(degree, 1).D_from_matrix(vector)
    torch.testing.assert_close(
        matrices(turn, degree), expected, rtol=0, atol=1e-7
    )  # e3nn goes through arc cosines


def test_turns_in_single_precision_and_of_no_edges():
    error = turns(DIRECTIONS.float(), 6).double() - turns(DIRECTIONS, 6)
    assert (
        error[5:].abs().max() < 1e-5
    )  # the first ones round to the poles, where another frame is as good
    assert turns(DIRECTIONS[:0], 3).shape == (0, 84)


def attribute_of(vectors, degrees="1x0e+1x1o+1x2e+1x3o", factors=None, scale=None):
    """Harmonics of vectors for irreps of multiplicity one, each times its factor and every row
    times its scale.
    """
    values = spherical_harmonics(11, vectors)
    factors = factors or [1.0] * len(Irreps(degrees))
    a = torch.cat(
        [
            c * values[:, ir.l**2 : (ir.l + 1) ** 2]
            for c, (_, ir) in zip(factors, Irreps(degrees), strict=True)
        ],
        1,
    )
    return a if scale is None else a * scale[:, None]


def edges_of(count):
    return Edges(torch.zeros(count, dtype=torch.int64), torch.zeros(count, dtype=torch.int64), 1)


def found(attribute, degrees="1x0e+1x1o+1x2e+1x3o", lmax=3, mirrored=False):
    return find_frames(attribute, layout(degrees), edges_of(len(attribute)), lmax, mirrored)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
@pytest.mark.parametrize("degrees", ["1x0e+1x1o+1x2e+1x3o", "1x3o+1x1o", "1x1o"])
def test_harmonics_are_known(dtype, degrees):
    factors = [0.5, -2.0, 3.0, 0.25][: len(Irreps(degrees))]
    frames = found(attribute_of(DIRECTIONS, degrees, factors).to(dtype), degrees)
    sign = (
        -1 if factors[[ir.l for _, ir in Irreps(degrees)].index(1)] < 0 else 1
    )  # the frame follows the 1o
    expected = [
        c * (2 * ir.l + 1) ** 0.5 * sign**ir.l
        for c, (_, ir) in zip(factors, Irreps(degrees), strict=True)
    ]
    assert frames.factors == pytest.approx(expected, rel=1e-5)
    assert frames.scale is None
    assert frames.some is None
    assert frames.turn.dtype == dtype


def test_scaled_harmonics():
    scale = randn(len(DIRECTIONS), seed=3).abs()
    scale[4] = 0
    frames = found(attribute_of(DIRECTIONS, scale=scale))
    assert frames.some is None
    one = frames.factors[0]
    torch.testing.assert_close(frames.scale * one, scale)
    torch.testing.assert_close(
        torch.tensor(frames.factors) / one, torch.tensor([1.0, 3, 5, 7]).sqrt()
    )


def test_zero_vectors_and_a_few_others_are_the_rest():
    vectors = DIRECTIONS.clone()
    vectors[7] = 0
    a = attribute_of(vectors)
    a[11, 5] += 1e-6
    frames = found(a)
    (some, index), (rest, others) = frames.some, frames.rest
    assert others.tolist() == [7, 11]
    assert index.tolist() == [n for n in range(len(a)) if n not in (7, 11)]
    assert (len(some), len(rest), len(frames.turn)) == (len(a) - 2, 2, len(a) - 2)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda a: torch.randn_like(a),
        lambda a: torch.full_like(a, float("nan")),
        lambda a: a + a.roll(1, 0),
        lambda a: a * torch.cat([torch.ones(len(a), 4), torch.rand(len(a), 1).expand(-1, 12)], 1),
    ],
    ids=["anything", "not a number", "sums of two", "degrees scaled by themselves"],
)
def test_other_attributes_have_no_frames(spoil):
    with torch.random.fork_rng():
        torch.manual_seed(0)
        assert found(spoil(attribute_of(DIRECTIONS))) is None


@pytest.mark.parametrize(
    "irreps", ["1x0e+1x2e", "2x1o", "1x1o+1x0e+1x1o", "1x0e+1x1e", "1x0o+1x1o", ""]
)
def test_other_irreps_have_no_frames(irreps):
    assert not has_frames(layout(irreps))


def test_mirrored_matrices_exchange_components():
    frames = found(attribute_of(DIRECTIONS), mirrored=True)
    half = frames.turn.shape[1] // 2
    for degree in range(4):
        given, mirrored = (
            matrices(frames.turn[:, :half], degree),
            matrices(frames.turn[:, half:], degree),
        )
        sign = torch.where(torch.arange(-degree, degree + 1) < 0, -1.0, 1.0)[:, None]
        assert torch.equal(mirrored, given.flip(1) * sign)


def test_layout_sorts_by_order():
    lay = FrameLayout((layout("2x0e+1x1o"), layout("3x1e+1x0e")))
    assert (lay.starts, lay.widths, lay.dim) == ([0, 7], [7, 4], 15)
    assert [c.tolist() for c in lay.columns[0]] == [[0], [11, 2, 7]]
    assert [c.tolist() for c in lay.columns[1]] == [[3], [12, 4, 8]]
    assert torch.equal(lay.order[lay.inverse], torch.arange(15))
    assert lay.order.tolist() == [0, 1, 3, 5, 9, 10, 11, 4, 12, 13, 14, 2, 6, 7, 8]
