"""The value of every word of the vocabulary, against plain numpy written edge by edge."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from e3nn.o3 import spherical_harmonics

from segnn.errors import UserError
from segnn.recipe.cartesian import to_rows
from segnn.recipe.tensors import Tensors

from .helpers import SIZES, systems, tensors, term, value

S = systems()
X, V, SPIN = S.position, S.node["velocity"], S.node["spin"]
Q, M = S.node["charge"], S.node["mass"][:, 0]
OWNER = np.repeat(np.arange(len(SIZES)), SIZES)
EDGES = tensors(S).edge_index.numpy()
R = X[EDGES[0]] - X[EDGES[1]]
CUBE = np.linalg.norm(R, axis=1, keepdims=True) ** 3


def over_systems(rows, reduce):
    return np.stack([reduce(rows[s == OWNER]) for s in range(len(SIZES))])


def over_neighbours(rows, reduce):
    out = np.zeros((len(X), rows.shape[1]))
    for i in range(len(X)):
        if (EDGES[1] == i).any():
            out[i] = reduce(rows[EDGES[1] == i])
    return out


def total(rows):
    return rows.sum(0)


def mean(rows):
    return rows.mean(0)


def sh(vectors, degree):
    return spherical_harmonics(
        list(range(degree + 1)),
        torch.from_numpy(vectors),
        normalize=True,
        normalization="component",
    ).numpy()


CENTER = over_systems(X, mean)
MASS_CENTER = over_systems(M[:, None] * X, total) / over_systems(M[:, None], total)
FORCE = Q[EDGES[0], None] * Q[EDGES[1], None] * -R / CUBE
SOFT = (np.linalg.norm(R, axis=1, keepdims=True) ** 2 + 0.25) ** 1.5
PAIR = S.node["pair"]
PAIR_VECTORS = PAIR[:, 2:].reshape(-1, 2, 3)
PAIR_NORMS = np.concatenate([np.abs(PAIR[:, :2]), np.linalg.norm(PAIR_VECTORS, axis=2)], axis=1)
WIND = S.graph["graph_wind"]
D = np.linalg.norm(R, axis=1, keepdims=True)
U = D / 2.5  # distances are from 0.5 to 5: some lie beyond this cutoff
K = np.arange(1, 5)
INSIDE = U < 1


def everyone(charge, softening=0.0):
    """Σ_j q_i q_j (x_i − x_j)/(r² + ε²)^{3/2} over all others of the system."""
    out = np.zeros((len(X), 3))
    for i in range(len(X)):
        for j in range(len(X)):
            if i != j and OWNER[i] == OWNER[j]:
                r = X[i] - X[j]
                out[i] += charge[i] * charge[j] * r / (r @ r + softening**2) ** 1.5
    return out


LENGTH = np.linalg.norm(V, axis=1, keepdims=True)

CASES = {
    "position": X,
    "charge": Q[:, None],
    "3": np.array([[3.0]]),
    "-3": np.array([[-3.0]]),
    "one": np.array([[1.0]]),
    "horizon": np.array([[2.0]]),
    "relative_position": R,
    "distance": np.linalg.norm(R, axis=1, keepdims=True),
    "center(position)": CENTER,
    "center(position, mass)": MASS_CENTER,
    "position - center(position)": X - CENTER[OWNER],
    "position + velocity * horizon - center(position)": X + 2 * V - CENTER[OWNER],
    "velocity - wind": V - WIND[OWNER],
    "relative_position + wind * horizon": R + 2 * WIND[OWNER[EDGES[1]]],
    "-velocity": -V,
    "2 * velocity": 2 * V,
    "charge * velocity": Q[:, None] * V,
    "velocity * charge": Q[:, None] * V,
    "charge * pair": Q[:, None] * PAIR,
    "helicity * spin": S.node["helicity"][:, None] * SPIN,
    "source(charge) * target(charge)": (Q[EDGES[0]] * Q[EDGES[1]])[:, None],
    "source(velocity) - target(velocity)": V[EDGES[0]] - V[EDGES[1]],
    "norm(velocity)": LENGTH,
    "norm(charge)": np.abs(Q)[:, None],
    "norm(pair)": PAIR_NORMS,
    "square_norm(velocity)": LENGTH**2,
    "square_norm(pair)": PAIR_NORMS**2,
    "normalized(velocity)": V / LENGTH,
    "normalized(pair)": np.concatenate(
        [np.sign(PAIR[:, :2]), (PAIR_VECTORS / PAIR_NORMS[:, 2:, None]).reshape(-1, 6)], axis=1
    ),
    "compressed(velocity)": V / LENGTH * np.log1p(LENGTH),
    "bounded(velocity)": V / (1 + LENGTH),
    "dot(velocity, velocity)": LENGTH**2,
    "dot(velocity, spin)": (V * SPIN).sum(1, keepdims=True),
    "dot(quadrupole, quadrupole)": (S.node["quadrupole"] ** 2).sum(1, keepdims=True),
    "cross(velocity, spin)": np.cross(V, SPIN),
    "cross(wind, velocity)": np.cross(WIND[OWNER], V),
    "outer(velocity, spin)": to_rows(V[:, :, None] * SPIN[:, None], "general"),
    "outer(wind, velocity)": to_rows(WIND[OWNER][:, :, None] * V[:, None], "general"),
    "outer(spin, spin)": to_rows(SPIN[:, :, None] * SPIN[:, None], "symmetric"),
    "sh(velocity)": sh(V, 1),
    "sh(spin, 3)": sh(SPIN, 3),
    "sh(relative_position, 2)": sh(R, 2),
    "turning(concat(norm(velocity), velocity))": V,
    "trace(outer(velocity, wind))": (V * WIND[OWNER]).sum(1, keepdims=True),
    "concat(velocity, wind)": np.concatenate([V, WIND[OWNER]], axis=1),
    "unitless(velocity)": V,
    "one_hot(species, 1, 6, 8)": (S.node["species"][:, None] == np.array([1, 6, 8])).astype(float),
    "sum(relative_position)": over_neighbours(R, total),
    "mean(sh(relative_position))": over_neighbours(sh(R, 1), mean),
    "sum(one)": over_neighbours(np.ones((len(R), 1)), total),
    "mean(source(velocity))": over_neighbours(V[EDGES[0]], mean),
    "total(velocity)": over_systems(V, total),
    "average(velocity)": over_systems(V, mean),
    "pair_force(charge)": FORCE,
    "pair_force(charge, 0.5)": FORCE * CUBE / SOFT,
    "pair_force(charge, epsilon)": FORCE * CUBE / SOFT,
    "sum(pair_force(charge))": over_neighbours(FORCE, total),
    "net_force(charge)": everyone(Q),
    "-net_force(mass, 0.5)": -everyone(M, 0.5),
    "net_force(mass, epsilon)": everyone(M, 0.5),
    "inverse(mass) * net_force(charge)": everyone(Q) / M[:, None],
    "cross(position - center(position), mass * velocity)": np.cross(
        X - CENTER[OWNER], M[:, None] * V
    ),
    "total(cross(position - center(position), mass * velocity))": over_systems(
        np.cross(X - CENTER[OWNER], M[:, None] * V), total
    ),
    "envelope(distance, 2.5)": np.where(INSIDE, 1 - 28 * U**6 + 48 * U**7 - 21 * U**8, 0),
    "envelope(distance, 2.5, 3)": np.where(INSIDE, 1 - 10 * U**3 + 15 * U**4 - 6 * U**5, 0),
    "envelope(distance, epsilon)": np.where(
        D < 0.5, 1 - 28 * (2 * D) ** 6 + 48 * (2 * D) ** 7 - 21 * (2 * D) ** 8, 0
    ),
    "envelope(distance, 2.5) * sh(relative_position)": np.where(
        INSIDE, 1 - 28 * U**6 + 48 * U**7 - 21 * U**8, 0
    )
    * sh(R, 1),
    "bessel(distance, 4, 2.5)": np.where(INSIDE, np.sqrt(2) * np.sin(K * np.pi * U) / U, 0),
    "gaussian(distance, 4, 2.5)": np.exp(-((D - (K - 1) * 2.5 / 3) ** 2) / (2 * (2.5 / 3) ** 2)),
}


@pytest.mark.parametrize("expression", CASES)
def test_value(expression):
    np.testing.assert_allclose(value(expression, S), CASES[expression], rtol=1e-12, atol=1e-12)


def test_every_word_is_tested():
    from segnn.recipe.vocabulary import VOCABULARY

    assert {name for name in VOCABULARY if not any(f"{name}(" in case for case in CASES)} == set()


def test_total_mass_zero_is_told():
    broken = systems()
    broken.node["mass"][:] = 0
    with pytest.raises(UserError, match=r"test.npz has a total mass of 0 in system 0"):
        value("center(position, mass)", broken)


def test_unknown_species_is_told():
    with pytest.raises(UserError, match=r"test.npz has species = 8, expected one of \[1, 6\]"):
        value("one_hot(species, 1, 6)", S)


def test_inverse_of_zero_is_told():
    broken = systems()
    broken.node["mass"][2] = 0
    with pytest.raises(
        UserError, match=r"inverse\(mass\): test.npz has mass = 0 in row 2 of its nodes"
    ):
        value("inverse(mass)", broken)


def test_net_force_knows_no_images():
    with pytest.raises(UserError, match=r"net_force.* has no meaning in periodic systems"):
        term("net_force(charge)").evaluate(replace(tensors(S), periodic=True))


@pytest.mark.parametrize("block", [1, 7, 40])
def test_net_force_does_not_depend_on_its_blocks(block, monkeypatch):
    monkeypatch.setattr("segnn.recipe.words_physics.BLOCK", block)
    np.testing.assert_allclose(value("net_force(charge)", S), everyone(Q), rtol=1e-12)


def test_net_force_with_a_graph_of_few_edges():
    """The graph does not matter: unlike sum(pair_force(...))."""
    few = tensors(S)
    few = replace(few, edge_index=few.edge_index[:, :2], shift=few.shift[:2])
    np.testing.assert_allclose(
        term("net_force(charge)").evaluate(few).numpy(), everyone(Q), rtol=1e-12
    )


def radial(expression, distances):
    """A word of the distance, of pairs at these distances; shape (distances, functions)."""
    distances = torch.as_tensor(distances, dtype=torch.float64)
    position = torch.zeros(2 * len(distances), 3, dtype=torch.float64)
    position[1::2, 0] = distances
    source = torch.arange(1, 2 * len(distances), 2)
    pairs = Tensors(
        position,
        torch.stack([source, source - 1]),
        torch.zeros(len(distances), 3, dtype=torch.float64),
        torch.arange(0, 2 * len(distances) + 1, 2),
        torch.arange(len(distances) + 1),
    )
    return term(expression).evaluate(pairs)


def test_bessel_functions_are_orthonormal_and_smooth_at_zero():
    u = (np.arange(2000) + 0.5) / 2000
    f = radial("bessel(distance, 6, 1.0)", u).numpy()
    np.testing.assert_allclose(np.einsum("ui,uj,u->ij", f, f, u**2) / 2000, np.eye(6), atol=1e-5)
    np.testing.assert_allclose(
        radial("bessel(distance, 3, 2.0)", [0.0, 1e-9]),
        np.sqrt(2) * np.pi * np.array([[1, 2, 3]] * 2),
    )
    np.testing.assert_array_equal(radial("bessel(distance, 3, 2.0)", [2.0, 3.0]), 0)
    assert radial("bessel(distance, 3, 2.0)", [2.0 - 1e-9]).abs().max() < 1e-7


def test_the_envelope_is_smooth_at_the_cutoff():
    """Value, slope and curvature vanish there; the value at 0 is 1."""
    h = 1e-3
    left = radial("envelope(distance, 2.0)", [2 - 2 * h, 2 - h, 2.0, 2 + h])[:, 0].numpy()
    assert (left >= 0).all()
    assert left[2] == left[3] == 0
    assert left[1] < 100 * h**3
    assert (left[0] - 2 * left[1] + left[2]) / h**2 < 200 * h
    np.testing.assert_allclose(radial("envelope(distance, 2.0)", [0.0]), 1.0)
    falling = radial("envelope(distance, 2.0, 2)", np.linspace(0, 2.2, 50))[:, 0].numpy()
    assert (np.diff(falling) <= 0).all()


@pytest.mark.parametrize(
    "expression",
    [
        "bessel(distance, 4, 9.0)",
        "gaussian(distance, 4, 9.0)",
        "envelope(distance, 9.0)",
        "net_force(charge)",
    ],
)
def test_gradients(expression):
    raw, tree = tensors(S), term(expression)

    def of(position):
        return tree.evaluate(replace(raw, position=position))

    assert torch.autograd.gradcheck(of, raw.position.clone().requires_grad_())


def test_coincident_particles_have_finite_forces_and_gradients():
    raw = tensors(S)
    position = torch.zeros_like(raw.position).requires_grad_()
    for expression in ("net_force(charge)", "net_force(charge, 0.5)", "bessel(distance, 3, 2.0)"):
        out = term(expression).evaluate(replace(raw, position=position))
        assert out.isfinite().all()
        (gradient,) = torch.autograd.grad(out.sum(), position)
        assert gradient.isfinite().all()
