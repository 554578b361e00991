"""Contenders are compared only if they compute the same: outputs and gradients, with the same
weights.
"""

from __future__ import annotations

import torch
from torch import Tensor

from segnn.bench.contenders import REFERENCE, Contender

TOLERANCE = {torch.float32: (1e-5, 1e-4), torch.float64: (1e-12, 1e-11)}


class DisagreementError(RuntimeError):
    """Two contenders that should compute the same function do not: a bug, and no time worth
    measuring.
    """


def agreement(
    contenders: dict[str, Contender], dtype: torch.dtype, gradients: bool
) -> dict[str, float] | None:
    """The largest differences to the e3nn network, relative to its largest output and to its
    gradient norm.

    Raises DisagreementError if they exceed 1e-5 and 1e-4 in float32, 1e-12 and 1e-11 in float64.
    None without e3nn.
    """
    if REFERENCE not in contenders:
        return None
    outputs, norms = _outcome(contenders[REFERENCE], gradients)
    worst = {"output": 0.0, "gradient_norm": 0.0}
    for name, contender in contenders.items():
        if not name.startswith(("segnn", "e3nn")):
            continue
        own, own_norm = _outcome(contender, gradients)
        errors = {
            "output": max(
                float((a - b).abs().max() / b.abs().max())
                for a, b in zip(own, outputs, strict=True)
            ),
            "gradient_norm": abs(own_norm / norms - 1) if gradients else 0.0,
        }
        for (what, error), allowed in zip(errors.items(), TOLERANCE[dtype], strict=True):
            if not error <= allowed:
                raise DisagreementError(
                    f"{name} and {REFERENCE} differ in their {what} by {error:.1e}, allowed"
                    f" {allowed:.0e}"
                )
            worst[what] = max(worst[what], error)
    return worst if gradients else {"output": worst["output"]}


def _outcome(contender: Contender, gradients: bool) -> tuple[list[Tensor], float]:
    """Outputs, and the norm of the gradient of all weights."""
    parameters = list(contender.network.parameters())
    with contender.context(), torch.set_grad_enabled(gradients):
        outputs = contender.predict(gradients)
        if not gradients:
            return [y.detach() for y in outputs], 1.0
        found = torch.autograd.grad(contender.loss(outputs), parameters)
    return [y.detach() for y in outputs], float(torch.stack([g.norm() for g in found]).norm())
