"""Processes that were forked from one in which torch's threads run.

Threads do not live on in a child: a parallel loop of OpenMP waits there for ever, and so does
torch.compile for the threads it had the parent's code compiled by. A child therefore computes with
one thread, and compiles in that.
"""

from __future__ import annotations

import os
import sys
from functools import lru_cache

import torch


@lru_cache(maxsize=1)
def one_thread_in_children() -> None:
    """From now on, processes that are forked from this one compute with one thread."""
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_one_thread)


def _one_thread() -> None:
    torch.set_num_threads(1)
    if (inductor := sys.modules.get("torch._inductor.config")) is not None:
        inductor.compile_threads = 1  # type: ignore[attr-defined]
