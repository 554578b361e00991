"""Checks of energies and their derivatives: what is right passes, what is wrong does not."""

from dataclasses import replace

import numpy as np
import pytest
from tests.model.atoms import model, systems

from segnn.model.check import physics, random_systems

SHORT = (
    "targets={energy: {irreps: 0e, unit: eV, level: graph, pool: sum, base: reference(species)},"
    " forces: {derivative: -energy / position}}",
    "model.layers=1",
)


@pytest.fixture(scope="module")
def given():
    boxed = systems()
    graph = {name: array for name, array in boxed.graph.items() if name not in ("cell", "pbc")}
    return replace(boxed, graph=graph)


@pytest.fixture(scope="module")
def made(given):
    return model(*SHORT, given=given)


def test_energies_and_forces_pass(made, given):
    assert physics.derivative_errors(made, given, 0)["forces against finite differences"] < 1e-6
    found = physics.balance_errors(made, given)
    assert set(found) == {"forces sum to zero", "torque balance"}
    assert max(found.values()) < 1e-12
    assert physics.extensivity_errors(made, given)["two distant copies"] < 1e-10
    assert physics.cutoff_error(made, given)["smooth at the cutoff"] < 1e-10


def test_a_box_that_is_not_periodic_is_empty_space(made):
    """As frames of molecules have it: a lattice and pbc="F F F"."""
    boxed = systems()
    boxed = replace(boxed, graph=boxed.graph | {"pbc": np.zeros((len(boxed), 3))})
    assert physics.extensivity_errors(made, boxed)["two distant copies"] < 1e-10
    assert physics.extensivity_errors(made, systems()) == {}


def test_a_wrong_sign_is_seen(made, given, monkeypatch):
    right = physics.derivatives

    def wrong(*arguments, **named):
        return {name: -value for name, value in right(*arguments, **named).items()}

    monkeypatch.setattr(physics, "derivatives", wrong)
    error = physics.derivative_errors(made, given, 0)["forces against finite differences"]
    assert error == pytest.approx(2.0, rel=1e-3)


def test_a_jump_at_the_cutoff_is_seen(given):
    jumping = model(*SHORT, "edge_attributes=[sh(relative_position)]", given=given)
    assert physics.cutoff_error(jumping, given)["smooth at the cutoff"] > 1e-3


def test_a_mean_over_the_neighbours_is_no_sum(given):
    """The mean of a neighbourhood jumps where a third atom enters, energies add up all the same."""
    mean = model(*SHORT, "node_attributes=[mean(edge_attributes)]", given=given)
    assert physics.extensivity_errors(mean, given)["two distant copies"] < 1e-10


def test_nothing_to_check_without_derivatives(given):
    bare = SHORT[0].replace(", forces: {derivative: -energy / position}", "")
    made = model(bare, given=given)
    assert physics.derivative_errors(made, given, 0) == {}
    assert physics.balance_errors(made, given) == {}
    assert physics.cutoff_error(made, given) == {}


def test_random_atoms_are_of_the_declared_species():
    made = model(*SHORT)
    drawn = random_systems(made.recipe)
    assert set(drawn.node["atomic_number"].ravel()) == {1.0, 6.0, 8.0}
    made.cues(drawn)  # which refuses others
