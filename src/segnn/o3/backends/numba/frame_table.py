"""Where the numbers of a program for frames stand: tables made by ``segnn.o3.backends.numba.layers.frame_programs``, read
by the kernels.
"""

X_DIM, Y_DIM, NODE_DIM, MESSAGE_DIM = range(4)
TERMS, TARGET, SOURCE, MESSAGE, BACK = range(4, 14, 2)
"""The mix and the blocks of the three inputs: each a number of entries and the position of the first.

For pairs of edges, the blocks of the sum of both ends, of their difference, and of sum and difference of both s_ij.
"""
HEAD = 14
HIGHEST = 11
"""The highest degree that is turned, that of the harmonics."""

OUT_DIM, OUT_COUNT, OUT_BLOCKS = range(3)
"""A layout on its own: columns, number of blocks, position of the blocks."""
