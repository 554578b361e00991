"""Starting from another model's weights."""

import pytest
import torch
from tests.training.helpers import recipe
from tests.training.test_resume import interrupt_at
from tests.training.test_train import assert_equal_runs

from segnn.errors import UserError
from segnn.model import PhysicalModel, load
from segnn.training import TrainingInterrupted, train


@pytest.fixture(scope="module")
def before(data, tmp_path_factory):
    """A finished training to start from."""
    out = tmp_path_factory.mktemp("before") / "run"
    train(recipe(data, "training.seed=5"), out, progress=False)
    return out


FROZEN = ("training.learning_rate=1e-30", "training.ema=null", "training.epochs=1")


@pytest.mark.parametrize("part", ["run", "model"])
def test_the_weights_are_those_of_the_other(part, before, data, tmp_path):
    source = before if part == "run" else before / "model"
    settings = (f"training.start_from={source}", *FROZEN)
    results = train(recipe(data, *settings), tmp_path / "run", progress=False)
    for name, value in load(before).state_dict().items():
        torch.testing.assert_close(load(tmp_path / "run").state_dict()[name], value)
    assert results["start_from"]["model"] == str(source)
    assert results["start_from"]["name"] == "tiny"
    assert len(results["start_from"]["sha256"]) == 64
    assert results["warnings"] == []


def test_a_fresh_training_says_that_it_is(before, data, tmp_path):
    assert train(recipe(data, *FROZEN), tmp_path / "run", progress=False)["start_from"] is None


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("model.layers=3", r"model.layers: 2 there, 3 here"),
        ("model.hidden=5x0e+4x1o", r"model.hidden: 4x0e\+4x1o there, 5x0e\+4x1o here"),
        ("model.norm=batch", r"model.norm: None there, batch here"),
        ("model.kind=mpnn", r"model.kind: segnn there, mpnn here"),
        ("inputs=[velocity]", r"inputs: 1x1o\+1x1o\+1x0e there, 1x1o here"),
        ("message_scalars=[]", r"message_scalars: 1x0e there, nothing here"),
    ],
)
def test_weights_that_do_not_fit(change, told, before, data, tmp_path):
    settings = (f"training.start_from={before}", change)
    with pytest.raises(UserError, match=rf"(?s)weights of .* do not fit this recipe:.*{told}"):
        train(recipe(data, *settings), tmp_path / "run", progress=False)
    assert not (tmp_path / "run").exists()


def test_a_model_that_is_not_there(data, tmp_path):
    with pytest.raises(UserError, match="no run folder or model 'nowhere'"):
        train(recipe(data, "training.start_from=nowhere"), tmp_path / "run", progress=False)


def test_what_the_weights_meant_is_compared(before, data, tmp_path):
    """Equal irreps, another meaning: taken, and said."""
    settings = (
        f"training.start_from={before}",
        "inputs=[velocity, position - center(position), norm(velocity)]",
        *FROZEN,
    )
    with pytest.warns(UserWarning, match=r"trained with other inputs than this recipe"):
        results = train(recipe(data, *settings), tmp_path / "run", progress=False)
    assert "other inputs" in results["warnings"][0]


def test_resume_does_not_read_them_again(data, tmp_path, monkeypatch, before):
    """Bit for bit the uninterrupted training, though the other model is gone."""
    other = tmp_path / "other"
    PhysicalModel.load(before / "model").save(other)
    settings = (f"training.start_from={other}", "training.epochs=2")
    train(recipe(data, *settings), tmp_path / "whole", progress=False)
    with monkeypatch.context() as patch:
        interrupt_at(patch, 4)
        with pytest.raises(TrainingInterrupted):
            train(recipe(data, *settings), tmp_path / "parts", progress=False)
    for file in other.iterdir():
        file.unlink()
    results = train(recipe(data, *settings), tmp_path / "parts", resume=True, progress=False)
    assert results["start_from"]["name"] == "tiny"
    assert_equal_runs(tmp_path / "whole", tmp_path / "parts")
