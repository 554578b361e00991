"""Couplings with an attribute and their tangents, there and back; names as in
``segnn.o3.backends.numba.tile.second``.
"""

from __future__ import annotations

from segnn.o3.backends.numba import tables as at
from segnn.o3.backends.numba.compiler.routines import routine
from segnn.o3.backends.numba.tile.couple import contract_attribute, contract_dual, terms_of
from segnn.o3.backends.numba.vector.views import Dual, from_row


@routine
def couple(z, attribute, program, work, fresh, added, y, rows):
    """y (``Dual``) = K·a z, if ``fresh``, and its tangent K·a ż + K·ȧ z, for both z and ż in z, or
    ``added`` to them.
    """
    both, terms = Dual(z, from_row(z, rows)), terms_of(program, at.CONTRACT, work)
    contract_dual(both, attribute, terms, y, rows, fresh, added)


@routine
def couple_back(g, attribute, program, z, gz, work, ga, rows):
    """Back from y and its tangent (g, ``Dual``) to both z and ż (gz), and to the attribute unless
    ga is empty.
    """
    # gż + ε gz = (a + ε ȧ)(gẏ + ε gy)
    turned, terms = Dual(g.tangent, g.value), terms_of(program, at.CONTRACT_BACK, work)
    contract_dual(turned, attribute, terms, Dual(from_row(gz, rows), gz), rows, True, False)
    if len(ga.data) > 0:
        contract_attribute(z, g.value, program, at.CONTRACT_PAIRS, ga, rows)
        contract_attribute(from_row(z, rows), g.tangent, program, at.CONTRACT_PAIRS, ga, rows)
