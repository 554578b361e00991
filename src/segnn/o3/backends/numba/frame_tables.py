"""Where the numbers of a program for frames stand: tables made by ``segnn.o3.frame_programs``, read
by the kernels.
"""

X_DIM, Y_DIM, NODE_DIM, MESSAGE_DIM = range(4)
"""Columns of the input and the output in the frames, of a node's features and of s_ij."""
TERMS, TARGET, SOURCE, MESSAGE, BACK = range(4, 14, 2)
"""The mix and the blocks of the three inputs: each a number of entries and the position of the
first.

For pairs of edges, the blocks of the sum of both ends, of their difference, and of sum and
difference of both s_ij.
"""
HEAD = 14
HIGHEST = 11
"""The highest degree that is rotated, that of the harmonics."""

OUT_DIM, OUT_COUNT, OUT_BLOCKS = range(3)
"""A layout on its own: columns, number of blocks, position of the blocks."""

BLOCK_DIM, BLOCK_CHANNELS, BLOCK_ROTATION, BLOCK_OUTSIDE, BLOCK_INSIDE, BLOCK_PARITY = range(6)
"""Of a block: components, channels, where its matrix starts in a frame's row, positions of the
columns of its components outside and inside the frame, parity.
"""
BLOCK = 6

SHARE_SOURCE, SHARE_ROWS, SHARE_COLUMNS, SHARE_PLACE, SHARE_STEP = range(5)
"""Of a share of the weights in frames: where a matrix of the layer's weights starts, its rows and
columns, where it is added and how far the rows lie apart there.
"""
SHARE = 5
