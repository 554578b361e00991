"""Kernels for messages along edges, from node features to their sum at every node.

    m_ij = σ(W_2 σ(W_1 (x_i ⊕ x_j ⊕ s_ij) + b_1) + b_2),   m_i = Σ_j m_ij      (paper Eq. 7)

``two`` False leaves out the second layer and its gate, ``last`` False the last gate. x is mixed at
the nodes; the mixed ends of every edge are then gathered, contracted, gated and summed tile by
tile. Edges are sorted by target, and a sum is written by one thread in a fixed order.

Where a batch consists of many small graphs (``cuts`` are the nodes between which no edge crosses),
a block of whole graphs goes through all of this while its mixed ends lie in the cache. A large
graph goes through it stage by stage, and the derivative of its first layer is stored for every edge
while the derivatives are being taken.

Values are in ``forward``, first derivatives in ``backward``, second ones in ``second``.
"""
