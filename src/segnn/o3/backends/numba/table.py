"""Where the numbers of a program stand: the tables are made by ``segnn.o3.backends.numba.layers.programs`` and read by
the kernels.
"""

X_DIM, Z_DIM, T_DIM, Y_DIM, A_DIM, WEIGHTS, MAX_TERMS = range(7)
BEFORE, AFTER = 7, 9
"""Two mixes: number of terms, position of the terms (components, first column, channels, out, out channels, weight)."""
CONTRACT, CONTRACT_BACK, CONTRACT_PAIRS, GATHER, GATHER_BACK, GATHER_PAIRS = range(11, 41, 5)
"""Six directions: number of runs, position of the runs, of the columns read, of the attribute's columns, of the couplings."""
HEAD = 41
RUN = 5
"""Numbers of a run: column written, column read (pairs only), channels, first term, last term."""

WEIGHT_RUN = 3
"""Numbers of a run of weights that lie side by side: position in e3nn's order, position in the plan's, length."""

PIECES, SCALARS, GATES, WIDE, FIRST_PIECE = range(5)
"""A gate: number of pieces, even scalars, gates, columns of the input, position of the first piece."""
