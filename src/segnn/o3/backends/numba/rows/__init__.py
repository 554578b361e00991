"""Kernels for rows and their attribute: one steerable layer, or two with a gate between.

    one layer      y = W_1 (x_0 ⊕ x_1) + b_1
    two layers     y = W_2 σ(W_1 (x_0 ⊕ x_1) + b_1) + b_2, plus x_0 if ``residual``    (paper Eq. 8)

Rows are cut into chunks, which run in parallel, and these into tiles that stay in the cache. The
number of chunks depends on the number of rows alone, and so does the order of every sum: results do
not change with the number of threads. Values are in ``forward``, first derivatives in ``backward``,
second ones in ``second``.
"""
