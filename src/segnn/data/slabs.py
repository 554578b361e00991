"""Slabs with adsorbates from other sources: checked, with heights and ASE's tags."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from segnn.data.systems import Systems
from segnn.errors import UserError

ADSORBED, TOP = 0, 1
"""ASE's tags: 0 adsorbate, 1 the top layer, 2 and so on the layers below."""
OC20 = {2: ADSORBED, 1: TOP, 0: 2}
"""OC20's tags, 2 adsorbate, 1 surface, 0 below, as ASE has them."""
VACUUM = 6.0


def with_heights(systems: Systems, source: str = "the slabs", *, oc20: bool = False) -> Systems:
    """Slabs with the node array ``height`` (M,): how far each atom is above the mean of the top
    layer, in the unit of position, along the normal of the lattice vectors a and b and positive on
    the adsorbate's side.

    - ``oc20``: whether ``tag`` is as OC20 has it; the result has ASE's in any case.

    Raises `UserError` that names the system for slabs without tags, an adsorbate or a top layer,
    not periodic along a and b, or periodic across without a vacuum of 6 or more.
    """
    systems.require(["tag"], source)
    if systems.cell is None or systems.pbc is None:
        raise UserError(f"{source}: slabs need a cell with lattice vectors a and b.")
    tags = systems.node["tag"].reshape(-1)
    if oc20:
        unknown = sorted({*tags.tolist()} - {*OC20})
        if unknown:
            raise UserError(f"{source}: tag {unknown[0]:g} is none of OC20's, 0, 1 and 2.")
        tags = np.vectorize(OC20.get, otypes=[float])(tags)
    height = np.empty(len(tags))
    for s in range(len(systems)):
        rows = slice(int(systems.offsets[s]), int(systems.offsets[s + 1]))
        where = f"{source}: system {s}"
        height[rows] = _heights(
            systems.position[rows], tags[rows], systems.cell[s], systems.pbc[s], where
        )
    return replace(systems, node={**systems.node, "tag": tags, "height": height})


def _heights(
    position: np.ndarray, tag: np.ndarray, cell: np.ndarray, pbc: np.ndarray, where: str
) -> np.ndarray:
    for wanted, what in ((ADSORBED, "adsorbate"), (TOP, "top layer")):
        if not (tag == wanted).any():
            raise UserError(
                f"{where} has no {what}: no atom has tag {wanted}, as ASE has it. Leave it out, or "
                "correct its tags; those of OC20 are read with oc20=True."
            )
    normal: np.ndarray = np.cross(cell[0], cell[1])
    if not pbc[:2].all() or not normal.any():
        raise UserError(f"{where} is no slab: it has to be periodic along a and b.")
    normal /= np.linalg.norm(normal)
    along = position @ normal
    if pbc[2]:
        along = _unwrapped(along, abs(float(cell[2] @ normal)), where)
    above: np.ndarray = along - along[tag == TOP].mean()
    return above if above[tag == ADSORBED].mean() >= 0 else -above


def _unwrapped(along: np.ndarray, period: float, where: str) -> np.ndarray:
    """Positions along the normal, so that the largest gap lies at both ends."""
    inside = along % period
    order = np.sort(inside)
    gaps = np.diff(np.append(order, order[0] + period))
    widest = int(gaps.argmax())
    if gaps[widest] < VACUUM:
        raise UserError(
            f"{where} is periodic across the slab without vacuum: the widest gap is "
            f"{gaps[widest]:.3g}, expected {VACUUM:g} or more. Give it a longer cell vector c, or "
            'pbc="T T F".'
        )
    first = order[(widest + 1) % len(order)]
    unwrapped: np.ndarray = (inside - first) % period
    return unwrapped
