"""Which backend computes an operation: the one place that decides it.

Every operation exists as a plain PyTorch path (the oracle; any device, any dtype, differentiable
any number of times) and on backends with kernels (``numba``: CPU, ``triton``: graphics cards; both
float32 and float64). The choice is automatic: of the registered backends the last one that serves
the tensor. ``SEGNN_KERNELS=plain``, ``numba`` or ``triton`` in the environment, or ``with
segnn.o3.kernels("plain"):``, overrides it. While a tracer records or a transform is at work
(``segnn.o3.tracing``) it is always the plain path.
"""

from __future__ import annotations

import warnings
from contextlib import AbstractContextManager
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec

import torch
from torch import Tensor

from segnn.errors import UserError
from segnn.o3.backends import fork
from segnn.o3.backends.protocol import PLAIN, Backend
from segnn.o3.scoped import Choice
from segnn.o3.tracing import is_recorded

_NUMBA = "segnn.o3.backends.numba.layers.backend"
_TRITON = "segnn.o3.backends.triton.backend"
_registered: dict[str, Backend] = {}
fork.one_thread_in_children()


def register(backend: Backend) -> None:
    """Offer a backend under its name; of several that serve a tensor the last one is taken.

    Raises UserError for a name that is taken.
    """
    if backend.name in _names():
        raise UserError(f"there is a backend {backend.name!r} already, expected another name")
    _registered[backend.name] = backend


def unregister(name: str) -> None:
    """Take a registered backend away."""
    del _registered[name]


def _names() -> tuple[str, ...]:
    return ("auto", "plain", "numba", "triton", *_registered)


_choice = Choice("kernels", "SEGNN_KERNELS", _names)


def kernels(choice: str) -> AbstractContextManager[None]:
    """Within the block, take the ``"plain"`` path, the ``"numba"`` or the ``"triton"`` kernels or
    another registered backend, or choose automatically (``"auto"``).

    The choice holds in the thread that entered the block. UserError for an unknown name, and, where
    an operation is asked for, for tensors that the chosen backend does not serve.
    """
    return _choice.within(choice)


def backend_for(x: Tensor) -> Backend:
    """The backend for operations on tensors like x."""
    if is_recorded(x):
        return PLAIN
    choice = _choice.get()
    if choice == "plain":
        return PLAIN
    if choice != "auto":
        return _chosen(choice, x)
    for backend in reversed(_registered.values()):
        if backend.serves(x):
            return backend
    found, _ = _triton(x.device) if x.is_cuda else _numba()
    return found if found is not None and found.serves(x) else PLAIN


def paths() -> dict[str, str]:
    """What computes float32 on a CPU and on a graphics card, in words."""
    found = {"CPU": backend_for(torch.zeros(1, device="cpu")).name}
    if torch.cuda.is_available():
        card = backend_for(torch.zeros(1, device="cuda")).name
    else:
        card = "triton" if find_spec("triton") is not None else "plain (triton is not installed)"
    return found | {"graphics card": card}


def _chosen(name: str, x: Tensor) -> Backend:
    if name == "numba":
        found, reason = _numba()
    elif name == "triton":
        found, reason = _triton(x.device)
    else:
        found, reason = _registered[name], ""
    if found is None:
        raise UserError(
            f"the {name} kernels were chosen, but are not available ({reason}); choose "
            "kernels('plain'), or SEGNN_KERNELS=plain"
        )
    if not found.serves(x):
        raise UserError(
            f"the {name} kernels do not serve {x.dtype} on {x.device}; choose kernels('plain') for "
            "these"
        )
    return found


@lru_cache(maxsize=1)
def _numba() -> tuple[Backend | None, str]:
    """The numba backend, loaded when it is first asked for; or None and why there is none, after
    one warning.
    """
    return _loaded("numba", "Try `pip install numba` of a version that fits this Python, or")


@lru_cache(maxsize=16)
def _triton(device: torch.device) -> tuple[Backend | None, str]:
    """The same of the Triton backend, for a device."""
    cure = "Try the triton that this version of torch asks for, or"
    return _loaded("triton", cure, device)


def _loaded(name: str, cure: str, *device: torch.device) -> tuple[Backend | None, str]:
    try:
        module = import_module({"numba": _NUMBA, "triton": _TRITON}[name])
        backend: Backend = module.load(*device)
    except Exception as error:  # whatever is wrong with it, there is the plain path
        reason = _innermost(error)
        warnings.warn(
            f"segnn: {name} kernels are not available ({reason}); taking the plain PyTorch path, "
            f"which is several times slower. {cure} silence this with SEGNN_KERNELS=plain",
            RuntimeWarning,
            stacklevel=5,
        )
        return None, reason
    return backend, ""


def _innermost(error: BaseException) -> str:
    """What went wrong first: a compiler's error is one around another for every function that calls
    the next, each with its whole code.
    """
    while error.__cause__ is not None:
        error = error.__cause__
    told = f"{type(error).__name__}: {error}"
    return told if len(told) <= 600 else f"{told[:80]} … {told[-500:]}"
