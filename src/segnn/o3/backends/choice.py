"""The seam where kernels plug in: one place decides which path an operation takes.

Every operation exists as a plain PyTorch path (the oracle; any device, any dtype, differentiable
any number of times) and as a numba path (CPU, float32 and float64). The choice is automatic;
``SEGNN_KERNELS=plain`` or ``SEGNN_KERNELS=numba`` in the environment, or ``with
segnn.o3.kernels("plain"):``, overrides it. Whether messages of high degree are taken in the frames
of their edges is chosen likewise; ``SEGNN_FRAMES`` or ``with segnn.o3.edge_frames("never"):``
overrides that.
"""

from __future__ import annotations

import os
import warnings
from contextlib import AbstractContextManager
from contextvars import ContextVar
from functools import lru_cache

import torch
from torch import Tensor

from segnn.o3.scoped import within

_CHOICES = ("auto", "plain", "numba")
_FRAMES = ("auto", "never", "always")
_override: ContextVar[str | None] = ContextVar("kernels", default=None)
_frames_override: ContextVar[str | None] = ContextVar("edge_frames", default=None)


def _check(choice: str, where: str, choices: tuple[str, ...] = _CHOICES) -> str:
    if choice not in choices:
        raise ValueError(f"{where} is {choice!r}, expected one of {', '.join(choices)}")
    return choice


def kernels(choice: str) -> AbstractContextManager[None]:
    """Within the block, take the ``"plain"`` or the ``"numba"`` path, or choose automatically
    (``"auto"``).

    The choice holds in the thread that entered the block.
    """
    return within(_override, _check(choice, "kernels(…)"))


def edge_frames(choice: str) -> AbstractContextManager[None]:
    """Within the block, messages are taken in the frames of their edges ``"never"``, ``"always"``
    where the attribute allows it, or where that is faster (``"auto"``). The choice holds in the
    thread that entered the block.
    """
    return within(_frames_override, _check(choice, "edge_frames(…)", _FRAMES))


def frames_choice() -> str:
    """The choice of ``edge_frames`` or of ``SEGNN_FRAMES`` in the environment; "auto" if neither
    was made.
    """
    return _frames_override.get() or _check(
        os.environ.get("SEGNN_FRAMES", "auto"), "SEGNN_FRAMES", _FRAMES
    )


@lru_cache(maxsize=1)
def _numba_works() -> bool:
    try:
        import segnn.o3.backends.numba.messages  # noqa: F401
    except Exception as error:
        warnings.warn(
            f"segnn: numba kernels are not available ({type(error).__name__}: {error}); taking the plain PyTorch path, "
            "which is several times slower. Try `pip install numba` of a version that fits this Python, or silence this with "
            "SEGNN_KERNELS=plain",
            RuntimeWarning,
            stacklevel=3,
        )
        return False
    return True


def use_numba(x: Tensor) -> bool:
    """Whether operations on tensors like x take the numba path; never while ``torch.compile``
    traces them.
    """
    if torch.compiler.is_compiling():
        return False
    choice = _override.get() or _check(os.environ.get("SEGNN_KERNELS", "auto"), "SEGNN_KERNELS")
    if choice == "plain":
        return False
    served = x.device.type == "cpu" and x.dtype in (torch.float32, torch.float64)
    if choice == "numba":
        if not served:
            raise ValueError(
                f"the numba kernels serve float32 and float64 on the CPU, not {x.dtype} on {x.device}; "
                "choose kernels('plain') for these"
            )
        return True
    return served and _numba_works()
