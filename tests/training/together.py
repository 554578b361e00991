"""Several processes that train together, forked from this one: what it has imported and patched
they have too.
"""

import multiprocessing
import os
import tempfile
import time
import warnings
from pathlib import Path

from segnn.parallel.launched import MEETING


def together(size, function):
    """What ``function()`` returns or raises in each of ``size`` processes, by rank."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        return _together(size, function, str(Path(folder) / "meeting"))


def _together(size, function, meeting):
    context = multiprocessing.get_context("fork")
    found = context.SimpleQueue()
    parts = [
        context.Process(target=_part, args=(rank, size, meeting, function, found))
        for rank in range(size)
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of forks with threads, Python 3.12
        for part in parts:
            part.start()
    told, patience = {}, None
    while len(told) < size:
        if not found.empty():
            told |= [found.get()]
        elif patience is not None and time.monotonic() > patience:
            break  # one has failed before it met the others, who would wait for half an hour
        else:
            time.sleep(0.02)
        if patience is None and any(isinstance(each, BaseException) for each in told.values()):
            patience = time.monotonic() + 90
    for part in parts:
        if len(told) < size:
            part.terminate()
        part.join()
    lost = TimeoutError("still waiting for another process, which had failed")
    return [told.get(rank, lost) for rank in range(size)]


def all_well(size, function):
    """What ``function()`` returns in each of them; the first error that one of them raised."""
    found = together(size, function)
    wrong = [told for told in found if isinstance(told, BaseException)]
    if wrong:
        raise min(wrong, key=lambda told: isinstance(told, TimeoutError))
    return found


def _part(rank, size, meeting, function, found):
    os.environ |= {"RANK": str(rank), "LOCAL_RANK": str(rank), "WORLD_SIZE": str(size)}
    os.environ |= {MEETING: meeting}
    try:
        found.put((rank, function()))
    except BaseException as error:
        found.put((rank, error))
