"""Which irreps of a network's output anything can reach."""

from __future__ import annotations

from collections.abc import Iterable

from e3nn.o3 import Irrep, Irreps

from segnn.o3.plan.coupling import allowed

SCALAR = Irrep("0e")


def unreached(
    *,
    irreps_in: Irreps,
    irreps_hidden: Irreps,
    irreps_out: Irreps,
    irreps_edge_attr: Irreps,
    irreps_node_attr: Irreps,
    irreps_message: Irreps,
    num_layers: int,
    message_layers: int = 2,
    updates: bool = True,
) -> Irreps:
    """The irreps of the output to which no path leads: they stay zero, whatever the weights.

    Arguments as of ``SEGNN``; ``message_layers`` steerable layers make a message, and ``updates``
    says whether two more join it to the features (SEGNN) or not (the convolutions). Hidden scalars
    count as reached: they have a bias.
    """
    node, edge, hidden = _kinds(irreps_node_attr), _kinds(irreps_edge_attr), _kinds(irreps_hidden)
    found = _step(_kinds(irreps_in), node, hidden)
    for _ in range(num_layers):
        message = found | _kinds(irreps_message)
        for _ in range(message_layers):
            message = _step(message, edge, hidden)
        if updates:
            message = _step(_step(found | message, node, hidden), node, hidden)
        found = found | message
    found = _step(found, node, hidden)
    return _all_but(
        irreps_out, {ir for _, ir in irreps_out if any(_coupled(h, node, ir) for h in found)}
    )


def _all_but(irreps: Irreps, kinds: set[Irrep]) -> Irreps:
    return Irreps([(mul, ir) for mul, ir in irreps if mul > 0 and ir not in kinds]).simplify()


def _kinds(irreps: Irreps) -> set[Irrep]:
    return {ir for mul, ir in irreps if mul > 0}


def _coupled(ir: Irrep, attribute: Iterable[Irrep], to: Irrep) -> bool:
    return any(allowed(ir, a, to) for a in attribute)


def _step(sources: set[Irrep], attribute: set[Irrep], wanted: set[Irrep]) -> set[Irrep]:
    """What a steerable layer makes of ``sources``: irreps of ``wanted``, scalars by their bias."""
    reached = {ir for ir in wanted if any(_coupled(s, attribute, ir) for s in sources)}
    return reached | ({SCALAR} & wanted)
