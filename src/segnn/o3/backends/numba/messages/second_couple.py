"""Couplings with an attribute and their tangents, there and back; names as in
``segnn.o3.backends.numba.tile.second``.
"""

from __future__ import annotations

from segnn.o3.backends.numba import tables as at
from segnn.o3.backends.numba.compiler.routines import routine
from segnn.o3.backends.numba.tile.couple import contract, contract_attribute
from segnn.o3.backends.numba.vector.views import from_row


@routine
def couple(z, attribute, program, work, fresh, y, dy, rows):
    """Adds K·a z to y (if ``fresh``) and K·a ż + K·ȧ z to its tangent, for both z and ż in z."""
    if fresh:
        contract(z, attribute.value, program, at.CONTRACT, work, y, rows, True)
    contract(from_row(z, rows), attribute.value, program, at.CONTRACT, work, dy, rows, True)
    if attribute.has_tangent:
        contract(z, attribute.tangent, program, at.CONTRACT, work, dy, rows, True)


@routine
def couple_back(g, attribute, program, z, gz, work, ga, rows):
    """Back from both y and its tangent to both z and ż (gz), and to the attribute unless ga is
    empty.
    """
    gdy, gdz, a = from_row(g, rows), from_row(gz, rows), attribute.value
    contract(g, a, program, at.CONTRACT_BACK, work, gz, rows, False)
    contract(gdy, a, program, at.CONTRACT_BACK, work, gdz, rows, False)
    if attribute.has_tangent:
        contract(gdy, attribute.tangent, program, at.CONTRACT_BACK, work, gz, rows, True)
    if len(ga.data) > 0:
        contract_attribute(z, g, program, at.CONTRACT_PAIRS, ga, rows)
        contract_attribute(from_row(z, rows), gdy, program, at.CONTRACT_PAIRS, ga, rows)
