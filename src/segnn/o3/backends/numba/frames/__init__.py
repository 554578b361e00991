"""Kernels for messages in the frames of their edges: the same function as
``segnn.o3.backends.numba.messages``.

    m_ij = D⁻¹ σ(W_2 s σ(W_1 s (D x_i ⊕ D x_j ⊕ D s_ij) + b_1) + b_2),   m_i = Σ_j m_ij

D rotates into the edge's frame, where a layer is one matrix for each |m|; gates do not care how a
vector is rotated, so that both layers take one rotation in and one out. s scales the attribute of
an edge; ``scale`` is empty where it is one for all.

A tile of edges goes through all of it while it lies in the cache. Edges are sorted by target and a
node's sum is written by one thread. Back, what the sources get is stored for every edge first and
then summed over a second index.

``per`` is 2 where edges are taken in pairs (``segnn.o3.frames.pairs``), else 1. ``edge`` holds the
``per`` edges of every pair, −1 where one is missing, and ``offsets`` the pairs of every node.
Behind the first product y_ij and I y_ji, in the frame of the first edge, are two rows like any
others. Both ends are written by the thread that has the whole graph (between ``cuts``).
"""
