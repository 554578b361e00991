"""Adsorbates on slabs: labels can be computed again from the files, and what is held out is."""

import numpy as np
import pytest

from segnn.data import edges
from segnn.errors import UserError
from segnn.simulate import adsorbates, slabs

ase = pytest.importorskip("ase")
emt = pytest.importorskip("ase.calculators.emt")


@pytest.fixture(scope="module")
def made():
    return adsorbates.simulate((2, 0, 1), seed=3)


def at(one, positions, chosen):
    atoms = ase.Atoms(
        one.node["atomic_number"][chosen].astype(int),
        positions[chosen],
        cell=one.cell[0],
        pbc=one.pbc[0],
    )
    atoms.calc = emt.EMT()
    return atoms


def test_labels_follow_from_the_positions(made):
    for one in (made["train"][1], made["test_both"][0]):
        adsorbate = one.node["tag"] == 0
        end, everything = one.node["relaxed_position"], np.ones(len(adsorbate), bool)
        slab = at(one, one.position, ~adsorbate)
        whole = at(one, end, everything)
        name = slabs.make_adsorbate  # alone, relaxed
        alone = min(
            adsorbates.relaxed(name(n))
            for n in slabs.ADSORBATES
            if sorted(name(n).numbers) == sorted(one.node["atomic_number"][adsorbate])
        )
        expected = whole.get_potential_energy() - slab.get_potential_energy() - alone
        assert one.graph["energy"][0] == pytest.approx(expected, abs=1e-9)
        moves = one.node["fixed"] == 0
        for atoms, free in ((whole, moves), (slab, moves[~adsorbate])):
            assert np.linalg.norm(atoms.get_forces()[free], axis=1).max() <= adsorbates.FORCE
        np.testing.assert_array_equal(end[~moves], one.position[~moves])
        assert set(one.node["tag"][~moves]) == {2, 3}
        top = one.position[one.node["tag"] == 1, 2].mean()
        np.testing.assert_allclose(one.node["height"], one.position[:, 2] - top)
        assert one.node["height"][adsorbate].min() > 0.7
        assert one.pbc[0].tolist() == [True, True, False]


def test_what_is_held_out_is_in_no_other_split():
    for split, (new_adsorbate, new_metals) in adsorbates.UNSEEN.items():
        names, metals = adsorbates.choices(new_adsorbate, new_metals)
        assert names
        assert (set(names) <= set(slabs.UNSEEN_ADSORBATES)) == (
            "adsorbate" in split or "both" in split
        )
        assert (set(metals) <= set(slabs.UNSEEN_METALS)) == ("metal" in split or "both" in split)
    seen, alloys = adsorbates.choices(False, False)
    assert {*"".join(seen)} == {*"HCNO"}
    assert {metal for alloy in alloys for metal in alloy} == set(slabs.LATTICE)


def test_fewer_are_the_first_of_more(made):
    again = adsorbates.simulate((1, 0, 0), seed=3)
    for name, array in again["train"].to_arrays().items():
        np.testing.assert_allclose(array, made["train"][0].to_arrays()[name], atol=1e-9)
    assert len(again["test_both"]) == 0


@pytest.mark.slow
def test_processes_do_not_change_the_result(made):
    again = adsorbates.simulate((2, 0, 0), seed=3, processes=2)["train"]
    for name, array in again.to_arrays().items():
        np.testing.assert_array_equal(array, made["train"].to_arrays()[name])


def test_what_does_not_relax_is_drawn_again(made, monkeypatch):
    answers = iter([False, True])
    monkeypatch.setattr(adsorbates, "on_surface", lambda atoms: next(answers))
    other = adsorbates.sample((3, "train", 0))
    assert other["left_out"] == 1
    assert other["energy"] != made["train"].graph["energy"][0]
    monkeypatch.setattr(adsorbates, "on_surface", lambda atoms: False)
    monkeypatch.setattr(adsorbates, "DRAWS", 1)
    with pytest.raises(UserError, match="system 0 of train: none of 1 draws relaxed"):
        adsorbates.sample((3, "train", 0))


def test_adsorbates_that_leave_are_seen():
    rng = np.random.default_rng(0)
    atoms = slabs.placed(rng, slabs.make_slab(rng, ("Cu",)), "CO")
    assert adsorbates.on_surface(atoms)
    for away in (6.0, -12.0):
        moved = atoms.copy()
        moved.positions[-1] += [0, 0, away]
        moved.positions[-2] += [0, 0, away]
        assert not adsorbates.on_surface(moved)


@pytest.mark.parametrize("metal", slabs.LATTICE)
def test_lattices_have_the_lowest_energy(metal):
    def energy(constant):
        crystal = ase.build.bulk(metal, "fcc", a=constant, cubic=True)
        crystal.calc = emt.EMT()
        return crystal.get_potential_energy()

    pytest.importorskip("ase.build")
    best = slabs.LATTICE[metal]
    assert energy(best) < min(energy(best - 0.002), energy(best + 0.002))


def test_a_cell_without_vacuum_changes_nothing_across(made):
    one = made["train"][0]
    flat = one.cell.copy()
    flat[:, 2] = 0
    found = [
        edges.radius(one.position, one.offsets, 6.0, cell, one.pbc) for cell in (one.cell, flat)
    ]
    for one_of, other in zip(*found, strict=True):
        np.testing.assert_allclose(one_of, other, atol=1e-12)


@pytest.mark.parametrize(
    ("given", "told"),
    [({"processes": 0}, "processes is 0"), ({"systems": (0, 0, 0)}, "expected three counts")],
)
def test_options_without_a_meaning(given, told):
    with pytest.raises(UserError, match=told):
        adsorbates.simulate(**given)
