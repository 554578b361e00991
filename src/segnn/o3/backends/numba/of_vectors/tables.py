"""Where the numbers of a plan stand: a table of whole numbers, and the factors."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from segnn.o3.backends.numba.compiler.fixed import Fixed
from segnn.o3.plan.vector import VectorPlan, products

BLOCKS, COLUMNS, FUNCTIONS, HARMONICS, TERMS, FIRST_BLOCK = range(6)
"""Number of blocks, all columns, the most of one block, of the highest degree; terms of the
harmonics; position of the first block, behind which the terms follow, three numbers each.
"""
KIND, COUNT, WIDTH, POWER, TERMS_OF = range(5)
"""Of a block: its kind, count and columns, power of the envelope, terms of its harmonics."""
BLOCK = 5
SCALE, CUTOFF, ENVELOPE = range(3)
"""Factors of a block: scale, cutoff, that of the envelope. Behind them stand those of the terms."""
FACTORS = 3


@lru_cache(maxsize=256)
def table_of(plan: VectorPlan, dtype: str) -> Fixed:
    """The table and the factors of a plan."""
    terms, factors = products(plan.degree)
    head = [
        len(plan.blocks),
        plan.columns,
        max((block.columns for block in plan.blocks), default=0),
        (plan.degree + 1) ** 2,
        len(terms),
    ]
    blocks, numbers = [], []
    for block in plan.blocks:
        own = len(products(block.size)[0]) if block.kind == 0 else 0
        blocks += [block.kind, block.size, block.columns, block.envelope[1], own]
        numbers += [block.scale, block.cutoff, block.envelope[0]]
    table = np.array([*head, *blocks, *terms.flatten().tolist()], np.int64)
    return Fixed(table, np.array([*numbers, *factors.tolist()], np.dtype(dtype)))
