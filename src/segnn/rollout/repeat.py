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

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from e3nn.o3 import Irreps

from segnn.data import Systems, SystemsLike
from segnn.data.schema import rows_of
from segnn.errors import UserError
from segnn.model import PhysicalModel
from segnn.model.isolate import predict_each
from segnn.simulate import charged, gravity
from segnn.simulate.protocol import DT

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class End:
    """Where a system's trajectory ends before the others': its last ``state``, and the reason."""

    state: int
    reason: str


@dataclass(frozen=True)
class Trajectory:
    """States 0 … K of M particles: ``position`` (K + 1, M, 3), ``velocity`` the same or None,
    ``time`` (K + 1,).

    ``ended``: the systems that could not go on, by their numbers; from the state after their last
    one on, their positions and velocities are NaN.
    """

    systems: Systems
    position: np.ndarray
    velocity: np.ndarray | None
    time: np.ndarray
    ended: Mapping[int, End] = field(default_factory=dict)

    def finite(self, state: int) -> np.ndarray:
        """The systems, (S,) bool, that have this state."""
        rows = np.isfinite(self.position[state]).all(1)
        if self.velocity is not None:
            rows &= np.isfinite(self.velocity[state]).all(1)
        owner = np.repeat(np.arange(len(self.systems)), self.systems.sizes)
        whole: np.ndarray = np.bincount(owner[~rows], minlength=len(self.systems)) == 0
        return whole


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
    differences without it. A system whose numbers are not finite any more ends there, the others go
    on; the trajectory is shorter than asked for when all have ended. Raises `UserError` for a model
    that cannot be repeated, and for what is wrong with all systems, such as a missing field.
    """
    for repeated, quantity in ((model, "position"), (velocities, "velocity")):
        if repeated is not None:
            check(repeated, quantity)
    read = model.read(systems, source)
    first, now, source = read.systems, read.systems, read.source
    tracked = "velocity" in now.node
    states = [(now.position, now.node.get("velocity"))]
    alive, ended = np.arange(len(now)), dict[int, End]()
    for step in range(steps):
        predicted, failed = _next(model, velocities, now, horizon, source)
        kept = np.setdiff1d(np.arange(len(now)), list(failed))
        ended |= {int(alive[number]): End(step, reason) for number, reason in failed.items()}
        alive = alive[kept]
        if not len(alive):
            break
        now = predicted[kept] if failed else predicted
        rows, _ = rows_of(first.offsets, alive)
        position = np.full_like(first.position, np.nan)
        position[rows] = now.position
        velocity = None
        if tracked:
            velocity = np.full_like(first.position, np.nan)
            velocity[rows] = now.node["velocity"]
        states.append((position, velocity))
        if progress is not None:
            progress(step + 1, steps)
    return _trajectory(first, states, horizon, dict(sorted(ended.items())))


def _next(
    model: PhysicalModel,
    velocities: PhysicalModel | None,
    now: Systems,
    horizon: float,
    source: str,
) -> tuple[Systems, dict[int, str]]:
    """The systems one step later, and why some of them, by their number in ``now``, have no such
    state.
    """
    found, failed = predict_each(model, now, source)
    position = found["position"]
    node = dict(now.node)
    if "velocity" in node:
        if velocities is None:
            with np.errstate(over="ignore", invalid="ignore"):
                node["velocity"] = (position - now.position) / horizon
        else:
            found, more = predict_each(velocities, now, source)
            node["velocity"] = found["velocity"]
            failed = {**more, **failed}
        bad = ~np.isfinite(node["velocity"]).all(1)
        owner = np.repeat(np.arange(len(now)), now.sizes)
        for number in np.unique(owner[bad]):
            failed.setdefault(int(number), "its velocity is not finite")
    return replace(now, position=position, node=node), failed


def check(model: PhysicalModel, quantity: str) -> None:
    """`UserError` if the model does not predict this vector of every particle, or needs something
    that nothing predicts.
    """
    recipe = model.recipe
    target = recipe.targets.get(quantity)
    if target is None or Irreps(target.irreps) != Irreps("1o") or target.level != "node":
        target = target or recipe.targets[recipe.main]
        wanted = "positions" if quantity == "position" else "velocities (--velocity)"
        raise UserError(
            f"the model {recipe.name!r} predicts {target.array} ({target.irreps} per "
            f"{target.level}); a rollout needs {wanted}: target: {{array: target_{quantity}, "
            "irreps: 1o, …}"
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
                f"the model {recipe.name!r} uses the field {name!r} ({spec.irreps}), which changes "
                "in time and which nothing predicts: it cannot be rolled out. Charges, masses and "
                "other scalars stay as they are"
            )
        if name == "velocity" and spec is not None and spec.array not in (None, "velocity"):
            raise UserError(
                f"the model {recipe.name!r} reads velocities from {spec.array!r}; a rollout needs "
                "the array 'velocity'"
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
            f"softening is {softening}, and these systems are not of the gravity simulator, the "
            f"only one that softens (they hold {', '.join(systems.names)}, it needs velocity and "
            "mass); leave --softening out"
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
    return _trajectory(systems, states, horizon, {})


def _trajectory(
    systems: Systems,
    states: Sequence[tuple[np.ndarray, np.ndarray | None]],
    horizon: float,
    ended: dict[int, End],
) -> Trajectory:
    velocities = [velocity for _, velocity in states if velocity is not None]
    return Trajectory(
        systems,
        np.stack([position for position, _ in states]),
        np.stack(velocities) if velocities else None,
        horizon * np.arange(len(states)),
        ended,
    )
