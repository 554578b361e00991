"""The section ``data`` of a recipe: which files hold the systems, and how they are divided."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Discriminator, Field, Tag, model_validator

from segnn.errors import UserError
from segnn.o3.memory import parse_bytes
from segnn.recipe.section import Count, Section, as_tuple

FILES, PART = "<files>", "<part>"
"""Which of the two a value is, in the locations of pydantic; no key of a file is called so."""


def _files(value: Any) -> Any:
    return (value,) if isinstance(value, str) else as_tuple(value)


def _size(value: Any) -> Any:
    """A number of bytes as text; None says that the machine decides."""
    if value is None:
        return None
    try:
        parse_bytes(value)
    except UserError:
        raise ValueError("a size such as 500MiB, 2GiB or a number of bytes") from None
    return str(value)


def _files_or_part(value: Any) -> str:
    return PART if isinstance(value, dict | Part) else FILES


class Part(Section):
    """Systems drawn at random from those of train, which then lack them."""

    fraction: Annotated[float, Field(gt=0, lt=1)]
    """Of the systems of all files of train, rounded, at least one."""


FileName = Annotated[str, Field(min_length=1)]
Files = Annotated[tuple[FileName, ...], BeforeValidator(_files), Field(min_length=1)]
FilesOrPart = Annotated[
    Annotated[Files, Tag(FILES)] | Annotated[Part, Tag(PART)], Discriminator(_files_or_part)
]


class DataSpec(Section):
    """Where the systems come from: three files of a folder, or any files by name.

    Files are NPZ in the published schema, extended XYZ, and whatever else ``segnn.load_systems``
    reads; paths are relative to the working directory.
    """

    folder: str | None = None
    """Holds train.npz, valid.npz, test.npz. Or name the files with train."""
    train: Files | None = None
    """The files of the training systems instead of a folder: a path, a pattern such as
    ``runs/*.xyz``, or a list of these."""
    valid: FilesOrPart | None = None
    """The files of the systems that choose the best epoch, or {fraction: 0.1}. null takes valid.npz
    of the folder; of files in train, {fraction: 0.1}."""
    test: FilesOrPart | None = None
    """The files of the systems that are read once, at the end, or {fraction: 0.1}. null takes
    test.npz of the folder; beside train it does without test systems."""
    seed: Annotated[int, Field(ge=0, lt=2**63)] = 0
    """Of the draw of fractions. The systems left for train are in random order too, so that
    train_limit takes random ones, and the fewer are among the more."""
    labels: dict[str, str] = Field(default={})
    """What the files call the labels, by the target's array: {energy: REF_energy}. Those that are
    not here have the target's own name."""
    train_limit: Count | None = None
    """Use only the first so many systems; all of them if null."""
    valid_limit: Count | None = None
    """The same for the systems that choose the best epoch."""
    test_limit: Count | None = None
    """The same for the systems that are read once, at the end."""
    memory: Annotated[str, BeforeValidator(_size)] | None = None
    """How much main memory the systems and their cues may take in each process, such as 4GiB; null
    takes half of what is free. Training systems that need more are read, and their cues evaluated,
    while the network computes: those of an HDF5 file (segnn convert) stay on disk."""
    time_reversal: Annotated[tuple[str, ...], BeforeValidator(as_tuple)] | None = None
    """The fields that change their sign where time runs backwards, such as [velocity]; [] where
    none does. If given, every training system is used a second time, run from its end (arrays
    target_...) to its beginning. null uses it once."""

    @model_validator(mode="after")
    def _one_source(self) -> DataSpec:
        if self.folder is not None and self.train is not None:
            raise ValueError(
                "either folder: data/mine (with train.npz, valid.npz, test.npz), or train: mine.xyz"
                " (a file, a pattern or a list), one of the two"
            )
        if self.train is None and self.folder is None and (self.valid or self.test):
            raise ValueError("valid and test stand beside train: mine.xyz, the training systems")
        return self

    @property
    def is_named(self) -> bool:
        """Whether the recipe says where its systems are. Otherwise they are given in Python:
        ``segnn.train(recipe, out, data={"train": ..., "valid": ...})``.
        """
        return self.folder is not None or self.train is not None
