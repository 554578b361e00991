"""What the page may ask for: one run of the model on one system, turned and changed. Checked before
anything is computed.
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from segnn.errors import UserError

Number = Annotated[float, Field(ge=-1e6, le=1e6, allow_inf_nan=False)]
ORTHOGONAL = 1e-3


class Change(BaseModel):
    """Another value for a field of one node: the numbers of its irreps."""

    model_config = ConfigDict(extra="forbid", strict=True)

    field: Annotated[str, Field(max_length=64)]
    node: Annotated[int, Field(ge=0)]
    value: Annotated[list[Number], Field(min_length=1, max_length=64)]


class RunRequest(BaseModel):
    """One run.

    - ``system``: which of the systems.
    - ``rotation``: an orthogonal matrix, row by row; improper ones mirror. Turns the system about
      its centre.
    - ``off``: cues that are switched off, as ``node_attributes.1``: a list of the recipe and the
      number of the entry.
    - ``changes``: fields of single nodes, before the system is turned.
    - ``network``: the model, or the baseline that is not equivariant.
    """

    model_config = ConfigDict(extra="forbid", strict=True)

    system: Annotated[int, Field(ge=0)] = 0
    rotation: Annotated[list[Number], Field(min_length=9, max_length=9)] = [
        1,
        0,
        0,
        0,
        1,
        0,
        0,
        0,
        1,
    ]
    off: Annotated[list[Annotated[str, Field(max_length=64)]], Field(max_length=64)] = []
    changes: Annotated[list[Change], Field(max_length=256)] = []
    network: Literal["model", "baseline"] = "model"

    @classmethod
    def read(cls, body: bytes) -> RunRequest:
        """From JSON; UserError that names the key."""
        try:
            return cls.model_validate_json(body)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            key = ".".join(map(str, first["loc"])) or "the request"
            raise UserError(f"{key}: {first['msg']}") from None

    def matrix(self) -> np.ndarray:
        """The orthogonal matrix (3, 3) nearest to ``rotation``; UserError if it is none to three
        digits.
        """
        given = np.array(self.rotation, float).reshape(3, 3)
        if np.abs(given @ given.T - np.eye(3)).max() > ORTHOGONAL:
            raise UserError(
                "rotation: not an orthogonal matrix; give the nine numbers of a rotation or a "
                "mirrored one"
            )
        u, _, v = np.linalg.svd(given)
        nearest: np.ndarray = u @ v
        return nearest
