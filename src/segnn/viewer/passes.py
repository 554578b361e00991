"""One forward pass for the page, recorded as far as an answer may hold it, and how far two of them
are from turned.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import numpy as np
import torch
from e3nn.o3 import Irreps

from segnn.data import Systems
from segnn.errors import UserError
from segnn.model import PhysicalModel
from segnn.model.check.transform import turn
from segnn.model.network import RefreshedOnFeatures, SteerableOnFeatures
from segnn.recipe import Cues
from segnn.viewer import limits
from segnn.viewer.cues import without
from segnn.viewer.targets import held_target
from segnn.viz.record import message_irreps, run_recorded, steerable


@dataclass
class Pass:
    """What came out of one run.

    - ``prediction``, ``base``: (N, k) or (1, k) of the target that is held against the input,
      float64. ``edge_index``: (2, E). ``others``: the predictions of the other targets, by name.
    - ``shift``: (E, 3), what is added to x_j − x_i: from a source to its periodic image next to the
      target; zero within the box.
    - ``features``: (L+1, N, irreps.dim), ``messages``: (L, E, irreps_message.dim), or None where
      there are none or too many; ``notes`` then say why.
    """

    prediction: np.ndarray
    base: np.ndarray
    edge_index: np.ndarray
    shift: np.ndarray
    features: np.ndarray | None = None
    messages: np.ndarray | None = None
    notes: list[str] = field(default_factory=list)
    others: dict[str, np.ndarray] = field(default_factory=dict)


def forward(
    model: PhysicalModel, cues: Cues, systems: Systems, off: Iterable[str], source: str
) -> Pass:
    """Run ``model`` on the cues of one system, those in ``off`` switched off. UserError for too
    many edges.
    """
    with torch.no_grad(), seeing(model, without(cues.recipe, off)) as seen:
        return _forward(model, seen, systems, source)


@contextmanager
def seeing(model: PhysicalModel, cues: Cues) -> Iterator[Cues]:
    """``model`` with other cues for a while: derivatives evaluate them anew, and so does a network
    that moves its nodes.
    """
    network = model.network if isinstance(model.network, RefreshedOnFeatures) else None
    own, model.cues = model.cues, cues
    if network is not None:
        network.cues = cues
    try:
        yield cues
    finally:
        model.cues = own
        if network is not None:
            network.cues = own


def _forward(model: PhysicalModel, cues: Cues, systems: Systems, source: str) -> Pass:
    tensors = cues.tensors(systems, source)
    features = cues.evaluate(tensors).to(model.dtype)
    nodes, edges = len(features.x), features.edge_index.shape[1]
    if edges > limits.RUN_EDGES:
        raise UserError(limits.too_many_edges(edges))
    base = model.known(held_target(model.cues), features).numpy()
    found = Pass(np.zeros(0), base, features.edge_index.numpy(), tensors.shift.numpy())
    if not isinstance(model.network, SteerableOnFeatures):
        return _answered(found, model, _numbers(model(features)))
    net = steerable(model)
    notes: list[str] = []
    layers = len(net.layers)
    with_features = 4 * (layers + 1) * nodes * net.irreps_hidden.dim <= limits.FEATURE_BYTES
    with_messages = 4 * layers * edges * message_irreps(net).dim <= limits.MESSAGE_BYTES
    if not with_features:
        notes.append(
            f"The features of {nodes} nodes are too many for a page; segnn.viz.record writes them "
            "to a file."
        )
        return replace(_answered(found, model, _numbers(model(features))), notes=notes)
    if not with_messages:
        notes.append(
            f"The messages of {edges} edges are too many for a page; segnn.viz.record writes them "
            "to a file."
        )
    kept: dict[str, np.ndarray] = {}
    answers = run_recorded(model, features, kept.__setitem__, messages=with_messages)
    messages = [kept[f"messages_{k}"] for k in range(1, layers + 1)] if with_messages else []
    return replace(
        _answered(found, model, answers),
        features=np.stack([kept[f"features_{k}"] for k in range(layers + 1)]),
        messages=np.stack(messages) if messages else None,
        notes=notes,
    )


def _numbers(found: Mapping[str, torch.Tensor]) -> dict[str, np.ndarray]:
    return {name: value.detach().numpy() for name, value in found.items()}


def _answered(found: Pass, model: PhysicalModel, answers: dict[str, np.ndarray]) -> Pass:
    """With the predictions of every target, by name."""
    held = held_target(model.cues)
    others = {name: value for name, value in answers.items() if name != held}
    return replace(found, prediction=answers[held], others=others)


def prediction_error(there: np.ndarray, expected: np.ndarray, here: Pass) -> float:
    """Root mean square of the deviation over that of what the network adds to the base."""
    return root_mean_square(there - expected) / (
        root_mean_square(here.prediction - here.base) or 1.0
    )


def feature_error(there: Pass, here: Pass, irreps: Irreps, rotation: np.ndarray) -> float | None:
    """The largest relative deviation of any layer's features from the turned ones; None without
    features.
    """
    if there.features is None or here.features is None:
        return None
    return max(
        root_mean_square(other - turn(one, irreps, rotation)) / (root_mean_square(one) or 1.0)
        for one, other in zip(here.features, there.features, strict=True)
    )


def root_mean_square(x: np.ndarray) -> float:
    """Of all numbers; 0 of none."""
    return float(np.sqrt(np.square(x).mean())) if x.size else 0.0
