"""The energy of spins on moving atoms, in meV and angstrom: what `segnn.simulate.spins`
differentiates.

Free clusters of N atoms at r_i with unit spins S_i, u_ij = (r_i − r_j)/r_ij. The energy is the
magnetic part alone, sums over pairs and triples:

- exchange (Heisenberg): −½ Σ_ij J(r_ij) g_ij S_i·S_j, with the Bethe-Slater curve
  J(r) = 4 α (r/δ)² (1 − γ (r/δ)²) exp(−(r/δ)²) c(r), weakened where atoms have many neighbours,
  g_ij = 2/(1 + (ρ_i + ρ_j)/2ρ₀) with ρ_i = Σ_j w(r_ij);
- biquadratic exchange: −½ Σ_ij K w(r_ij) (S_i·S_j)²;
- anisotropy along the surroundings: −Σ_i A Σ_j w(r_ij) [(S_i·u_ij)² − S_i²/3];
- Dzyaloshinskii-Moriya: −½ Σ_ij D_ij·(S_i × S_j), D_ij = D Σ_k w(r_ik) w(r_jk) u_ik × u_jk;
- dipoles: ½ Σ_ij (μ₀ μ²/4π) [S_i·S_j − 3 (S_i·u_ij)(S_j·u_ij)] / r_ij³, as far as the cluster goes.

Here w(r) = exp(−(r − r₀)/λ) c(r)/c(r₀) and c(r) = (1 + cos π r/r_c)/2 up to r_c, 0 beyond.

Spins are axial vectors, odd in time: D_ij is a cross product of two differences of positions, so
that every term is what it was in a mirror (r → −r, S → S) and after the reversal of all spins
(S → −S).

Sources: the Bethe-Slater curve and its figures for iron, Tranchida, Plimpton, Thibaudeau &
Thompson, J. Comput. Phys. 372, 406 (2018); exchange that depends on the neighbourhood, Ma, Woo &
Dudarev, Phys. Rev. B 78, 024434 (2008); biquadratic exchange, Nieves et al., Phys. Rev. B 103,
094437 (2021); anisotropy from the axes to the neighbours, Néel, J. Phys. Radium 15, 225 (1954), and
of an ion in moving surroundings, Perera et al., Phys. Rev. B 93, 060402 (2016); D from third atoms,
Moriya, Phys. Rev. 120, 91 (1960), Keffer, Phys. Rev. 126, 896 (1962), Fert & Levy, Phys. Rev. Lett.
44, 1538 (1980). K, A, D and their range are our own, chosen so that no term but the dipoles drowns.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

DIPOLES = 0.0536815  # μ₀ μ_B² / 4π in meV Å³ (CODATA 2018)


@dataclass(frozen=True)
class Couplings:
    """The constants of the energy, in meV and angstrom; those of the exchange are iron's.

    ``alpha`` meV, ``gamma``, ``delta`` Å: J(r). ``density``: ρ₀. ``biquadratic``, ``anisotropy``,
    ``moriya`` meV: K, A, D. ``moment``: μ in Bohr magnetons. ``near``, ``reach``, ``cutoff`` Å: r₀,
    λ, r_c.
    """

    alpha: float = 27.26
    gamma: float = 0.2171
    delta: float = 1.841
    density: float = 8.0
    biquadratic: float = 4.0
    anisotropy: float = 4.0
    moriya: float = 4.0
    moment: float = 5.0
    near: float = 2.485
    reach: float = 0.7
    cutoff: float = 4.5


TERMS = ("exchange", "biquadratic", "anisotropy", "moriya", "dipoles")


def energy_terms(position: Tensor, spin: Tensor, couplings: Couplings) -> dict[str, Tensor]:
    """The five terms by name, (B,) in meV, of B clusters: ``position`` and ``spin`` (B, N, 3)."""
    c = couplings
    difference = position[:, :, None] - position[:, None]  # r_i − r_j
    eye = torch.eye(position.shape[1], dtype=position.dtype, device=position.device)
    distance = torch.sqrt(difference.square().sum(-1) + eye)  # 1 instead of 0 where i = j
    other = 1 - eye
    unit = difference / distance[..., None]
    smooth = torch.where(
        distance < c.cutoff, (1 + torch.cos(torch.pi * distance / c.cutoff)) / 2, 0.0
    )
    near = torch.exp(-(distance - c.near) / c.reach) * smooth * other * _scale(c)
    ratio = (distance / c.delta).square()
    bare = 4 * c.alpha * ratio * (1 - c.gamma * ratio) * torch.exp(-ratio) * smooth * other
    density = near.sum(-1)
    weakened = 2 / (1 + (density[:, :, None] + density[:, None]) / (2 * c.density))
    product = spin @ spin.transpose(1, 2)
    along = torch.einsum("bijx,bix->bij", unit, spin)  # S_i·u_ij; S_j·u_ij is minus its transpose
    third = torch.einsum("bik,bjk,bikx,bjky->bijxy", near, near, unit, unit)
    vector = torch.stack([third[..., a, b] - third[..., b, a] for a, b in ((1, 2), (2, 0), (0, 1))])
    turned = torch.linalg.cross(*torch.broadcast_tensors(spin[:, :, None], spin[:, None]))
    pair = product + 3 * along * along.transpose(1, 2)
    length = spin.square().sum(-1)[:, :, None]
    found = {
        "exchange": -0.5 * bare * weakened * product,
        "biquadratic": -0.5 * c.biquadratic * near * product.square(),
        "anisotropy": -c.anisotropy * near * (along.square() - length / 3),
        "moriya": -0.5 * c.moriya * torch.einsum("xbij,bijx->bij", vector, turned),
        "dipoles": 0.5 * DIPOLES * c.moment**2 * other * pair / distance**3,
    }
    return {name: value.sum((1, 2)) for name, value in found.items()}


def _scale(c: Couplings) -> float:
    """Makes w(r₀) = 1."""
    return 2 / (1 + math.cos(math.pi * c.near / c.cutoff))


def energy(position: Tensor, spin: Tensor, couplings: Couplings) -> Tensor:
    """Their sum, (B,) in meV."""
    return torch.stack(list(energy_terms(position, spin, couplings).values())).sum(0)


def derivatives(
    position: Tensor, spin: Tensor, couplings: Couplings
) -> tuple[Tensor, Tensor, Tensor]:
    """Energies (B,) meV, forces −∂E/∂r (B, N, 3) meV/Å and effective fields −∂E/∂S (B, N, 3) meV.

    The fields are those of the formulas as they stand: a part along the spin, which moves nothing,
    is kept.
    """
    r, s = position.detach().requires_grad_(), spin.detach().requires_grad_()
    with torch.enable_grad():
        value = energy(r, s, couplings)
        forces, fields = torch.autograd.grad(value.sum(), (r, s))
    return value.detach(), -forces, -fields
