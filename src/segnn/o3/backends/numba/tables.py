"""Where the numbers of a program stand: tables made by ``segnn.o3.programs``, read by the kernels.

A *position* is an index into the table; what it points to lies behind the head.
"""

X_DIM, Z_DIM, T_DIM, Y_DIM, A_DIM, WEIGHTS, MAX_TERMS = range(7)
"""Columns of the input, mixed before and gathered before mixing, of the output and the attribute;
numbers of the weight of one input; the most terms of a contraction.
"""
BEFORE, AFTER = 7, 9
"""The mixes before and after the contraction: number of terms, position of the terms."""
CONTRACT, CONTRACT_BACK, CONTRACT_PAIRS, GATHER, GATHER_BACK, GATHER_PAIRS = range(11, 41, 5)
"""Six directions of a contraction; ``DIRECTION`` numbers each."""
RUNS, FIRST_RUN, COLUMNS, ATTRIBUTES, COUPLINGS = range(5)
"""Of a direction: number of runs, position of the runs, of the columns read and of the attribute's
columns, and where its couplings start.
"""
DIRECTION = 5
HEAD = 41

RUN_WRITTEN, RUN_READ, RUN_CHANNELS, RUN_FIRST, RUN_LAST = range(5)
"""Of a run: column written, column read (pairs only), channels, first term, last term. The runs of
a direction write every column once: those that no term writes have a run of none.
"""
RUN = 5

TERM_DIM, TERM_IN, TERM_CHANNELS, TERM_OUT, TERM_OUT_CHANNELS, TERM_WEIGHT = range(6)
"""Of a term of a mix: components, first column and channels of the input, those of the output,
where its matrix starts in the weights.
"""
TERM = 6

WEIGHT_SOURCE, WEIGHT_PLACE, WEIGHT_COUNT = range(3)
"""Of a run of weights that lie side by side: place in e3nn's order, place in the plan's, length."""
WEIGHT_RUN = 3

PIECES, SCALARS, GATES, WIDE, FIRST_PIECE = range(5)
"""A gate: number of pieces, even scalars, gates, columns of the input, position of the first piece.
"""
PIECE_COLUMN, PIECE_STRIDE, PIECE_DIM, PIECE_CHANNELS, PIECE_GATE = range(5)
"""Of a piece: first column, distance of two components, components, channels, column of the first
gate.
"""
PIECE = 5

SINGLE_IN, SINGLE_ATTRIBUTE, SINGLE_OUT, SINGLE_CHANNELS = range(4)
"""Of a term of a contraction on its own: columns read, of the attribute and written, channels."""
SINGLE = 4

BLOCK_DIM, BLOCK_CHANNELS, BLOCK_COLUMN, BLOCK_CHANNEL = range(4)
"""Of an irrep that is normalised: components, channels, first column, first channel."""
NORM_BLOCK = 4
