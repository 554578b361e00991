"""The gravity N-body benchmark (SEGNN, paper Table C.3): N masses that attract each other in empty
space.

Each split holds, for N particles (dimensionless: G = 1):

===================  =======  ==============================================================
array                shape    meaning
===================  =======  ==============================================================
`position`           (M, 3)   at step `start`
`velocity`           (M, 3)   at step `start`
`mass`               (M,)     1 unless `masses` says otherwise
`target_position`    (M, 3)   `horizon` steps later
`target_velocity`    (M, 3)   `horizon` steps later
`target_force`       (M, 3)   the force on each particle `horizon` steps later
===================  =======  ==============================================================
"""

from __future__ import annotations

import numpy as np

from segnn.data.systems import Systems
from segnn.errors import UserError
from segnn.simulate.draws import Start
from segnn.simulate.protocol import (
    DT,
    RECORD_EVERY,
    Progress,
    by_split,
    check_options,
    draw_splits,
    in_chunks,
    moved_on,
)

CHUNK = 8  # systems a thread takes at a time
SOFTENING = 0.1


def simulate(
    systems: tuple[int, int, int] = (10000, 2000, 2000),
    particles: int = 100,
    seed: int = 43,
    steps: int = 5000,
    progress: Progress | None = None,
    *,
    start: int = 3000,
    horizon: int = 1000,
    softening: float = SOFTENING,
    masses: tuple[float, float] = (1.0, 1.0),
    unit_velocities: bool = False,
    threads: int | None = None,
) -> dict[str, Systems]:
    """Simulate the three splits; with the default arguments the published systems (paper Table
    C.3).

    The random numbers, the scheme and the times are exactly the published ones. A hundred bodies
    are chaotic, though: rounding (here sums are in another order) grows to some 1e-7 of position at
    step 3000 and 1e-4 at step 4000, 4e-4 at most in the systems of the check file. From the
    published input the published target is met to 1e-11.

    - `systems`: how many of train, valid, test. Fewer than (10000, 2000, 2000) gives the first of
      the published ones:
      the stream of random numbers is drawn as if all had been made. More draws more, which shifts
      the later splits.
    - `particles`: N per system.
    - `seed`: of one legacy NumPy stream that serves train, valid and test in this order; masses
      have one of their own.
    - `steps`: length of the published trajectory. It only decides how many unused numbers are drawn
      per system;
      integration stops at `start + horizon`, which must be less.
    - `progress`: called as `progress(done, total)` with numbers of systems, in the calling thread.
    - `start`, `horizon`: the input is the state at step `start`, the target `horizon` steps later,
      Δt = 0.001.
      (Record k of the published generator is at step 100 k: input record 30, target record 40.)
    - `softening`: ε in the force Σ_j m_i m_j (x_j − x_i) / (|x_j − x_i|² + ε²)^{3/2}.
    - `masses`: drawn uniformly between these two numbers.
    - `unit_velocities`: initial velocities of length 1, as the paper's text has it, instead of the
      published code's
      standard normal ones; before the centre of mass is brought to rest.
    - `threads`: by default one per available processor. The result does not depend on it.

    Returns the splits by name; see the module for their arrays. Raises `UserError`.
    """
    counts = check_options(systems, particles, seed, steps, start, horizon, threads)
    _check(softening, masses)
    rng = np.random.RandomState(seed)  # the published data come from the legacy stream
    unused = steps // RECORD_EVERY
    first = draw_splits(counts, lambda count: draw(rng, count, particles, unused))
    low, high = masses
    if high > low:  # a stream of its own: positions and velocities are drawn as published
        mass = np.random.default_rng(seed).uniform(low, high, first.interaction.shape)
    else:
        mass = np.full(first.interaction.shape, float(low))
    velocity = at_rest(first.velocity, mass, unit_velocities)
    states = _integrate(
        Start(first.position, velocity, mass), start, horizon, softening, threads, progress
    )
    return {name: _systems(states[part], mass[part]) for name, part in by_split(counts).items()}


def draw(rng: np.random.RandomState, systems: int, particles: int, unused: int) -> Start:
    """Draw `systems` initial states; `rng` moves on by exactly as much as the published generator
    moves it.

    Per system: positions and velocities `randn(N, 3)`, and three times `randn(unused, N, 3)`, the
    observation noise, which the published data multiply by zero. Masses are left at 1.
    """
    position, velocity = np.empty((2, systems, particles, 3))
    for s in range(systems):
        position[s] = rng.randn(particles, 3)
        velocity[s] = rng.randn(particles, 3)
        for _ in range(3):
            rng.randn(unused, particles, 3)
    return Start(position, velocity, np.ones((systems, particles)))


def at_rest(velocity: np.ndarray, mass: np.ndarray, unit: bool) -> np.ndarray:
    """Velocities (S, N, 3), of length 1 if `unit`, minus that of the centre of mass; `mass`
    (S, N).
    """
    if unit:
        velocity = velocity / np.linalg.norm(velocity, axis=-1, keepdims=True)
    momentum = np.mean(mass[..., None] * velocity, axis=1, keepdims=True)
    drift: np.ndarray = momentum / mass.mean(1)[:, None, None]
    result: np.ndarray = velocity - drift
    return result


def check_softening(softening: float) -> None:
    """`UserError` unless it is a length."""
    if not (np.isfinite(softening) and softening >= 0):
        raise UserError(
            f"softening is {softening}; expected a length >= 0 (the published systems have "
            f"{SOFTENING})."
        )


def _check(softening: float, masses: tuple[float, float]) -> None:
    check_softening(softening)
    if len(masses) != 2 or not (0 < masses[0] <= masses[1] < np.inf):
        raise UserError(
            f"masses is {masses}; expected two positive numbers, the smallest and the largest "
            "mass, e.g. (0.5, 2)."
        )


def _integrate(
    first: Start,
    start: int,
    horizon: int,
    softening: float,
    threads: int | None,
    progress: Progress | None,
) -> np.ndarray:
    """(S, 2, 3, N, 3): system, input | target, position | velocity | force, particle, xyz."""
    from segnn.simulate.kick_drift_kick import integrate  # imports numba

    states = np.empty((len(first.position), 2, 3, *first.position.shape[1:]))

    def run(part: slice) -> None:
        states[part] = integrate(
            first.position[part],
            first.velocity[part],
            first.interaction[part],
            softening=softening,
            start=start,
            horizon=horizon,
            dt=DT,
        )

    in_chunks(len(states), CHUNK, run, threads, progress)
    return states


def advance(
    systems: Systems, steps: int, softening: float = SOFTENING, threads: int | None = None
) -> Systems:
    """The same systems ``steps`` time steps later: positions and velocities move on, everything
    else stays.

    Needs ``velocity`` and ``mass``. From a recorded state on, exactly as `simulate`.
    """
    from segnn.simulate.kick_drift_kick import integrate  # imports numba

    mass = systems.node["mass"].reshape(-1)

    def run(rows: slice) -> tuple[np.ndarray, np.ndarray]:
        states = integrate(
            systems.position[rows][None],
            systems.node["velocity"][rows][None],
            mass[rows][None],
            softening=softening,
            start=0,
            horizon=steps,
            dt=DT,
        )
        return states[0, 1, 0], states[0, 1, 1]

    return moved_on(systems, run, threads)


def _systems(states: np.ndarray, mass: np.ndarray) -> Systems:
    count, particles = mass.shape
    flat = states.transpose(1, 2, 0, 3, 4).reshape(2, 3, count * particles, 3)
    return Systems(
        position=flat[0, 0],
        offsets=np.arange(count + 1) * particles,
        node={
            "velocity": flat[0, 1],
            "mass": mass.reshape(-1),
            "target_position": flat[1, 0],
            "target_velocity": flat[1, 1],
            "target_force": flat[1, 2],
        },
    )
