"""What kernels read of a layer."""

import numpy as np
import pytest

from segnn.o3.backends.numba import tables as at
from segnn.o3.backends.numba.layers.programs import linear_program
from segnn.o3.plan.linear import linear_plan

PLANS = [
    (("8x0e+8x1o+8x2e", "8x0e+8x1o+8x2e", "2x0e"), "1x0e+1x1o+1x2e", "24x0e+8x1o+8x2e"),
    (("4x0e+4x0o+4x1o+4x1e",), "1x0e+1x1o", "12x0e+4x0o+4x1o+4x1e"),
    (("3x1o+2x0e+5x1o",), "2x1o+1x0e", "4x1o+1x0e+4x1o"),
    (("4x0e",), "1x1o", "4x0e+4x1o+4x0o"),
]


@pytest.mark.parametrize("mix_first", [False, True])
@pytest.mark.parametrize("plan", PLANS)
def test_runs_write_every_column_once(plan, mix_first):
    """So that a sum that is begun anew needs no zeros before it."""
    for part in linear_plan(*plan, mix_first).plans:
        table, _ = linear_program(part, "float32").arrays
        for place, dim in (
            (at.CONTRACT, at.Y_DIM),
            (at.CONTRACT_BACK, at.Z_DIM),
            (at.GATHER, at.T_DIM),
            (at.GATHER_BACK, at.X_DIM),
        ):
            written, first = np.zeros(table[dim], int), table[place + at.FIRST_RUN]
            for n in range(table[place + at.RUNS]):
                run = table[first + n * at.RUN : first + (n + 1) * at.RUN]
                start = run[at.RUN_WRITTEN]
                written[start : start + run[at.RUN_CHANNELS]] += 1
            there = part.contraction if place < at.GATHER else part.gather
            assert (written == (there is not None)).all()
