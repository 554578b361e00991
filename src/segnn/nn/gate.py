"""The gate σ: SiLU on even scalars, every other channel multiplied by the sigmoid of a scalar made
for it.
"""

from __future__ import annotations

import torch
from e3nn.o3 import Irrep, Irreps
from torch import Tensor, nn

from segnn.o3.layout import layout
from segnn.o3.plan.gate import GatePlan, gate


class Gate(nn.Module):
    """σ from ``irreps_in`` (scalars ⊕ gates ⊕ gated) to ``irreps_out``, channels last.

    Even scalars (``0e``) pass a SiLU; everything else — odd scalars too, for which an even
    activation would break parity — is multiplied by the sigmoid of its own even scalar. Both
    functions are scaled to unit second moment under a standard normal (as e3nn's
    ``normalize2mom``); where nothing is gated, the SiLU is left as it is.

    x: (rows, irreps_in.dim) → (rows, irreps_out.dim), both in ``ir_mul``. ValueError for another
    shape.
    """

    def __init__(self, irreps_out: Irreps | str):
        super().__init__()
        self.irreps_out = Irreps(irreps_out)
        gated = Irreps([(mul, ir) for mul, ir in self.irreps_out if not is_even_scalar(ir)])
        scalars, gates = self.irreps_out.count("0e"), gated.num_irreps
        self.irreps_in = (Irreps([(scalars + gates, "0e")]) + gated).simplify()
        lay = layout(str(gated))
        in_order = bool((lay.channel_order == torch.arange(gates, device="cpu")).all())
        blocks = tuple((b.dim, b.mul) for b in lay.blocks)
        self._columns = int(self.irreps_in.dim)
        self.plan = GatePlan(scalars, blocks, None if in_order else lay.channel_order)

    def forward(self, x: Tensor) -> Tensor:
        """x (rows, dim of ``irreps_in``) → (rows, dim of ``irreps_out``)."""
        if x.ndim != 2 or x.shape[1] != self._columns:
            raise ValueError(
                f"x has shape {tuple(x.shape)}, expected (rows, {self._columns}) for irreps"
                f" {self.irreps_in}"
            )
        return gate(x, self.plan)

    def extra_repr(self) -> str:
        return f"{self.irreps_in} → {self.irreps_out}"


def is_even_scalar(irrep: Irrep) -> bool:
    """Whether an irrep is ``0e``: the only kind that may take a bias, a mean or an arbitrary
    activation.
    """
    result: bool = irrep.l == 0 and irrep.p == 1
    return result
