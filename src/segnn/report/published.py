"""Published test errors, with their sources: what a run is held against."""

from __future__ import annotations

from typing import NamedTuple

PAPER = "paper, Table 1"
LATER = "later work, as published"
CITATION = (
    "The paper: Brandstetter, Hesselink, van der Pol, Bekkers, Welling, “Geometric and Physical Quantities Improve E(3) "
    "Equivariant Message Passing”, ICLR 2022, arXiv 2110.02905."
)


class Published(NamedTuple):
    """One published figure. `_X` in a method's name is a subscript; (l_f, l_a) are the degrees of features and attributes."""

    method: str
    mse: float
    spread: float | None
    source: str


CHARGED = (
    Published("SE(3)-Transformer", 0.0244, None, PAPER),
    Published("TFN", 0.0155, None, PAPER),
    Published("NMP", 0.0107, None, PAPER),
    Published("Radial Field", 0.0104, None, PAPER),
    Published("EGNN", 0.0070, 0.00022, PAPER),
    Published("SE_linear (2,2)", 0.0116, 0.00021, PAPER),
    Published("SE_nonlinear (1,1)", 0.0060, 0.00019, PAPER),
    Published("SEGNN_G (1,1)", 0.0056, 0.00025, PAPER),
    Published("SEGNN_G+P (1,1)", 0.0043, 0.00015, PAPER),
    Published("SEGNN_G+P (2,2), (2,3)", 0.0041, None, PAPER),
    Published("CGENN", 0.0039, None, LATER),
    Published("Multivector Neurons", 0.0035, None, LATER),
    Published("PONITA, rotations augmented", 0.0043, None, LATER),
    Published("SEGNO", 0.0043, None, LATER),
    Published("segnn-jax", 0.0045, None, LATER),
)
CHARGED_REFERENCE = CHARGED[8]


def figures_for(name: str) -> tuple[tuple[Published, ...], Published | None]:
    """The published figures of a run's task, and the one the run means to reproduce; empty for other tasks.

    The task is the first word of the run's name: "charged", "charged-cues".
    """
    task = name.replace("_", "-").split("-")[0].strip().lower()
    return (CHARGED, CHARGED_REFERENCE) if task == "charged" else ((), None)
