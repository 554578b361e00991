"""What the simulators share: splits out of one stream of random numbers, options checked, chunks of
systems on threads.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from dataclasses import replace
from multiprocessing import get_context
from typing import TypeVar

import numpy as np

from segnn.data.systems import Systems
from segnn.errors import UserError
from segnn.room import check_room
from segnn.simulate.draws import Start
from segnn.splits import SPLITS

DRAWN = (
    10000,
    2000,
    2000,
)  # systems the published streams draw per split, of which a benchmark may use fewer
DT = 0.001
RECORD_EVERY = 100  # steps between the records of the published generators

Progress = Callable[[int, int], None]
Task = TypeVar("Task")
Made = TypeVar("Made")


def check_draws(
    systems: tuple[int, int, int], seed: int, usual: tuple[int, int, int]
) -> tuple[int, ...]:
    """The counts of train, valid, test; `UserError`, which names the ``usual`` ones, for others
    than three counts, and for what is no seed.
    """
    counts = tuple(int(count) for count in systems)
    if len(counts) != 3 or min(counts) < 0 or sum(counts) == 0:
        raise UserError(
            f"systems is {systems}; expected three counts for train, valid, test, e.g. {usual}."
        )
    if not 0 <= seed < 2**32:
        raise UserError(f"seed is {seed}; expected an integer from 0 to {2**32 - 1}.")
    return counts


def check_options(
    systems: tuple[int, int, int],
    particles: int,
    seed: int,
    steps: int,
    start: int,
    horizon: int,
    threads: int | None,
    pairs: bool = False,
) -> tuple[int, ...]:
    """The counts of train, valid, test; `UserError` for options without a meaning, or that the
    memory cannot hold.

    ``pairs``: every pair of particles has a number of its own.
    """
    counts = check_draws(systems, seed, (3000, 2000, 2000))
    if particles < 1:
        raise UserError(f"particles is {particles}; expected at least 1.")
    if threads is not None and threads < 1:
        raise UserError(
            f"threads is {threads}; expected at least 1, or None for one per available processor."
        )
    if start < 0 or horizon < 1:
        raise UserError(
            f"start is {start} and horizon {horizon}; expected start >= 0 and horizon >= 1."
        )
    if steps <= start + horizon:
        raise UserError(
            f"steps is {steps}, but the target lies at step start + horizon = {start + horizon}. "
            f"Give steps={start + horizon + 1} or more, or a smaller start or horizon."
        )
    numbers = particles * max(
        sum(counts) * (18 + (particles if pairs else 1)), 3 * steps // RECORD_EVERY
    )
    check_room(
        8 * numbers,
        f"{sum(counts)} systems of {particles} particles over {steps} steps (start {start}, "
        f"horizon {horizon})",
        "Give fewer systems or particles, or a smaller start or horizon.",
    )
    return counts


def draw_splits(counts: tuple[int, ...], draw: Callable[[int], Start]) -> Start:
    """The initial states of all splits, one after the other; `draw(n)` takes the next n systems
    from the stream.

    The stream is drawn as if all published systems had been made, so that fewer are the first of
    the published ones.
    """
    starts = []
    for split, count in enumerate(counts):
        more = any(counts[split + 1 :])  # the last split needs no more draws than it uses
        starts.append(draw(max(count, DRAWN[split]) if more else count).first(count))
    return Start.concatenate(starts)


def by_split(counts: tuple[int, ...]) -> dict[str, slice]:
    """Which of the systems of `draw_splits` belong to train, valid, test."""
    bounds = np.concatenate([[0], np.cumsum(counts)])
    return {name: slice(int(bounds[i]), int(bounds[i + 1])) for i, name in enumerate(SPLITS)}


def in_chunks(
    total: int,
    chunk: int,
    run: Callable[[slice], None],
    threads: int | None = None,
    progress: Progress | None = None,
) -> None:
    """Call `run(slice)` for `chunk` systems at a time, on `threads` threads (one per available
    processor if None).

    `progress(done, total)` is called in the calling thread. An interrupt does not wait for the
    chunks not yet begun.
    """
    done = 0
    with ThreadPoolExecutor(threads or processors()) as pool:
        try:
            parts = [slice(begin, min(begin + chunk, total)) for begin in range(0, total, chunk)]
            futures = {pool.submit(run, part): part for part in parts}
            for future in as_completed(futures):
                future.result()
                done += futures[future].stop - futures[future].start
                if progress is not None:
                    progress(done, total)
        except (
            BaseException
        ):  # an interrupt, or an error in `progress`: do not finish the other chunks first
            pool.shutdown(cancel_futures=True)
            raise


def check_processes(processes: int) -> None:
    """UserError for a number of processes without a meaning."""
    if not 1 <= processes <= 1024:
        raise UserError(f"processes is {processes}; expected 1 to 1024.")


def in_processes(
    make: Callable[[Task], Made], tasks: Sequence[Task], processes: int, chunk: int
) -> Iterator[Made]:
    """What `make`, a function of a module, makes of each of the tasks, in their order; `chunk` of
    them at a time go to one of the `processes`. An interrupt does not wait for those not yet begun.
    """
    if processes == 1:
        yield from map(make, tasks)
        return
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        try:
            yield from pool.map(make, tasks, chunksize=chunk)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def moved_on(
    systems: Systems,
    run: Callable[[slice], tuple[np.ndarray, np.ndarray]],
    threads: int | None = None,
) -> Systems:
    """The systems with new positions and velocities; `run(rows)` gives those of one system, (N, 3)
    each.
    """
    position, velocity = np.empty((2, *systems.position.shape))

    def some(part: slice) -> None:
        for s in range(part.start, part.stop):
            rows = slice(int(systems.offsets[s]), int(systems.offsets[s + 1]))
            position[rows], velocity[rows] = run(rows)

    in_chunks(len(systems), 16, some, threads)
    return replace(systems, position=position, node={**systems.node, "velocity": velocity})


def processors() -> int:
    """Processors this process may use; not every platform can tell."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
