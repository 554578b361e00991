"""Processes that were forked from one in which torch's threads run.

OpenMP's threads do not live on in a child, and a parallel loop there waits for them for ever. A
child therefore computes with one thread.
"""

from __future__ import annotations

import os
from functools import lru_cache

import torch


@lru_cache(maxsize=1)
def one_thread_in_children() -> None:
    """From now on, processes that are forked from this one compute with one thread."""
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_one_thread)


def _one_thread() -> None:
    torch.set_num_threads(1)
