"""Physical quantities in, physical quantities out: a recipe and its network."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from segnn.data import Systems
from segnn.errors import UserError
from segnn.model import budget
from segnn.model.network import build_network
from segnn.model.paths import without_ignored
from segnn.model.scale import measured_names
from segnn.model.weights import read_weights, write_weights
from segnn.o3.memory import limit_memory, parse_bytes
from segnn.recipe import Cues, Features, Recipe, load_recipe


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
        return features.base + (output + scales.constant(features))

    def calibrate(self, features: Features) -> None:
        """Measure the scales of inputs, sums over neighbours and target on training systems, and
        make the fresh weights of order one on them. Once, before training; learned weights would
        be rescaled too.

        ``features`` with labels; without, the target keeps its scale. Nothing is random.
        """
        self.network.calibrate(features)

    @torch.no_grad()
    def predict_systems(
        self,
        systems: Systems,
        source: str = "arrays",
        batch_size: int = 1000,
        memory: str | int | None = None,
    ) -> np.ndarray:
        """Prediction (M, k) or (S, k), dropout and norms in evaluation mode.

        In batches of ``batch_size`` systems; with ``memory`` ("2 GiB", or bytes), of as many as
        fit, and a system that does not fit is taken in pieces: the same prediction up to round-off.
        UserError where even pieces do not fit, for no systems and for a ``batch_size`` below 1.
        """
        if batch_size < 1 or len(systems) == 0:
            raise UserError(
                f"{source}: {len(systems)} systems in batches of {batch_size}, expected at least 1 of both"
            )
        limit = None if memory is None else parse_bytes(memory)
        modes = {module: module.training for module in self.modules()}
        self.eval()
        parts = []
        try:
            for features, left in budget.batches(self, systems, source, batch_size, limit):
                with limit_memory(left):
                    parts.append(self(features))
                del features  # before the next ones are made
        finally:
            for module, training in modes.items():
                module.training = training
        return torch.cat(parts).numpy()

    def predict(
        self,
        arrays: Mapping[str, Any],
        source: str = "arrays",
        batch_size: int = 1000,
        memory: str | int | None = None,
    ) -> dict[str, np.ndarray]:
        """Predict from arrays in the published schema; labels are not needed.

        arrays: ``position`` (S, N, 3), or (N, 3) for one system, or (M, 3) with ``offsets``, and
        the recipe's fields. ``batch_size`` and ``memory`` as of ``predict_systems``. Returns the
        predicted quantity in the same arrangement, e.g. ``{"position": (S, N, 3)}``. Raises
        UserError for missing, misshaped or non-finite arrays.
        """
        systems = Systems.from_arrays(dict(arrays), source=source)
        flat = self.predict_systems(systems, source, batch_size, memory)
        position = np.asarray(arrays["position"])
        if self.recipe.target.level == "graph":
            return {
                self.quantity: flat[0] if position.ndim == 2 and "offsets" not in arrays else flat
            }
        shaped = flat.reshape(*position.shape[:-1], -1)
        if self.cues.irreps_out.dim == 1:
            shaped = shaped[..., 0]
        result = {self.quantity: shaped}
        if "offsets" in arrays:
            result["offsets"] = np.asarray(arrays["offsets"])
        return result

    def save(self, folder: str | Path) -> None:
        """Write ``weights.safetensors`` and ``recipe.yaml`` into the folder, each whole or not at
        all.
        """
        write_weights(Path(folder), self.recipe.to_yaml(), self.network.state_dict())

    @classmethod
    def load(cls, folder: str | Path) -> PhysicalModel:
        """Read what ``save`` wrote; in evaluation mode. Raises UserError for what is missing,
        damaged or does not match.
        """
        folder = Path(folder)
        with torch.random.fork_rng(devices=[]):
            model = cls(without_ignored(load_recipe(folder / "recipe.yaml")))
        state = read_weights(
            folder / "weights.safetensors",
            model.network.state_dict(),
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
