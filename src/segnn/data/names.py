"""Names of arrays that look like a name of the schema and are none.

An array that nobody understands is not harmless where it says how the systems are cut (a ``batch``
vector) or that they are periodic (a ``box``): read without it, the same numbers are other systems.
So such names are mistakes, told with the name that the schema has for them. A field of the recipe
may have any name; it is never questioned.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Mapping

import numpy as np

from segnn.errors import UserError
from segnn.words import nearest

SCHEMA = ("position", "offsets", "cell", "pbc")
GRAPH_PREFIXES = ("graph_", "target_graph_")
NEAR = 0.8  # similarity from which on a name is taken for another one, misspelt

# Names as `bare` leaves them, each pattern matched in full.
CELL = re.compile(
    r"(sim(ulation)?|unit|periodic|super|l)?(box|boxes|cell|lattice)"
    r"(size|length|len|l|dim|dimension|bound|vec|vector|matrix|side|par|param|parameter|constant)?s?"
    r"|latvecs?|lvecs?|dimensions|domainsize|periodlengths?"
)
PERIODICITY = re.compile(r"(is)?pbcs?|(is)?periodic(ity)?(boundary|boundaries)?(conditions)?")
COUNT = re.compile(
    r"(n|num|number|numberof)(atom|particle|node|body|bodie|point)s?"
    r"|(atom|particle|node)(count|number)s?|(system|graph|molecule)(size|length)s?"
)
COUNT_OR_QUANTITY = re.compile(r"size|sizes|counts|lengths")
ENDS = re.compile(
    r"(batch|graph|system|node|atom)?(offset|ptr|split)s?|indptr|rowptr|rowsplits|cuseqlens|starts"
)
OWNER = re.compile(
    r"batch|segments|(atom|node)s?batch|(batch|node|atom)?graph"
    r"|(batch|graph|system|segment|frame|sample|molecule|mol|structure)(index|idx|id|ids|number)"
)
OWNER_OR_QUANTITY = re.compile(
    r"(system|graph|segment|frame|sample|structure|snapshot|configuration|config|conformer)s?|idx"
)
LENGTH, LATTICE = re.compile(r"l[xyz]"), re.compile(r"l|h|h(mat|matrix)")
MASK = re.compile(
    r"(node|atom|particle|padding|pad|valid|real|present)?mask|is(padding|valid|real)"
)
COORDINATES = re.compile(r"pos|positions|coords?|coordinates?|xyz|rs?|xs?|points|locations|carts?")


def bare(name: str) -> str:
    """The name without case and without anything but letters and digits."""
    return "".join(c for c in name.lower() if c.isalnum())


def closest(name: str, names: Iterable[str]) -> str:
    """' Did you mean …?' with the nearest name, or nothing.

    A label (``target_…``) is never answered with the name of an input, nor the other way round:
    ``target_position`` is near to ``position`` in letters only.
    """
    label = name.startswith("target_")
    alike = {bare(other): other for other in names if other.startswith("target_") == label}
    near = nearest(bare(name), alike)
    return f" Did you mean {alike[near]!r} for {name!r}?" if near else ""


def check_names(
    arrays: Mapping[str, np.ndarray],
    position: tuple[int, ...],
    source: str,
    declared: Collection[str] = (),
) -> None:
    """UserError for the first array that says how systems are cut or bounded in words the schema
    does not know.

    ``position``: its shape; ``declared``: names that the recipe reads, which are never questioned.
    """
    cut = "offsets" not in arrays
    for name, array in arrays.items():
        if name in SCHEMA or name in declared:
            continue
        word = bare(name)
        if word in ("graphcell", "graphpbc", "graphoffsets"):
            word = word.removeprefix("graph")
        if "cell" not in arrays and _bounds(word, array, position):
            raise UserError(_cell(name, array, source))
        if "pbc" not in arrays and PERIODICITY.fullmatch(word) and _says_yes(array):
            raise UserError(
                f"{source}: array {name!r} is not read; which axes are periodic stands in 'pbc' "
                f"(S, 3), with the lattice vectors in 'cell' (S, 3, 3). {_rename(name, 'pbc')}"
            )
        if cut and _cuts(word, array, position):
            raise UserError(_offsets(name, array, position, source))


def check_keys(arrays: Mapping[str, object], source: str) -> None:
    """UserError for what is no mapping, and for a key that is no text: nothing could name it."""
    if not isinstance(arrays, Mapping):
        raise UserError(
            f"{source}: got {type(arrays).__name__}, expected arrays by name: position, and the "
            "fields of the recipe."
        )
    for name in arrays:
        if not isinstance(name, str):
            raise UserError(
                f"{source}: the key {name!r} is a {type(name).__name__}, expected the name of an "
                "array, such as 'position'."
            )


def _misspelt(word: str, known: str) -> bool:
    return difflib.SequenceMatcher(None, word, known).ratio() >= NEAR


def _bounds(word: str, array: np.ndarray, position: tuple[int, ...]) -> bool:
    """Whether an array of this name and content is a box: a letter alone is one only in the shape
    of box vectors or lengths, and none that is negative.
    """
    if LENGTH.fullmatch(word):
        return array.shape in ((), position[:-2]) and bool(np.all(array > 0))
    if LATTICE.fullmatch(word):
        own = (*position[:-2],) if len(position) == 3 else ()
        matrix = array.shape in ((*own, 3, 3), (3, 3))
        lengths = word == "l" and array.shape in ((*own, 3), (3,))
        diagonal = np.diagonal(array, axis1=-2, axis2=-1) if matrix else array
        return (matrix or lengths) and bool(np.all(diagonal > 0))
    return CELL.fullmatch(word) is not None or _misspelt(word, "cell")


def _says_yes(array: np.ndarray) -> bool:
    """Whether a flag is set anywhere; an open boundary may be called what it likes."""
    return bool(np.any(array != 0))


def _cuts(word: str, array: np.ndarray, position: tuple[int, ...]) -> bool:
    """Whether an array of this name and content cuts the rows into systems otherwise than the shape
    of ``position`` does.
    """
    if array.size == 0 or not bool(np.all(np.isfinite(array))) or bool(np.any(array % 1 != 0)):
        return False  # no whole numbers: a quantity, whatever its name
    lead, values = position[:-1], array.reshape(-1)
    size, per_particle = lead[-1], array.size == int(np.prod(lead))
    maybe_quantity = COUNT_OR_QUANTITY.fullmatch(word) is not None
    if maybe_quantity or COUNT.fullmatch(word):
        quantity = maybe_quantity and array.shape == lead and values.sum() != size
        return array.ndim <= 1 and not quantity and bool(np.any(values != size))
    if ENDS.fullmatch(word) or _misspelt(word, "offsets"):
        rising = len(values) > 1 and values[0] == 0 and bool(np.all(np.diff(values) > 0))
        return array.ndim == 1 and (rising or len(values) != lead[0])
    if OWNER.fullmatch(word) and per_particle:
        rows = values.reshape(-1, size)
        return bool(np.any(rows != rows[:, :1]))
    if OWNER_OR_QUANTITY.fullmatch(word) and len(lead) == 1 and array.shape == lead:
        steps = np.diff(values)  # 0 0 0 1 1 2: the systems one after the other, numbered
        numbered = values[0] in (0, 1) and bool(np.all((steps == 0) | (steps == 1)))
        return numbered and 0 < steps.sum() < len(steps)
    if MASK.fullmatch(word) and per_particle:
        return bool(np.all((values == 0) | (values == 1))) and not bool(np.all(values == 1))
    return False


def _cell(name: str, array: np.ndarray, source: str) -> str:
    lengths = (
        f" Box lengths L (S, 3) make cell = L[:, :, None] * numpy.eye(3), shape {array.shape} here."
        if array.shape[-2:] != (3, 3)
        else ""
    )
    return (
        f"{source}: array {name!r} of shape {array.shape} is not read, and without 'cell' the "
        f"boundary is open. Lattice vectors stand as rows in 'cell' (S, 3, 3), periodic axes in "
        f"'pbc' (S, 3), all of them if it is left out.{lengths} {_rename(name, 'cell')}"
    )


def _offsets(name: str, array: np.ndarray, position: tuple[int, ...], source: str) -> str:
    return (
        f"{source}: array {name!r} of shape {array.shape} cuts the particles into systems, and the "
        f"schema has 'offsets' for that: position (M, 3) and offsets (S + 1,), from 0 to M; "
        f"position has shape {position} and there is no 'offsets'. From the number of particles of "
        "each system: offsets = numpy.concatenate([[0], numpy.cumsum(counts)]); particles of one "
        f"system stand together, and none is padding. {_rename(name, 'offsets')}"
    )


def _rename(name: str, known: str) -> str:
    return f"If {name!r} is a quantity of your own and no {known}, give it another name."
