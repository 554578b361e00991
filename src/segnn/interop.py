"""Weights of the public reference implementation, read into a SEGNN.

The reference lays its weights out by the irreps as its user wrote them: ``1x1o+1x1o`` and ``2x1o``
are the same features and give the same number of weights, in another order. It merges neighbouring
equal irreps for the inputs of its inner layers only. Here every weight is found by the copies of
irreps it joins, so either way of writing is read rightly, as long as it is the reference's.
"""

from __future__ import annotations

import functools
import inspect
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import safetensors.torch
import torch
from e3nn.o3 import Irreps
from torch import Tensor

from segnn.data.npz import read_arrays
from segnn.errors import UserError
from segnn.model.format import file_format
from segnn.model.physical import PhysicalModel
from segnn.nn.linear import SteerableWeights
from segnn.nn.segnn import SEGNN
from segnn.recipe import Recipe

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
_NESTED = ("state_dict", "model_state_dict", "model", "state")  # keys under which a state may lie
_PREFIXES = ("state/", "module.", "_orig_mod.", "model.", "net.")  # of wrappers around the network
_ARGUMENTS = {
    "input_irreps": "irreps_in",
    "hidden_irreps": "irreps_hidden",
    "output_irreps": "irreps_out",
    "edge_attr_irreps": "irreps_edge_attr",
    "node_attr_irreps": "irreps_node_attr",
    "additional_message_irreps": "irreps_message",
}
"""The reference's names of arguments and ours."""


def from_reference_state_dict(state: Any, **arguments: Any) -> SEGNN:
    """A SEGNN that computes what the public reference code computes with the weights in ``state``.

    state: name → array or tensor, e.g. ``embedding_layer.tp.weight``; also such a state under
    ``state_dict``, with the prefixes ``state/`` or ``module.``; or the path of a safetensors or NPZ
    file that holds one. arguments: those of ``SEGNN`` (irreps_in, irreps_hidden, …), which the
    reference does not store, in its words (norm="none", pool="avg", input_irreps) or in ours, and
    irreps as they were written there. The network has the dtype of the weights. Raises UserError
    naming the first weight that is missing, unknown or of another shape than the arguments imply.
    """
    tensors = _tensors(state)
    known = _own_arguments(arguments)
    try:
        network = SEGNN(**known)
    except (ValueError, TypeError) as error:
        raise UserError(f"no SEGNN has these arguments, {_listed(known)}: {error}") from error
    network.to(_dtype(tensors))
    _fill(network, tensors, {name: str(value) for name, value in known.items()})
    return network


def import_reference(state: Any, recipe: Recipe, **written: str) -> PhysicalModel:
    """The model of ``recipe`` with weights of the public reference code; in evaluation mode.

    state: as of `from_reference_state_dict`. ``recipe`` declares the same network, of kind segnn.
    ``written``: irreps_in, irreps_edge_attr, irreps_node_attr, irreps_out as the reference was
    given them; by default those of the recipe with equal neighbours merged, ``2x1o+1x0e`` for two
    vectors and a scalar. Raises UserError for what does not fit.
    """
    if recipe.model.kind != "segnn":
        raise UserError(
            f"{recipe.name}: model.kind is {recipe.model.kind}; the reference code has the network "
            "of kind segnn only"
        )
    tensors = _tensors(state)
    with torch.random.fork_rng(devices=[]):
        model = PhysicalModel(recipe)
    cues = model.cues
    own = {
        "irreps_in": cues.irreps_in,
        "irreps_edge_attr": cues.irreps_edge_attr,
        "irreps_node_attr": cues.irreps_node_attr,
        "irreps_out": cues.irreps_out,
    }
    for name, irreps in written.items():
        try:
            fits = name in own and Irreps(irreps).simplify() == own[name].simplify()
        except (ValueError, TypeError, AssertionError):  # no irreps at all
            fits = False
        if not fits:
            raise UserError(
                f"{name}={irreps!r} does not fit the recipe {recipe.name!r}, which has "
                f"{_listed({key: str(value) for key, value in own.items()})}"
            )
    model.to(_dtype(tensors))
    assert isinstance(model.network.net, SEGNN), "of kind segnn"
    merged = {name: str(irreps.simplify()) for name, irreps in own.items()}
    _fill(model.network.net, tensors, merged | written)
    return model.eval()


def _fill(network: SEGNN, tensors: Mapping[str, Tensor], written: Mapping[str, str]) -> None:
    """Copy reference weights, laid out by the irreps ``written``, into ``network``."""
    modules, parameters = dict(network.named_modules()), dict(network.named_parameters())
    missing = set(parameters)
    for name, value in tensors.items():
        key = _own_name(name)
        if key not in parameters:
            raise UserError(
                f"reference weight {name!r} has no place in a SEGNN with these arguments: "
                f"{_listed(written)}. Expected are the public SEGNN code's names, such as "
                "'embedding_layer.tp.weight'; models of segnn itself need no import"
            )
        if value.shape != parameters[key].shape:
            shape = tuple(value.shape)
            raise UserError(
                f"reference weight {name!r} has {value.numel()} entries, in the shape {shape}; a "
                f"SEGNN with these arguments expects {parameters[key].numel()} there in one row; "
                "check irreps_hidden and the attributes"
            )
        module = modules[key.rpartition(".")[0]]
        if key.endswith(".weight") and isinstance(module, SteerableWeights):
            value = _in_order(key, value, module, network, written)
        with torch.no_grad():
            parameters[key].copy_(value)
        missing.discard(key)
    if missing:
        raise UserError(f"the reference state lacks weights for {', '.join(sorted(missing))}")


def _in_order(
    key: str, weight: Tensor, layer: SteerableWeights, network: SEGNN, written: Mapping[str, str]
) -> Tensor:
    """A layer's weights in its own order. The reference's: irreps of the embedding's input and of
    the last layer's output as written, inputs of all other layers with equal neighbours merged.
    """
    parts = Irreps([piece for part in layer.irreps_parts for piece in part])
    first = key == "embedding.weight"
    last = key == ("readout_2.weight" if network.task == "node" else "head_2.weight")
    attr = str(layer.irreps_attr)
    if not key.startswith("head"):
        attr = written["irreps_edge_attr" if ".message_" in key else "irreps_node_attr"]
    theirs = _copies(
        Irreps(written["irreps_in"]) if first else parts.simplify(),
        Irreps(attr),
        Irreps(written["irreps_out"]) if last else layer.irreps_out,
    )
    ours = _copies(parts, layer.irreps_attr, layer.irreps_out)
    order = np.argsort(theirs)
    return weight[torch.from_numpy(order[np.searchsorted(theirs, ours, sorter=order)])]


def _copies(irreps_in: Irreps, attr: Irreps, out: Irreps) -> np.ndarray:
    """For every weight, in e3nn's order, one number that says which copy of an irrep in the input,
    the attribute and the output it joins, however the copies are grouped.
    """
    found = [np.empty(0, np.int64)]
    u = 0
    for mul_i, ir_i in irreps_in:
        v = 0
        for mul_a, ir_a in attr:
            w = 0
            for mul_o, ir_o in out:
                if ir_o in ir_i * ir_a:
                    i, a, o = np.ix_(
                        np.arange(u, u + mul_i), np.arange(v, v + mul_a), np.arange(w, w + mul_o)
                    )
                    found.append(((i * attr.num_irreps + a) * out.num_irreps + o).reshape(-1))
                w += mul_o
            v += mul_a
        u += mul_i
    return np.concatenate(found)


def _own_arguments(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of ``SEGNN`` for those given in the reference's words or in ours."""
    known = {_ARGUMENTS.get(name, name): value for name, value in arguments.items()}
    allowed = list(inspect.signature(SEGNN.__init__).parameters)[1:]
    unknown = [name for name in known if name not in allowed]
    if unknown:
        raise UserError(
            f"SEGNN has no argument {unknown[0]!r}; it takes {', '.join(allowed)}, or the "
            f"reference's {', '.join(_ARGUMENTS)}"
        )
    needed = ("irreps_in", "irreps_hidden", "irreps_out", "irreps_edge_attr", "irreps_node_attr")
    absent = [name for name in needed if name not in known]
    if absent:
        raise UserError(
            f"the argument {absent[0]} is missing: the reference stores weights without irreps, so "
            f"all of {', '.join(needed)} have to be given"
        )
    known["norm"] = None if known.get("norm") in (None, "none", "None") else known["norm"]
    known["pool"] = {"avg": "mean", "add": "sum"}.get(known.get("pool", "mean"), known.get("pool"))
    try:
        hidden = Irreps(known["irreps_hidden"])
    except (ValueError, TypeError) as error:
        raise UserError(f"irreps_hidden={known['irreps_hidden']!r} are no irreps") from error
    if hidden != hidden.simplify():
        raise UserError(
            f"irreps_hidden={str(hidden)!r}: the reference gates all but the first block, so that "
            f"this is another function than {str(hidden.simplify())!r}, which SEGNN has. Weights "
            "of such a network cannot be imported"
        )
    return {name: value for name, value in known.items() if value is not None or name == "norm"}


def _tensors(state: Any) -> dict[str, Tensor]:
    """The parameters of a state by the reference's names; UserError if there are none."""
    held: Any = _read(Path(state)) if isinstance(state, str | os.PathLike) else state
    while isinstance(held, Mapping):
        inside = [held[key] for key in _NESTED if isinstance(held.get(key), Mapping)]
        if not inside:
            break
        held = inside[0]
    if not isinstance(held, Mapping):
        raise UserError(
            f"the reference state is a {type(held).__name__}, expected names and arrays, or the "
            "path of a safetensors or NPZ file"
        )
    tensors = {_bare(name): _tensor(name, value) for name, value in _weights_of(held).items()}
    if not tensors:
        raise UserError(
            "the reference state holds no weights (expected names such as "
            "'embedding_layer.tp.weight')"
        )
    return tensors


def _weights_of(held: Mapping[str, Any]) -> dict[str, Any]:
    """The entries that are weights, not tables of e3nn; those under ``state/`` where some are."""
    named = {str(name): value for name, value in held.items()}
    states = {name: value for name, value in named.items() if name.startswith("state/")}
    return {
        name: value
        for name, value in (states or named).items()
        if not any(mark in name for mark in _NO_PARAMETERS)
    }


def _dtype(tensors: Mapping[str, Tensor]) -> torch.dtype:
    """The narrowest type that holds all weights."""
    return functools.reduce(torch.promote_types, (value.dtype for value in tensors.values()))


def _bare(name: str) -> str:
    """The name without what wrappers put before it."""
    while any(name.startswith(prefix) for prefix in _PREFIXES):
        prefix = next(prefix for prefix in _PREFIXES if name.startswith(prefix))
        name = name.removeprefix(prefix)
    return name


def _tensor(name: str, value: Any) -> Tensor:
    try:
        tensor = value.detach() if isinstance(value, Tensor) else torch.as_tensor(np.array(value))
    except (TypeError, ValueError, RuntimeError) as error:
        raise UserError(f"reference weight {name!r} is no array ({error})") from error
    if not tensor.is_floating_point() or not bool(tensor.isfinite().all()):
        raise UserError(
            f"reference weight {name!r} holds {tensor.dtype} or numbers that are not finite; "
            "expected finite numbers with a point"
        )
    return tensor


def _read(path: Path) -> dict[str, Any]:
    """A state from a safetensors or NPZ file, never from a pickle."""
    if not path.is_file():
        raise UserError(f"{path}: no such file; expected weights as safetensors or NPZ")
    with open(path, "rb") as file:
        head = file.read(4)
    if file_format(path) == "safetensors":
        try:
            return dict(safetensors.torch.load_file(path))
        except Exception as error:  # the parser, its binding and torch raise kinds of their own
            raise UserError(f"{path} is a damaged safetensors file ({error})") from error
    if path.suffix == ".npz" or head != b"PK\x03\x04":
        if file_format(path) == "pickle" and path.suffix != ".npz":
            raise _pickle(path)
        return dict(read_arrays(path))
    raise _pickle(path)


def _pickle(path: Path) -> UserError:
    return UserError(
        f"{path} is a pickle (a torch checkpoint); opening one can run code, so segnn never does. "
        "Where you trust it, write its weights anew: safetensors.torch.save_file("
        "torch.load(file, weights_only=True), 'weights.safetensors')"
    )


def _listed(arguments: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in arguments.items())


def _own_name(name: str) -> str:
    """The reference's name of a weight in this package's words; others stay as they are."""
    *path, leaf = name.replace(".tp.weight", ".weight").replace(".biases", ".bias").split(".")
    return ".".join([*(_MODULES.get(part, part) for part in path), leaf])
