"""One of the processes that `segnn.model.in_processes` starts."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch

from segnn.errors import UserError
from segnn.model.in_processes import FAILED, FOUND, predict_with
from segnn.model.physical import PhysicalModel
from segnn.parallel.group import Group
from segnn.parallel.launched import joined, launched
from segnn.parallel.start import told


def main(place: str) -> int:
    """Predict as the parent says; the first process leaves the result in the folder ``place``."""
    found, call = launched(), told()
    assert found is not None, "started by segnn.parallel.start"
    try:
        with joined(found, torch.device(call["device"])) as device:
            group = Group(found.rank, found.size, device)
            _predict(Path(place), call, group)
    except UserError as error:
        (Path(place) / FAILED).write_text(json.dumps(str(error)))
        return 1
    return 0


def _predict(place: Path, call: dict[str, Any], group: Group) -> None:
    model = PhysicalModel.load(call["model"]).to(group.device)
    result = predict_with(model, call["systems"], call["source"], group)
    if group.rank == 0:
        np.savez(place / FOUND, **result)  # type: ignore[arg-type]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
