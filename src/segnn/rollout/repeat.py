"""Repeat a model: what it predicts for now is what it starts from next.

A recipe's model predicts positions one horizon T later, and nothing else; the next step also needs
the velocities there. They come from a second model, of a recipe whose target is the velocity
(the recipe charged-velocity), or, without one, from the difference (x(t + T) − x(t))/T. On the
charged test systems (T = 1, velocities of mean square .347) that difference has a mean squared
error of .101; carrying the old velocity on has .242, and 2 (x(t + T) − x(t))/T − v(t), which is of
second order, .178: its errors return with the other sign in every step. Everything else (charges,
masses) does not change in time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from e3nn.o3 import Irreps

from segnn.data import Systems, SystemsLike
from segnn.errors import UserError
from segnn.model import PhysicalModel
from segnn.simulate import charged, gravity
from segnn.simulate.protocol import DT

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Trajectory:
    """States 0 … K of M particles: ``position`` (K + 1, M, 3), ``velocity`` the same or None,
    ``time`` (K + 1,).
    """

    systems: Systems
    position: np.ndarray
    velocity: np.ndarray | None
    time: np.ndarray


def rollout(
    model: PhysicalModel,
    systems: SystemsLike,
    steps: int,
    *,
    velocities: PhysicalModel | None = None,
    horizon: float = 1.0,
    source: str | None = None,
    progress: Progress | None = None,
) -> Trajectory:
    """Apply ``model`` ``steps`` times, from the positions (and velocities) of ``systems`` on, which
    are handed over as to `PhysicalModel.predict`.

    ``velocities``: a model of the velocities after the same ``horizon`` (time units of one step);
    differences without it. Ends early, with a shorter trajectory, when positions are no finite
    numbers any more. Raises `UserError` for a model that cannot be repeated.
    """
    for repeated, quantity in ((model, "position"), (velocities, "velocity")):
        if repeated is not None:
            check(repeated, quantity)
    read = model.read(systems, source)
    now, source = read.systems, read.source
    tracked = "velocity" in now.node
    states = [(now.position, now.node.get("velocity"))]
    for step in range(steps):
        position = model.predict_systems(now, source)
        node = dict(now.node)
        if tracked:
            moved = (position - now.position) / horizon
            node["velocity"] = (
                moved if velocities is None else velocities.predict_systems(now, source)
            )
        if not np.isfinite(position).all() or (tracked and not np.isfinite(node["velocity"]).all()):
            break
        now = replace(now, position=position, node=node)
        states.append((position, node.get("velocity")))
        if progress is not None:
            progress(step + 1, steps)
    return _trajectory(read.systems, states, horizon)


def check(model: PhysicalModel, quantity: str) -> None:
    """`UserError` if the model does not predict this vector of every particle, or needs something
    that nothing predicts.
    """
    recipe = model.recipe
    target = recipe.target
    if (
        model.quantity != quantity
        or Irreps(target.irreps) != Irreps("1o")
        or target.level != "node"
    ):
        wanted = "positions" if quantity == "position" else "velocities (--velocity)"
        raise UserError(
            f"the model {recipe.name!r} predicts {target.array} ({target.irreps} per {target.level}); a rollout needs "
            f"{wanted}: target: {{array: target_{quantity}, irreps: 1o, …}}"
        )
    for name in model.cues.fields:
        spec = recipe.fields.get(name)
        scalar = spec is None or all(ir.l == 0 for _, ir in Irreps(spec.irreps))
        if (
            name not in ("position", "velocity")
            and spec is not None
            and spec.level == "node"
            and not scalar
        ):
            raise UserError(
                f"the model {recipe.name!r} uses the field {name!r} ({spec.irreps}), which changes in time and which nothing "
                "predicts: it cannot be rolled out. Charges, masses and other scalars stay as they are"
            )
        if name == "velocity" and spec is not None and spec.array not in (None, "velocity"):
            raise UserError(
                f"the model {recipe.name!r} reads velocities from {spec.array!r}; a rollout needs the array 'velocity'"
            )


def check_softening(systems: Systems, softening: float | None) -> None:
    """`UserError` for a softening that is no length, or that no simulator of ``systems`` has a use
    for.
    """
    if softening is None:
        return
    gravity.check_softening(softening)
    if not {"velocity", "mass"} <= set(systems.node):
        raise UserError(
            f"softening is {softening}, and these systems are not of the gravity simulator, the only one that softens "
            f"(they hold {', '.join(systems.names)}, it needs velocity and mass); leave --softening out"
        )


def simulated(
    systems: Systems, steps: int, *, horizon: float = 1.0, softening: float | None = None
) -> Trajectory | None:
    """The simulator's trajectory from the same start; None where the systems are of neither
    simulator.

    Systems with ``charge`` or ``coupling`` are the charged simulator's, those with ``mass`` the
    gravity simulator's. Raises `UserError` if the horizon is no whole number of time steps of
    0.001, or the softening does not fit.
    """
    check_softening(systems, softening)
    node = systems.node
    if "velocity" not in node or not {"charge", "coupling", "mass"} & set(node):
        return None
    ticks = round(horizon / DT)
    if ticks < 1 or abs(ticks * DT - horizon) > 1e-9 * horizon:
        raise UserError(f"the time {horizon} is no whole number of the simulator's steps of {DT}")
    now, states = systems, [(systems.position, node["velocity"])]
    for _ in range(steps):
        if "mass" in node:
            now = gravity.advance(now, ticks, gravity.SOFTENING if softening is None else softening)
        else:
            now = charged.advance(now, ticks)
        states.append((now.position, now.node["velocity"]))
    return _trajectory(systems, states, horizon)


def _trajectory(
    systems: Systems, states: Sequence[tuple[np.ndarray, np.ndarray | None]], horizon: float
) -> Trajectory:
    velocities = [velocity for _, velocity in states if velocity is not None]
    return Trajectory(
        systems,
        np.stack([position for position, _ in states]),
        np.stack(velocities) if velocities else None,
        horizon * np.arange(len(states)),
    )
