"""Physical quantities in, physical quantities out: a recipe and its network."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from segnn.data import Given, Systems
from segnn.errors import UserError
from segnn.model import budget
from segnn.model.mode import evaluating
from segnn.model.network import build_network
from segnn.model.paths import without_ignored
from segnn.model.scale import measured_names
from segnn.model.weights import read_weights, write_weights
from segnn.o3.memory import limit_memory, parse_bytes
from segnn.recipe import Cues, Features, Recipe, load_recipe
from segnn.recipe.cartesian import to_matrices
from segnn.recipe.reading import only_label, read


class PhysicalModel(nn.Module):
    """The model that a recipe declares: prediction = base + shift + scale · network(cues), where
    the network's part is centred if ``target.centered`` says so.

    - ``recipe``: what enters where, and what is predicted.
    - ``cues``: the recipe's expressions, compiled and type-checked.
    - ``network``: weights drawn from torch's current random state; float32 until ``.double()``.

    Cues are evaluated in float64 and cast to the network's dtype, and its output is added to the
    base in float64: a displacement stays exact however far from the origin a system lies.
    """

    def __init__(self, recipe: Recipe):
        super().__init__()
        self.recipe = recipe
        self.cues = Cues(recipe)
        self.network = build_network(self.cues)

    @property
    def dtype(self) -> torch.dtype:
        """The dtype of the weights."""
        return next(self.network.parameters()).dtype

    @property
    def device(self) -> torch.device:
        """The device of the weights."""
        return next(self.network.parameters()).device

    @property
    def quantity(self) -> str:
        """The name under which predictions are returned: the target's array without ``target_``."""
        return self.recipe.target.array.removeprefix("target_")

    def features(self, systems: Systems, source: str = "arrays") -> Features:
        """The cues of these systems, in the network's dtype. ``source`` is named in errors."""
        return self.cues(systems, source, self.dtype)

    def forward(self, features: Features) -> Tensor:
        """Prediction in float64: (M, irreps_out.dim) for nodes, (S, irreps_out.dim) for systems."""
        scales = self.network.target
        output = scales.scale * self.network(features).to(features.base.dtype)
        if features.weight is not None:
            output = without_mean(output, features.weight, features.node_graph, len(features))
        result: Tensor = features.base + (output + scales.constant(features))
        return result

    def calibrate(self, features: Features) -> None:
        """Measure the scales of inputs, sums over neighbours and target on training systems, and
        make the fresh weights of order one on them. Once, before training; learned weights would
        be rescaled too.

        ``features`` with labels; without, the target keeps its scale. Nothing is random.
        """
        self.network.calibrate(features)

    def read(self, systems: Any, source: str | None = None, *, labels: bool = True) -> Given:
        """What a public call was given as systems, in any of the forms of `segnn.data.given`.

        Without ``labels``, arrays that only hold labels are left aside, whatever they hold.
        """
        return read(self.recipe, systems, source, labels=labels)

    def predict_systems(
        self,
        systems: Systems,
        source: str = "arrays",
        batch_size: int = 1000,
        memory: str | int | None = None,
    ) -> np.ndarray:
        """Prediction (M, k) or (S, k) in the target's irreps, norms in evaluation mode whatever the
        mode of this model, which stays as it is.

        In batches of ``batch_size`` systems; with ``memory`` ("2 GiB", or bytes), of as many as
        fit, and a system that does not fit is taken in pieces: the same prediction up to round-off.
        Computed on the device of the weights. UserError where even pieces do not fit, for no
        systems, for a ``batch_size`` below 1, and for weights on the device "meta", which has none.
        """
        if batch_size < 1 or len(systems) == 0:
            raise UserError(
                f"{source}: {len(systems)} systems in batches of {batch_size}, expected at least 1 "
                "of both"
            )
        limit = None if memory is None else parse_bytes(memory)
        self._check_device()
        model, seen = evaluating(self), self._without_labels(systems)
        parts = []
        with torch.no_grad():
            for features, left in budget.batches(model, seen, source, batch_size, limit):
                with limit_memory(left):
                    parts.append(model(features.to(device=self.device)).cpu())
                del features  # before the next ones are made
        return torch.cat(parts).numpy()

    def predict(
        self,
        systems: Any,
        source: str | None = None,
        batch_size: int = 1000,
        memory: str | int | None = None,
    ) -> dict[str, np.ndarray]:
        """Predict the recipe's quantity; labels are not needed, and not looked at.

        systems: arrays by name in the published schema, ``position`` (S, N, 3), or (N, 3) for one
        system, or (M, 3) with ``offsets``, and the recipe's fields; or `Systems`; or the path of an
        NPZ file; or a list of these. ``batch_size`` and ``memory`` as of ``predict_systems``.

        Returns the predicted quantity under its name, arranged as the input, e.g.
        ``{"position": (S, N, 3)}``: in the shape of the labels where there are any, otherwise
        scalars without a last axis of length one; with ``target.cartesian`` as matrices (…, 3, 3).
        For flat input, `Systems` and lists the rows are
        flat, with their ``offsets``. Raises UserError for missing, misshaped or non-finite arrays.
        """
        read = self.read(systems, source, labels=False)
        rows = self.predict_systems(read.systems, read.source, batch_size, memory)
        return self.arranged(read, rows)

    def arranged(self, read: Given, rows: np.ndarray) -> dict[str, np.ndarray]:
        """What ``predict`` returns, from the rows (M, k) or (S, k) of ``predict_systems`` and what
        ``read`` gave.
        """
        target = self.recipe.target
        if target.cartesian is not None:
            rows = to_matrices(rows, target.cartesian)
        result = {self.quantity: read.arranged(rows, target.level, target.array)}
        if target.level == "node" and read.offsets is not None:
            result["offsets"] = read.offsets
        return result

    def _without_labels(self, systems: Systems) -> Systems:
        """The same systems without what only holds labels."""
        node, graph = (
            {name: array for name, array in held.items() if not only_label(self.recipe, name)}
            for held in (systems.node, systems.graph)
        )
        return replace(systems, node=node, graph=graph)

    def _check_device(self) -> None:
        if self.device.type == "meta":
            raise UserError(
                f"the model {self.recipe.name!r} is on the device 'meta', where weights hold no "
                "numbers. Load it anew (segnn.load), or give it numbers: "
                'model.to_empty(device="cpu"), then load_state_dict.'
            )

    def save(self, folder: str | Path) -> None:
        """Write ``weights.safetensors`` and ``recipe.yaml`` into the folder, each whole or not at
        all.
        """
        write_weights(Path(folder), self.recipe, self.network.state_dict())

    @classmethod
    def load(cls, folder: str | Path) -> PhysicalModel:
        """Read what ``save`` wrote; in evaluation mode. Raises UserError for what is missing,
        damaged or does not match.
        """
        folder = Path(folder)
        recipe = load_recipe(folder / "recipe.yaml")
        with torch.random.fork_rng(devices=[]):
            model = cls(without_ignored(recipe))
        state = read_weights(
            folder / "weights.safetensors",
            model.network.state_dict(),
            recipe,
            measured=set(measured_names(model.network)),
        )
        dtypes = {state[name].dtype for name, _ in model.network.named_parameters()}
        model.network.to(dtypes.pop() if len(dtypes) == 1 else torch.float32)
        model.network.load_state_dict(state)
        return model.eval()


def without_mean(output: Tensor, weight: Tensor, owner: Tensor, systems: int) -> Tensor:
    """output_i − Σ_j w_j output_j over each system; output (M, k), weight (M, 1) of sum 1 in each
    system, owner (M,).
    """
    mean = output.new_zeros(systems, output.shape[1]).index_add(0, owner, weight * output)
    return output - mean.index_select(0, owner)
