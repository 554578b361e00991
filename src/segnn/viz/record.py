"""Record a forward pass: what every layer hands on, from a real model on real systems, through
PyTorch's forward hooks.

The model's code is not touched and its prediction is the same, by the kernels bit for bit. Messages
pass through no module of their own, for a layer's messages and their sums are one operation: that
operation hands them out (`segnn.o3.steer.watching_messages`).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from segnn.data import SystemsLike
from segnn.errors import UserError
from segnn.model import PhysicalModel
from segnn.model.mode import evaluating
from segnn.model.network import SteerableOnFeatures
from segnn.nn.convolution import ConvolutionLayer
from segnn.nn.segnn import SteerableNetwork
from segnn.o3.layout import Reorder
from segnn.o3.steer import watching_messages
from segnn.recipe import Features
from segnn.viz.recording import About, Recording, Writer, load_recording

MOST_BYTES = 2**30
Keep = Callable[[str, np.ndarray], None]
Take = Callable[[str, Tensor, bool], None]


def record(
    model: PhysicalModel,
    systems: SystemsLike,
    out: str | os.PathLike[str] | None = None,
    *,
    messages: bool = True,
    source: str | None = None,
) -> Recording:
    """Run ``model`` on all ``systems`` in one batch and keep every layer's node features and
    messages.

    - ``systems``: what `PhysicalModel.predict` takes: a dict of arrays, `Systems`, the path of an
      NPZ file, or a list of these. The recording's ``systems`` are `Systems`, positions (M, 3).
    - ``out``: an ``.npz`` file to which each layer is written as soon as it is computed, so that no
      more than one lies in memory; without it the recording is kept in memory, up to 1 GiB.
    - ``messages``: whether the messages m̃_ij of every edge are kept too.

    Raises UserError if the network has no steerable features (kinds egnn and mpnn), or the
    recording is too large for memory.
    """
    net = steerable(model)
    read = model.read(systems, source)
    features = model.features(read.systems, read.source)
    hidden, sent = net.irreps_hidden, message_irreps(net)
    width = 8 if model.dtype == torch.float64 else 4
    rows, edges, layers = len(features.x), features.edge_index.shape[1], len(net.layers)
    size = width * (
        (layers + 1) * rows * hidden.dim + (layers * edges * sent.dim if messages else 0)
    )
    if out is None and size > MOST_BYTES:
        raise UserError(
            f"recording {rows} particles with {edges} edges takes {size / 2**30:.1f} GiB of "
            "memory, at most "
            f"{MOST_BYTES / 2**30:.0f} are taken. Record fewer systems, leave the messages out "
            "(messages=False), or give a "
            "file (out=...), to which layer after layer is written."
        )
    about = About(model.recipe.name, layers, str(hidden), str(sent), model.recipe.main, messages)
    if out is None:
        kept: dict[str, np.ndarray] = {}
        run_recorded(model, features, kept.__setitem__, messages)
        return Recording(about, read.systems, kept)
    with Writer(out, about, read.systems, model.recipe.to_yaml()) as writer:
        run_recorded(model, features, writer.write, messages)
    return load_recording(out)


def steerable(model: PhysicalModel) -> SteerableNetwork:
    """The steerable network of a model; UserError if it has none."""
    if not isinstance(model.network, SteerableOnFeatures):
        raise UserError(
            f"{model.recipe.name}: a network of kind {model.recipe.model.kind!r} carries plain "
            "numbers, which have no glyphs. "
            "Give a model of kind segnn, se_linear or se_nonlinear."
        )
    return model.network.net


def message_irreps(net: SteerableNetwork) -> Any:
    """Irreps of the messages: of SE_linear and SE_nonlinear those before the gate, which there
    stands after the sum.
    """
    first = next(iter(net.layers), None)
    return first.gate.irreps_in if isinstance(first, ConvolutionLayer) else net.irreps_hidden


def run_recorded(
    model: PhysicalModel, features: Features, keep: Keep, messages: bool = True
) -> dict[str, np.ndarray]:
    """One forward pass that calls ``keep(name, array)`` with every array of a recording (see
    `segnn.viz.recording`); returns the predictions of all targets by name.

    No more than one layer's messages are held at a time.
    """

    def take(name: str, x: Tensor, kept_elsewhere: bool) -> None:
        array = x.detach().numpy()
        keep(name, array.copy() if kept_elsewhere else array)

    found = {name: x.numpy() for name, x in run_watched(model, features, take, messages).items()}
    keep("prediction", found[model.recipe.main])
    keep("edge_index", features.edge_index.numpy())
    keep("edge_offsets", features.edge_offsets.numpy())
    return found


def run_watched(
    model: PhysicalModel, features: Features, take: Take, messages: bool = True
) -> dict[str, Tensor]:
    """One forward pass that calls ``take(name, tensor, whether its memory is the network's own)``
    with the features and messages of every layer, as a recording names and orders them; returns
    the predictions of all targets by name.

    Hooks sit on the embedding and on every layer while it runs; all are gone afterwards, also when
    it fails.
    """
    model = evaluating(model)
    net = steerable(model)
    leave, leave_message = (
        Reorder(net.irreps_hidden, inverse=True),
        Reorder(message_irreps(net), inverse=True),
    )
    assert isinstance(model.network, SteerableOnFeatures), "it has a steerable network"
    edges = model.network.edges(
        features
    )  # their nodes and edges may have other numbers than the caller's
    sent: list[Tensor] = []  # the messages of the layer that is being computed

    def on_embedding(_: nn.Module, inputs: Any, output: Tensor) -> None:
        take("features_0", leave(edges.restore(output)), leave.is_trivial)

    def on_layer(k: int, _: nn.Module, inputs: Any, output: Tensor) -> None:
        take(f"features_{k + 1}", leave(edges.restore(output)), leave.is_trivial)
        if messages:
            there = leave_message(edges.unsort(sent.pop()))
            take(f"messages_{k + 1}", there, leave_message.is_trivial)

    # Messages are handed out where no gradients are made: before those that derivatives need.
    derived = model.cues.in_forward
    handles = [net.embedding.register_forward_hook(on_embedding)]
    for k, layer in enumerate(net.layers):
        handles.append(layer.register_forward_hook(partial(on_layer, k)))
    try:
        watching = watching_messages(sent.append) if messages else nullcontext()
        with torch.no_grad(), watching:
            whole = model.network(features) if derived else model(features)
    finally:
        for handle in handles:
            handle.remove()
    with torch.no_grad():
        answers: dict[str, Tensor] = model(features) if derived else whole
    return answers
