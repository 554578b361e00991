"""Several targets, and what follows for a derivative: irreps, units, levels; what is refused."""

import pytest
from tests.model.atoms import RECIPE

from segnn.errors import UserError
from segnn.recipe import Cues, load_recipe, parse_recipe, yaml
from segnn.recipe.derivative import Written, flattened, parse_derivative
from segnn.recipe.meaning import differences, meaning

TARGETS = "targets."


def test_what_follows_for_a_derivative():
    targets = parse_recipe(RECIPE).targets
    found = {
        name: (spec.irreps, spec.unit, spec.level, spec.cartesian) for name, spec in targets.items()
    }
    assert found == {
        "energy": ("0e", "eV", "graph", None),
        "forces": ("1o", "eV/angstrom", "node", None),
        "torque": ("1e", "eV/mu", "node", None),
        "dipole": ("1o", "angstrom*eV/volt", "graph", None),
        "polarizability": ("0e+2e", "angstrom^2*eV/volt^2", "graph", "symmetric"),
        "stress": ("0e+2e", "eV/angstrom^3", "graph", "symmetric"),
    }
    assert all(spec.array == name for name, spec in targets.items())


def test_columns_are_those_of_the_outputs():
    targets = Cues(parse_recipe(RECIPE)).targets
    assert targets.columns == {"energy": slice(0, 1)}
    assert targets.by_volume == {"stress"}
    assert targets.derivatives["polarizability"] == Written("energy", ("field", "field"), -1)


def test_signs_and_chains():
    assert parse_derivative(" -energy/position ") == Written("energy", ("position",), -1)
    assert parse_derivative("energy / (a, b)") == Written("energy", ("a", "b"), 1)
    assert parse_derivative("energy") is None
    texts = {"a": "-b / x", "b": "-c / y", "c": None}
    assert flattened("-a / z", texts) == Written("c", ("y", "x", "z"), -1)
    assert flattened("-a / x", {"a": "-b / x", "b": "-a / x"}) is None


def test_written_out_and_read_again():
    recipe = parse_recipe(RECIPE)
    assert parse_recipe(recipe.to_yaml()) == recipe


def test_the_short_form_is_one_target():
    recipe = load_recipe("charged", ["target.scale=0.5"])
    assert list(recipe.targets) == [recipe.main] == ["position"]
    assert recipe.targets["position"].array == "target_position"
    again = parse_recipe(recipe.to_yaml(), overrides=["target.scale=2.0"])
    assert again.targets["position"].scale == 2.0


def test_weights_that_were_stored_with_the_short_form_mean_the_same():
    recipe = load_recipe("charged")
    stored = yaml.read(meaning(recipe), "stored").data
    stored["target"] = stored.pop("targets")["position"]
    assert differences(yaml.write(stored), recipe) == []
    stored["target"]["unit"] = "mile"
    told = differences(yaml.write(stored), recipe)
    assert told == ["targets.position.unit: 'mile' then, 'length' now"]


@pytest.mark.parametrize(
    ("overrides", "parts"),
    [
        (["forces.derivative=-energie / position"], ["no target 'energie'", "targets", "energy"]),
        (
            ["forces.derivative=energy times two"],
            ["no derivative of a target", "-energy / position"],
        ),
        (["forces.derivative=-energy / charge"], ["'charge' is none of position, strain"]),
        (["forces.irreps=1e"], ["targets.forces.irreps", "has the irreps 1o", "leave irreps out"]),
        (["forces.unit=eV"], ["has the unit eV/angstrom"]),
        (["forces.level=graph"], ["has the level node"]),
        (["stress.unit=eV/angstrom"], ["has the unit eV"]),
        (["forces.base=one"], ["a derivative without base"]),
        (["torque.derivative=-forces / spin"], ["one value per node"]),
        (["energy.pool=null"], []),
        (["energy.level=node", "energy.pool=null"], ["only what has one value per system"]),
        (["energy.base=reference(species, 1.0)"], ["one number for each of H, C, O"]),
        (["energy.base=reference(spin)"], ["no references of species"]),
        (["energy.pool=mean"], ["references are sums of scalars"]),
        (["energy.loss.per=molecule"], ["targets.energy.loss.per", "atom"]),
        (["forces.loss.per=atom"], ["errors of nodes are per node"]),
        (["forces.lost=1"], ["unknown key", "loss"]),
        (["charge={irreps: 0e}", "energy.pool=null", "energy.base=null"], ["pool: sum"]),
    ],
)
def test_mistakes(overrides, parts):
    named = [TARGETS + override for override in overrides]
    if not parts:
        assert Cues(parse_recipe(RECIPE, overrides=[*named, TARGETS + "energy.base=null"]))
        return
    with pytest.raises(UserError) as caught:
        parse_recipe(RECIPE, overrides=named)
    for part in parts:
        assert part in str(caught.value), str(caught.value)


def test_an_override_of_one_of_several_names_it():
    with pytest.raises(UserError, match=r"has the targets energy, forces.*targets\.energy\.KEY"):
        parse_recipe(RECIPE, overrides=["target.scale=1.0"])


@pytest.mark.parametrize(
    ("species", "part"),
    [
        ("[H, H]", "H stands there twice"),
        ("[H, 200]", "got 200"),
        ("[Xx]", "symbols such as H.*got 'Xx'"),
        ("[Cc]", r"got 'Cc' \(near: C"),
        ("[h]", r"got 'h' \(near: H"),
        ("[false]", "got False"),
        ("[6.0]", "got 6.0"),
    ],
)
def test_species_are_elements(species, part):
    with pytest.raises(UserError, match=part):
        parse_recipe(RECIPE, overrides=[f"species={species}"])


def test_one_target_or_several():
    both = RECIPE + "target: {irreps: 0e, level: graph, pool: sum}\n"
    with pytest.raises(UserError, match=r"target: stands beside targets[\s\S]*cure .*target: …"):
        parse_recipe(both)


@pytest.mark.parametrize("text", ["data.labels={energy:e}", "targets.energy={irreps:0e}"])
def test_a_colon_without_its_space(text):
    with pytest.raises(UserError, match=r"one word to YAML; write a space after the colon: \w+: "):
        parse_recipe(RECIPE, overrides=[text])


def test_nobelium_is_no_truth_value():
    """As YAML 1.1 has it."""
    assert parse_recipe(RECIPE, overrides=["species=[No, C]"]).species == (102, 6)


def test_symbols_and_numbers_are_the_same():
    assert parse_recipe(RECIPE, overrides=["species=[1, C, 8]"]) == parse_recipe(RECIPE)
