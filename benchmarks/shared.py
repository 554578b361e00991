"""What measurements of this folder share: systems of the recipe ``charged``, a written result."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from segnn.data import Systems

PARTICLES = 5


def systems(count: int) -> Systems:
    """Random particles with the arrays of the recipe ``charged``."""
    rng = np.random.default_rng(0)
    position, velocity = rng.normal(size=(2, count * PARTICLES, 3))
    node = {"velocity": velocity, "charge": rng.choice([-1.0, 1.0], size=len(position))}
    node["target_position"] = position + velocity
    return Systems(position, np.arange(count + 1) * PARTICLES, node)


def tell(result: dict[str, Any], out: Path | None) -> None:
    """Print the result as JSON, and write it to ``out`` if that is given."""
    text = json.dumps(result, indent=2)
    print(text)
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(text + "\n")
