"""Which backend computes an operation: the one place that decides it.

Every operation exists as a plain PyTorch path (the oracle; any device, any dtype, differentiable
any number of times) and on backends with kernels (``numba``: CPU, float32 and float64). The choice
is automatic: of the registered backends the last one that serves the tensor.
``SEGNN_KERNELS=plain`` or ``SEGNN_KERNELS=numba`` in the environment, or ``with
segnn.o3.kernels("plain"):``, overrides it. While a tracer records or a transform is at work
(``segnn.o3.tracing``) it is always the plain path.
"""

from __future__ import annotations

import warnings
from contextlib import AbstractContextManager
from functools import lru_cache
from importlib import import_module

from torch import Tensor

from segnn.errors import UserError
from segnn.o3.backends import fork
from segnn.o3.backends.protocol import PLAIN, Backend
from segnn.o3.scoped import Choice
from segnn.o3.tracing import is_recorded

_NUMBA = "segnn.o3.backends.numba.layers.backend"
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
    return ("auto", "plain", "numba", *_registered)


_choice = Choice("kernels", "SEGNN_KERNELS", _names)


def kernels(choice: str) -> AbstractContextManager[None]:
    """Within the block, take the ``"plain"`` path, the ``"numba"`` kernels or another registered
    backend, or choose automatically (``"auto"``).

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
    numba, _ = _numba()
    return numba if numba is not None and numba.serves(x) else PLAIN


def _chosen(name: str, x: Tensor) -> Backend:
    found, reason = _numba() if name == "numba" else (_registered[name], "")
    if found is None:
        raise UserError(
            f"the numba kernels were chosen, but are not available ({reason}); choose "
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
    try:
        backend: Backend = import_module(_NUMBA).load()
    except Exception as error:  # whatever is wrong with numba, there is the plain path
        reason = f"{type(error).__name__}: {error}"
        warnings.warn(
            f"segnn: numba kernels are not available ({reason}); taking the plain PyTorch path, "
            "which is several times slower. Try `pip install numba` of a version that fits this "
            "Python, or silence this with SEGNN_KERNELS=plain",
            RuntimeWarning,
            stacklevel=4,
        )
        return None, reason
    return backend, ""
