"""The spins' labels are derivatives of one energy, which no mirror and no reversal changes; every
term stands there as its formula says.
"""

import itertools

import numpy as np
import pytest
import torch

from segnn.errors import UserError
from segnn.simulate import spins
from segnn.simulate.spin_energy import DIPOLES, TERMS, Couplings, derivatives, energy, energy_terms

C = Couplings()


@pytest.fixture(scope="module")
def clusters():
    """Positions and spins of three clusters of seven atoms, (3, 7, 3)."""
    drawn = [spins.draw(np.random.default_rng(n), 7, 0.1) for n in range(3)]
    position, spin = (np.stack(arrays) for arrays in zip(*drawn, strict=True))
    return torch.from_numpy(position), torch.from_numpy(spin)


def smooth(r):
    return (1 + np.cos(np.pi * r / C.cutoff)) / 2 if r < C.cutoff else 0.0


def near(r):
    return np.exp(-(r - C.near) / C.reach) * smooth(r) / smooth(C.near)


def by_hand(r, s):
    """The five terms of one cluster, (N, 3) each, as sums over pairs and triples written out."""
    n = range(len(r))
    d = np.array([[np.linalg.norm(r[i] - r[j]) for j in n] for i in n])
    u = [[(r[i] - r[j]) / (d[i, j] or 1) for j in n] for i in n]
    rho = [sum(near(d[i, k]) for k in n if k != i) for i in n]
    found = dict.fromkeys(TERMS, 0.0)
    for i, j in itertools.permutations(n, 2):
        x = (d[i, j] / C.delta) ** 2
        bare = 4 * C.alpha * x * (1 - C.gamma * x) * np.exp(-x) * smooth(d[i, j])
        weakened = 2 / (1 + (rho[i] + rho[j]) / 2 / C.density)
        found["exchange"] -= bare * weakened * s[i] @ s[j] / 2
        found["biquadratic"] -= C.biquadratic * near(d[i, j]) * (s[i] @ s[j]) ** 2 / 2
        along = (s[i] @ u[i][j]) ** 2 - s[i] @ s[i] / 3
        found["anisotropy"] -= C.anisotropy * near(d[i, j]) * along
        third = [k for k in n if k not in (i, j)]
        crossed = [near(d[i, k]) * near(d[j, k]) * np.cross(u[i][k], u[j][k]) for k in third]
        found["moriya"] -= C.moriya * sum(crossed) @ np.cross(s[i], s[j]) / 2
        pair = s[i] @ s[j] - 3 * (s[i] @ u[i][j]) * (s[j] @ u[i][j])
        found["dipoles"] += DIPOLES * C.moment**2 * pair / d[i, j] ** 3 / 2
    return found


def test_terms_as_their_formulas(clusters):
    found = energy_terms(*clusters, C)
    for n in range(3):
        expected = by_hand(clusters[0][n].numpy(), clusters[1][n].numpy())
        for name in TERMS:
            assert float(found[name][n]) == pytest.approx(expected[name], rel=1e-12), name


@pytest.mark.parametrize("term", [*TERMS, "all"])
def test_derivatives_against_differences(clusters, term):
    def value(position, spin):
        if term == "all":
            return energy(position, spin, C)
        return energy_terms(position, spin, C)[term]

    assert torch.autograd.gradcheck(
        value, [x[:1, :4].clone().requires_grad_() for x in clusters], eps=1e-5, atol=1e-6
    )


def test_labels_are_minus_the_derivatives(clusters):
    value, forces, fields = derivatives(*clusters, C)
    position, spin = clusters
    move, turn = torch.randn(
        2, *position.shape, generator=torch.Generator().manual_seed(0)
    ).double()
    h = 1e-5
    up = energy(position + h * move, spin + h * turn, C)
    down = energy(position - h * move, spin - h * turn, C)
    slope = -(forces * move + fields * turn).sum((1, 2))
    torch.testing.assert_close((up - down) / (2 * h), slope, rtol=1e-7, atol=1e-6)
    assert (value == energy(position, spin, C)).all()


def test_invariances(clusters):
    """Turned; mirrored, spins being axial; moved; numbered anew; all spins reversed."""
    position, spin = clusters
    q = torch.from_numpy(spins.rotation(np.random.default_rng(5)))
    assert torch.linalg.det(q) == pytest.approx(1)
    order = [3, 1, 0, 2, 6, 5, 4]
    seen = [
        (position @ q.T, spin @ q.T),
        (-position @ q.T, spin @ q.T),
        (position + 100.0, spin),
        (position[:, order], spin[:, order]),
        (position, -spin),
    ]
    expected = energy_terms(position, spin, C)
    for name, value in expected.items():
        for other in seen:
            torch.testing.assert_close(
                energy_terms(*other, C)[name], value, rtol=1e-9, atol=1e-9, msg=name
            )
    polar = energy_terms(-position, -spin @ torch.diag(torch.tensor([1.0, 1, -1]).double()), C)
    assert not torch.allclose(polar["moriya"], expected["moriya"])


def test_torques_balance(clusters):
    """Turning atoms and spins together costs nothing: Σ r × F + S × H = 0, and Σ F = 0."""
    position, spin = clusters
    _, forces, fields = derivatives(position, spin, C)
    orbital, own = torch.linalg.cross(position, forces), torch.linalg.cross(spin, fields)
    torch.testing.assert_close(orbital.sum(1), -own.sum(1), rtol=0, atol=1e-9)
    assert own.sum(1).abs().max() > 0.1
    assert forces.sum(1).abs().max() < 1e-10


def test_fewer_are_the_first_of_more():
    few, many = spins.simulate((2, 0, 1), atoms=5), spins.simulate((60, 3, 2), atoms=5)
    for split in ("train", "test"):
        there, more = few[split].to_arrays(), many[split].to_arrays()
        for name, array in there.items():
            np.testing.assert_allclose(array, more[name][: len(array)], rtol=1e-12, err_msg=name)
    assert (len(few["valid"]), len(many["valid"])) == (0, 3)


def test_spins_are_of_mean_field_theory():
    """The mean moment is Langevin's coth κ − 1/κ; every spin is a unit vector."""
    for kappa in (0.0, 1.0, 4.0):
        drawn = spins.mean_field_spins(np.random.default_rng(1), 100_000, kappa)
        np.testing.assert_allclose(np.linalg.norm(drawn, axis=1), 1, rtol=1e-12)
        expected = 1 / np.tanh(kappa) - 1 / kappa if kappa else 0.0
        assert np.linalg.norm(drawn.mean(0)) == pytest.approx(expected, abs=0.01)


def test_one_atom_has_the_energy_zero():
    found = spins.simulate((1, 0, 0), atoms=1)["train"]
    assert found.graph["target_energy"] == 0
    assert (found.node["target_field"] == 0).all()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"systems": (1, 2)}, "three counts"),
        ({"systems": (0, 0, 0)}, "three counts"),
        ({"atoms": 0}, "atoms is 0"),
        ({"seed": -1}, "seed is -1"),
        ({"jitter": float("nan")}, "jitter is nan"),
    ],
)
def test_options_are_checked(options, words):
    with pytest.raises(UserError, match=words):
        spins.simulate(**{"systems": (1, 1, 1), **options})
