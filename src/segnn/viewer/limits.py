"""How much the viewer takes: requests, systems and answers. One place, so that page, server and
texts agree.
"""

from __future__ import annotations

from segnn.data import Systems
from segnn.recipe import Recipe

REQUEST_BYTES = 64 * 1024
HEADER_BYTES = 16 * 1024
GLYPH_NODES = 400  # more nodes than this are drawn as points
SHOWN_NODES = 20_000  # more nodes than this are not drawn
RUN_EDGES = 200_000  # more edges than this are not run while somebody waits
FEATURE_BYTES = 32 * 2**20  # of node features in one answer
MESSAGE_BYTES = 8 * 2**20  # of messages in one answer
EXPORT_BYTES = 4_000_000  # of recorded runs in an exported page
LIVE_EDGES = 2_000  # more edges than this are not evaluated in an exported page
LIVE_STRUCTURES = 8  # graphs of which an exported page knows the edges
LIVE_SYSTEM_BYTES = 1_000_000  # of systems in an exported page that is live, beside its weights
LIVE_BYTES = 4_500_000  # a page that would be larger shows recorded runs


def too_large(recipe: Recipe, system: Systems) -> str | None:
    """Why the model is not run on this one system, or None. Only building a radius graph tells its
    edges.
    """
    nodes = len(system.position)
    if nodes > SHOWN_NODES:
        return too_many_nodes(nodes)
    edges = 0
    if recipe.graph.kind == "complete":
        edges = nodes * (nodes - 1)
    elif recipe.graph.kind == "nearest" and recipe.graph.neighbours is not None:
        edges = nodes * recipe.graph.neighbours
    return too_many_edges(edges) if edges > RUN_EDGES else None


def too_many_nodes(nodes: int) -> str:
    """The sentence for a system that is too large to be drawn."""
    return (
        f"{nodes:,} nodes are more than the {SHOWN_NODES:,} this page draws. "
        "Cut out a part of the system."
    )


def too_many_edges(edges: int) -> str:
    """The sentence for a graph that is too large to run while somebody waits."""
    return (
        f"{edges:,} edges are more than the {RUN_EDGES:,} this page runs the model on. "
        "Predict with 'segnn predict', or view a part of the system."
    )
