"""The charged N-body benchmark (EGNN; SEGNN, paper Table 1) and its springs variant (NRI).

Each split holds, for N particles without a box (dimensionless: mass, Coulomb constant and length
are 1):

===================  =========  ==================================================================
array                shape      meaning
===================  =========  ==================================================================
`position`           (M, 3)     at step `start`
`velocity`           (M, 3)     at step `start`
`charge`             (M,)       ±1 (not with `springs`)
`coupling`           (M, N)     row i: spring constants of particle i to particles 0…N-1 (`springs`)
`target_position`    (M, 3)     `horizon` steps later
`target_velocity`    (M, 3)     `horizon` steps later
===================  =========  ==================================================================
"""

from __future__ import annotations

import numpy as np

from segnn.data.systems import Systems
from segnn.simulate.draws import Start, draw
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

CHUNK = 64  # systems a thread takes at a time


def simulate(
    systems: tuple[int, int, int] = (3000, 2000, 2000),
    particles: int = 5,
    seed: int = 43,
    steps: int = 5000,
    springs: bool = False,
    progress: Progress | None = None,
    *,
    start: int = 3100,
    horizon: int = 1000,
    threads: int | None = None,
) -> dict[str, Systems]:
    """Simulate the three splits; with the default arguments exactly the published systems (paper
    Table 1).

    - `systems`: how many of train, valid, test. Fewer than (10000, 2000, 2000) gives the first of
      the published ones:
      the stream of random numbers is drawn as if all had been made. More draws more, which shifts
      the later splits.
    - `particles`: N per system.
    - `seed`: of one legacy NumPy stream that serves train, valid and test in this order.
    - `steps`: length of the published trajectory. It only decides how many unused numbers are drawn
      per system;
      integration stops at `start + horizon`, which must be less.
    - `springs`: instead of charges, springs of constant 0.1 between a random half of the pairs
      (force -k (x_i - x_j)),
      as the NRI simulator has, but without a box.
    - `progress`: called as `progress(done, total)` with numbers of systems, in the calling thread.
    - `start`, `horizon`: the input is the state at step `start`, the target `horizon` steps later,
      Δt = 0.001.
      (Record k of the published generator is at step 100 (k + 1): input record 30, target record
      40.)
    - `threads`: by default one per available processor. The result does not depend on it.

    Returns the splits by name; see the module for their arrays. Raises `UserError`.
    """
    counts = check_options(systems, particles, seed, steps, start, horizon, threads, pairs=springs)
    rng = np.random.RandomState(seed)  # the published data come from the legacy stream
    unused = max(0, steps // RECORD_EVERY - 1)
    first = draw_splits(counts, lambda count: draw(rng, count, particles, unused, springs))
    states = _integrate(first, springs, start, horizon, threads, progress)
    return {
        name: _systems(states[part], first.interaction[part], springs)
        for name, part in by_split(counts).items()
    }


def _integrate(
    first: Start,
    springs: bool,
    start: int,
    horizon: int,
    threads: int | None,
    progress: Progress | None,
) -> np.ndarray:
    """(S, 2, 2, N, 3): system, input | target, position | velocity, particle, xyz."""
    from segnn.simulate.integrate import leapfrog  # imports numba

    states = np.empty((len(first.position), 2, 2, *first.position.shape[1:]))

    def run(part: slice) -> None:
        states[part] = leapfrog(
            first.position[part],
            first.velocity[part],
            first.interaction[part],
            springs=springs,
            start=start,
            horizon=horizon,
            dt=DT,
        )

    in_chunks(len(states), CHUNK, run, threads, progress)
    return states


def advance(systems: Systems, steps: int, threads: int | None = None) -> Systems:
    """The same systems ``steps`` time steps later: positions and velocities move on, everything
    else stays.

    Needs ``velocity``, and ``charge`` or (springs) ``coupling``. From a recorded state on, exactly
    as `simulate`.
    """
    from segnn.simulate.integrate import leapfrog  # imports numba

    springs = "coupling" in systems.node
    interaction = systems.node["coupling" if springs else "charge"]

    def run(rows: slice) -> tuple[np.ndarray, np.ndarray]:
        own = interaction[rows] if springs else interaction[rows].reshape(1, -1)
        states = leapfrog(
            systems.position[rows][None],
            systems.node["velocity"][rows][None],
            own[None],
            springs=springs,
            start=0,
            horizon=steps,
            dt=DT,
        )
        return states[0, 1, 0], states[0, 1, 1]

    return moved_on(systems, run, threads)


def _systems(states: np.ndarray, interaction: np.ndarray, springs: bool) -> Systems:
    count, particles = len(states), states.shape[3]
    flat = states.transpose(1, 2, 0, 3, 4).reshape(2, 2, count * particles, 3)
    interaction = (
        interaction.reshape(count * particles, particles) if springs else interaction.reshape(-1)
    )
    return Systems(
        position=flat[0, 0],
        offsets=np.arange(count + 1) * particles,
        node={
            "velocity": flat[0, 1],
            "coupling" if springs else "charge": interaction,
            "target_position": flat[1, 0],
            "target_velocity": flat[1, 1],
        },
    )
