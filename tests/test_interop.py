"""Weights of the public code: its outputs are reproduced, and what does not fit is told."""

import re

import numpy as np
import pytest
import torch

from oracle import inputs, load_reference, network_arguments
from segnn.errors import UserError
from segnn.interop import from_reference_state_dict
from segnn.nn import SEGNN

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
    """The weights of a SEGNN under the reference's names; its input irreps are merged, as here."""
    torch.manual_seed(0)
    named = {}
    for key, value in SEGNN(**ARGUMENTS).to(dtype).state_dict().items():
        for mine, theirs in NAMES.items():
            key = key.replace(mine, theirs)
        if "feature_norm" not in key:
            key = re.sub("weight$", "tp.weight", re.sub("bias$", "biases", key))
        named[key] = value
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
