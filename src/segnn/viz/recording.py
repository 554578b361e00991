"""A recorded forward pass and its file: one NPZ of plain numbers, written layer by layer.

about                       JSON: task, irreps, number of layers
recipe                      the recipe as YAML
system.position, system.…   the systems, in the published schema
edge_index (2, E)           row 0 the source j, row 1 the target i
edge_offsets (S + 1,)       where the edges of each system begin
features_0 … features_L     (M, irreps.dim) node features after the embedding and after each layer,
                            in e3nn's mul_ir layout
messages_1 … messages_L     (E, irreps_message.dim) messages of each layer, mul_ir, if recorded
prediction                  (M, k) or (S, k), float64
"""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from e3nn.o3 import Irreps

from segnn.data import Systems
from segnn.errors import UserError
from segnn.files import replacing

FORMAT = "segnn-recording-1"


@dataclass(frozen=True)
class About:
    """What was recorded: the task, its layers, irreps of node features and messages, the predicted
    quantity.
    """

    name: str
    layers: int
    irreps: str
    irreps_message: str
    quantity: str
    messages: bool
    format: str = FORMAT


@dataclass(frozen=True)
class Recording:
    """Every layer of one forward pass. ``arrays`` as in the module's table; from a file they are
    read when asked for.
    """

    about: About
    systems: Systems
    arrays: Mapping[str, np.ndarray]

    @property
    def layers(self) -> int:
        """Number of message passing layers L."""
        return self.about.layers

    @property
    def irreps(self) -> Irreps:
        """Of the node features."""
        return Irreps(self.about.irreps)

    @property
    def edge_index(self) -> np.ndarray:
        """(2, E): source j, target i."""
        return self.arrays["edge_index"]

    @property
    def prediction(self) -> np.ndarray:
        """(M, k) for nodes or (S, k) for systems."""
        return self.arrays["prediction"]

    def features(self, layer: int) -> np.ndarray:
        """Node features (M, irreps.dim): 0 after the embedding, k after layer k. IndexError for
        others.
        """
        if not 0 <= layer <= self.layers:
            raise IndexError(f"layer {layer}, expected 0 (the embedding) to {self.layers}")
        return self.arrays[f"features_{layer}"]

    def messages(self, layer: int) -> np.ndarray:
        """Messages (E, irreps_message.dim) of layer 1 … L. IndexError for others, ValueError if
        none were recorded.
        """
        if not self.about.messages:
            raise ValueError("no messages were recorded; record again without messages=False")
        if not 1 <= layer <= self.layers:
            raise IndexError(f"messages of layer {layer}, expected 1 to {self.layers}")
        return self.arrays[f"messages_{layer}"]


class Writer:
    """Writes a recording array by array. The file appears when it is complete, or not at all."""

    def __init__(self, path: str | os.PathLike[str], about: About, systems: Systems, recipe: str):
        self.path = Path(path)
        if self.path.suffix != ".npz":
            ending = self.path.suffix or "nothing"
            raise UserError(
                f"{self.path}: a recording is an .npz file, not {ending!r}. Change its ending."
            )
        self._first = {"about": np.array(json.dumps(asdict(about))), "recipe": np.array(recipe)}
        self._first |= {f"system.{name}": array for name, array in systems.to_arrays().items()}

    def __enter__(self) -> Writer:
        with ExitStack() as opened:
            part = opened.enter_context(replacing(self.path))
            whole = zipfile.ZipFile(part, "w", zipfile.ZIP_STORED, allowZip64=True)
            self._zip = opened.enter_context(whole)
            for name, array in self._first.items():
                self.write(name, array)
            self._opened = opened.pop_all()
        return self

    def write(self, name: str, array: np.ndarray) -> None:
        """Add one array."""
        with self._zip.open(f"{name}.npy", "w", force_zip64=True) as member:
            np.lib.format.write_array(member, array, allow_pickle=False)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._opened.__exit__(kind, error, trace)


class Stored(Mapping[str, np.ndarray]):
    """The arrays of an NPZ file, each read when it is asked for; the file is open only then."""

    def __init__(self, path: Path):
        self.path = path
        with np.load(path, allow_pickle=False) as file:
            self.names = tuple(file.files)

    def __getitem__(self, name: str) -> np.ndarray:
        with np.load(self.path, allow_pickle=False) as file:
            found: np.ndarray = file[name]
        return found

    def __contains__(self, name: object) -> bool:
        return name in self.names  # a Mapping's own would read the array

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)


def load_recording(path: str | os.PathLike[str]) -> Recording:
    """Open what `record` wrote; layers are read when asked for. UserError for a file that is not a
    recording.
    """
    path = Path(path)
    try:
        stored = Stored(path)
        about = _about(json.loads(str(stored["about"])))
        systems = {
            name.removeprefix("system."): stored[name]
            for name in stored
            if name.startswith("system.")
        }
    except OSError as error:
        raise UserError(
            f"{path}: cannot be read ({error.strerror or error}). Check the path."
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError, zipfile.BadZipFile) as error:
        raise UserError(
            f"{path}: not a recording of a forward pass ({error}). Write one with "
            "segnn.viz.record(model, systems, out=...)."
        ) from error
    expected = [f"features_{k}" for k in range(about.layers + 1)] + ["edge_index", "prediction"]
    missing = [name for name in expected if name not in stored]
    if missing:
        raise UserError(f"{path}: a recording without {missing[0]!r}. Record it again.")
    return Recording(about, Systems.from_arrays(systems, str(path)), stored)


def _about(value: dict[str, Any]) -> About:
    if value.get("format") != FORMAT:
        raise ValueError(f"its format is {value.get('format')!r}, expected {FORMAT!r}")
    return About(**value)
