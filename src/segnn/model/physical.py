"""Physical quantities in, physical quantities out: a recipe and its network."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from segnn.data import Given, Systems
from segnn.errors import UserError
from segnn.files import path_of
from segnn.model import budget
from segnn.model.derivatives import as_rows, derivatives, variables
from segnn.model.in_processes import predict_in_processes
from segnn.model.mode import frozen
from segnn.model.network import build_network
from segnn.model.paths import without_ignored
from segnn.model.scale import measured_names
from segnn.model.slopes import fit_slopes
from segnn.model.weights import read_weights, write_weights
from segnn.o3.memory import limit_memory, parse_bytes
from segnn.recipe import Cues, Features, Recipe, Tensors, load_recipe
from segnn.recipe.cartesian import to_matrices
from segnn.recipe.composed import evaluated
from segnn.recipe.odd import reversed_in_time
from segnn.recipe.reading import only_label, read


class PhysicalModel(nn.Module):
    """The model that a recipe declares: prediction = base + shift + scale · network(cues) of every
    target, where the network's part is centred or pooled if the target says so; and derivatives
    and expressions of these.

    - ``recipe``: what enters where, and what is predicted.
    - ``cues``: the recipe's expressions, compiled and type-checked.
    - ``network``: weights drawn from torch's current random state; float32 until ``.double()``.

    Cues are evaluated in float64 and cast to the network's dtype, and its output is added to the
    base in float64: a displacement stays exact however far from the origin a system lies.
    """

    def __init__(self, recipe: Recipe):
        super().__init__()
        if not isinstance(recipe, Recipe):
            raise UserError(
                f"PhysicalModel: got {type(recipe).__name__}, expected a recipe, such as "
                'load_recipe("charged"); segnn.load finds trained models by name or path'
            )
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

    def features(self, systems: Systems, source: str = "arrays") -> Features:
        """The cues of these systems, in the network's dtype. ``source`` is named in errors."""
        return self.cues(systems, source, self.dtype)

    def to_run(self, systems: Systems, source: str = "arrays") -> Features:
        """What ``forward`` takes, without labels; without cues where it evaluates them itself."""
        with torch.no_grad():
            return self.cues.to_run(self.cues.tensors(systems, source), self.dtype).to(self.dtype)

    def forward(
        self, features: Features, wanted: Collection[str] | None = None
    ) -> dict[str, Tensor]:
        """Predictions in float64, of every target by its name: (M, k) for nodes, (S, k) for
        systems, in the target's irreps. Of the derivatives only those ``wanted``, if that is given.

        Where targets are derivatives, the cues are evaluated here, in float64, from
        ``features.tensors``. The result can be differentiated by the weights unless gradients are
        switched off; then nothing of a second derivative is made, apart from those asked for.
        """
        asked = self.cues.targets.derivatives
        if wanted is not None:
            asked = {name: written for name, written in asked.items() if name in wanted}
        if not asked and not self.cues.mirrored:
            return self.outputs(features)
        assert features.tensors is not None, "kept where there are derivatives"
        training = torch.is_grad_enabled()
        with torch.set_grad_enabled(training or bool(asked)):
            names = {name for written in asked.values() for name in written.by}
            given = variables(features.tensors, names)
            found = self.outputs_at(features, given.tensors)
            for name, value in derivatives(found, asked, given, training).items():
                volume = given.tensors.volume if name in self.cues.targets.by_volume else None
                found[name] = as_rows(value, self.recipe.targets[name].cartesian, volume)
        ordered = {name: found[name] for name in self.recipe.targets if name in found}
        return ordered if training else {name: value.detach() for name, value in ordered.items()}

    def outputs_at(self, features: Features, tensors: Tensors) -> dict[str, Tensor]:
        """The targets that are no derivatives, of the same systems at other positions or in other
        fields; differentiable in every floating tensor given.

        Where fields are odd in time and the network sees their sign, half the sum of its answers to
        both directions of time, or half the difference for a target that is odd itself.
        """
        found = self.outputs(self.cues.seen_at(features, tensors))
        if not self.cues.mirrored:
            return found
        back = replace(features, tensors=reversed_in_time(tensors, self.cues.odd))
        assert back.tensors is not None
        other = self.outputs(self.cues.seen_at(back, back.tensors))
        sign = self.cues.signs
        return {name: (value + sign[name] * other[name]) / 2 for name, value in found.items()}

    def outputs(self, features: Features) -> dict[str, Tensor]:
        """The targets that are no derivatives, of the fields as they are."""
        scales, found = self.network.target, {}
        whole = scales.scale * self.network(features).to(scales.scale.dtype)
        for name, columns in self.cues.targets.columns.items():
            output, spec = whole[:, columns], self.recipe.targets[name]
            if name in features.weight:
                output = without_mean(output, features.weight[name], features)
            if spec.pool is not None:
                output = pooled(output, features, spec.pool)
            found[name] = features.base[name] + (output + scales.constant(name, features))
        if not (terms := self.cues.targets.values):
            return found
        assert features.tensors is not None, "kept where there are values"
        found |= evaluated(terms, self.recipe, found, features.tensors)
        return {name: found[name] for name in self.recipe.targets if name in found}

    def known(self, name: str, features: Features) -> Tensor:
        """What of a target is known without the network: base and references; (rows or 1, k)."""
        base = features.base.get(name)
        if base is None:
            return torch.zeros(1, 1, dtype=torch.float64)
        scales = self.network.target
        return base + scales.reference(name, features) if name in scales.references else base

    def calibrate(self, features: Features) -> None:
        """Measure the scales of inputs, sums over neighbours and targets on training systems, and
        make the fresh weights of order one on them. Once, before training; learned weights would
        be rescaled too.

        ``features`` with labels; without, the target keeps its scale. Nothing is random.
        """
        self.network.calibrate(features)
        fit_slopes(self, features)

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
        processes: int = 1,
    ) -> dict[str, np.ndarray]:
        """Predictions (M, k) or (S, k) by the targets' names, in their irreps; norms in evaluation
        mode whatever the mode of this model, which stays as it is.

        In batches of ``batch_size`` systems; with ``memory`` ("2 GiB", or bytes), of as many as
        fit, and a system that does not fit is taken in pieces: the same prediction up to round-off.
        With ``processes`` every system is divided among so many, which share its nodes and edges
        (`segnn.model.in_processes`): the same prediction up to round-off, too.
        Computed on the device of the weights. UserError where even pieces do not fit, for no
        systems, for a ``batch_size`` below 1, and for weights on the device "meta", which has none.
        """
        for name, number in (("batch_size", batch_size), ("processes", processes)):
            if not isinstance(number, int | np.integer) or isinstance(number, bool):
                raise UserError(f"{name}: {number!r}, expected a whole number")
        if batch_size < 1 or len(systems) == 0:
            raise UserError(
                f"{source}: {len(systems)} systems in batches of {batch_size}, expected at least 1 "
                "of both"
            )
        limit = None if memory is None else parse_bytes(memory)
        self._check_device()
        seen = self._without_labels(systems)
        if processes != 1:
            if processes < 1 or limit is not None:
                raise UserError(
                    f"processes: {processes}{'' if limit is None else f' and memory: {memory}'}: "
                    "expected at least 1, and a bound of the memory with one process only"
                )
            return predict_in_processes(self, seen, source, processes)
        model = frozen(self)
        parts: list[dict[str, Tensor]] = []
        with torch.no_grad():
            for features, left in budget.batches(model, seen, source, batch_size, limit):
                with limit_memory(left):
                    found = model(features.to(device=self.device))
                parts.append({name: value.cpu() for name, value in found.items()})
                del features, found  # before the next ones are made
        return {name: torch.cat([part[name] for part in parts]).numpy() for name in parts[0]}

    def predict(
        self,
        systems: Any,
        source: str | None = None,
        batch_size: int = 1000,
        memory: str | int | None = None,
        processes: int = 1,
    ) -> dict[str, np.ndarray]:
        """Predict the recipe's targets; labels are not needed, and not looked at.

        systems: arrays by name in the published schema, ``position`` (S, N, 3), or (N, 3) for one
        system, or (M, 3) with ``offsets``, and the recipe's fields; or `Systems`; or the path of an
        NPZ file; or a list of these. ``batch_size``, ``memory`` and ``processes`` as of
        ``predict_systems``.

        Returns every target under its name, arranged as the input, e.g. ``{"energy": (S,),
        "forces": (S, N, 3)}``: in the shape of the labels where there are any, otherwise
        scalars without a last axis of length one; with ``cartesian`` as matrices (…, 3, 3).
        For flat input, `Systems` and lists the rows are
        flat, with their ``offsets``. Raises UserError for missing, misshaped or non-finite arrays.
        """
        read = self.read(systems, source, labels=False)
        rows = self.predict_systems(read.systems, read.source, batch_size, memory, processes)
        return self.arranged(read, rows)

    def arranged(self, read: Given, rows: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """What ``predict`` returns, from the rows of ``predict_systems`` and what ``read`` gave."""
        result = {}
        for name, found in rows.items():
            target = self.recipe.targets[name]
            if target.cartesian is not None:
                found = to_matrices(found, target.cartesian)
            result[name] = read.arranged(found, target.level, target.array)
        of_nodes = any(self.recipe.targets[name].level == "node" for name in rows)
        if of_nodes and read.offsets is not None:
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
        place = path_of(folder, "the folder of the model")
        write_weights(place, self.recipe, self.network.state_dict())

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


def without_mean(output: Tensor, weight: Tensor, features: Features) -> Tensor:
    """output_i − Σ_j w_j output_j over each system; output (M, k), weight (M, 1) of sum 1 in each
    system.
    """
    mean = features.total(weight * output)
    return output - mean.index_select(0, features.node_graph)


def pooled(output: Tensor, features: Features, how: str) -> Tensor:
    """Outputs of nodes (M, k), summed or averaged over each system: (S, k)."""
    whole = features.total(output)
    if how == "sum":
        return whole
    return whole / features.offsets.diff().clamp(min=1).to(whole)[:, None]
