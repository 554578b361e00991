"""A session without a model: systems of a file, their labels, and frames to play."""

from __future__ import annotations

from typing import Any

import numpy as np

import segnn
from segnn.data import Given, Systems
from segnn.data.atom_files import holds_atoms
from segnn.errors import UserError
from segnn.viewer import atoms, limits
from segnn.viewer.box import box
from segnn.viewer.request import RunRequest
from segnn.viewer.wire import pack
from segnn.viz.files import colour_table

OF_ASE = {
    "energy": "eV",
    "free_energy": "eV",
    "forces": "eV/angstrom",
    "stress": "eV/angstrom^3",
    "dipole": "e*angstrom",
}
WIDEST = 9  # numbers of a system that are told, a matrix (3, 3) at most


class PlainSession:
    """The systems of a file as they are; what was read is ``given``."""

    def __init__(self, given: Given, name: str):
        self.systems, self.source, self.name = given.systems, name, name
        self.units = OF_ASE if holds_atoms(given.source) else {}
        self.length = "angstrom" if self._atoms() else "1"

    def _atoms(self) -> bool:
        return atoms.atomic_numbers(self.systems) is not None

    def describe(self) -> dict[str, Any]:
        """What the page needs to know once; see `segnn.viewer.session.Session.describe`."""
        return {
            "version": segnn.__version__,
            "name": self.name,
            "task": "",
            "kind": "",
            "source": self.source,
            "sizes": self.systems.sizes[:100_000].tolist(),
            "layers": 0,
            "irreps": [],
            "irreps_message": [],
            "parameters": 0,
            "fields": [
                {
                    "name": name,
                    "irreps": "1o" if vector else "0e",
                    "unit": self.units.get(name, "1"),
                    "vector": vector,
                    "editable": False,
                }
                for name, vector in self._fields().items()
            ],
            "cues": [],
            "target": {
                "name": "",
                "irreps": "",
                "unit": "1",
                "level": "node",
                "point": False,
                "parts": [],
            },
            "others": [],
            "told": [{"name": name, "unit": self.units.get(name, "1")} for name in self._told()],
            "length": self.length,
            "colours": colour_table().reshape(-1).tolist(),
            "glyph_nodes": limits.GLYPH_NODES,
            "live": True,
            "served": True,
            "baseline": False,
            "model": False,
            **atoms.described(self.systems, self.length),
        }

    def _fields(self) -> dict[str, bool]:
        """Arrays of the nodes that can be drawn, and whether as arrows or as colours."""
        found = {}
        for name, array in self.systems.node.items():
            width = array[0].size if len(array) else 0
            if name != atoms.ARRAY and not name.endswith("position") and width in (1, 3):
                found[name] = width == 3
        return found

    def _told(self) -> list[str]:
        graph = self.systems.graph.items()
        return [name for name, a in graph if name not in ("cell", "pbc") and a[0].size <= WIDEST]

    def run(self, request: RunRequest) -> bytes:
        """One system, turned, as a packed message: position, fields, atoms and box; see
        `segnn.viewer.session.Session.run`.
        """
        if request.system >= len(self.systems):
            raise UserError(
                f"system: {request.system}, but there are {len(self.systems)} systems, counted "
                "from 0"
            )
        system = self.systems[request.system]
        notes = []
        arrays: dict[str, np.ndarray] = {}
        if len(system.position) > limits.SHOWN_NODES:
            notes.append(limits.too_many_nodes(len(system.position)))
        else:
            arrays = self._drawn(system)
        told = {name: system.graph[name].reshape(-1).tolist() for name in self._told()}
        return pack(
            {
                "system": request.system,
                "network": "model",
                "notes": notes,
                "error": None,
                "told": {name: {"true": values} for name, values in told.items()},
            },
            arrays,
        )

    def _drawn(self, system: Systems) -> dict[str, np.ndarray]:
        nodes = len(system.position)
        fields = {f"field.{name}": system.node[name].reshape(nodes, -1) for name in self._fields()}
        return (
            {"position": system.position}
            | fields
            | box(system, np.eye(3), np.zeros(3))
            | atoms.drawn(system, self.length, np.eye(3))
        )
