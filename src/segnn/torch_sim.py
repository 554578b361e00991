"""Models in torch-sim: relaxations and dynamics of many systems at once.

import torch_sim
from segnn.torch_sim import Model

final = torch_sim.optimize(system=atoms, model=Model("acac"), optimizer=…)
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch_sim.models.interface import ModelInterface
from torch_sim.state import SimState

from segnn.data import Systems
from segnn.errors import UserError
from segnn.potential import Model as Source
from segnn.potential import Potential


class Model(ModelInterface):  # type: ignore[misc]  # of a package that need not be installed
    """A model with the targets ``energy``, ``forces`` and perhaps ``stress``, for torch-sim.

    - ``model``, ``skin``: as of `segnn.ase.Calculator`. A committee gives its mean, and the spreads
      beside it.
    - ``dtype``: of what is returned; within the model positions and energies are float64.

    Raises `UserError` for a model without an energy or forces, and for one that needs fields, which
    a state of torch-sim does not have.
    """

    def __init__(self, model: Source, *, skin: float = 1.0, dtype: torch.dtype = torch.float64):
        super().__init__()
        self._potential = Potential(model, skin)
        recipe = self._potential.recipe
        lacking = [name for name in ("energy", "forces") if name not in recipe.targets]
        fields = sorted(recipe.field_arrays - {"position", "atomic_number"})
        if lacking or fields:
            what = f"no target {lacking[0]}" if lacking else f"the fields {', '.join(fields)}"
            raise UserError(
                f"the recipe {recipe.name!r} has {what}; torch-sim moves atoms by energy and "
                "forces, and knows positions, species and cells alone"
            )
        self._device = self._potential.members[0].device
        self._dtype = dtype
        self._compute_forces = True
        self._compute_stress = "stress" in recipe.targets

    def forward(self, state: Any, **_: Any) -> dict[str, Tensor]:
        """``energy`` (S,) in eV, ``forces`` (M, 3) in eV/Å, ``stress`` (S, 3, 3) in eV/Å³ where it
        is declared, of a ``SimState``, or of the same as a dictionary.
        """
        state = state if isinstance(state, SimState) else SimState(**state)
        counts = torch.bincount(state.system_idx, minlength=state.n_systems).cpu().numpy()
        graph = {}
        periodic = np.broadcast_to(np.asarray(torch.as_tensor(state.pbc).cpu()), 3)
        if periodic.any():
            rows = state.cell.transpose(1, 2)  # torch-sim has lattice vectors as columns
            graph["cell"] = _numpy(rows)
            graph["pbc"] = np.tile(periodic, (len(counts), 1)).astype(np.float64)
        systems = Systems(
            position=_numpy(state.positions),
            offsets=np.concatenate([[0], np.cumsum(counts)]),
            node={"atomic_number": _numpy(state.atomic_numbers)},
            graph=graph,
        )
        found = self._potential(systems, "the state")
        return {
            name: torch.from_numpy(value).to(self.device, self.dtype)
            for name, value in found.items()
        }


def _numpy(value: Tensor) -> np.ndarray:
    array: np.ndarray = value.detach().cpu().double().numpy()
    return array
