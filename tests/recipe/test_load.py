"""Recipes read from YAML: values, overrides, the way back, and every mistake with file, line, key
and nearest name.
"""

import copy
import pickle

import numpy as np
import pytest

from segnn.errors import UserError
from segnn.recipe import Cues, load_recipe, packaged_recipes, parse_recipe, yaml
from segnn.recipe.packaged import PACKAGED_RECIPES

from .helpers import TEXT

CHARGED = PACKAGED_RECIPES / "charged.yaml"


def refused(*overrides, text=TEXT):
    with pytest.raises(UserError) as caught:
        parse_recipe(text, "all.yaml", overrides)
    return str(caught.value)


@pytest.mark.parametrize("name", packaged_recipes())
def test_shipped_recipes(name):
    recipe = load_recipe(name)
    cues = Cues(recipe)
    assert recipe.name == name
    assert parse_recipe(recipe.to_yaml()) == recipe
    assert pickle.loads(pickle.dumps(recipe)) == copy.deepcopy(recipe) == recipe
    assert pickle.loads(pickle.dumps(cues)).irreps_in == cues.irreps_in


def test_charged_is_the_paper():
    cues = Cues(load_recipe(CHARGED))
    assert str(cues.irreps_edge_attr) == str(cues.irreps_node_attr) == "1x0e+1x1o"
    assert str(cues.irreps_hidden) == "32x0e+32x1o"
    assert str(cues.irreps_in) == "1x1o+1x1o+1x0e"
    assert str(cues.irreps_message) == "1x0e+1x0e"
    assert str(cues.irreps_out) == "1x1o"
    assert cues.fields == ("position", "velocity", "charge")


def test_overrides():
    recipe = parse_recipe(
        TEXT,
        overrides=[
            "training.epochs=10",
            "training.learning_rate=1e-3",
            "inputs.0=sh(velocity, 2)",
            "graph={kind: radius, cutoff: 2}",
            "training.ema=0.999",
            "message_scalars=[pair_force(charge, 0.5), distance]",
        ],
    )
    assert (recipe.training.epochs, recipe.training.learning_rate, recipe.training.ema) == (
        10,
        1e-3,
        0.999,
    )
    assert recipe.inputs == ("sh(velocity, 2)",)
    assert recipe.graph.cutoff == 2.0
    assert recipe.message_scalars == (
        "pair_force(charge, 0.5)",
        "distance",
    )  # the comma does not cut the call
    assert parse_recipe(recipe.to_yaml()) == recipe


def test_recipe_is_frozen():
    with pytest.raises(ValueError, match="frozen"):
        parse_recipe(TEXT).training.epochs = 3


@pytest.mark.parametrize(
    ("channels", "hidden"),
    [
        ("{channels: 64}", "32x0e+32x1o"),
        ("{channels: 128, degree: 2, attribute_degree: 3}", "36x0e+36x1o+36x2e"),
        ("{channels: 64, degree: 0, attribute_degree: 0}", "64x0e"),
        ("{channels: 64, degree: 2, widths: dimension}", "23x0e+7x1o+4x2e"),
    ],
)
def test_hidden_widths(channels, hidden):
    assert str(Cues(parse_recipe(TEXT, overrides=[f"model={channels}"])).irreps_hidden) == hidden


def test_definitions():
    recipe = parse_recipe(
        TEXT,
        overrides=["define={force: sum(pair_force(charge)), pull: norm(force)}", "inputs=[pull]"],
    )
    assert str(Cues(recipe).entries["inputs"][0].unit) == "charge^2/length^2"


def test_misspelt_key_with_line_and_nearest():
    message = refused(text=TEXT + "training: {epochs: 3,\n  lerning_rate: 1e-3}\n")
    line = TEXT.count("\n") + 2
    assert message.startswith("all.yaml: 1 mistake\n")
    assert f"line {line}: training.lerning_rate: unknown key" in message
    assert "nearest   learning_rate" in message


@pytest.mark.parametrize(
    ("overrides", "parts"),
    [
        (["training.epoch=3"], ["--set training.epoch=3", "unknown key", "nearest   epochs"]),
        (["epochs=3"], ["nearest   training.epochs"]),
        (["fields.charge.irrep=0e"], ["fields.charge.irrep", "nearest   irreps"]),
        (["training.epochs=ten"], ["got       'ten'", "a whole number"]),
        (["training.epochs=true"], ["got       True", "a whole number"]),
        (["training.epochs=0"], ["greater than or equal to 1"]),
        (["training.learning_rate=.nan"], ["finite"]),
        (["model.kind=sgnn"], ["'se_linear'", "nearest   segnn"]),
        (["model.channels=8"], ["either hidden", "--set model.channels=8", "line 20"]),
        (["model=3"], ["keys kind, hidden"]),
        (["model={channels: 4, degree: 2, widths: dimension}"], ["do not reach degree 2"]),
        (["graph.kind=nearest"], ["{kind: nearest, neighbours: 5}"]),
        (["graph.cutoff=3.0"], ["without neighbours"]),
        (["fields.charge.irreps=2z"], ["got       '2z'", "1o"]),
        (["fields.charge.unit=m^^2"], ["'^^2'"]),
        (["fields.position.irreps=1e"], ["position is the array of points"]),
        (["fields.norm={irreps: 0e}"], ["word of the vocabulary"]),
        (["fields.two words={irreps: 0e}"], ["not a name"]),
        (["constants.charge={value: 1.0}"], ["declared twice"]),
        (["inputs=[]"], ["at least one"]),
        (["inputs=velocity"], ["a list"]),
        (["inputs=[velocty]"], ["inputs[0]", "unknown name 'velocty'", "'velocity'"]),
        (["inputs=[position]"], ["is a point", "position - center(position)"]),
        (["inputs=[distance]"], ["does not live on nodes", "mean(distance)"]),
        (["message_scalars=[charge]"], ["does not live on edges", "source(charge)"]),
        (["inputs=[spin + velocity]"], ["inputs[0]", "spin (1e", "velocity (1o"]),
        (
            ["node_attributes=[mean(edge_attributes), velocity]"],
            ["1x0e+1x1o and 1x1o", "concat", "are summed"],
        ),
        (
            ["node_attributes=[sh(velocity), sh(spin)]"],
            ["node_attributes[1]", "1x0e+1x1o and 1x0e+1x1e"],
        ),
        (
            ["edge_attributes=[sh(relative_position, 2), sh(source(velocity))]"],
            ["edge_attributes[1]"],
        ),
        (["target.base=velocity"], ["target.base", "unit length"]),
        (["target.base=charge"], ["irreps 1o"]),
        (["target.level=graph"], ["does not live on graphs", "total(position)"]),
        (["target={}"], ["target.array: missing key", "target.irreps: missing key", "2 mistakes"]),
        (["define={force: sm(charge)}"], ["define.force", "'sum'"]),
        (["define={charge: mass}"], ["declared twice"]),
        (["training"], ["expected section.key=value"]),
        (["name.x=1"], ["no key 'x'"]),
        (["inputs.7=velocity"], ["a list of 1 entries"]),
        (["name=[1"], ["--set name=[1", "not valid YAML"]),
        (["training.epochs=ten", "model.layers=two", "inputs=3"], ["3 mistakes"]),
    ],
)
def test_mistakes(overrides, parts):
    message = refused(*overrides)
    for part in parts:
        assert part in message


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("name: a\nname: b\n", ["line 2", "name is written twice, first on line 1"]),
        ("model:\n  layers: 3\n  layers: 4\n", ["line 3", "model.layers"]),
        ("name: &x a\nother: *x\n", ["line 1", "anchors"]),
        ("name: [a\n", ["not valid YAML"]),
        ("model:\n\tlayers: 3\n", ["line 2", "tabs"]),
        ("1: a\n", ["line 1", "not a name"]),
        ("[a]: b\n", ["line 1", "not a name"]),
        ("name: !!python/object/apply:os.system [ls]\n", ["line 1", "tags"]),
        ("", ["expected keys and values"]),
        ("- a\n", ["expected keys and values"]),
        ("name: x\0y\n", ["line 1", "the control character '\\x00'"]),
        ("a: b\nname: x\x07y\n", ["line 2", "the control character '\\x07'"]),
        ("a: b\nname: \ud800\n", ["line 2", "'\\ud800'"]),
        ("a: [\n" + "[" * 100 + "]" * 100, ["line 2", "more than 30 levels"]),
        ("".join("  " * n + "a:\n" for n in range(40)), ["line 31", "more than 30 levels"]),
        ("a: &a [x, x]\nb: &b [*a, *a]\n", ["line 1", "anchors"]),
        ("a: b\nname: " + "9" * 5000 + "\n", ["line 2", "cannot be read as a value", "quotes"]),
        ('a: b\nname: "x\\0y"\n', ["line 2", "the control character '\\x00'"]),
        ('a: b\nname: "\\ud800"\n', ["line 2", "the control character '\\ud800'"]),
        ("a: b\n? [x]\n: y\n", ["line 2", "not a name"]),
        ("a: b\n1e3: y\n", ["line 2", "not a name"]),
        ("a: b\n" * 200_001, ["at most 1000000"]),
    ],
)
def test_bad_yaml(text, parts):
    message = refused(text=text)
    for part in ["all.yaml", *parts]:
        assert part in message


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("010", 10),
        ("1_000", 1000),
        ("1e-3", 1e-3),
        ("1_", "1_"),
        ("0x0e", "0x0e"),
        ("0o17", "0o17"),
        ("1:30", "1:30"),
        ("1:30.5", "1:30.5"),
        ("No", "No"),
        ("on", "on"),
        ("2024-01-01", "2024-01-01"),
        ("True", True),
        ("-.inf", float("-inf")),
    ],
)
def test_a_word_is_what_it_looks_like(text, value):
    """Irreps, nobelium and times are no numbers, 010 is ten; what is written is read back."""
    read = yaml.read(f"a: {text}", "x").data["a"]
    assert read == value
    assert type(read) is type(value)
    assert yaml.read(yaml.write({"a": value}), "x").data == {"a": value}


def test_new_names_that_nothing_reads_are_misspelt():
    """Of an override: without a word it would change nothing."""
    for override in ("fields.velocty.irreps=1o", "constants.horizn.value=3"):
        message = refused(override)
        assert f"--set {override}" in message
        assert "nearest   " in message
    used = parse_recipe(TEXT, overrides=["fields.velocity2.irreps=1o", "inputs=[velocity2]"])
    assert "velocity2" in used.fields
    assert "wave" in parse_recipe(TEXT, overrides=["fields.wave.irreps=1o"]).fields


def test_missing_file_names_the_nearest():
    with pytest.raises(UserError, match=r"charged\.yaml"):
        load_recipe(CHARGED.with_name("chargd.yaml"))
    with pytest.raises(UserError, match="cannot read"):
        load_recipe(CHARGED.parent)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-le"])
def test_encodings_of_files(tmp_path, encoding):
    """A byte order mark says which; UTF-16 without one is refused, with the line."""
    path = tmp_path / "recipe.yaml"
    path.write_bytes(TEXT.replace("\n", "\r\n").encode(encoding))
    if encoding == "utf-16-le":
        with pytest.raises(UserError, match="line 1: not valid YAML: the control character"):
            load_recipe(path)
    else:
        assert load_recipe(path) == parse_recipe(TEXT)


def test_files_that_are_no_text(tmp_path):
    path = tmp_path / "recipe.yaml"
    path.write_bytes(b"name: x\ninputs: caf\xe9\n")
    with pytest.raises(UserError, match=r"line 2: it is not UTF-8 text \(byte 0xe9\); save it"):
        load_recipe(path)
    for strange in ("/dev/zero", tmp_path, tmp_path / "n\0", tmp_path / ("n" * 300)):
        with pytest.raises(UserError, match="cannot read the recipe"):
            load_recipe(strange)


def test_files_of_other_kinds(tmp_path):
    """A run folder and an archive: what was perhaps meant is named."""
    with pytest.raises(UserError, match=r"A recipe is a YAML file$"):
        load_recipe(tmp_path)
    (tmp_path / "recipe.yaml").write_text(TEXT)
    with pytest.raises(UserError, match=r"A recipe is a YAML file: .*recipe\.yaml$"):
        load_recipe(tmp_path)
    np.savez(tmp_path / "in.npz", position=np.zeros((1, 2, 3)))
    with pytest.raises(UserError, match=r"in\.npz: it is an archive, such as an NPZ"):
        load_recipe(tmp_path / "in.npz")


def test_numbers_that_are_none():
    for value in (".nan", ".inf", "-.inf", "1e999", "9" * 400):
        assert "training.learning_rate" in refused(f"training.learning_rate={value}")
