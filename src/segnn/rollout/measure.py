"""How far a rollout is from the simulator, and what it does to energy and momentum, state by
state.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from segnn.rollout.mechanics import Conserved, conserved
from segnn.rollout.repeat import Trajectory

TINY = 1e-300


def measure(
    found: Trajectory, true: Trajectory | None, softening: float | None = None
) -> dict[str, Any]:
    """Lists over the states 0 … K; without a simulator (``true`` is None) only ``time``.

    - ``systems_left``: how many systems have this state; all other numbers are of these.
    - ``position_mse``, ``velocity_mse``: mean squared error over all coordinates;
      ``position_mse_median`` of the systems.
    - ``straight_line_mse``: of positions that go on with the first velocity.
    - ``energy_drift``: |E − E_0| / (K_0 + |U_0|); ``momentum_drift``: |P − P_0| / Σ m |v_0|;
      ``angular_momentum_drift``: |L − L_0| / Σ m |x_0 − c| |v_0|. Each is the median over the
      systems, of the ``model`` and of the ``simulator``. Angular momentum is about the centre of
      mass at the start.
    """
    count = len(found.time)
    left = [found.finite(k) for k in range(count)]
    out: dict[str, Any] = {
        "time": found.time.tolist(),
        "states": count,
        "systems_left": [int(here.sum()) for here in left],
    }
    if true is None or found.velocity is None or true.velocity is None:
        return out
    kept = [here & true.finite(k) for k, here in enumerate(left)]
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        out |= _errors(found, true, kept)
        drifts = {
            "model": _drifts(found, kept, softening),
            "simulator": _drifts(true, kept, softening),
        }
    for name in ("energy_drift", "momentum_drift", "angular_momentum_drift"):
        out[name] = {who: drift[name] for who, drift in drifts.items()}
    return out


def _errors(found: Trajectory, true: Trajectory, kept: list[np.ndarray]) -> dict[str, list[float]]:
    """Of the ``kept`` systems, (S,) bool for each state."""
    assert found.velocity is not None
    assert true.velocity is not None
    count, sizes, first = len(kept), found.systems.sizes, found.systems.offsets[:-1]
    line = true.position[0] + true.velocity[0] * found.time[:, None, None]
    square = {
        "position_mse": (found.position - true.position[:count]) ** 2,
        "velocity_mse": (found.velocity - true.velocity[:count]) ** 2,
        "straight_line_mse": (line - true.position[:count]) ** 2,
    }
    rows = [np.repeat(here, sizes) for here in kept]
    errors = {
        name: [_mean(values[k][rows[k]]) for k in range(count)] for name, values in square.items()
    }
    by_system = np.add.reduceat(square["position_mse"].mean(-1), first, axis=1) / sizes
    errors["position_mse_median"] = [_median(by_system[k][kept[k]]) for k in range(count)]
    return errors


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if values.size else float("nan")


def _median(values: np.ndarray) -> float:
    return float(np.median(values)) if values.size else float("nan")


def _drifts(
    path: Trajectory, kept: list[np.ndarray], softening: float | None
) -> dict[str, list[float]]:
    systems, velocity = path.systems, path.velocity
    assert velocity is not None
    mass = (
        systems.node["mass"].reshape(-1, 1)
        if "mass" in systems.node
        else np.ones((len(systems.position), 1))
    )
    first = systems.offsets[:-1]
    centre = np.add.reduceat(mass * path.position[0], first) / np.add.reduceat(mass, first)
    origin = np.repeat(centre, systems.sizes, axis=0)
    states: list[Conserved] = [
        conserved(systems, path.position[k] - origin, velocity[k], softening)
        for k in range(len(kept))
    ]
    start = states[0]
    speed = np.linalg.norm(velocity[0], axis=1)
    arm = np.linalg.norm(path.position[0] - origin, axis=1)
    scales = {
        "energy": start.kinetic + np.abs(start.potential),
        "momentum": np.add.reduceat(mass[:, 0] * speed, first),
        "angular_momentum": np.add.reduceat(mass[:, 0] * arm * speed, first),
    }
    found: dict[str, list[float]] = {}
    for name, scale in scales.items():
        values = []
        for state, here in zip(states, kept, strict=True):
            change = getattr(state, name) - getattr(start, name)
            size = np.abs(change) if change.ndim == 1 else np.linalg.norm(change, axis=1)
            values.append(_median((size / np.maximum(scale, TINY))[here]))
        found[f"{name}_drift"] = values
    return found
