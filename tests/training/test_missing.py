"""Labels that some systems lack: counted nowhere where the recipe says so, else refused."""

import numpy as np
import pytest
import torch

import segnn
from segnn.data import Systems, load_systems, save_systems
from segnn.data.inspect import inspect
from segnn.errors import UserError
from segnn.model import PhysicalModel
from segnn.recipe import parse_recipe
from segnn.report.inputs import labelled, read_run
from segnn.report.summary import summarise
from segnn.training.evaluation import evaluated
from segnn.training.loss import Loss
from segnn.training.run import train

TEXT = """
name: missing
species: [H, O]
fields: {position: {irreps: 1o, unit: angstrom}}
data: {folder: data}
graph: {kind: radius, cutoff: 3.0}
inputs: [one_hot(species)]
edge_attributes: [sh(relative_position)]
targets:
  dipole: {irreps: 1o, unit: debye, level: graph, pool: sum}
  energy:
    {irreps: 0e, unit: eV, level: graph, pool: sum, base: reference(species), missing: masked}
  charge: {irreps: 0e, unit: e, level: node, missing: masked, loss: {kind: mae}}
model: {hidden: 2x0e+2x1o, layers: 1}
training: {epochs: 2, batch_size: 4, learning_rate: 1e-3}
"""
REFERENCES = np.array([-3.0, 7.0])  # of H and O


def systems(count, seed, lacking=()):
    """Energies are sums over the species; those of ``lacking`` are NaN, as is one of their
    charges.
    """
    rng = np.random.default_rng(seed)
    sizes = rng.integers(2, 5, size=count)
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    number = rng.choice([1.0, 8.0], size=offsets[-1])
    counts = np.stack([np.add.reduceat(number == n, offsets[:-1], dtype=float) for n in (1, 8)], 1)
    energy, charge = counts @ REFERENCES, rng.normal(size=offsets[-1])
    for n in lacking:
        energy[n] = charge[offsets[n]] = np.nan
    return Systems(
        rng.normal(size=(offsets[-1], 3)),
        offsets,
        {"atomic_number": number, "charge": charge},
        {"energy": energy, "dipole": rng.normal(size=(count, 3))},
    )


def model(*overrides):
    torch.manual_seed(0)
    return PhysicalModel(parse_recipe(TEXT, overrides=overrides)).double()


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run folder, and its test systems, of which 1 and 3 lack labels."""
    folder = tmp_path_factory.mktemp("missing")
    given = {
        "train": systems(9, 0, (2, 5)),
        "valid": systems(4, 1, (0,)),
        "test": systems(5, 2, (1, 3)),
    }
    for name, one in given.items():
        save_systems(folder / "data" / f"{name}.npz", one)
    recipe = parse_recipe(TEXT, overrides=[f"data.folder={folder / 'data'}"])
    train(recipe, folder / "run", progress=False)
    return folder / "run", given["test"]


def test_references_and_scales_are_those_of_the_labelled():
    whole, (made, other) = systems(9, 0, (2, 5)), (model(), model())
    kept = np.setdiff1d(np.arange(9), [2, 5])
    made.network.target.measure(made.features(whole))
    other.network.target.measure(other.features(whole[kept]))
    target, expected = made.network.target, other.network.target
    np.testing.assert_allclose(target.references["energy"].values, REFERENCES, atol=1e-9)
    for name in ("energy", "charge"):
        columns = target.columns[name]
        torch.testing.assert_close(target.scale[columns], expected.scale[columns])
        torch.testing.assert_close(target.shift[columns], expected.shift[columns])


def test_missing_labels_have_no_part_in_the_loss():
    made = model("targets.dipole.loss.weight=0", "targets.energy.scale=0.2")
    features = made.features(systems(9, 0, (2, 5)))
    made.network.target.measure(features)
    loss = Loss(made, features)
    found = {n: rows.detach().requires_grad_() for n, rows in made(features).items()}
    value = loss(found, features.labels, features.offsets.diff())
    value.backward()
    expected = 0.0
    for name in ("energy", "charge"):
        there = ~features.labels[name].isnan().any(1)
        assert int((~there).sum()) > (1 if name == "energy" else 2)  # all charges of a system
        error = (found[name] - features.labels[name])[there] / loss.spread[name]
        expected += (error.square() if name == "energy" else error.abs()).mean().item()
        assert not found[name].grad[~there].any()
        assert found[name].grad[there].any()
    assert value.item() == pytest.approx(expected)
    parts, rows = [torch.arange(4), torch.arange(4, 9)], loss.rows(features, torch.arange(9))
    pieces = [features.batch(part) for part in parts]
    sums = [loss(made(p), p.labels, p.offsets.diff(), rows) for p in pieces]
    assert sum(sums).item() == pytest.approx(expected)
    none = features.batch([2, 5])
    assert loss(made(none), none.labels, none.offsets.diff()).item() == 0.0


def test_errors_are_those_of_the_labelled(run):
    folder, test = run
    result, found = evaluated(folder)
    assert result["systems"] == 5
    assert result["left_out"] == []
    predicted = segnn.load(folder).predict(test)
    there = ~np.isnan(test.graph["energy"])
    for name, label in (("energy", test.graph["energy"]), ("dipole", test.graph["dipole"])):
        error = predicted[name] - label
        own = result["targets"][name]
        assert own["mae"] == pytest.approx(np.nanmean(np.abs(error)), rel=1e-4)
        mean = own["baselines"]["mean_label"]["fitted"]["mean"]
        assert own["baselines"]["mean_label"]["mae"] == pytest.approx(
            np.nanmean(np.abs(label - mean)), rel=1e-6
        )
    assert result["targets"]["energy"]["labelled"] == 3
    assert "labelled" not in result["targets"]["dipole"]
    assert len(found["energy"].mse) == 3
    owner = np.repeat(np.arange(5), test.sizes)
    assert len(found["charge"].target) == there[owner].sum()
    species = result["targets"]["charge"]["per_species"]
    error = np.abs(predicted["charge"] - test.node["charge"])
    chosen = there[owner] & (test.node["atomic_number"] == 1)
    assert species["H"]["mae"] == pytest.approx(error[chosen].mean(), rel=1e-4)


def test_the_report_shows_the_labelled(run):
    folder, test = run
    found = segnn.load(folder).predict(test)
    found.pop("offsets")
    arrays = {**test.to_arrays(), **{f"predicted_{name}": rows for name, rows in found.items()}}
    arrays |= {"target_energy": arrays.pop("energy"), "target_dipole": arrays.pop("dipole")}
    np.savez(folder / "predictions.npz", **arrays)
    inputs = read_run(folder)
    assert len(inputs.predictions) == 5  # the first target, the dipole, has all labels
    assert len(labelled(inputs.predictions, "energy")) == 3
    told = summarise(inputs, ())["predictions"]
    assert (told["systems"], np.isfinite(told["mse"])) == (5, True)


def test_undeclared_ones_are_refused(tmp_path):
    made = model("targets.energy.missing=null")
    data = {"train": systems(9, 0, (2, 5)), "valid": systems(4, 1)}
    with pytest.raises(
        UserError, match=r"'energy' holds NaN or infinite numbers in systems 2, 5 of 9"
    ) as told:
        segnn.train(made.recipe, tmp_path, data=data)
    assert "declare targets.energy.missing: masked" in str(told.value)
    broken = systems(4, 1)
    broken.graph["energy"][1] = np.inf
    nothing = systems(4, 1, range(4))
    for wrong, why in ((broken, "infinite numbers in system 1"), (nothing, "no labels at all")):
        with pytest.raises(UserError, match=why):
            segnn.train(model().recipe, tmp_path, data={"train": wrong, "valid": systems(4, 1)})


def test_a_frame_without_the_key_is_missing(tmp_path):
    pytest.importorskip("ase")
    from ase.io import read, write

    given = systems(4, 1)
    save_systems(tmp_path / "all.xyz", given)
    frames = read(tmp_path / "all.xyz", ":")
    frames[2].calc.results.pop("energy")
    write(tmp_path / "some.xyz", frames)
    found = model().read(tmp_path / "some.xyz").systems
    assert np.isnan(found.graph["energy"]).tolist() == [False, False, True, False]
    with pytest.raises(UserError, match=r"3 of 4 configurations have 'energy'.*number 2.*masked"):
        model("targets.energy.missing=null").read(tmp_path / "some.xyz")
    entry = inspect(tmp_path / "some.xyz")
    assert entry["files"][0]["arrays"]["energy"]["missing"] == 1
    assert any("1 of 4 systems without energy" in hint["text"] for hint in entry["hints"])
    save_systems(tmp_path / "some.npz", systems(4, 1, (0, 2)))
    assert inspect(tmp_path / "some.npz")["files"][0]["arrays"]["energy"]["missing"] == 2
    assert np.isnan(model().read(tmp_path / "some.npz").systems.graph["energy"]).sum() == 2
    with pytest.raises(UserError, match=r"'charge' is nan in system 0.*missing: masked"):
        load_systems(tmp_path / "some.npz")
