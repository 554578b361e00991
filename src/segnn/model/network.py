"""From a recipe to a network of any kind, with one way to call it: features in, output out."""

from __future__ import annotations

from dataclasses import replace

from torch import Tensor

from segnn.errors import UserError
from segnn.model.baseline_networks import build_baseline
from segnn.model.on_features import FRESH, Edges, OnFeatures
from segnn.model.paths import check_baseline, check_steerable
from segnn.nn import SELinear, SENonlinear, Topology, calibrate
from segnn.nn.part import PartRows, PartTopology
from segnn.nn.refreshed import Attributes, RefreshedSEGNN
from segnn.nn.segnn import SEGNN, SteerableNetwork
from segnn.o3.rows import Rows
from segnn.o3.trusted import may_look
from segnn.recipe import Cues, Features

STEERABLE: dict[str, type[SteerableNetwork]] = {
    "segnn": SEGNN,
    "segnn_refreshed": RefreshedSEGNN,
    "se_linear": SELinear,
    "se_nonlinear": SENonlinear,
}


def build_network(cues: Cues) -> OnFeatures:
    """The network that the recipe of these cues asks for; ``network(features)`` gives its output.

    Weights are drawn from torch's current random state.
    """
    spec, targets = cues.recipe.model, cues.targets
    if spec.kind == "segnn_refreshed":
        _check_refreshed(cues)
    if spec.kind in STEERABLE:
        kind = STEERABLE[spec.kind]
        check_steerable(cues, kind.message_layers, kind.updates)
        net = kind(
            irreps_in=cues.irreps_in,
            irreps_hidden=cues.irreps_hidden,
            irreps_out=cues.irreps_out,
            irreps_edge_attr=cues.irreps_edge_attr,
            irreps_node_attr=cues.irreps_node_attr,
            irreps_message=cues.irreps_message,
            num_layers=spec.layers,
            norm=spec.norm,
            task="node" if targets.of_nodes else "graph",
            pool=spec.pool,
            smooth=bool(targets.derivatives),
        )
        return (
            RefreshedOnFeatures(net, cues)
            if isinstance(net, RefreshedSEGNN)
            else SteerableOnFeatures(net, cues)
        )
    check_baseline(cues)
    return build_baseline(cues)


def _check_refreshed(cues: Cues) -> None:
    """UserError for what a network that moves nodes cannot mean."""
    targets = cues.recipe.targets
    per_graph = next((name for name, spec in targets.items() if spec.level == "graph"), None)
    if per_graph is not None:
        raise UserError(
            "model.kind segnn_refreshed moves nodes and predicts for nodes; the target "
            f"{per_graph} is per graph. Use kind segnn"
        )
    if len(targets) > 1:
        raise UserError(
            f"model.kind segnn_refreshed moves nodes by the one target it predicts; this recipe has"
            f" the targets {', '.join(targets)}. Use kind segnn"
        )


class SteerableOnFeatures(OnFeatures):
    """A steerable network called with ``Features``."""

    def __init__(self, net: SteerableNetwork, cues: Cues):
        super().__init__(cues)
        self.net = net
        self._edges = Edges()

    def output(self, f: Features) -> Tensor:
        result: Tensor = self.net(
            f.x, self.edges(f), f.edge_attr, f.node_attr, f.message, *self._graphs(f)
        )
        return result

    def fit_weights(self, f: Features) -> None:
        edges, graphs = self.edges(f), self._graphs(f)
        calibrate(self.net, f.x, edges, f.edge_attr, f.node_attr, f.message, *graphs, output=FRESH)

    def edges(self, f: Features) -> Topology:
        """The edges as the network takes them."""
        if f.halo is not None:
            return PartTopology(f.edge_index, f.halo)
        return self._edges(f.edge_index, f.x.shape[0])

    def _graphs(self, f: Features) -> tuple[Tensor | Rows | None, int]:
        """The graph of each node, if the network must know it, and the number of graphs."""
        if not self.net.needs_graphs:
            return None, len(f)
        if f.halo is not None:
            return PartRows(f.halo), 1
        if may_look(f.edge_index):
            return f.node_graph, len(f)
        return Rows(f.node_graph, len(f), checked=True, in_order=True), len(f)


class RefreshedOnFeatures(SteerableOnFeatures):
    """`RefreshedSEGNN` called with ``Features``: its attributes are the recipe's cues, evaluated at
    the positions so far.

    Those positions are the predictions so far, base + target.scale · Δ, where the base is a point;
    else position + target.scale · Δ. Cues are evaluated in float64 and cast to the network's dtype,
    as those of the input are.
    """

    def __init__(self, net: RefreshedSEGNN, cues: Cues):
        super().__init__(net, cues)
        self.cues = cues
        self.name = next(iter(cues.targets.columns))

    def output(self, f: Features) -> Tensor:
        tensors, scale = f.tensors, self.target.scale
        assert tensors is not None, "kept for this kind of network"
        origin = f.base[self.name] if self.cues.is_point(self.name) else tensors.position

        def attributes(moved: Tensor | None) -> Attributes:
            if moved is None:
                return Attributes(f.edge_attr, f.node_attr, f.message)
            position = origin + scale * moved.to(origin.dtype)
            edge, node, message = self.cues.steering(replace(tensors, position=position))
            message = None if message is None else message.to(f.x.dtype)
            edge, node = edge.to(f.x.dtype), node.to(f.x.dtype)
            return Attributes(*self.standards.attributes(edge, node, message))

        result: Tensor = self.net(f.x, self.edges(f), attributes, *self._graphs(f))
        return result
