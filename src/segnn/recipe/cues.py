"""`Cues`: a recipe's expressions, typed at construction, evaluated on systems into what the network
sees.
"""

from __future__ import annotations

import torch
from e3nn.o3 import Irreps
from torch import Tensor

from segnn.data import Systems
from segnn.errors import UserError
from segnn.recipe import blocks
from segnn.recipe.arrays import read_target, read_tensors
from segnn.recipe.compiler import compile_recipe
from segnn.recipe.features import Features
from segnn.recipe.origin import refuse
from segnn.recipe.quantity import Term
from segnn.recipe.schema import Recipe
from segnn.recipe.tensors import Tensors


class Cues:
    """The declared cues of ``recipe``, compiled and type-checked; raises `UserError` that lists
    every mistake.

    - ``irreps_in``: of the node inputs.
    - ``irreps_edge_attr``, ``irreps_node_attr``: what steers messages and updates.
    - ``irreps_message``: what enters the messages besides the node features, possibly empty.
    - ``irreps_hidden``: of the network's node features and messages; ``irreps_out``: the target's.
    - ``entries``: the typed terms of every list, by its key: ``entries["inputs"]``.
    - ``fields``: the names of the fields that the expressions use, position always among them.

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
        self._message, self._base, self._weight = compiled.message, compiled.base, compiled.weight
        self.entries: dict[str, tuple[Term, ...]] = compiled.entries
        self.irreps_in: Irreps = self._inputs.irreps
        self.irreps_edge_attr: Irreps = self._edge_attributes.irreps
        self.irreps_node_attr: Irreps = self._node_attributes.irreps
        self.irreps_message: Irreps = self._message.irreps if self._message else Irreps("")
        self.irreps_hidden: Irreps = compiled.hidden
        self.irreps_out = Irreps(recipe.target.irreps)
        terms = [
            self._inputs,
            self._edge_attributes,
            self._node_attributes,
            self._message,
            self._base,
            self._weight,
        ]
        self.fields: tuple[str, ...] = tuple(
            name
            for name in dict.fromkeys(["position", *recipe.fields])
            if name == "position" or any(term is not None and term.uses(name) for term in terms)
        )

    def __reduce__(self) -> tuple[type[Cues], tuple[Recipe]]:
        """Pickled and copied as its recipe."""
        return Cues, (self.recipe,)

    def __call__(
        self, systems: Systems, source: str = "the data", dtype: torch.dtype = torch.float64
    ) -> Features:
        """The features of ``systems``, with ``target`` if they hold the labels; ``source`` names
        the file in errors.

        Evaluated in float64 whatever ``dtype``, that of what the network sees of them:
        ``Features.to``.
        """
        with torch.no_grad():
            features = self.evaluate(self.tensors(systems, source), dtype).to(dtype)
        target = read_target(self.recipe.target, systems, source)
        return Features(**{**vars(features), "target": target})

    def tensors(self, systems: Systems, source: str = "the data") -> Tensors:
        """The raw numbers the expressions need: positions, used fields, edges.

        UserError if an array is missing or its shape is not that of its irreps.
        """
        return read_tensors(self.recipe, self.fields, systems, source)

    def evaluate(self, tensors: Tensors, dtype: torch.dtype = torch.float64) -> Features:
        """The features of ``tensors``, without target, differentiable in every floating tensor
        given.

        Those of edges in ``dtype``; without gradients never more than a block of edges in float64.
        """
        level = self.recipe.target.level
        rows = tensors.nodes if level == "node" else tensors.systems
        terms = (
            self._inputs,
            self._edge_attributes,
            self._node_attributes,
            self._message,
            self._base,
            self._weight,
        )
        x, edge_attr, node_attr, message, base, weight = blocks.evaluate(terms, tensors, dtype)
        assert x is not None
        assert edge_attr is not None
        assert node_attr is not None
        return Features(
            x=x,
            edge_index=tensors.edge_index,
            edge_attr=edge_attr,
            node_attr=node_attr,
            message=message,
            base=tensors.position.new_zeros(rows, self.irreps_out.dim) if base is None else base,
            target=None,
            offsets=tensors.offsets,
            edge_offsets=tensors.edge_offsets,
            level=level,
            weight=(
                None
                if weight is None or self._weight is None
                else self._shares(self._weight, weight, tensors)
            ),
            tensors=tensors if self.recipe.model.kind == "segnn_refreshed" else None,
        )

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

    @property
    def base_is_point(self) -> bool:
        """Whether predictions move with the origin: the target's base is a point."""
        return self._base is not None and self._base.type.point

    @staticmethod
    def _shares(weight: Term, value: Tensor, tensors: Tensors) -> Tensor:
        """The weights (M, 1) divided by their sum over the system; UserError where that is 0."""
        whole = value.new_zeros(tensors.systems, 1).index_add(0, tensors.node_graph, value)
        empty = (whole[:, 0] == 0) & (tensors.offsets.diff() > 0)
        if empty.any():
            raise UserError(
                f"target.centered: {tensors.origin} has a total {weight.text} of 0 in system"
                f" {int(empty.nonzero()[0])}; weight by a positive quantity, or by one"
            )
        return value / whole.index_select(0, tensors.node_graph)
