"""The network from e3nn's modules with its tensor products by NVIDIA's cuEquivariance, where the
package ``cuequivariance-torch`` is installed: an optional contender of the benchmark.
"""

from __future__ import annotations

import math
from importlib.util import find_spec
from typing import Any

import torch
from e3nn.o3 import FullyConnectedTensorProduct, wigner_3j
from torch import Tensor, nn


def installed() -> bool:
    """Whether the package is here; its kernels for graphics cards are another one,
    ``cuequivariance-ops-torch``, without which it takes torch's operations.
    """
    return find_spec("cuequivariance_torch") is not None


def exchange_products(network: nn.Module) -> nn.Module:
    """The network, its e3nn products replaced by those of cuEquivariance with the same weights."""
    for parent in list(network.modules()):
        for name, child in list(parent.named_children()):
            if isinstance(child, FullyConnectedTensorProduct):
                setattr(parent, name, CueProduct(child))
    return network


class CueProduct(nn.Module):
    """What ``product`` computes. ``weight`` is its parameter, in its order."""

    scale: Tensor

    def __init__(self, product: FullyConnectedTensorProduct) -> None:
        import cuequivariance as cue
        from cuequivariance_torch import FullyConnectedTensorProduct as Product

        super().__init__()
        self.weight = product.weight
        irreps = (product.irreps_in1, product.irreps_in2, product.irreps_out)
        kernels = find_spec("cuequivariance_ops_torch") is not None
        self.product: Any = Product(
            *(cue.Irreps("O3", str(i)) for i in irreps),
            layout=cue.mul_ir,
            internal_weights=False,
            shared_weights=True,
            dtype=self.weight.dtype,
            method="fused_tp" if kernels and torch.cuda.is_available() else "naive",
        )
        self.register_buffer("scale", _scale(product), persistent=False)

    def forward(self, x: Tensor, attr: Tensor) -> Tensor:
        """x (·, irreps_in1.dim), attr (·, irreps_in2.dim) → (·, irreps_out.dim)."""
        y: Tensor = self.product(x, attr, (self.weight * self.scale)[None])
        return y


def _scale(product: FullyConnectedTensorProduct) -> Tensor:
    """By what each weight of e3nn's product is multiplied, so that cuEquivariance, which divides by
    the root of an output's fan-in and may give a path the other sign, makes the same of it.
    """
    import cuequivariance as cue

    irreps = (product.irreps_in1, product.irreps_in2, product.irreps_out)
    described = cue.descriptors.fully_connected_tensor_product(
        *(cue.Irreps("O3", str(i)) for i in irreps)
    )
    (_, form), *_ = described.polynomial.operations
    theirs = {tuple(path.indices[1:]): torch.from_numpy(path.coefficients) for path in form.paths}
    found = []
    for path in product.instructions:
        place = (path.i_in1, path.i_in2, path.i_out)
        degrees = [i[n].ir.l for i, n in zip(irreps, place, strict=True)]
        ours = path.path_weight * wigner_3j(*degrees, dtype=torch.float64)
        other = theirs[place].to(torch.float64)
        factor = float((ours * other).sum() / other.square().sum())
        found.append(torch.full((math.prod(path.path_shape),), factor, dtype=torch.float64))
    return torch.cat(found).to(product.weight.dtype)
