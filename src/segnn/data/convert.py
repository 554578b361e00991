"""Files of systems as one HDF5 file that training reads in pieces, `segnn.data.stored`.

Piece after piece of the input becomes a small file beside the output; when all are there, they are
put together and the output takes its name. What a kill leaves are whole pieces, with which the next
call of the same goes on.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from segnn.data.assemble import Wanted, assemble
from segnn.data.atom_files import holds_atoms, iterate_atoms
from segnn.data.forms import load_systems
from segnn.data.hdf5 import SUFFIXES, is_hdf5, load_h5py, write_hdf5
from segnn.data.stored import Stored
from segnn.data.systems import Systems
from segnn.errors import UserError
from segnn.files import check_output, expanded, same_file, to_read, write_atomically

PIECE = 2000
"""Systems of one piece."""
Progress = Callable[[int, int | None], None]


def convert(
    inputs: Sequence[str | os.PathLike[str]],
    out: str | os.PathLike[str],
    wanted: Wanted | None = None,
    progress: Progress = lambda done, total: None,
) -> dict[str, Any]:
    """Write the systems of ``inputs`` (files that `load_systems` reads, or patterns), one after the
    other, to the HDF5 file ``out``.

    Every array must be in all systems. A call that was interrupted goes on where it stood, unless
    an input has changed. ``progress`` is told the systems done, and of how many if that is known.
    Returns ``systems``, ``particles``, ``arrays`` (shapes), ``units``, ``sha256``, ``resumed`` (the
    systems that were there already). Raises `UserError`.
    """
    wanted = wanted or Wanted()
    check_output(out, *SUFFIXES)
    load_h5py()
    files = input_files(inputs)
    if any(same_file(out, path) for path in files):
        raise UserError(f"{out}: is one of the input files; give another name with -o.")
    pieces = Pieces.begin(Path(f"{out}.parts"), files, wanted)
    resumed = pieces.systems
    try:
        pieces.read(progress)
        atoms = all(map(holds_atoms, files))
        result = assemble(pieces.paths(), pieces.origins(), Path(out), wanted, atoms)
    except UserError as error:
        if not (pieces.count and isinstance(error.__cause__, OSError)):  # such as a full disk
            shutil.rmtree(pieces.folder)  # of no use when the mistake is mended
        raise
    shutil.rmtree(pieces.folder)
    return {**result, "resumed": resumed}


def input_files(inputs: Sequence[str | os.PathLike[str]]) -> list[Path]:
    """The files that are meant, patterns expanded and sorted; UserError for what is not there."""
    found = [to_read(path) for path in expanded(inputs)]
    for n, path in enumerate(found):
        if (first := next((one for one in found[:n] if same_file(one, path)), None)) is not None:
            raise UserError(
                f"{path}: is named twice{'' if first == path else f', first as {first}'}, and its "
                "systems would be there twice. Name it once"
            )
    return found


@dataclass
class Pieces:
    """The pieces in ``folder`` of ``files``: ``done`` says of each file how many systems are in
    pieces, and whether that is all of them; ``count`` is the number of pieces.
    """

    folder: Path
    files: list[Path]
    wanted: Wanted
    done: list[tuple[int, bool]]
    count: int = 0

    @classmethod
    def begin(cls, folder: Path, files: list[Path], wanted: Wanted) -> Pieces:
        """Those that an earlier call with the same files and wishes has left, or none."""
        pieces = cls(folder, files, wanted, [(0, False)] * len(files))
        try:
            held = json.loads(pieces.state.read_text())
        except (OSError, ValueError):
            held = None
        if held is not None and held["of"] == pieces.identity():
            pieces.done = [(int(count), bool(all_)) for count, all_ in held["done"]]
            pieces.count = int(held["count"])
        elif held is not None:
            shutil.rmtree(folder)
        elif folder.exists() and (folder.is_file() or any(folder.iterdir())):
            raise UserError(
                f"{folder}: is in the way of the pieces that are written there; move it elsewhere"
            )
        pieces.keep()
        return pieces

    @property
    def state(self) -> Path:
        """The file that says which pieces are whole."""
        return self.folder / "state.json"

    @property
    def systems(self) -> int:
        """How many there are in all pieces."""
        return sum(count for count, _ in self.done)

    def identity(self) -> dict[str, Any]:
        """What a call must have in common with one that it goes on with."""
        stats = [path.stat() for path in self.files]
        return {
            "files": [
                [str(path.resolve()), stat.st_size, stat.st_mtime_ns]
                for path, stat in zip(self.files, stats, strict=True)
            ],
            "labels": dict(self.wanted.labels),
            "arrays": list(self.wanted.arrays),
        }

    def paths(self) -> list[Path]:
        """The pieces in their order."""
        return [self.folder / f"{number:06d}.h5" for number in range(self.count)]

    def origins(self) -> list[str]:
        """What errors call the pieces: the file, and the systems of it."""
        return [
            f"{path} (its systems from number {first} on)" if first else str(path)
            for path, (count, _) in zip(self.files, self.done, strict=True)
            for first in range(0, count, PIECE)
        ]

    def read(self, progress: Progress) -> None:
        """Make those that are not there yet."""
        for number, path in enumerate(self.files):
            first, all_ = self.done[number]
            progress(self.systems, None)
            if all_:
                continue
            for piece, total in systems_of(path, first):
                count = self.done[number][0] + len(piece)
                kept = self.wanted.of(piece, str(path))
                write_hdf5(self.folder / f"{self.count:06d}.h5", kept)
                self.count += 1
                self.done[number] = (count, False)
                self.keep()
                single = len(self.files) == 1
                progress(self.systems, total if single else None)
            self.done[number] = (self.done[number][0], True)
            self.keep()

    def keep(self) -> None:
        """Write down what is done."""
        told = {"of": self.identity(), "done": self.done, "count": self.count}
        write_atomically(self.state, json.dumps(told).encode())


def systems_of(path: Path, first: int) -> Iterator[tuple[Systems, int | None]]:
    """The systems of a file from number ``first`` on, `PIECE` at a time, and how many there are if
    that is known.
    """
    if holds_atoms(path):
        frames = iterate_atoms(path, first)
        while some := list(islice(frames, PIECE)):
            yield Systems.from_ase(some, str(path)), None
        return
    stored = Stored.open(path) if is_hdf5(path) else None
    systems = load_systems(path) if stored is None else None
    total = len(stored if stored is not None else systems or ())
    for start in range(first, total, PIECE):
        part = slice(start, start + PIECE)
        if stored is not None:
            yield stored.read(part), total
        elif systems is not None:
            yield systems[part], total
