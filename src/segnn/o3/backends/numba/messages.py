"""Kernels for messages along edges, from node features to their sum at every node, and their
derivatives.

    m_ij = σ(W_2 σ(W_1 (x_i ⊕ x_j ⊕ s_ij) + b_1) + b_2),   m_i = Σ_j m_ij           (paper Eq. 7 and the sum)

``two`` False leaves out the second layer and its gate, ``last`` False the last gate. x is mixed at
the nodes; its edges are then gathered, contracted, gated and summed tile by tile. Edges are sorted
by target, and a sum is written by one thread in a fixed order.

Where a batch consists of many small graphs (``cuts`` are the nodes between which no edge crosses),
a block of whole graphs goes through all of this while its mixed ends lie in the cache. A large
graph goes through it stage by stage, and the derivative of its first layer is stored for every edge
while the derivatives are being taken.
"""

from __future__ import annotations

from segnn.o3.backends.numba import table as at
from segnn.o3.backends.numba.compile import kernel, routine, spread
from segnn.o3.backends.numba.edges import (
    edges_back,
    forward_chunk,
    mix_ends,
    nodes_back,
    sources_back,
    transposed_ends,
)
from segnn.o3.backends.numba.flat import free, part, room
from segnn.o3.backends.numba.rows import SHARES, chunk_total, clear, gather, total_of, transposed


@routine
def chunk_bounds(offsets, chunks, bounds):
    """First node of every chunk, for chunks of whole nodes with about as many edges each."""
    nodes, node = offsets.shape[0] - 1, 0
    for chunk in range(chunks):
        while node < nodes and offsets[node] < chunk * offsets[nodes] // chunks:
            node += 1
        bounds[chunk] = node
    bounds[0], bounds[chunks] = 0, nodes


@routine
def block_end(cuts, first, last, most):
    """The last of the cuts after ``first`` that leaves at most ``most`` nodes between, at least one
    further.
    """
    stop = first + 1
    while stop < last and cuts[stop + 1] - cuts[first] <= most:
        stop += 1
    return stop


@routine
def cut_bounds(offsets, cuts, chunks, bounds):
    """First cut of every chunk, for chunks of whole graphs with about as many edges each."""
    edges, last, cut = offsets[offsets.shape[0] - 1], cuts.shape[0] - 1, 0
    for chunk in range(chunks):
        while cut < last and offsets[cuts[cut]] < chunk * edges // chunks:
            cut += 1
        bounds[chunk] = cut
    bounds[0], bounds[chunks] = 0, last


@spread
def forward_blocks(
    chunk, chunks, bounds, x, message, attribute, source, target, offsets, cuts, most, w_1, b_1, layer_1, own, plan, w_2, b_2,
    layer_2, two, last, tile, kept, y,
):  # fmt: skip
    """Forward through the graphs of a chunk, block by block."""
    ends = room(2 * layer_1[0][at.Z_DIM] * most, y)
    cut, last_cut = bounds[chunk], bounds[chunk + 1]
    while cut < last_cut:
        stop = block_end(cuts, cut, last_cut, most)
        first_node, last_node = cuts[cut], cuts[stop]
        mix_ends(x, layer_1[0], w_1, first_node, last_node, ends, first_node)
        forward_chunk(
            ends, first_node, message, attribute, source, target, offsets, w_1, b_1, layer_1, own, plan, w_2, b_2, layer_2,
            two, last, first_node, last_node, tile, kept, y,
        )  # fmt: skip
        cut = stop
    free(ends)


@spread
def ends_of(chunk, chunks, x, table, w, nodes, ends):
    """``mix_ends`` for a chunk of all nodes."""
    mix_ends(x, table, w, chunk * nodes // chunks, (chunk + 1) * nodes // chunks, ends, 0)


@spread
def forward_nodes(
    chunk, chunks, bounds, ends, message, attribute, source, target, offsets, w_1, b_1, layer_1, own, plan, w_2, b_2, layer_2,
    two, last, tile, kept, y,
):  # fmt: skip
    """``forward_chunk`` for the nodes of a chunk of a large graph."""
    forward_chunk(
        ends, 0, message, attribute, source, target, offsets, w_1, b_1, layer_1, own, plan, w_2, b_2, layer_2, two, last,
        bounds[chunk], bounds[chunk + 1], tile, kept, y,
    )  # fmt: skip


@kernel(
    integers="source target offsets cuts runs_ends runs_own runs_2", programs="layer_1 own plan layer_2",
    numbers="most threads chunks node_chunks tile", flags="two last",
)  # fmt: skip
def forward(
    x, message, attribute, source, target, offsets, cuts, most, w_1, runs_ends, runs_own, b_1, layer_1, own, plan,
    w_2, runs_2, b_2, layer_2, two, last, threads, chunks, node_chunks, tile, ends, kept, y,
):  # fmt: skip
    """y (nodes, dim), the summed messages. Without ``cuts``, ends (nodes, 2·z_dim) is filled with
    the mixed ends.

    ``kept`` has room for the inputs of both gates (edges, wide) and (edges, wide_2), one after the
    other, or is empty.
    """
    flat_1, flat_2, bounds = (
        room(w_1.shape[0], w_1),
        room(w_2.shape[0], w_1),
        room(chunks + 1, offsets),
    )
    gather(w_1, runs_ends, flat_1)
    gather(w_1, runs_own, flat_1)
    gather(w_2, runs_2, flat_2)
    if cuts.shape[0] > 0:
        cut_bounds(offsets, cuts, chunks, bounds)
        forward_blocks(
            threads, chunks, bounds, x, message, attribute, source, target, offsets, cuts, most, flat_1, b_1, layer_1, own,
            plan, flat_2, b_2, layer_2, two, last, tile, kept, y,
        )  # fmt: skip
    else:
        chunk_bounds(offsets, chunks, bounds)
        ends_of(threads, node_chunks, x, layer_1[0], flat_1, offsets.shape[0] - 1, ends)
        forward_nodes(
            threads, chunks, bounds, ends, message, attribute, source, target, offsets, flat_1, b_1, layer_1, own, plan,
            flat_2, b_2, layer_2, two, last, tile, kept, y,
        )  # fmt: skip
    free(flat_1)
    free(flat_2)
    free(bounds)


@routine
def row(x, n, rows):
    """One of so many rows that an array is cut into."""
    return part(x, n * (x.shape[0] // rows), x.shape[0] // rows)


@routine
def matrices(w_1, runs_ends, runs_own, layer_1, own, w_2, runs_2, layer_2):
    """The weights of both layers in the order of the plans, and with every matrix transposed: four
    arrays to be freed.
    """
    n_1, n_2 = w_1.shape[0], w_2.shape[0]
    flat_1, flat_2, turned_1, turned_2 = (
        room(n_1, w_1),
        room(n_2, w_1),
        room(n_1, w_1),
        room(n_2, w_1),
    )
    gather(w_1, runs_ends, flat_1)
    gather(w_1, runs_own, flat_1)
    gather(w_2, runs_2, flat_2)
    transposed_ends(layer_1, own, flat_1, turned_1)
    transposed(layer_2, 1, flat_2, turned_2)
    return flat_1, turned_1, flat_2, turned_2


@routine
def sums_room(flat_1, ends_numel, flat_2, b_1, b_2, chunks, ends_chunks, need_w):
    """Room for the chunks' sums of weight gradients: (own, second layer, bias 1 and 2), and those
    of the ends; or none.
    """
    numbers = flat_1.shape[0] - ends_numel + flat_2.shape[0] + b_1.shape[0] + b_2.shape[0]
    return room(chunks * numbers if need_w else 0, flat_1), room(
        ends_chunks * ends_numel if need_w else 0, flat_1
    )


@routine
def total_sums(
    threads,
    partial,
    chunks,
    partial_ends,
    ends_chunks,
    runs_ends,
    runs_own,
    runs_2,
    ends_numel,
    gw_1,
    gb_1,
    gw_2,
    gb_2,
):
    """The gradients of weights and biases from the chunks' sums."""
    n_own, n_2, numbers = gw_1.shape[0] - ends_numel, gw_2.shape[0], partial.shape[0] // chunks
    total_of(
        threads, SHARES, partial_ends, partial_ends.shape[0] // ends_chunks, 0, runs_ends, gw_1
    )
    total_of(threads, SHARES, partial, numbers, 0, runs_own, gw_1)
    total_of(threads, SHARES, partial, numbers, n_own, runs_2, gw_2)
    chunk_total(partial, numbers, n_own + n_2, gb_1)
    chunk_total(partial, numbers, n_own + n_2 + gb_1.shape[0], gb_2)


@spread
def backward_blocks(
    chunk, chunks, bounds, g, x, message, attribute, source, target, offsets, cuts, most, w_1, turned_1, b_1, layer_1, own,
    plan, w_2, turned_2, b_2, layer_2, two, last, tile, kept, need_x, need_m, need_a, gx, gm, ga, partial, partial_ends,
):  # fmt: skip
    """Back through the graphs of a chunk, block by block; its sums are its rows of partial and
    partial_ends.
    """
    total, total_ends = row(partial, chunk, chunks), row(partial_ends, chunk, chunks)
    clear(total)
    clear(total_ends)
    z_dim = layer_1[0][at.Z_DIM]
    ends, g_ends, none = room(2 * z_dim * most, g), room(2 * z_dim * most, g), part(g, 0, 0)
    cut, last_cut = bounds[chunk], bounds[chunk + 1]
    while cut < last_cut:
        stop = block_end(cuts, cut, last_cut, most)
        first_node, last_node = cuts[cut], cuts[stop]
        if kept.shape[0] == 0 or need_a:
            mix_ends(x, layer_1[0], w_1, first_node, last_node, ends, first_node)
        edges_back(
            g, ends, first_node, message, attribute, source, target, offsets, w_1, turned_1, b_1, layer_1, own, plan,
            w_2, turned_2, b_2, layer_2, two, last, first_node, last_node, tile, kept, need_m, need_a,
            g_ends, none, gm, ga, total,
        )  # fmt: skip
        nodes_back(
            g_ends,
            first_node,
            x,
            layer_1[0],
            turned_1,
            first_node,
            last_node,
            need_x,
            gx,
            total_ends,
        )
        cut = stop
    free(ends)
    free(g_ends)


@spread
def edges_of(
    chunk, chunks, bounds, g, ends, message, attribute, source, target, offsets, w_1, turned_1, b_1, layer_1, own, plan,
    w_2, turned_2, b_2, layer_2, two, last, tile, kept, need_m, need_a, g_ends, g_1, gm, ga, partial,
):  # fmt: skip
    """``edges_back`` for the nodes of a chunk of a large graph."""
    total = row(partial, chunk, chunks)
    clear(total)
    edges_back(
        g, ends, 0, message, attribute, source, target, offsets, w_1, turned_1, b_1, layer_1, own, plan, w_2, turned_2, b_2,
        layer_2, two, last, bounds[chunk], bounds[chunk + 1], tile, kept, need_m, need_a, g_ends, g_1, gm, ga, total,
    )  # fmt: skip


@spread
def sources_of(chunk, chunks, bounds, g_1, attribute, order, offsets, layer, tile, g_ends):
    """``sources_back`` for the nodes of a chunk."""
    sources_back(
        g_1, attribute, order, offsets, layer, bounds[chunk], bounds[chunk + 1], tile, g_ends
    )


@spread
def nodes_of(chunk, chunks, g_ends, x, table, turned, nodes, need_x, gx, partial_ends):
    """``nodes_back`` for a chunk of all nodes."""
    total = row(partial_ends, chunk, chunks)
    clear(total)
    nodes_back(
        g_ends,
        0,
        x,
        table,
        turned,
        chunk * nodes // chunks,
        (chunk + 1) * nodes // chunks,
        need_x,
        gx,
        total,
    )


@kernel(
    integers="source target offsets source_order source_offsets cuts runs_ends runs_own runs_2",
    programs="layer_1 own plan layer_2", numbers="most threads chunks node_chunks tile",
    flags="two last need_x need_m need_a need_w",
)  # fmt: skip
def backward(
    g, x, message, attribute, source, target, offsets, source_order, source_offsets, cuts, most,
    w_1, runs_ends, runs_own, b_1, layer_1, own, plan, w_2, runs_2, b_2, layer_2, two, last, threads, chunks, node_chunks, tile,
    ends, kept, need_x, need_m, need_a, need_w, gx, gm, ga, gw_1, gb_1, gw_2, gb_2,
):  # fmt: skip
    """Derivatives of ``forward`` for g (nodes, dim), with the ``ends`` and ``kept`` that it left;
    ga must hold zeros.
    """
    flat_1, turned_1, flat_2, turned_2 = matrices(
        w_1, runs_ends, runs_own, layer_1, own, w_2, runs_2, layer_2
    )
    ends_numel, nodes, bounds = (
        2 * layer_1[0][at.WEIGHTS],
        offsets.shape[0] - 1,
        room(chunks + 1, offsets),
    )
    partial, partial_ends = sums_room(
        flat_1, ends_numel, flat_2, b_1, b_2, chunks, chunks if most > 0 else node_chunks, need_w
    )  # fmt: skip
    if cuts.shape[0] > 0:
        cut_bounds(offsets, cuts, chunks, bounds)
        backward_blocks(
            threads, chunks, bounds, g, x, message, attribute, source, target, offsets, cuts, most, flat_1, turned_1, b_1,
            layer_1, own, plan, flat_2, turned_2, b_2, layer_2, two, last, tile, kept, need_x, need_m, need_a, gx, gm, ga,
            partial, partial_ends,
        )  # fmt: skip
    else:
        g_ends, g_1 = room(ends.shape[0], g), room(target.shape[0] * layer_1[0][at.Y_DIM], g)
        chunk_bounds(offsets, chunks, bounds)
        edges_of(
            threads, chunks, bounds, g, ends, message, attribute, source, target, offsets, flat_1, turned_1, b_1, layer_1, own,
            plan, flat_2, turned_2, b_2, layer_2, two, last, tile, kept, need_m, need_a, g_ends, g_1, gm, ga, partial,
        )  # fmt: skip
        chunk_bounds(source_offsets, chunks, bounds)
        sources_of(
            threads,
            chunks,
            bounds,
            g_1,
            attribute,
            source_order,
            source_offsets,
            layer_1,
            tile,
            g_ends,
        )
        nodes_of(
            threads, node_chunks, g_ends, x, layer_1[0], turned_1, nodes, need_x, gx, partial_ends
        )
        free(g_ends)
        free(g_1)
    if need_w:
        total_sums(
            threads, partial, chunks, partial_ends, chunks if most > 0 else node_chunks, runs_ends, runs_own, runs_2,
            ends_numel, gw_1, gb_1, gw_2, gb_2,
        )  # fmt: skip
    free(flat_1)
    free(flat_2)
    free(turned_1)
    free(turned_2)
    free(bounds)
    free(partial)
    free(partial_ends)
