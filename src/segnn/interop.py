"""Weights of the public reference implementation, read into a SEGNN."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from e3nn.o3 import Irreps
from torch import Tensor

from segnn.errors import UserError
from segnn.nn.linear import SteerableWeights
from segnn.nn.segnn import SEGNN

_MODULES = {
    "embedding_layer": "embedding",
    "message_layer_1": "message_1",
    "message_layer_2": "message_2",
    "update_layer_1": "update_1",
    "update_layer_2": "update_2",
    "pre_pool1": "readout_1",
    "pre_pool2": "readout_2",
    "post_pool1": "head_1",
    "post_pool2": "head_2",
    "feature_norm": "norm",
}
_NO_PARAMETERS = ("w3j", "gate.mul", "output_mask")


def from_reference_state_dict(state: Mapping[str, Any], **arguments: Any) -> SEGNN:
    """A SEGNN that computes what the public reference code computes with the weights in ``state``.

    state: name → array or tensor (a leading ``state/`` is dropped), e.g.
    ``embedding_layer.tp.weight``. arguments: those of ``SEGNN`` (irreps_in, irreps_hidden, …),
    which the reference does not store. The network has the dtype of the weights. Raises UserError
    naming the first weight that is missing, unknown or of another shape than the arguments imply.
    """
    tensors = {name.removeprefix("state/"): _tensor(value) for name, value in state.items()}
    tensors = {
        name: value
        for name, value in tensors.items()
        if not any(mark in name for mark in _NO_PARAMETERS)
    }
    if not tensors:
        raise UserError(
            "the reference state holds no weights (expected names such as"
            " 'embedding_layer.tp.weight')"
        )
    network = SEGNN(**arguments).to(next(iter(tensors.values())).dtype)
    modules, parameters = dict(network.named_modules()), dict(network.named_parameters())
    missing = set(parameters)
    for name, value in tensors.items():
        key = _own_name(name)
        if key not in parameters:
            raise UserError(
                f"reference weight {name!r} has no place in a SEGNN with these arguments:"
                f" {arguments}"
            )
        module = modules[key.rpartition(".")[0]]
        if key.endswith(".weight") and isinstance(module, SteerableWeights):
            value = _in_order(name, value, module)
        if value.shape != parameters[key].shape:
            raise UserError(
                f"reference weight {name!r} has {value.numel()} entries, a SEGNN with these"
                f" arguments expects {parameters[key].numel()} there; check irreps_hidden and the"
                " attributes"
            )
        with torch.no_grad():
            parameters[key].copy_(value)
        missing.discard(key)
    if missing:
        raise UserError(f"the reference state lacks weights for {', '.join(sorted(missing))}")
    return network


def _tensor(value: Any) -> Tensor:
    return value.detach() if isinstance(value, Tensor) else torch.as_tensor(np.asarray(value))


def _own_name(name: str) -> str:
    """The reference's name of a weight in this package's words; what is not known stays."""
    *path, leaf = name.replace(".tp.weight", ".weight").replace(".biases", ".bias").split(".")
    return ".".join([*(_MODULES.get(part, part) for part in path), leaf])


def _in_order(name: str, weight: Tensor, layer: SteerableWeights) -> Tensor:
    """The reference merges neighbouring equal irreps of its input before it lays out the weights;
    this layer does not.
    """
    parts = [piece for part in layer.irreps_parts for piece in part]
    merged = Irreps(parts).simplify()
    attr, out = layer.irreps_attr, layer.irreps_out
    if weight.numel() != layer.weight.numel():
        return weight
    blocks: dict[tuple[int, int, int], Tensor] = {}
    start = 0
    for i, (mul_i, ir_i) in enumerate(merged):
        for a, (mul_a, ir_a) in enumerate(attr):
            for o, (mul_o, ir_o) in enumerate(out):
                if ir_o in ir_i * ir_a:
                    count = mul_i * mul_a * mul_o
                    blocks[i, a, o] = weight[start : start + count].view(mul_i, mul_a, mul_o)
                    start += count
    ordered: list[Tensor] = []
    i, row = 0, 0
    for mul, ir in parts:
        if mul == 0:
            continue
        if row == merged[i].mul or ir != merged[i].ir:
            i, row = i + 1, 0
        for a in range(len(attr)):
            for o in range(len(out)):
                if (i, a, o) in blocks:
                    ordered.append(blocks[i, a, o][row : row + mul].reshape(-1))
        row += mul
    return torch.cat(ordered) if ordered else weight
