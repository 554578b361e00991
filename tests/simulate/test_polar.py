"""Molecules with dipoles and polarizabilities: labels can be computed again, parts are kept."""

import numpy as np
import pytest

import segnn
from segnn.data import Systems
from segnn.errors import UserError
from segnn.simulate import polar, xtb

pytest.importorskip("tblite", reason="labels need the extra 'field'")
pytest.importorskip("ase")
FEW = (3, 0, 1)


@pytest.fixture(scope="module")
def made():
    return polar.simulate(FEW, seed=3)


def test_labels_follow_from_the_positions(made):
    """The dipole is minus the slope of the energy in the field, the tensor that of the dipole."""
    one, point, step = made["train"][0], xtb.single_point(), 0.05
    numbers = one.node["atomic_number"].astype(int)
    ends = [[point(numbers, one.position, s * step * axis) for s in (1, -1)] for axis in np.eye(3)]
    energies = np.array([[end.get("energy") for end in pair] for pair in ends]) * xtb.HARTREE
    slope = -(energies[:, 0] - energies[:, 1]) / (2 * step)  # e Å
    np.testing.assert_allclose(one.graph["dipole"][0], slope * polar.DEBYE / xtb.BOHR, atol=2e-4)
    dipoles = np.array([[end.get("dipole") for end in pair] for pair in ends])
    matrix = (dipoles[:, 0] - dipoles[:, 1]) / (2 * step / xtb.FIELD)
    tensor = one.graph["polarizability"][0]
    np.testing.assert_allclose(tensor, matrix, atol=2e-3 * np.abs(tensor).max())
    values = np.linalg.eigvalsh(tensor)
    assert one.graph["alpha"][0] == pytest.approx(values.mean())
    squares = [(values[i] - values[j]) ** 2 for i, j in ((0, 1), (1, 2), (2, 0))]
    assert one.graph["anisotropy"][0] == pytest.approx(np.sqrt(sum(squares) / 2))


def test_the_recipe_reads_trace_and_anisotropy_off_its_tensor(made):
    model = segnn.PhysicalModel(segnn.load_recipe("polar", ["model.hidden=2x0e+1x1o+1x2e"]))
    found = model.predict(made["train"])
    assert found["polarizability"].shape == (3, 3, 3)
    values = np.linalg.eigvalsh(found["polarizability"].astype(float))
    np.testing.assert_allclose(found["alpha"], values.mean(1), rtol=1e-5)
    squares = (values - np.roll(values, 1, axis=1)) ** 2
    np.testing.assert_allclose(found["anisotropy"], np.sqrt(squares.sum(1) / 2), rtol=1e-5)


def test_what_is_held_out_is_in_no_other_split(made):
    assert len(polar.names()) == 56
    assert {*polar.names(held_out=True)} == {*polar.UNSEEN}
    assert made["test_molecule"].graph["molecule"].min() >= 56
    assert made["train"].graph["molecule"].max() < 56


def test_an_interrupted_run_goes_on_where_it_was(made, tmp_path, monkeypatch):
    monkeypatch.setattr(polar, "PART", 2)

    def stop(done, total):
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        polar.simulate(FEW, seed=3, progress=stop, unfinished=tmp_path)
    told = []
    again = polar.simulate(
        FEW, seed=3, progress=lambda *numbers: told.append(numbers), unfinished=tmp_path
    )
    assert told == [(3, 5), (4, 5), (5, 5)]  # the first two were kept
    assert len(again["valid"]) == 0
    for split in ("train", "test", "test_molecule"):
        for name, array in made[split].to_arrays().items():
            np.testing.assert_array_equal(array, again[split].to_arrays()[name])
    other = polar.simulate((1, 0, 0), seed=3, jitter=0.05, unfinished=tmp_path)["train"]
    assert np.abs(other.position - made["train"][0].position).max() > 1e-3


@pytest.mark.slow
def test_processes_do_not_change_the_result(made):
    again = polar.simulate(FEW, seed=3, processes=2)["train"]
    for name, array in again.to_arrays().items():
        np.testing.assert_array_equal(array, made["train"].to_arrays()[name])


def molecules(*numbers):
    sizes = [len(one) for one in numbers]
    return Systems.from_arrays(
        {
            "position": 1.5 * np.arange(sum(sizes))[:, None] * np.eye(3)[:1],
            "offsets": np.concatenate([[0], np.cumsum(sizes)]),
            "atomic_number": np.concatenate(numbers).astype(float),
        }
    )


def test_geometries_of_a_file_are_taken_once_each():
    made = polar.simulate((1, 0, 1), jitter=0.0, molecules=molecules([1, 1], [1, 9]))
    assert set(made) == {"train", "valid", "test"}
    taken = [made[split].graph["molecule"][0] for split in ("train", "test")]
    assert sorted(taken) == [0, 1]
    apart = [np.linalg.norm(np.diff(made[s].position, axis=0)) for s in ("train", "test")]
    np.testing.assert_allclose(apart, 1.5)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"processes": 0}, "processes is 0"),
        ({"jitter": -1.0}, "jitter is -1.0; expected 0 to 0.3"),
        ({"molecules": molecules([1, 1])}, "2 systems are asked for and the file holds 1"),
        ({"molecules": molecules([1, 6], [6])}, "molecule 0 .* odd number of electrons"),
        ({"molecules": Systems.from_arrays({"position": np.zeros((2, 1, 3))})}, "atomic_number"),
    ],
)
def test_options_without_a_meaning(given, told):
    with pytest.raises(UserError, match=told):
        polar.simulate(**{"systems": (2, 0, 0), **given})
