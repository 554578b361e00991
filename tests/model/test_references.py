"""Reference energies of species: fitted, given, refused; and no digit lost."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from tests.model.atoms import ENERGIES, model, systems

import segnn
from segnn.data.elements import symbol
from segnn.errors import UserError

GIVEN = "targets.energy.base=reference(species, -13.6, -1030.25, -2041.5)"
ISOMERS = ((1, 6, 8), (8, 6, 1), (6, 1, 8))


def exact(given):
    """The same systems with energies that are sums of references, and nothing else."""
    counts = [
        given.node["atomic_number"][given.offsets[n] : given.offsets[n + 1]] for n in range(3)
    ]
    energy = np.array([sum(ENERGIES[int(z)] for z in numbers) for numbers in counts])
    return replace(given, graph={**given.graph, "energy": energy})


def test_what_is_no_element_cannot_be_learned():
    """The cure for unknown elements would be no recipe."""
    net = segnn.load("qm9-alpha")
    for number in (1.5, -1, 0):
        given = {"position": np.eye(3), "atomic_number": [6, 1, number]}
        with pytest.raises(UserError, match=f"{symbol(number)} is no element: correct the array"):
            net.predict(given)


def test_least_squares_find_them():
    made = model(given=exact(systems()))
    values = made.network.target.references["energy"].values
    np.testing.assert_allclose(values, list(ENERGIES.values()), rtol=1e-12)
    assert not made.network.target.references["energy"].unknown.any()


def test_given_ones_are_taken():
    made = model(GIVEN)
    values = made.network.target.references["energy"].values
    assert values.tolist() == list(ENERGIES.values())


def test_isomers_know_the_sum_alone():
    given = systems(kinds=ISOMERS)
    made = model(given=given)
    predicted = made.predict_systems(given)["energy"][:, 0]
    assert np.abs(predicted - given.graph["energy"]).max() < 20
    twice = replace(systems(kinds=((1, 6, 8, 8, 6, 1),)))
    made.predict_systems(twice)  # in the span of what was seen
    with pytest.raises(UserError, match=r"not known for H2 C: .*reference\(species, …\)"):
        made.predict_systems(systems(kinds=((1, 1, 6),)))
    model(GIVEN, given=given).predict_systems(systems(kinds=((1, 1, 6),)))


def test_unseen_species_are_named():
    given = systems()
    numbers = given.node["atomic_number"].copy()
    numbers[0] = 7
    with pytest.raises(UserError, match="there are atoms of N, and this recipe knows H, C, O: "):
        model().predict_systems(replace(given, node={**given.node, "atomic_number": numbers}))


def test_float32_keeps_the_digits_of_a_large_energy():
    given = systems()
    far = replace(given, graph={**given.graph, "energy": given.graph["energy"] - 1e5})
    double = model(given=far)
    single = model(given=far).float()
    assert single.network.target.references["energy"].values.dtype == torch.float64
    a, b = (made.predict_systems(far)["energy"] for made in (double, single))
    assert 0 < np.abs(a - b).max() < 1e-4  # the spacing of float32 is 8e-3 there


def test_distant_copies_have_twice_the_energy():
    made = model()
    one = systems(kinds=((1, 6, 8, 1),))
    open_ = {name: array for name, array in one.graph.items() if name not in ("cell", "pbc")}
    blind = {name: made.recipe.targets[name] for name in made.recipe.targets if name != "stress"}
    made.recipe = made.recipe.model_copy(update={"targets": blind})
    del made.cues.targets.derivatives["stress"]
    made.cues.targets.by_volume = frozenset()
    one = replace(one, graph=open_)
    two = replace(
        one,
        position=np.concatenate([one.position, one.position + 50.0]),
        offsets=np.array([0, 8]),
        node={name: np.concatenate([array, array]) for name, array in one.node.items()},
    )
    single, double = (made.predict_systems(given)["energy"] for given in (one, two))
    np.testing.assert_allclose(double, 2 * single, rtol=0, atol=1e-10)
