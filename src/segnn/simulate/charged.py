"""The charged N-body benchmark (EGNN; SEGNN, paper Table 1) and its springs variant (NRI).

Each split holds, for N particles without a box (dimensionless: mass, Coulomb constant and length are 1):

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

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed

import numpy as np

from segnn.data.systems import Systems
from segnn.errors import UserError
from segnn.simulate.draws import Start, draw

SPLITS = ("train", "valid", "test")
DRAWN = (10000, 2000, 2000)  # systems the published stream draws per split, of which the benchmark may use fewer
DT = 0.001
RECORD_EVERY = 100  # steps between the records of the published generator
CHUNK = 64  # systems a thread takes at a time

Progress = Callable[[int, int], None]


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
    """Simulate the three splits; with the default arguments exactly the published systems (paper Table 1).

    - `systems`: how many of train, valid, test. Fewer than (10000, 2000, 2000) gives the first of the published ones:
      the stream of random numbers is drawn as if all had been made. More draws more, which shifts the later splits.
    - `particles`: N per system.
    - `seed`: of one legacy NumPy stream that serves train, valid and test in this order.
    - `steps`: length of the published trajectory. It only decides how many unused numbers are drawn per system;
      integration stops at `start + horizon`, which must be less.
    - `springs`: instead of charges, springs of constant 0.1 between a random half of the pairs (force -k (x_i - x_j)),
      as the NRI simulator has, but without a box.
    - `progress`: called as `progress(done, total)` with numbers of systems, in the calling thread.
    - `start`, `horizon`: the input is the state at step `start`, the target `horizon` steps later, Δt = 0.001.
      (Record k of the published generator is at step 100 (k + 1): input record 30, target record 40.)
    - `threads`: by default one per available processor. The result does not depend on it.

    Returns the splits by name; see the module for their arrays. Raises `UserError`.
    """
    counts = _check(systems, particles, seed, steps, start, horizon, threads)
    rng = np.random.RandomState(seed)  # the published data come from the legacy stream
    starts = []
    for split, count in enumerate(counts):
        more = any(counts[split + 1 :])  # the last split needs no more draws than it uses
        drawn = max(count, DRAWN[split]) if more else count
        starts.append(draw(rng, drawn, particles, max(0, steps // RECORD_EVERY - 1), springs).first(count))
    states = _integrate(Start.concatenate(starts), springs, start, horizon, threads, progress)
    bounds = np.concatenate([[0], np.cumsum(counts)])
    return {name: _systems(states[bounds[i] : bounds[i + 1]], starts[i].interaction, springs) for i, name in enumerate(SPLITS)}


def _check(
    systems: tuple[int, int, int],
    particles: int,
    seed: int,
    steps: int,
    start: int,
    horizon: int,
    threads: int | None,
) -> tuple[int, ...]:
    counts = tuple(int(count) for count in systems)
    if len(counts) != 3 or min(counts) < 0 or sum(counts) == 0:
        raise UserError(f"systems is {systems}; expected three counts for train, valid, test, e.g. (3000, 2000, 2000).")
    if particles < 1:
        raise UserError(f"particles is {particles}; expected at least 1.")
    if not 0 <= seed < 2**32:
        raise UserError(f"seed is {seed}; expected an integer from 0 to {2**32 - 1}.")
    if threads is not None and threads < 1:
        raise UserError(f"threads is {threads}; expected at least 1, or None for one per available processor.")
    if start < 0 or horizon < 1:
        raise UserError(f"start is {start} and horizon {horizon}; expected start >= 0 and horizon >= 1.")
    if steps <= start + horizon:
        raise UserError(
            f"steps is {steps}, but the target lies at step start + horizon = {start + horizon}. "
            f"Give steps={start + horizon + 1} or more, or a smaller start or horizon."
        )
    return counts


def _integrate(
    first: Start, springs: bool, start: int, horizon: int, threads: int | None, progress: Progress | None
) -> np.ndarray:
    """(S, 2, 2, N, 3): system, input | target, position | velocity, particle, xyz."""
    from segnn.simulate.integrate import leapfrog  # imports numba

    total = len(first.position)
    states = np.empty((total, 2, 2, *first.position.shape[1:]))

    def run(begin: int) -> int:
        part = slice(begin, begin + CHUNK)
        states[part] = leapfrog(
            first.position[part],
            first.velocity[part],
            first.interaction[part],
            springs=springs,
            start=start,
            horizon=horizon,
            dt=DT,
        )
        return len(states[part])

    done = 0
    with ThreadPoolExecutor(threads or _processors()) as pool:
        try:
            for future in as_completed([pool.submit(run, begin) for begin in range(0, total, CHUNK)]):
                done += future.result()
                if progress is not None:
                    progress(done, total)
        except BaseException:  # an interrupt, or an error in `progress`: do not finish the other chunks first
            pool.shutdown(cancel_futures=True)
            raise
    return states


def _processors() -> int:
    """Processors this process may use; not every platform can tell."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _systems(states: np.ndarray, interaction: np.ndarray, springs: bool) -> Systems:
    count, particles = len(states), states.shape[3]
    flat = states.transpose(1, 2, 0, 3, 4).reshape(2, 2, count * particles, 3)
    interaction = interaction.reshape(count * particles, particles) if springs else interaction.reshape(-1)
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
