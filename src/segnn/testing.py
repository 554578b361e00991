"""Checks for the tests of your own layers and models; no more than pytest and one line.

A function or a module of plain tensors in e3nn's ``mul_ir`` layout, to rotation and inversion at
once:

    from segnn.nn import SteerableLinear
    from segnn.testing import assert_equivariant

    def test_layer():
        layer = SteerableLinear("4x0e+2x1o", "1x1o+1x2e", "1x0e+1x1o")
        assert_equivariant(layer, ["4x0e+2x1o", "1x0e+1x1o"], "1x1o+1x2e")

A network on a graph takes arguments that do not turn; their irreps are None, and all inputs are
given:

    assert_equivariant(net, ["2x1o+1x0e", None, "1x0e+1x1o", "1x0e+1x1o"], "1x1o", inputs=[x,
    edge_index, edge_attr, node_attr])

A whole model, from raw arrays to predictions — symmetries, batching, degenerate systems, gradients,
as ``segnn check``:

    from segnn.testing import assert_model_ok

    def test_model():
        assert_model_ok("runs/charged", "data/charged/test.npz")
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import torch
from e3nn.o3 import Irreps
from torch import Tensor, nn

from segnn.data import SystemsLike
from segnn.model import PhysicalModel, load
from segnn.model.check import Check, check_model, random_systems, transformed
from segnn.model.check.symmetry import random_rotation
from segnn.model.check.transform import representation

__all__ = ["assert_equivariant", "assert_model_ok", "random_systems", "transformed"]

TOLERANCE = {torch.float64: 1e-10, torch.float32: 1e-4}
IrrepsLike: TypeAlias = str | Irreps


def assert_equivariant(
    function: Callable[..., Tensor],
    irreps_in: IrrepsLike | Sequence[IrrepsLike | None],
    irreps_out: IrrepsLike,
    inputs: Sequence[Any] | None = None,
    *,
    rows: int = 7,
    tolerance: float | None = None,
    seed: int = 0,
) -> None:
    """Assert f(D_in x) = D_out f(x) for a random rotation, and for another one followed by the
    inversion.

    - ``function``: of one tensor (rows, irreps_in.dim), or of several, to (rows of the output,
      irreps_out.dim).
    - ``irreps_in``: of the argument, or a list with those of each argument; None for one that does
      not turn.
    - ``inputs``: the arguments; standard normal rows in the dtype of the function's parameters
      (float64 if it has none)
      where not given.
    - ``tolerance``: of the largest error relative to the largest output; 1e-10 in float64, 1e-4 in
      float32.

    Raises AssertionError that names the symmetry, the error and the irrep of the output it is worst
    in; ValueError if the arguments do not fit each other.
    """
    kinds = [irreps_in] if isinstance(irreps_in, str | Irreps) else list(irreps_in)
    irreps = [None if kind is None else Irreps(kind) for kind in kinds]
    out = Irreps(irreps_out)
    arguments = _random(irreps, rows, _dtype(function), seed) if inputs is None else list(inputs)
    if len(arguments) != len(irreps):
        raise ValueError(
            f"got {len(arguments)} inputs and irreps for {len(irreps)}: give one for each, None for"
            " what does not turn"
        )
    result = function(*arguments).detach()
    if result.ndim == 0 or result.shape[-1] != out.dim:
        raise AssertionError(
            f"the output has shape {tuple(result.shape)}, expected {out.dim} columns for irreps"
            f" {out}"
        )
    if not result.numel():
        raise ValueError(
            f"the output has shape {tuple(result.shape)}: nothing to compare; give inputs with rows"
        )
    allowed = TOLERANCE.get(result.dtype, 1e-2) if tolerance is None else tolerance
    rng = np.random.default_rng(seed)
    for name, rotation in (
        ("rotation", random_rotation(rng)),
        ("inversion (with a rotation)", -random_rotation(rng)),
    ):
        turned = [
            x if kind is None else _turn(x, kind, rotation)
            for x, kind in zip(arguments, irreps, strict=True)
        ]
        deviation = (function(*turned).detach() - _turn(result, out, rotation)).abs()
        error = float(
            deviation.max() / result.abs().max().clamp(min=torch.finfo(result.dtype).tiny)
        )
        if not error <= allowed:
            raise AssertionError(
                f"not equivariant to {name}: relative error {error:.1e}, tolerance {allowed:.0e}; "
                f"worst in {_worst(deviation, out)} of the output {out}"
            )


def assert_model_ok(
    model: PhysicalModel | str | Path,
    systems: SystemsLike | None = None,
    *,
    seed: int = 0,
) -> list[Check]:
    """Assert everything that ``segnn check`` checks; returns its rows.

    - ``model``: a model, or what `segnn.load` takes: a run folder, a model folder, a packaged name.
    - ``systems``: as `PhysicalModel.predict` takes them; random ones with the recipe's fields if
      None.

    Raises AssertionError that lists what failed.
    """
    checked = model if isinstance(model, PhysicalModel) else load(model)
    if systems is None:
        systems = random_systems(checked.recipe)
    rows = check_model(checked, systems, seed)
    failed = [
        f"{r.property} in {r.dtype}: error {r.error:.1e}, tolerance {r.tolerance:.0e}"
        for r in rows
        if not r.passed
    ]
    if failed:
        raise AssertionError("\n  ".join([f"{len(failed)} of {len(rows)} checks failed:", *failed]))
    return rows


def _dtype(function: Callable[..., Tensor]) -> torch.dtype:
    parameters = list(function.parameters()) if isinstance(function, nn.Module) else []
    return parameters[0].dtype if parameters else torch.float64


def _random(irreps: list[Irreps | None], rows: int, dtype: torch.dtype, seed: int) -> list[Tensor]:
    if None in irreps:
        raise ValueError(
            "irreps_in has a None: give all inputs, there is no telling what that one looks like"
        )
    generator = torch.Generator().manual_seed(seed)
    return [
        torch.randn(rows, kind.dim, generator=generator, dtype=torch.float64).to(dtype)
        for kind in irreps
        if kind is not None
    ]


def _turn(x: Tensor, irreps: Irreps, rotation: np.ndarray) -> Tensor:
    return (x.double() @ torch.from_numpy(representation(irreps, rotation)).T).to(x.dtype)


def _worst(deviation: Tensor, irreps: Irreps) -> str:
    """The entry of ``irreps`` with the largest deviation."""
    columns = deviation.flatten(0, -2).nan_to_num(torch.inf).amax(0)
    parts = [
        (float(columns[s].max()), str(part))
        for s, part in zip(irreps.slices(), irreps, strict=True)
        if s.stop > s.start
    ]
    return max(parts)[1]
