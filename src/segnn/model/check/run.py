"""All checks of one model on some systems: `check_model`."""

from __future__ import annotations

import copy
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch

from segnn.data import Systems, SystemsLike
from segnn.model.check import numerics, physics, symmetry
from segnn.model.physical import PhysicalModel
from segnn.model.references import References

TOLERANCE = {"float64": 1e-10, "float32": 1e-5}
GRADIENT_TOLERANCE = 1e-6
MOST_SYSTEMS, MOST_PARTICLES = 64, 2000


@dataclass(frozen=True)
class Check:
    """One row of the table: what was checked, in which precision, its error, what is allowed, and
    the verdict.
    """

    property: str
    dtype: str
    error: float
    tolerance: float
    passed: bool

    @classmethod
    def of(cls, name: str, dtype: str, error: float, tolerance: float) -> Check:
        """Passed if the error is a number not above the tolerance."""
        return cls(name, dtype, error, tolerance, error <= tolerance)

    def to_dict(self) -> dict[str, Any]:
        """As it stands in check.json."""
        return asdict(self)


def check_model(
    model: PhysicalModel,
    systems: SystemsLike,
    seed: int = 0,
    source: str | None = None,
) -> list[Check]:
    """Check ``model`` on ``systems`` (at most 64 of them, 2000 particles) in float64 and in
    float32. They are handed over as to `PhysicalModel.predict`.

    From raw arrays to prediction, in each precision (tolerances 1e-10 and 1e-5):

    - rotation, reflection (an improper rotation), translation (by ten times the systems' size),
      permutation of the
      particles: f(g·systems) against g·f(systems), where every array transforms by its declared
      irreps; and time reversal, where fields are odd in time;
    - batching: all systems at once against one by one.

    These errors are relative, system by system: the root mean square of the deviation over that of
    what the network adds to the base, so that a large base (positions far from the origin) hides
    nothing. In float64, where any asymmetry of the model shows, the worst system counts; float32
    rows ask what rounding does, and there the median system counts.

    Further, the fraction of values that are not finite (tolerance 0): a particle alone in its
    system; two particles in one place; and, there, the gradient of every weight. Last, in float64
    (tolerance 1e-6), the derivative of the network along random directions of its inputs and of its
    weights: autograd against central differences.

    Where targets are derivatives (forces, stress, dipoles): each against central differences
    (1e-6; a stress so against strained boxes); forces and, in open systems, torques balance; no
    prediction jumps where a neighbour comes within the cutoff; two copies of a system out of reach
    have twice its energy (1e-10, float64).

    ``model`` itself is left as it is; the checks run on copies in evaluation mode.
    """
    read = model.read(systems, source)
    systems, source = some(read.systems), read.source
    model = copy.deepcopy(model)
    for references in model.network.target.references.values():
        assert isinstance(references, References)
        references.take_all()
    rng = np.random.default_rng(seed)
    views = symmetry.views(model.recipe, systems, rng)
    rows: list[Check] = []
    for dtype in ("float64", "float32"):
        cast = copy.deepcopy(model).to(getattr(torch, dtype)).eval()
        found = symmetry.errors(cast, systems, views, source)
        found["batch against one by one"] = symmetry.batching_errors(cast, systems, source)
        counts = np.max if dtype == "float64" else np.median
        rows += [
            Check.of(name, dtype, _number(counts(errors)), TOLERANCE[dtype])
            for name, errors in found.items()
        ]
        rows += [
            Check.of(name, dtype, error, 0.0)
            for name, error in numerics.not_finite(cast, systems).items()
        ]
    double = copy.deepcopy(model).double().eval()
    gradients = numerics.gradient_errors(double, systems, seed)
    gradients |= physics.derivative_errors(double, systems, seed)
    rows += [
        Check.of(name, "float64", _number(np.float64(error)), GRADIENT_TOLERANCE)
        for name, error in gradients.items()
    ]
    laws = physics.balance_errors(double, systems) | physics.extensivity_errors(double, systems)
    rows += [
        Check.of(name, "float64", _number(np.float64(error)), TOLERANCE["float64"])
        for name, error in (laws | physics.cutoff_error(double, systems)).items()
    ]
    return rows


def _number(error: np.floating) -> float:
    """As a plain number; infinite if it is none."""
    return float(error) if np.isfinite(error) else float("inf")


def some(systems: Systems) -> Systems:
    """The first systems, as many as are checked."""
    fitting = np.searchsorted(systems.offsets[1:], MOST_PARTICLES, side="right")
    return systems[: min(MOST_SYSTEMS, max(2, int(fitting)))]
