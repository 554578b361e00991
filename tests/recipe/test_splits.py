"""Files that a recipe names: each split has the systems it should, in every command the same."""

import numpy as np
import pytest
from tests.recipe.helpers import TEXT, recipe

from segnn.data import Systems, save_systems
from segnn.errors import UserError
from segnn.recipe import parse_recipe
from segnn.recipe.splits import declared_splits, is_there, read_split, read_splits, split_files


def numbered(first, count, labels="target_position", single=0):
    """Systems whose ``number`` says which they are; the last ``single`` of one particle."""
    sizes = np.r_[np.full(count - single, 3), np.ones(single, int)]
    number = np.repeat(np.arange(first, first + count), sizes)
    rows = np.zeros((len(number), 3))
    node = {"number": number, labels: rows + number[:, None]}
    return Systems(rows, np.r_[0, np.cumsum(sizes)], node)


FIELDS = "fields: {number: {irreps: 0e}}\ninputs: [number]"
SMALL = TEXT[: TEXT.index("fields:")] + FIELDS + "\n" + TEXT[TEXT.index("target:") :]


def small(data, *overrides):
    return parse_recipe(f"{SMALL}\ndata: {data}\n", "small.yaml", overrides)


@pytest.fixture
def files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    save_systems("a.npz", numbered(0, 20))
    save_systems("b.npz", numbered(20, 10))
    save_systems("c.npz", numbered(30, 4))
    return tmp_path


def numbers(held):
    systems = held.systems
    return systems.node["number"][systems.offsets[:-1]].astype(int).tolist()


@pytest.mark.parametrize("train", ["[a.npz, b.npz]", '"[ab].npz"'])
def test_drawn_parts_and_files(files, train):
    declared = small(f"{{train: {train}, valid: {{fraction: 0.2}}, test: c.npz, seed: 3}}")
    held = read_splits(declared)
    assert list(held) == ["train", "valid", "test"]
    assert numbers(held["test"]) == [30, 31, 32, 33]
    assert len(numbers(held["valid"])) == 6
    assert sorted(numbers(held["valid"]) + numbers(held["train"])) == list(range(30))
    assert [one.drawn for one in held.values()] == [True, True, False]
    assert numbers(read_split(declared, "valid")) == numbers(held["valid"])
    other = read_split(small(f"{{train: {train}, valid: {{fraction: 0.2}}, seed: 4}}"), "valid")
    assert numbers(other) != numbers(held["valid"])


def test_fewer_are_among_the_more(files):
    whole = numbers(read_split(small("{train: a.npz}"), "train"))
    assert whole != sorted(whole)
    assert numbers(read_split(small("{train: a.npz, train_limit: 5}"), "train")) == whole[:5]


def test_a_tenth_for_validation_and_no_test(files):
    declared = small("{train: a.npz}")
    held = read_splits(declared)
    assert {name: len(one.systems) for name, one in held.items()} == {"train": 18, "valid": 2}
    with pytest.raises(UserError, match=r"no test systems.*--split valid.*--data"):
        read_split(declared, "test")
    with pytest.raises(UserError, match="split 'all': expected one of train, valid, test"):
        read_split(declared, "all")


def test_single_particles_are_never_drawn(files):
    save_systems("d.npz", numbered(0, 12, single=4))
    for seed in range(3):
        held = read_splits(small(f"{{train: d.npz, valid: {{fraction: 0.5}}, seed: {seed}}}"))
        assert numbers(held["train"])[:4] == [8, 9, 10, 11]
        assert len(numbers(held["valid"])) == 4


def test_a_folder_is_three_files(files):
    declared = small("{folder: there}")
    assert [path.as_posix() for path in split_files(declared.data, "valid")] == ["there/valid.npz"]
    assert not is_there(declared.data, "valid")
    save_systems("there/valid.npz", numbered(5, 2))
    assert is_there(declared.data, "valid")
    assert numbers(read_split(declared, "valid")) == [5, 6]
    mixed = small("{folder: there, test: c.npz}")
    assert numbers(read_split(mixed, "test")) == [30, 31, 32, 33]


def test_labels_have_the_names_of_the_file(files):
    save_systems("d.npz", numbered(0, 9, labels="reference"))
    declared = small("{train: d.npz}", "data.labels.target_position=reference")
    systems = read_split(declared, "train").systems
    assert set(systems.node) == {"number", "target_position"}
    np.testing.assert_array_equal(systems.node["target_position"][:, 0], systems.node["number"])
    aside = read_split(declared, "train", labels=False).systems
    assert set(aside.node) == {"number"}
    with pytest.raises(UserError, match=r"a\.npz: missing array 'reference', .*data\.labels"):
        read_split(small("{train: a.npz, labels: {target_position: reference}}"), "train")


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ("{train: d.npz}", r"data\.train: d\.npz: no such file\. Did you mean .*--set data"),
        ('{train: "d*.npz"}', r"data\.train: d\*\.npz: no file fits this pattern"),
        ("{train: a.npz, valid: {fraction: 0.99}}", "none is left for training"),
        ("{train: [a.npz, a.npz]}", r"data\.train: a\.npz is named twice"),
        ("{train: a.npz, valid: e.xyz}", r"data\.valid: e\.xyz: no such file"),
    ],
)
def test_files_that_are_not_there(files, data, told):
    with pytest.raises(UserError, match=told):
        read_splits(small(data))


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ("{valid: b.npz}", r"valid and test stand beside train: mine\.xyz"),
        ("{folder: x, train: a.npz}", "one of the two"),
        ("{train: []}", "at least one entry"),
        ("{train: a.npz, valid: {fraction: 1.5}}", r"data\.valid\.fraction(.|\n)*1\.5"),
        ("{train: a.npz, valid: {part: 0.5}}", r"data\.valid\.part(.|\n)*fraction"),
        ("{train: a.npz, labels: {energie: e}}", r"no target's array(.|\n)*target_position"),
    ],
)
def test_what_a_recipe_may_not_say(data, told):
    with pytest.raises(UserError, match=told):
        small(data)


@pytest.mark.parametrize("data", ["{}", "{seed: 3}"])
def test_a_recipe_without_data(data):
    declared = small(data)
    assert declared_splits(declared.data) == ()
    assert not is_there(declared.data, "train")
    for read in (read_splits, lambda given: read_split(given, "test")):
        with pytest.raises(UserError, match=r"names no data(.|\n)*data=\{'train'"):
            read(declared)
    assert parse_recipe(declared.to_yaml()) == declared


def test_an_override_takes_the_place_of_the_other():
    named = recipe("data.train=mine.xyz")
    assert (named.data.folder, named.data.train) == (None, ("mine.xyz",))
    assert declared_splits(named.data) == ("train", "valid")
    again = parse_recipe(named.to_yaml(), "again.yaml", ["data.folder=there"])
    assert (again.data.folder, again.data.train) == ("there", None)
    assert parse_recipe(named.to_yaml()) == named
