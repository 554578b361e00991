"""A session: one model, its systems, and the runs that the page asks for. Knows no HTTP."""

from __future__ import annotations

import copy
import threading
import time
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
from e3nn.o3 import Irreps

import segnn
from segnn.data import Systems, SystemsLike
from segnn.errors import UserError
from segnn.model import PhysicalModel
from segnn.model.check import transformed
from segnn.model.check.transform import turn
from segnn.model.network import SteerableOnFeatures
from segnn.recipe.arrays import read_labels
from segnn.recipe.schema import FieldSpec
from segnn.viewer import atoms, limits
from segnn.viewer.baseline import make_baseline
from segnn.viewer.box import box
from segnn.viewer.cues import derived_vectors, is_vector, listed
from segnn.viewer.passes import Pass, feature_error, forward, prediction_error
from segnn.viewer.request import RunRequest
from segnn.viewer.targets import has_baseline, held_target
from segnn.viewer.wire import pack
from segnn.viz.files import colour_table
from segnn.viz.glyph import mirror_sign
from segnn.viz.record import message_irreps, steerable

Arrays = dict[str, np.ndarray]


class Session:
    """``model`` on ``systems``; ``source`` is the name of their file. Everything is computed in
    float64.

    Raises UserError at once if the systems do not fit the model's recipe.
    """

    def __init__(
        self,
        model: PhysicalModel,
        systems: SystemsLike,
        source: str = "the systems",
        name: str = "model",
    ):
        self.model = copy.deepcopy(model).double().eval()
        self.systems, self.source = self.model.read(systems, source).systems, source
        self.name = name
        self.recipe = model.recipe
        self.held = held_target(model.cues)
        self.target_irreps = Irreps(self.recipe.targets[self.held].irreps)
        fields = self.recipe.fields
        self.length = fields["position"].unit if "position" in fields else "length"
        self._seen = set(self.model.cues.fields) - {"position"}
        self._vectors = derived_vectors(self.model.cues)
        self._baseline: tuple[PhysicalModel, str] | None = None
        self._lock = threading.Lock()
        self.model.features(
            first_nodes(self.systems, 8), source
        )  # a file that does not match is told before a page opens

    def describe(self) -> dict[str, Any]:
        """What the page needs to know once."""
        recipe, cues = self.recipe, self.model.cues
        has_glyphs = isinstance(self.model.network, SteerableOnFeatures)
        return {
            "version": segnn.__version__,
            "name": self.name,
            "task": recipe.name,
            "kind": recipe.model.kind,
            "source": self.source,
            "sizes": self.systems.sizes[:100_000].tolist(),
            "layers": recipe.model.layers,
            "irreps": irreps_table(cues.irreps_hidden) if has_glyphs else [],
            "irreps_message": irreps_table(message_irreps(steerable(self.model)))
            if has_glyphs
            else [],
            "parameters": sum(p.numel() for p in self.model.parameters()),
            "fields": self._fields(),
            "cues": listed(cues),
            "target": self._target(self.held),
            "others": [self._target(name) for name in recipe.targets if name != self.held],
            "told": [],
            "length": self.length,
            "colours": colour_table().reshape(-1).tolist(),
            "glyph_nodes": limits.GLYPH_NODES,
            "live": True,
            "served": True,
            "baseline": has_baseline(recipe),
            "model": True,
            **atoms.described(self.systems, self.length),
        }

    def _target(self, name: str) -> dict[str, Any]:
        target = self.recipe.targets[name]
        return {
            "name": name,
            "irreps": target.irreps,
            "unit": target.unit,
            "level": target.level,
            "point": self.model.cues.is_point(name),
            "parts": parts(Irreps(target.irreps)),
        }

    def _editable(self) -> dict[str, FieldSpec]:
        """The declared fields of the nodes that the model sees."""
        fields = self.recipe.fields.items()
        return {name: spec for name, spec in fields if spec.level == "node" and name in self._seen}

    def _fields(self) -> list[dict[str, Any]]:
        declared = [
            {
                "name": name,
                "irreps": spec.irreps,
                "unit": spec.unit,
                "vector": is_vector(spec.irreps),
                "editable": True,
            }
            for name, spec in self._editable().items()
        ]
        return declared + [
            {
                "name": name,
                "irreps": str(term.irreps),
                "unit": str(term.unit),
                "vector": True,
                "editable": False,
            }
            for name, term in self._vectors.items()
        ]

    def still(self, number: int) -> bytes:
        """What is drawn of a system as it is in the file without running the model, packed: the
        arrays of `run` but those that the model answers or defines.
        """
        system = self.systems[number]
        tensors = self.model.cues.tensors(system, self.source)
        arrays = (
            self._system(system, derived=False)
            | box(system, np.eye(3), np.zeros(3))
            | atoms.drawn(system, self.length, np.eye(3))
            | {"edge_index": tensors.edge_index.numpy()}
        )
        if tensors.shift.any():
            arrays["shift"] = tensors.shift.numpy()
        labels = read_labels(self.recipe.targets, system, self.source)
        told = {
            name: {"true": value.reshape(-1).tolist()}
            for name, value in labels.items()
            if self.recipe.targets[name].level == "graph"
        }
        meta = {"system": number, "network": "model", "notes": [], "error": None, "told": told}
        return pack(meta, arrays)

    def run(self, request: RunRequest) -> bytes:
        """Run the model as asked and answer with a packed message; UserError if the request does
        not fit the session.

        Arrays: ``position`` (N, 3) of the turned system, its fields as ``field.velocity`` …,
        ``target``, ``edge_index``, ``features`` and ``messages`` (see `Pass`), ``prediction``;
        ``expected``, the prediction for the system before it was turned, turned; ``reference``, the
        prediction for the system as it is in the file, turned, with all its cues. These three are
        of the target that `segnn.viewer.targets` says; of any other there are ``prediction.NAME``
        and ``target.NAME``. Of atoms what `segnn.viewer.atoms.drawn` says. Of a periodic
        system also ``cell`` (axes, 3), the lattice vectors of its periodic axes, ``origin`` (3,),
        the corner they start at, and ``shift`` (E, 3), see `Pass`, where edges cross the boundary.
        """
        began = time.perf_counter()
        if request.system >= len(self.systems):
            raise UserError(
                f"system: {request.system}, but there are {len(self.systems)} systems, counted "
                "from 0"
            )
        plain = self.systems[request.system]
        changed = self._changed(plain, request)
        rotation, centre = request.matrix(), plain.position.mean(0)
        shift = centre - rotation @ centre
        turned = transformed(self.recipe, changed, rotation, shift)
        meta: dict[str, Any] = {
            "system": request.system,
            "network": request.network,
            "notes": [],
            "error": None,
        }
        problem = limits.too_large(self.recipe, plain)
        arrays = (
            self._system(turned, derived=problem is None)
            | box(plain, rotation, shift)
            | atoms.drawn(plain, self.length, rotation)
            if len(plain.position) <= limits.SHOWN_NODES
            else {}
        )
        if problem is not None:
            meta["notes"].append(problem)
            return pack(meta, arrays)
        with self._lock:
            model = self._network(request, meta)
            there = here = self._forward(model, turned, request.off)
            if not (rotation == np.eye(3)).all():
                here = self._forward(model, changed, request.off)
            reference = there
            if request.off or request.changes:
                reference = self._forward(
                    model, transformed(self.recipe, plain, rotation, shift), ()
                )
        expected = turn(here.prediction, self.target_irreps, rotation) + (
            shift if self.model.cues.is_point(self.held) else 0.0
        )
        if here is not there:
            meta["error"] = {
                "prediction": prediction_error(there.prediction, expected, here),
                "features": feature_error(there, here, self.model.cues.irreps_hidden, rotation),
            }
        meta["notes"] += there.notes
        found = {
            name: getattr(there, name)
            for name in ("edge_index", "features", "messages", "prediction")
        }
        if there.shift.any():
            found["shift"] = there.shift
        arrays |= {name: value for name, value in found.items() if value is not None}
        arrays |= {"expected": expected, "reference": reference.prediction}
        arrays |= {f"prediction.{name}": value for name, value in there.others.items()}
        meta["told"] = self._told(there, turned)
        meta["seconds"] = round(time.perf_counter() - began, 4)
        return pack(meta, arrays)

    def _forward(self, model: PhysicalModel, systems: Systems, off: Iterable[str]) -> Pass:
        return forward(model, self.model.cues, systems, off, self.source)

    def _system(self, systems: Systems, derived: bool) -> Arrays:
        """Positions, the fields that can be drawn, and the labels."""
        arrays: Arrays = {"position": systems.position}
        for name, spec in self._editable().items():
            arrays[f"field.{name}"] = systems.node[spec.array or name].reshape(
                len(systems.position), -1
            )
        if self._vectors and derived:
            tensors = self.model.cues.tensors(systems, self.source)
            arrays |= {
                f"field.{name}": term.evaluate(tensors).numpy()
                for name, term in self._vectors.items()
            }
        for name, labels in read_labels(self.recipe.targets, systems, self.source).items():
            arrays["target" if name == self.held else f"target.{name}"] = labels.numpy()
        return arrays

    def _told(self, found: Pass, systems: Systems) -> dict[str, dict[str, list[float]]]:
        """Predictions and labels of whole systems in full: an energy may be large and its error
        small.
        """
        labels = read_labels(self.recipe.targets, systems, self.source)
        told = {}
        for name, value in ({self.held: found.prediction} | found.others).items():
            if self.recipe.targets[name].level == "graph":
                told[name] = {"predicted": value.reshape(-1).tolist()}
                if name in labels:
                    told[name]["true"] = labels[name].reshape(-1).tolist()
        return told

    def _changed(self, systems: Systems, request: RunRequest) -> Systems:
        node, editable = dict(systems.node), self._editable()
        for change in request.changes:
            if change.field not in editable:
                raise UserError(
                    f"changes: there is no field {change.field!r}; fields are "
                    f"{', '.join(editable) or 'none'}"
                )
            spec = editable[change.field]
            array, dim = spec.array or change.field, Irreps(spec.irreps).dim
            values = node[array].copy()
            if change.node >= len(values) or len(change.value) != dim:
                raise UserError(
                    f"changes: {change.field} of node {change.node} = {change.value}; expected "
                    f"{dim} numbers for a node from 0 "
                    f"to {len(values) - 1}"
                )
            values[change.node] = np.reshape(change.value, values.shape[1:])
            node[array] = values
        return replace(systems, node=node)

    def _network(self, request: RunRequest, meta: dict[str, Any]) -> PhysicalModel:
        if request.network == "model":
            return self.model
        if self._baseline is None:
            made, text = make_baseline(self.recipe, self.systems, self.source)
            self._baseline = made.double(), text
        meta["baseline"] = self._baseline[1]
        return self._baseline[0]


def first_nodes(systems: Systems, most: int) -> Systems:
    """The first system, cut down to at most so many nodes."""
    count = min(most, int(systems.sizes[0]))
    node = {name: array[:count] for name, array in systems.node.items()}
    return Systems(
        systems.position[:count],
        np.array([0, count]),
        node,
        {name: a[:1] for name, a in systems.graph.items()},
    )


def parts(irreps: Irreps) -> list[dict[str, Any]]:
    """The irreps of a target one by one, each with its columns: two vectors of ``1e+1e`` are two
    parts.
    """
    found, start = [], 0
    for _, ir in (entry for entry in irreps for _ in range(entry.mul)):
        found.append({"irrep": str(ir), "l": ir.l, "start": start, "size": ir.dim})
        start += ir.dim
    return found


def irreps_table(irreps: Irreps) -> list[dict[str, Any]]:
    """The entries of some irreps in e3nn's order, for the page."""
    return [
        {
            "irrep": str(ir),
            "l": ir.l,
            "p": ir.p,
            "mul": mul,
            "pseudo": mirror_sign(Irreps([(1, ir)])) == -1,
        }
        for mul, ir in Irreps(irreps).simplify()
    ]
