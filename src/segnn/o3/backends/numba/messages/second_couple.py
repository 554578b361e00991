"""Couplings with an attribute and their tangents, there and back; names as in
``segnn.o3.backends.numba.tile.second``.
"""

from __future__ import annotations

from segnn.o3.backends.numba import tables as at
from segnn.o3.backends.numba.compiler.routines import routine
from segnn.o3.backends.numba.tile.couple import contract_attribute, contract_dual
from segnn.o3.backends.numba.vector.views import from_row


@routine
def couple(z, attribute, program, work, fresh, y, dy, rows):
    """Adds K·a z to y (if ``fresh``) and K·a ż + K·ȧ z to its tangent, for both z and ż in z."""
    dz = from_row(z, rows)
    contract_dual(z, dz, attribute, program, at.CONTRACT, work, y, dy, rows, fresh, True)


@routine
def couple_back(g, gdy, attribute, program, z, gz, work, ga, rows):
    """Back from y and its tangent, g and gdy, to both z and ż (gz), and to the attribute unless ga
    is empty.
    """
    # gż + ε gz = (a + ε ȧ)(gẏ + ε gy)
    gdz, back = from_row(gz, rows), at.CONTRACT_BACK
    contract_dual(gdy, g, attribute, program, back, work, gdz, gz, rows, True, False)
    if len(ga.data) > 0:
        contract_attribute(z, g, program, at.CONTRACT_PAIRS, ga, rows)
        contract_attribute(from_row(z, rows), gdy, program, at.CONTRACT_PAIRS, ga, rows)
