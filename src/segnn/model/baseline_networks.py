"""The networks beside the steerable ones, on the cues of a recipe: MPNN, SchNet, PaiNN, EGNN, and
degree 0 along the edges.
"""

from __future__ import annotations

import torch
from e3nn.o3 import Irreps
from torch import Tensor

from segnn.errors import UserError
from segnn.model.on_features import FRESH, Edges, OnFeatures
from segnn.nn import Topology
from segnn.nn.along_edges import AlongEdges
from segnn.nn.egnn import EGNN
from segnn.nn.mpnn import MPNN
from segnn.nn.painn import PaiNN
from segnn.nn.schnet import SchNet
from segnn.nn.segnn import SEGNN
from segnn.o3.constant import Columns
from segnn.recipe import Cues, Features
from segnn.recipe.origin import Mistake, refuse


def build_baseline(cues: Cues) -> OnFeatures:
    """The network of ``model.kind`` egnn, mpnn, painn, schnet or segnn_along_edges."""
    kind = cues.recipe.model.kind
    if kind == "segnn_along_edges":
        return AlongEdgesOnFeatures(cues)
    if kind == "painn":
        return VectorsOnFeatures(cues)
    if kind == "schnet" or (kind == "egnn" and _says_scalars(cues)):
        return ScalarsOnFeatures(cues)
    return InvariantOnFeatures(cues) if kind == "egnn" else PlainOnFeatures(cues)


class PlainOnFeatures(OnFeatures):
    """The plain message passing baseline on the numbers of the cues; node targets only; not
    equivariant.
    """

    def __init__(self, cues: Cues):
        super().__init__(cues)
        self.net = MPNN(
            num_inputs=cues.irreps_in.dim,
            num_message_inputs=cues.irreps_message.dim + cues.irreps_edge_attr.dim,
            num_outputs=cues.irreps_out.dim,
            channels=cues.irreps_hidden.dim,
            num_layers=cues.recipe.model.layers,
        )

    def output(self, f: Features) -> Tensor:
        result: Tensor = self.net(f.x, f.edge_index, self._message(f))
        return result

    def fit_weights(self, f: Features) -> None:
        self.net.calibrate(f.x, f.edge_index, self._message(f), FRESH)

    def _message(self, f: Features) -> Tensor:
        return f.edge_attr if f.message is None else torch.cat([f.message, f.edge_attr], 1)


class ScalarsOnFeatures(OnFeatures):
    """Invariant networks that answer with scalars of nodes, on the ``0e`` of inputs and message
    scalars; attributes do not enter: SchNet, and EGNN without the moves of its nodes (Eqs. 3, 5 and
    6), as its authors have it for properties of molecules.

    Raises UserError where the recipe does not fit.
    """

    def __init__(self, cues: Cues):
        super().__init__(cues)
        kind = cues.recipe.model.kind
        if not _says_scalars(cues):
            raise UserError(
                f"model.kind {kind} predicts scalars (0e) of nodes, or of systems with pool: sum "
                f"or mean; this recipe's target is {cues.irreps_out} for each "
                f"{'node' if cues.targets.of_nodes else 'graph'}. Use kind segnn"
            )
        self.scalars = _scalars(cues.irreps_in)
        self.invariants = _scalars(cues.irreps_message)
        self.take_scalars, self.take_invariants = Columns(self.scalars), Columns(self.invariants)
        if not self.invariants:
            raise UserError(
                f"model.kind {kind} sees nothing of the geometry but message_scalars, and this "
                "recipe has none. Give some, such as [gaussian(distance, 20, cutoff)]"
            )
        self.net = (SchNet if kind == "schnet" else MPNN)(
            num_inputs=max(len(self.scalars), 1),
            num_message_inputs=len(self.invariants),
            num_outputs=cues.irreps_out.dim,
            channels=cues.irreps_hidden.dim,
            num_layers=cues.recipe.model.layers,
        )

    def output(self, f: Features) -> Tensor:
        result: Tensor = self.net(*self._arguments(f))
        return result

    def fit_weights(self, f: Features) -> None:
        self.net.calibrate(*self._arguments(f), output=FRESH)

    def _arguments(self, f: Features) -> tuple[Tensor, Tensor, Tensor]:
        """Node inputs, edges, edge inputs."""
        assert f.message is not None, "asked for above"
        x = self.take_scalars(f.x) if self.scalars else torch.ones_like(f.x[:, :1])
        return x, f.edge_index, self.take_invariants(f.message)


class VectorsOnFeatures(OnFeatures):
    """PaiNN on the cues: ``0e`` inputs and message scalars; the edge attributes 0e+1o are its
    cutoff function and its directions. Answers with scalars and vectors of nodes.

    Raises UserError where the recipe does not fit.
    """

    def __init__(self, cues: Cues):
        super().__init__(cues)
        answers = {"0e", "1o"} >= {str(ir) for _, ir in cues.irreps_out}
        if not answers or not cues.targets.of_nodes:
            raise UserError(
                "model.kind painn predicts scalars (0e) and vectors (1o) of nodes, or of systems "
                f"with pool: sum or mean; this recipe's target is {cues.irreps_out} for each "
                f"{'node' if cues.targets.of_nodes else 'graph'}. Use kind segnn"
            )
        if str(cues.irreps_edge_attr) != "1x0e+1x1o":
            raise UserError(
                "model.kind painn takes a cutoff function and a direction from the edge attributes,"
                f" 1x0e+1x1o, and this recipe's are {cues.irreps_edge_attr}. Set "
                "model.attribute_degree: 1 and edge_attributes: [sh(relative_position)], or "
                "envelope(distance, cutoff) * sh(relative_position)"
            )
        self.scalars, self.invariants = _scalars(cues.irreps_in), _scalars(cues.irreps_message)
        self.take_scalars, self.take_invariants = Columns(self.scalars), Columns(self.invariants)
        self.answers, self.vectors = _scalars(cues.irreps_out), _vectors(cues.irreps_out)
        columns = self.answers + [n + k for n in self.vectors for k in range(3)]
        self.reorder = Columns(sorted(range(len(columns)), key=columns.__getitem__))
        self.net = PaiNN(
            num_inputs=max(len(self.scalars), 1),
            num_message_inputs=max(len(self.invariants), 1),
            num_scalars=len(self.answers),
            num_vectors=len(self.vectors),
            channels=cues.irreps_hidden.dim,
            num_layers=cues.recipe.model.layers,
        )

    def output(self, f: Features) -> Tensor:
        scalars, vectors = self.net(*self._arguments(f))
        result: Tensor = torch.cat([scalars, vectors.flatten(1)], 1)
        return self.reorder(result)

    def fit_weights(self, f: Features) -> None:
        self.net.calibrate(*self._arguments(f), output=FRESH)

    def _arguments(self, f: Features) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        """What `PaiNN` takes; harmonics of degree 1 have the length √3."""
        x = self.take_scalars(f.x) if self.scalars else torch.ones_like(f.x[:, :1])
        cutoff, direction = f.edge_attr[:, :1], f.edge_attr[:, 1:] / 3**0.5
        message = self.take_invariants(f.message) if f.message is not None else None
        if message is None or not self.invariants:
            message = torch.ones_like(cutoff)
        return x, f.edge_index, message, cutoff, direction


class InvariantOnFeatures(OnFeatures):
    """EGNN on the cues: ``0e`` inputs are its scalars, the first ``1o`` input its position, the
    second its velocity.

    The position is a difference of points, such as ``position - center(position)``. Of the message
    scalars the ``0e`` enter; attributes do not. Raises UserError where the recipe does not fit.
    """

    def __init__(self, cues: Cues):
        super().__init__(cues)
        vectors = _vectors(cues.irreps_in)
        if str(cues.irreps_out.simplify()) != "1x1o" or not cues.targets.of_nodes or not vectors:
            raise UserError(
                "model.kind egnn predicts scalars of nodes (targets of systems with pool: sum or "
                "mean), or one vector (1o) a node from a position among the inputs;"
                f" this recipe's inputs are {cues.irreps_in}, its target {cues.irreps_out} for each"
                f" {'node' if cues.targets.of_nodes else 'graph'}. Use kind segnn"
            )
        _check_position(cues)
        self.position, self.velocity = vectors[0], vectors[1] if len(vectors) > 1 else None
        self.scalars = _scalars(cues.irreps_in)
        self.invariants = _scalars(cues.irreps_message)
        self.take_scalars, self.take_invariants = Columns(self.scalars), Columns(self.invariants)
        self.net = EGNN(
            num_scalars=max(len(self.scalars), 1),
            num_message_scalars=len(self.invariants),
            channels=cues.irreps_hidden.dim,
            num_layers=cues.recipe.model.layers,
            velocity=self.velocity is not None,
        )

    def output(self, f: Features) -> Tensor:
        result: Tensor = self.net(*self._arguments(f))
        return result

    def fit_weights(self, f: Features) -> None:
        self.net.calibrate(*self._arguments(f))

    def _arguments(
        self, f: Features
    ) -> tuple[Tensor, Tensor, Tensor | None, Tensor, Tensor | None]:
        """h, position, velocity, edges and message as EGNN takes them."""
        h = self.take_scalars(f.x) if self.scalars else torch.ones_like(f.x[:, :1])
        velocity = None if self.velocity is None else f.x[:, self.velocity : self.velocity + 3]
        message = (
            self.take_invariants(f.message) if f.message is not None and self.invariants else None
        )
        position = f.x[:, self.position : self.position + 3]
        return h, position, velocity, f.edge_index, message


class AlongEdgesOnFeatures(OnFeatures):
    """`AlongEdges` on the cues: the first ``1o`` input is its position, the others its vectors.

    Raises UserError where the recipe does not fit.
    """

    def __init__(self, cues: Cues):
        super().__init__(cues)
        kind, spec, hidden = cues.recipe.model.kind, cues.recipe.model, cues.irreps_hidden
        self.vectors = vectors = _vectors(cues.irreps_in)
        if str(cues.irreps_out.simplify()) != "1x1o" or not cues.targets.of_nodes or not vectors:
            raise UserError(
                f"model.kind {kind} predicts one vector (1o) a node from a position among the "
                f"inputs; this recipe's inputs are {cues.irreps_in}, its target {cues.irreps_out} "
                f"for each {'node' if cues.targets.of_nodes else 'graph'}. Use kind segnn"
            )
        if any(str(ir) != "0e" for _, ir in hidden):
            raise UserError(
                f"model.kind {kind} has features of degree 0 alone, and model.hidden is {hidden}. "
                f"Set model.hidden: 64x0e, or use kind segnn"
            )
        _check_position(cues)
        attributes = cues.irreps_edge_attr, cues.irreps_node_attr, cues.irreps_message
        net = SEGNN(cues.irreps_in, hidden, hidden, *attributes, num_layers=spec.layers)
        self.net = AlongEdges(net, _scalars(cues.irreps_message), len(vectors) - 1)
        self._edges = Edges()

    def output(self, f: Features) -> Tensor:
        result: Tensor = self.net(*self._arguments(f))
        return result

    def fit_weights(self, f: Features) -> None:
        self.net.calibrate(*self._arguments(f), output=FRESH)

    def _arguments(
        self, f: Features
    ) -> tuple[Tensor, Topology, Tensor, Tensor, Tensor | None, Tensor, Tensor]:
        """What `AlongEdges` takes."""
        vectors = torch.stack([f.x[:, n : n + 3] for n in self.vectors], 1)
        edges = self._edges(f.edge_index, f.x.shape[0])
        return f.x, edges, f.edge_attr, f.node_attr, f.message, vectors, f.edge_index


def _says_scalars(cues: Cues) -> bool:
    """Whether the network's output is even scalars of nodes."""
    return cues.targets.of_nodes and len(_scalars(cues.irreps_out)) == cues.irreps_out.dim


def _scalars(irreps: Irreps) -> list[int]:
    """The columns of the even scalars."""
    entries = zip(irreps.slices(), irreps, strict=True)
    return [c for s, (_, ir) in entries if str(ir) == "0e" for c in range(s.start, s.stop)]


def _vectors(irreps: Irreps) -> list[int]:
    """The first columns of the vectors ``1o``."""
    columns = zip(irreps.slices(), irreps, strict=True)
    return [n for s, (_, ir) in columns if str(ir) == "1o" for n in range(s.start, s.stop, 3)]


def _check_position(cues: Cues) -> None:
    """UserError unless the first ``1o`` input is a difference of points: what the network moves is
    that one.
    """
    inputs = enumerate(cues.entries["inputs"])
    n, term = next((n, term) for n, term in inputs if "1o" in [str(ir) for _, ir in term.irreps])
    if not (len(term.children) == 2 and all(child.type.point for child in term.children)):
        problem = (
            f"{term} is no difference of positions, and model.kind egnn takes the first 1o input as"
            " the position"
        )
        cure = "let inputs begin with position - center(position), or use kind segnn"
        refuse([Mistake(("inputs", n), problem, (("cure", cure),))], cues.recipe.origin)
