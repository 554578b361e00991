"""The value of every word of the vocabulary, against plain numpy written edge by edge."""

import numpy as np
import pytest
import torch
from e3nn.o3 import spherical_harmonics

from segnn.errors import UserError

from .helpers import SIZES, systems, tensors, value

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
        list(range(degree + 1)), torch.from_numpy(vectors), normalize=True, normalization="component"
    ).numpy()


CENTER = over_systems(X, mean)
MASS_CENTER = over_systems(M[:, None] * X, total) / over_systems(M[:, None], total)
FORCE = Q[EDGES[0], None] * Q[EDGES[1], None] * -R / CUBE
SOFT = (np.linalg.norm(R, axis=1, keepdims=True) ** 2 + 0.25) ** 1.5
PAIR = S.node["pair"]
PAIR_VECTORS = PAIR[:, 2:].reshape(-1, 2, 3)
PAIR_NORMS = np.concatenate([np.abs(PAIR[:, :2]), np.linalg.norm(PAIR_VECTORS, axis=2)], axis=1)
WIND = S.graph["graph_wind"]
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
    "normalized(pair)": np.concatenate([np.sign(PAIR[:, :2]), (PAIR_VECTORS / PAIR_NORMS[:, 2:, None]).reshape(-1, 6)], axis=1),
    "compressed(velocity)": V / LENGTH * np.log1p(LENGTH),
    "bounded(velocity)": V / (1 + LENGTH),
    "dot(velocity, velocity)": LENGTH**2,
    "dot(velocity, spin)": (V * SPIN).sum(1, keepdims=True),
    "dot(quadrupole, quadrupole)": (S.node["quadrupole"] ** 2).sum(1, keepdims=True),
    "cross(velocity, spin)": np.cross(V, SPIN),
    "cross(wind, velocity)": np.cross(WIND[OWNER], V),
    "sh(velocity)": sh(V, 1),
    "sh(spin, 3)": sh(SPIN, 3),
    "sh(relative_position, 2)": sh(R, 2),
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
