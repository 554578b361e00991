"""A made-up run folder: real files, noise for predictions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

RESULTS: dict[str, Any] = {
    "name": "charged",
    "test": {"mse": 0.00512, "mae": 0.0389},
    "valid": {"mse": 0.00498},
    "best_epoch": 180,
    "epochs": 200,
    "seconds": 1834.2,
    "seconds_per_epoch": 9.17,
    "seed": 7,
    "parameters": 147424,
    "threads": 2,
    "baselines": {"stand_still": 0.27156, "straight_line": 0.1089},
    "versions": {"segnn": "0.1.0", "torch": "2.13.0", "python": "3.11.2"},
}
CHECK = {
    "rows": [
        {
            "property": "rotation",
            "dtype": "float64",
            "error": 3.1e-14,
            "tolerance": 1e-10,
            "passed": True,
        },
        {
            "property": "reflection",
            "dtype": "float32",
            "error": 2.7e-6,
            "tolerance": 1e-4,
            "passed": True,
        },
    ]
}


def write_results(folder: Path, **changes: Any) -> Path:
    """A run folder with `results.json` alone."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "results.json").write_text(json.dumps({**RESULTS, **changes}), encoding="utf-8")
    return folder


def arrays(systems: int = 40, particles: int = 5, noise: float = 0.07) -> dict[str, np.ndarray]:
    """Particles that drift and bend a little, with predictions that miss by noise."""
    rng = np.random.default_rng(1)
    position, velocity = rng.normal(size=(2, systems, particles, 3))
    target = position + 0.6 * velocity + 0.2 * rng.normal(size=position.shape)
    scale = noise * rng.lognormal(sigma=0.8, size=(systems, 1, 1))
    return {
        "position": position,
        "velocity": 0.6 * velocity,
        "charge": rng.choice([-1.0, 1.0], size=(systems, particles)),
        "target_position": target,
        "predicted_position": target + scale * rng.normal(size=position.shape),
    }


def write_run(folder: Path, **changes: Any) -> Path:
    """A run folder with everything in it."""
    write_results(folder, **changes)
    (folder / "check.json").write_text(json.dumps(CHECK), encoding="utf-8")
    rng = np.random.default_rng(2)
    lines = ["epoch,step,train_loss,valid_error,learning_rate,seconds"]
    for epoch in range(200):
        level = 0.0045 + 0.12 * np.exp(-epoch / 9) + 0.02 * np.exp(-epoch / 60)
        train, valid = level * np.exp(0.05 * rng.normal(size=2)) * (0.9, 1.05)
        lines.append(
            f"{epoch},{30 * (epoch + 1)},{train:.6f},{valid:.6f},0.0005,{9.17 * (epoch + 1):.2f}"
        )
    (folder / "metrics.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    np.savez(folder / "predictions.npz", **arrays())
    return folder
