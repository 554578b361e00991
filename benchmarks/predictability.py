"""How far can the targets of the gravity benchmark be predicted at all? `python
benchmarks/predictability.py OUT.json`

The systems are chaotic. Starting positions are displaced at random by a little and both copies are
integrated to the target's time. Half the mean square of their difference is about the least mean
squared error of anybody who knows the start only to that precision: of the two copies, each is as
good a guess of the other as any other draw.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np

from segnn.simulate.kick_drift_kick import integrate

SYSTEMS, STEPS, DT, SOFTENING = 200, 1000, 0.001, 0.1
DISPLACEMENTS = (1e-6, 1e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2)


def ahead(
    position: np.ndarray, velocity: np.ndarray, mass: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Position and force (systems, bodies, 3) at the target's time."""
    states = integrate(position, velocity, mass, softening=SOFTENING, start=0, horizon=STEPS, dt=DT)
    return states[:, 1, 0], states[:, 1, 2]


def main(out: str) -> None:
    with np.load("data/gravity/valid.npz", allow_pickle=False) as data:
        position, velocity, mass = (
            data[name][:SYSTEMS] for name in ("position", "velocity", "mass")
        )
    random = np.random.default_rng(0)
    there, force = ahead(position, velocity, mass)
    rows = []
    for displacement in DISPLACEMENTS:
        other, other_force = ahead(
            position + displacement * random.standard_normal(position.shape), velocity, mass
        )
        rows.append(
            {
                "displacement": displacement,
                "position_mse": float(np.square(other - there).mean() / 2),
                "force_mse": float(np.square(other_force - force).mean() / 2),
            }
        )
    spread = {
        "position": float(np.square(there - position).mean()),
        "force": float(np.square(force).mean()),
    }
    result = {"systems": SYSTEMS, "mean_square": spread, "floors": rows}
    Path(out).write_text(json.dumps(result, indent=2) + "\n")
    print(f"predicting nothing: position {spread['position']:.3f}, force {spread['force']:.0f}")
    for row in rows:
        print(
            f"start known to {row['displacement']:.0e}: position {row['position_mse']:.2g}, force"
            f" {row['force_mse']:.4g} ({100 * row['force_mse'] / spread['force']:.2g} % of"
            " predicting nothing)"
        )


if __name__ == "__main__":
    main(sys.argv[1])
