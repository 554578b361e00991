"""Weights of the public reference code: its outputs are reproduced, what does not fit is told."""

import pickle
import re

import numpy as np
import pytest
import safetensors.torch
import torch
from e3nn.o3 import Irreps

import segnn
from oracle import E3nnSEGNN, float64_default, inputs, load_reference, network_arguments
from segnn.errors import UserError
from segnn.interop import from_reference_state_dict, import_reference
from segnn.model.check import random_systems
from segnn.nn import SEGNN
from segnn.recipe import parse_recipe

ARGUMENTS = {
    "irreps_in": "2x0e",
    "irreps_hidden": "3x0e+2x1o",
    "irreps_out": "1x0e",
    "irreps_edge_attr": "1x0e+1x1o",
    "irreps_node_attr": "1x0e+1x1o",
    "num_layers": 1,
    "norm": "instance",
    "task": "graph",
}
NAMES = {
    "embedding.": "embedding_layer.",
    "readout_1": "pre_pool1",
    "readout_2": "pre_pool2",
    "head_1": "post_pool1",
    "head_2": "post_pool2",
    "message_": "message_layer_",
    "update_": "update_layer_",
    ".norm.": ".feature_norm.",
}


def state(dtype=torch.float64):
    """The weights of a SEGNN under the reference's names; its own input irreps are merged too."""
    torch.manual_seed(0)
    named = {}
    for key, value in SEGNN(**ARGUMENTS).to(dtype).named_parameters():
        for mine, theirs in NAMES.items():
            key = key.replace(mine, theirs)
        if "feature_norm" not in key:
            key = re.sub("weight$", "tp.weight", re.sub("bias$", "biases", key))
        named[key] = value.detach()
    return named


@pytest.mark.parametrize("task", ["node", "graph"])
def test_reproduces_the_reference_output(task, kernel_path):
    arrays = load_reference(task)
    weights = {name: value for name, value in arrays.items() if name.startswith("state/")}
    network = from_reference_state_dict(weights, **network_arguments(arrays))
    difference = network(*inputs(arrays)) - torch.from_numpy(arrays["output"])
    assert difference.abs().max() < 1e-9


def test_arrays_tensors_prefixes_and_other_entries():
    given = state(torch.float32)
    network = from_reference_state_dict(given, **ARGUMENTS)
    assert next(network.parameters()).dtype == torch.float32
    more = {f"state/{name}": value.numpy() for name, value in given.items()}
    more |= {
        "state/pre_pool2.tp._w3j_0_1_1": np.ones(3),
        "state/x.gate.mul.tp.weight": np.ones(1),
        "a.output_mask": np.ones(2),
    }
    again = from_reference_state_dict(more, **ARGUMENTS)
    for (name, first), second in zip(network.named_parameters(), again.parameters(), strict=True):
        assert torch.equal(first, second), name
    assert torch.equal(network.embedding.weight, given["embedding_layer.tp.weight"])
    assert torch.equal(network.layers[0].norm.weight, given["layers.0.feature_norm.weight"])
    assert torch.equal(network.head_1.bias, given["post_pool1.biases"])


@pytest.mark.parametrize(
    "name", ["embedding_layer.tp.weight", "layers.0.feature_norm.bias", "post_pool2.biases"]
)
def test_missing_weights(name):
    weights = state()
    del weights[name]
    own = {
        "embedding_layer.tp.weight": "embedding.weight",
        "layers.0.feature_norm.bias": "layers.0.norm.bias",
    }
    with pytest.raises(
        UserError, match=f"lacks weights for {re.escape(own.get(name, 'head_2.bias'))}$"
    ):
        from_reference_state_dict(weights, **ARGUMENTS)


def test_no_weights_at_all():
    with pytest.raises(UserError, match=r"holds no weights .*embedding_layer.tp.weight"):
        from_reference_state_dict({"pre_pool2.tp._w3j_0_1_1": np.ones(3)}, **ARGUMENTS)


@pytest.mark.parametrize(
    "name",
    [
        "layers.1.message_layer_1.tp.weight",
        "embedding_layer.tp.extra",
        "layers.0.feature_norm.running_var",
        "weight",
        "tp.weight",
    ],
)
def test_unknown_weights(name):
    with pytest.raises(UserError, match=f"reference weight '{re.escape(name)}' has no place"):
        from_reference_state_dict({**state(), name: torch.ones(5)}, **ARGUMENTS)


@pytest.mark.parametrize(
    "name",
    [
        "embedding_layer.tp.weight",
        "layers.0.message_layer_1.tp.weight",
        "layers.0.update_layer_2.biases",
    ],
)
@pytest.mark.parametrize("change", [1, -1])
def test_weights_of_another_size(name, change):
    weights = state()
    count = weights[name].numel()
    weights[name] = torch.ones(count + change)
    with pytest.raises(
        UserError,
        match=f"'{re.escape(name)}' has {count + change} entries, .* expects {count} there",
    ):
        from_reference_state_dict(weights, **ARGUMENTS)


WRITTEN = {
    "input as two vectors": {"irreps_in": "1x1o+1x1o+1x0e"},
    "input as scalars apart": {"irreps_in": "1x0e+1x0e+2x1o+1x1o+1x0e"},
    "output as two vectors": {"irreps_out": "1x1o+1x1o"},
    "output mixed": {"irreps_out": "1x0e+2x1o+1x1o+1x0e+1x0e"},
    "attributes apart": {
        "irreps_edge_attr": "1x0e+1x0e+1x1o",
        "irreps_node_attr": "1x0e+1x1o+1x1o",
    },
    "message apart": {"irreps_message": "1x0e+1x0e+1x1o"},
    "all": {"irreps_in": "1x1o+1x1o", "irreps_out": "1x1o+1x1o", "irreps_message": "1x0e+1x0e"},
}


@pytest.mark.parametrize("task", ["node", "graph"])
@pytest.mark.parametrize("case", WRITTEN)
def test_irreps_as_the_reference_wrote_them(case, task):
    """Equal neighbours that are not merged are laid out otherwise, and read rightly."""
    given = {
        **{"irreps_in": "2x1o+1x0e", "irreps_hidden": "3x0e+2x1o", "irreps_out": "1x1o"},
        **{"irreps_edge_attr": "1x0e+1x1o", "irreps_node_attr": "1x0e+1x1o"},
        **{"irreps_message": "2x0e", "num_layers": 1, "task": task},
        **WRITTEN[case],
    }
    if task == "graph":  # the reference pools what stands before its gate: scalars come first
        given["irreps_out"] = "1x0e" if "irreps_out" not in WRITTEN[case] else "1x0e+1x0e"
    g = torch.Generator().manual_seed(0)
    sizes = {"in": 6, "edge_attr": 14, "node_attr": 6, "message": 14}
    x, edge, node, message = (
        torch.randn(rows, Irreps(given[f"irreps_{name}"]).dim, generator=g, dtype=torch.float64)
        for name, rows in sizes.items()
    )
    index, batch = torch.randint(0, 6, (2, 14), generator=g), torch.tensor([0, 0, 0, 1, 1, 1])
    with float64_default():
        torch.manual_seed(0)
        reference = E3nnSEGNN(**given)
        expected = reference(x, index, edge, node, message, batch)
    found = from_reference_state_dict(reference.state_dict(), **given)
    torch.testing.assert_close(
        found(x, index, edge, node, message, batch), expected, rtol=0, atol=1e-12
    )


@pytest.mark.parametrize(
    "wrap",
    [
        lambda s: {"state_dict": s, "epoch": 3},
        lambda s: {"epoch": 3, "model": {"state_dict": s}},
        lambda s: {f"module.{name}": value for name, value in s.items()},
        lambda s: {f"module._orig_mod.{name}": value for name, value in s.items()},
        lambda s: {"model_state_dict": {f"module.{name}": value for name, value in s.items()}},
    ],
)
def test_wrapped_states(wrap):
    network = from_reference_state_dict(wrap(state()), **ARGUMENTS)
    assert torch.equal(network.embedding.weight, state()["embedding_layer.tp.weight"])


def test_the_words_of_the_reference():
    attr = "1x0e+1x1o"
    with float64_default():
        torch.manual_seed(0)
        reference = E3nnSEGNN("2x0e", "3x0e+2x1o", "1x0e", attr, attr, None, 1, task="graph")
    given = reference.state_dict()
    network = from_reference_state_dict(
        given,
        input_irreps="2x0e",
        hidden_irreps="3x0e+2x1o",
        output_irreps="1x0e",
        edge_attr_irreps="1x0e+1x1o",
        node_attr_irreps="1x0e+1x1o",
        num_layers=1,
        norm="none",
        pool="avg",
        task="graph",
    )
    assert network.pool == "mean"
    assert torch.equal(network.head_1.weight, given["post_pool1.tp.weight"])


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"norm": "group"}, "no SEGNN has these arguments.*norm is 'group'"),
        ({"pool": "max"}, "pool is 'max'"),
        ({"task": "edge"}, "task is 'edge'"),
        ({"irreps_in": "2y0e"}, "no SEGNN has these arguments"),
        ({"irreps_hidden": "nonsense"}, "irreps_hidden='nonsense' are no irreps"),
        ({"irreps_hidden": "2x0e+1x0e+2x1o"}, "the reference gates all but the first block"),
        ({"layers": 3}, "SEGNN has no argument 'layers'; it takes irreps_in"),
    ],
)
def test_arguments_that_are_none(change, told):
    with pytest.raises(UserError, match=told):
        from_reference_state_dict(state(), **{**ARGUMENTS, **change})
    with pytest.raises(UserError, match="the argument irreps_in is missing"):
        from_reference_state_dict(state(), irreps_hidden="2x0e")


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (lambda w: w.reshape(-1, 1), r"in the shape \(\d+, 1\); .* expects \d+ there in one row"),
        (lambda w: w.long(), "holds torch.int64 or numbers that are not finite"),
        (lambda w: w * torch.nan, "not finite"),
        (lambda w: "text", "is no array|holds|can't convert"),
    ],
)
def test_weights_that_are_none(value, told):
    weights = state()
    name = "layers.0.update_layer_2.tp.weight"
    with pytest.raises(UserError, match=told):
        from_reference_state_dict({**weights, name: value(weights[name])}, **ARGUMENTS)


@pytest.mark.parametrize("x", [3, None, [1.0], {"state_dict": {}}, {}])
def test_states_that_are_none(x):
    with pytest.raises(UserError, match=r"the reference state (is a|holds no weights)"):
        from_reference_state_dict(x, **ARGUMENTS)


def test_files(tmp_path):
    weights = state()
    safetensors.torch.save_file(weights, tmp_path / "w.safetensors")
    np.savez(
        tmp_path / "w.npz", **{f"state/{k}": v.numpy() for k, v in weights.items()}, x=["text"]
    )
    for name in ("w.safetensors", "w.npz"):
        network = from_reference_state_dict(str(tmp_path / name), **ARGUMENTS)
        assert torch.equal(network.embedding.weight, weights["embedding_layer.tp.weight"])
    torch.save(weights, tmp_path / "w.pt")
    (tmp_path / "old.pt").write_bytes(pickle.dumps({"a": 1}))
    for name in ("w.pt", "old.pt"):
        with pytest.raises(UserError, match=f"{name} is a pickle .*safetensors.torch.save_file"):
            from_reference_state_dict(tmp_path / name, **ARGUMENTS)
    (tmp_path / "no.safetensors").write_bytes(b"nothing of the kind")
    for name in ("absent.npz", "no.safetensors"):
        with pytest.raises(UserError, match=name):
            from_reference_state_dict(tmp_path / name, **ARGUMENTS)


RECIPE = """
name: like
fields: {velocity: {irreps: 1o}, charge: {irreps: 0e}}
data: {folder: nowhere}
inputs: [velocity, position - center(position), charge]
message_scalars: [distance, source(charge)]
target: {array: target_x, irreps: 1o}
model: {hidden: 3x0e+2x1o, layers: 1}
"""


@pytest.mark.parametrize("written", ["2x1o+1x0e", "1x1o+1x1o+1x0e"])
def test_a_model_like_a_recipe(written, tmp_path):
    """Saved, loaded, and the reference's numbers, whichever way its input irreps were written."""
    with float64_default():
        torch.manual_seed(0)
        reference = E3nnSEGNN(written, "3x0e+2x1o", "1x1o", "1x0e+1x1o", "1x0e+1x1o", "2x0e", 1)
    recipe = parse_recipe(RECIPE)
    as_written = {} if written == "2x1o+1x0e" else {"irreps_in": written}
    model = import_reference(reference.state_dict(), recipe, **as_written)
    model.save(tmp_path)
    systems = random_systems(recipe, (3, 4))
    f = model.features(systems)
    expected = reference(f.x, f.edge_index, f.edge_attr, f.node_attr, f.message)
    found = segnn.load(tmp_path).predict_systems(systems)[recipe.main]
    np.testing.assert_allclose(found, expected.detach().numpy(), rtol=0, atol=1e-12)


def test_recipes_of_other_networks():
    with pytest.raises(UserError, match=r"model\.kind is egnn"):
        import_reference(state(), parse_recipe(RECIPE, overrides=["model.kind=egnn"]))
    with pytest.raises(UserError, match=r"irreps_in='3x1o' does not fit the recipe 'like'"):
        import_reference(state(), parse_recipe(RECIPE), irreps_in="3x1o")
    with pytest.raises(UserError, match=r"has no place|expects|lacks"):
        import_reference(state(), parse_recipe(RECIPE))


def test_other_arguments_than_the_weights():
    with pytest.raises(
        UserError, match=r"check irreps_hidden and the attributes|has no place|lacks weights"
    ):
        from_reference_state_dict(state(), **{**ARGUMENTS, "irreps_hidden": "4x0e+2x1o"})
    with pytest.raises(UserError, match=r"layers.0.feature_norm\.\w+' has no place"):
        from_reference_state_dict(state(), **{**ARGUMENTS, "norm": None})


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_parameters_of_any_dtype(dtype):
    weights = {
        name: torch.nn.Parameter(torch.as_tensor(value).to(dtype))
        for name, value in state().items()
    }
    network = from_reference_state_dict(weights, **ARGUMENTS)
    assert {p.dtype for p in network.parameters()} == {dtype}
    assert torch.equal(network.embedding.weight, weights["embedding_layer.tp.weight"])
