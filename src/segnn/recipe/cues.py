"""`Cues`: a recipe's expressions, typed at construction, evaluated on systems into what the network
sees.
"""

from __future__ import annotations

from dataclasses import replace

import torch
from e3nn.o3 import Irreps
from torch import Tensor

from segnn.data import Systems
from segnn.data.edges import Edges
from segnn.errors import UserError
from segnn.recipe import blocks
from segnn.recipe.arrays import read_labels, read_tensors
from segnn.recipe.compiler import compile_recipe
from segnn.recipe.features import Features
from segnn.recipe.odd import is_even, signs
from segnn.recipe.origin import Mistake, refuse
from segnn.recipe.quantity import Term
from segnn.recipe.schema import Recipe
from segnn.recipe.targets import Targets
from segnn.recipe.tensors import Tensors


class Cues:
    """The declared cues of ``recipe``, compiled and type-checked; raises `UserError` that lists
    every mistake.

    - ``irreps_in``: of the node inputs.
    - ``irreps_edge_attr``, ``irreps_node_attr``: what steers messages and updates.
    - ``irreps_message``: what enters the messages besides the node features, possibly empty.
    - ``irreps_hidden``: of the network's node features and messages; ``irreps_out``: of its output,
      the targets that are no derivatives one after another.
    - ``targets``: which columns of the output make which target, and what is a derivative of what.
    - ``entries``: the typed terms of every list, by its key: ``entries["inputs"]``.
    - ``fields``: the names of the fields that the expressions use, position always among them.
    - ``odd``: those of them that are odd in time; ``signs``: what these make of each target when
      they are reversed. ``mirrored``: whether the network has to see both signs of them for that;
      not where all it sees is even in them.

    ``cues(systems)`` evaluates them in float64.
    """

    def __init__(self, recipe: Recipe):
        self.recipe = recipe
        compiled = compile_recipe(recipe)
        refuse(compiled.mistakes, recipe.origin)
        assert compiled.inputs is not None
        assert compiled.edge_attributes is not None
        assert compiled.node_attributes is not None
        assert compiled.hidden is not None
        self._inputs: Term = compiled.inputs
        self._edge_attributes: Term = compiled.edge_attributes
        self._node_attributes: Term = compiled.node_attributes
        assert compiled.targets is not None
        self._message = compiled.message
        self.targets: Targets = compiled.targets
        self.entries: dict[str, tuple[Term, ...]] = compiled.entries
        self.irreps_in: Irreps = self._inputs.irreps
        self.irreps_edge_attr: Irreps = self._edge_attributes.irreps
        self.irreps_node_attr: Irreps = self._node_attributes.irreps
        self.irreps_message: Irreps = self._message.irreps if self._message else Irreps("")
        self.irreps_hidden: Irreps = compiled.hidden
        self.irreps_out: Irreps = self.targets.irreps
        self._seen = (self._inputs, self._edge_attributes, self._node_attributes, self._message)
        terms = [*self._seen, *self.targets.terms]
        self.fields: tuple[str, ...] = tuple(
            name
            for name in dict.fromkeys(["position", *recipe.fields])
            if name == "position"
            or any(term is not None and term.uses(name) for term in terms)
            or any(name in written.by for written in self.targets.derivatives.values())
        )

        self.odd: tuple[str, ...] = tuple(
            name
            for name in self.fields
            if name in recipe.fields and recipe.fields[name].time == "odd"
        )
        self.signs: dict[str, int] = signs(recipe, self.targets.derivatives)
        even = is_even((*self._seen, *self.targets.terms), recipe, self.odd)
        self.mirrored: bool = bool(self.odd) and not even
        self._refuse_odd()

    def _refuse_odd(self) -> None:
        """A target that is odd in time, made of what is even in time."""
        name = next((name for name, spec in self.recipe.targets.items() if spec.time), None)
        if name is not None and not self.mirrored:
            said = (
                f"all that enters is even in {', '.join(self.odd)}" if self.odd else "no field is"
            )
            problem = f"{name} is odd in time, and {said}: it could only be 0"
            cure = "let an odd field enter as it is, such as inputs: [spin], with spin: {time: odd}"
            mistake = Mistake(("targets", name, "time"), problem, (("cure", cure),))
            refuse([mistake], self.recipe.origin)

    def __reduce__(self) -> tuple[type[Cues], tuple[Recipe]]:
        """Pickled and copied as its recipe."""
        return Cues, (self.recipe,)

    def __call__(
        self, systems: Systems, source: str = "the data", dtype: torch.dtype = torch.float64
    ) -> Features:
        """The features of ``systems``, with the labels that they hold; ``source`` names the file in
        errors.

        Evaluated in float64 whatever ``dtype``, that of what the network sees of them:
        ``Features.to``.
        """
        with torch.no_grad():
            features = self.evaluate(self.tensors(systems, source), dtype).to(dtype)
        return replace(features, labels=read_labels(self.recipe.targets, systems, source))

    def without_cues(
        self, systems: Systems, source: str = "the data", dtype: torch.dtype = torch.float64
    ) -> Features:
        """The same without cues and declared bases, for networks that evaluate them in every
        step.
        """
        with torch.no_grad():
            features = self.outline(self.tensors(systems, source), dtype).to(dtype)
        return replace(features, labels=read_labels(self.recipe.targets, systems, source))

    def tensors(
        self, systems: Systems, source: str = "the data", edges: Edges | None = None
    ) -> Tensors:
        """The raw numbers the expressions need: positions, used fields, edges: those given, as
        `segnn.data.edges` describes them, or the recipe's, searched for.

        UserError if an array is missing or its shape is not that of its irreps.
        """
        volume = bool(self.targets.by_volume)
        return read_tensors(self.recipe, self.fields, systems, source, volume, edges)

    def evaluate(self, tensors: Tensors, dtype: torch.dtype = torch.float64) -> Features:
        """The features of ``tensors``, without labels, differentiable in every floating tensor
        given.

        What the network sees in ``dtype``; without gradients never more than a block of edges in
        float64.
        """
        return self.seen_at(self.outline(tensors, dtype), tensors)

    def outline(self, tensors: Tensors, dtype: torch.dtype = torch.float64) -> Features:
        """The features of ``tensors`` without cues and declared bases, which ``seen_at`` adds."""
        targets = self.targets
        compositions = [reference.composition for reference in targets.references.values()]
        found = blocks.evaluate((*targets.weights.values(), *compositions), tensors)
        known = [value for value in found if value is not None]
        weights = dict(zip(targets.weights, known, strict=False))
        nodes = tensors.own(tensors.position.new_empty(tensors.nodes, 0, dtype=dtype))
        edges = nodes.new_empty(tensors.edges, 0)
        return Features(
            x=nodes,
            edge_index=tensors.edge_index,
            edge_attr=edges,
            node_attr=nodes,
            message=edges if self._message else None,
            base={
                name: self._no_base(name, tensors)
                for name in targets.columns
                if name not in targets.bases
            },
            labels={},
            offsets=tensors.offsets,
            edge_offsets=tensors.edge_offsets,
            level={name: spec.level for name, spec in self.recipe.targets.items()},
            weight={
                name: tensors.own(self._shares(name, targets.weights[name], value, tensors))
                for name, value in weights.items()
            },
            composition={
                name: self._rows(name, value, tensors)
                for name, value in zip(targets.references, known[len(weights) :], strict=True)
            },
            tensors=tensors if self.anew else None,
            halo=tensors.halo,
        )

    @property
    def anew(self) -> bool:
        """Whether expressions are evaluated anew in every step: at other positions, for the
        derivatives by what they are made of, for both directions of time, or with what the network
        says.
        """
        return (
            self.recipe.model.kind == "segnn_refreshed"
            or self.in_forward
            or bool(self.targets.values)
        )

    @property
    def in_forward(self) -> bool:
        """Whether a model evaluates the cues itself, whatever the features already hold: for
        derivatives, or for both directions of time.
        """
        return bool(self.targets.derivatives) or self.mirrored

    def to_run(self, tensors: Tensors, dtype: torch.dtype = torch.float64) -> Features:
        """What a model takes for one pass: ``evaluate``, or ``outline`` where it would be the same
        work twice.
        """
        return (self.outline if self.in_forward else self.evaluate)(tensors, dtype)

    def seen_at(self, features: Features, tensors: Tensors) -> Features:
        """``features`` with cues and bases of ``tensors``, the same systems at other positions or
        in other fields; differentiable in every floating tensor given.
        """
        dtype, bases = features.x.dtype, self.targets.bases
        values = blocks.evaluate((*self._seen, *bases.values()), tensors, dtype)
        x, edge_attr, node_attr, message, *more = values
        assert x is not None
        assert edge_attr is not None
        assert node_attr is not None
        made = {name: value for name, value in zip(bases, more, strict=True) if value is not None}
        return replace(
            features,
            x=tensors.own(x.to(dtype)),
            edge_attr=edge_attr,
            node_attr=tensors.own(node_attr.to(dtype)),
            message=message,
            base={
                **features.base,
                **{name: self._rows(name, value, tensors) for name, value in made.items()},
            },
            tensors=tensors if self.anew else None,
        )

    def _no_base(self, name: str, tensors: Tensors) -> Tensor:
        rows = tensors.nodes if self.recipe.targets[name].level == "node" else tensors.systems
        columns = self.targets.columns[name]
        empty = tensors.position.new_zeros(rows, columns.stop - columns.start)
        return self._rows(name, empty, tensors)

    def _rows(self, name: str, value: Tensor, tensors: Tensors) -> Tensor:
        """The rows of a target, of those of all nodes here or of all systems."""
        return tensors.own(value) if self.recipe.targets[name].level == "node" else value

    def steering(self, tensors: Tensors) -> tuple[Tensor, Tensor, Tensor | None]:
        """Edge attributes, node attributes, message scalars of ``tensors``; differentiable in every
        floating tensor given.
        """
        edge, node, message = blocks.evaluate(
            (self._edge_attributes, self._node_attributes, self._message), tensors
        )
        assert edge is not None
        assert node is not None
        return edge, node, message

    def is_point(self, name: str) -> bool:
        """Whether predictions of a target move with the origin: its base is a point."""
        return name in self.targets.bases and self.targets.bases[name].type.point

    @staticmethod
    def _shares(name: str, weight: Term, value: Tensor, tensors: Tensors) -> Tensor:
        """The weights (M, 1) divided by their sum over the system; UserError where that is 0."""
        whole = tensors.total(value)
        empty = (whole[:, 0] == 0) & (tensors.offsets.diff() > 0)
        if empty.any():
            raise UserError(
                f"centered, of the target {name}: {tensors.origin} has a total {weight.text} of 0"
                f" in system {int(empty.nonzero()[0])}; weight by a positive quantity, or by one"
            )
        return value / whole.index_select(0, tensors.node_graph)
