"""What torch does, written down: every operation on what the page may change, as steps on buffers.

While the model runs, a dispatch mode of torch sees each operation with its tensors; the library
then takes its plain path, in which every operation is torch's own (`segnn.o3.tracing`). Operations
on weights, tables and indices alone are done once, here: only their results are kept, where a step
needs them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor
from torch.multiprocessing.reductions import StorageWeakRef
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from segnn.viewer.live.steps import Draft, Step, View, draft

EMPTY = {"new_empty", "empty_like", "empty", "empty_strided", "new_empty_strided"}
MAKE = EMPTY | {
    *("new_zeros", "zeros_like", "new_ones", "ones_like", "new_full", "full_like"),
}
"""Operations whose result says nothing of the values they are given."""


class NotLiveError(Exception):
    """Why a page cannot run this model itself, as the end of a sentence."""


class Tape(TorchDispatchMode):
    """The operations on ``inputs`` while the mode is entered, in their order.

    - ``steps``: as views of buffers, counted from 0; the first ones are the inputs, by name in
      ``inputs``.
    - ``known``: the buffers that do not depend on the inputs, with their numbers, flat.
    - ``sizes``: how many numbers each buffer has.
    """

    def __init__(self, inputs: Mapping[str, Tensor]):
        super().__init__()  # type: ignore[no-untyped-call]
        self.steps: list[Step] = []
        self.known: dict[int, Tensor] = {}
        self.sizes: list[int] = []
        self._buffers: dict[int, int] = {}  # by storage
        self._live: set[int] = set()
        self._held: list[Any] = []  # a storage that is gone would give its place to another
        self.inputs = {name: self.view(self._renew(x, live=True)) for name, x in inputs.items()}

    def view(self, x: Tensor) -> View:
        """The view of a buffer that a tensor is now."""
        key = _storage(x)
        if key not in self._buffers:
            self._renew(x, live=False)
        buffer = self._buffers[key]
        if buffer not in self._live and buffer not in self.known:
            whole = x.detach().as_strided((self.sizes[buffer],), (1,), 0)
            self.known[buffer] = whole.clone()
        return View.of(x, buffer)

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        name, _, _ = func.overloadpacket.__name__.partition(".")
        given = [x for x in tree_leaves((args, kwargs)) if isinstance(x, Tensor)]
        live = name not in MAKE and any(self._is_live(x) for x in given)
        in_place = name.endswith("_") and not name.startswith("__")
        before = self.view(args[0]) if in_place and live else None
        if live and name in ("_local_scalar_dense", "equal"):
            _refuse_reading(name, args[0])
        result = func(*args, **kwargs)
        if name in EMPTY:
            result.zero_()
        made = [x for x in tree_leaves(result) if isinstance(x, Tensor)]
        if in_place:
            self._changed(name[:-1], args, kwargs, before)
        elif live:
            new = [x for x in made if _storage(x) not in self._buffers]
            if new:
                self._write(name, result, args, kwargs, new)
        self._held += made
        return result

    def _is_live(self, x: Tensor) -> bool:
        return self._buffers.get(_storage(x)) in self._live

    def _renew(self, x: Tensor, live: bool) -> Tensor:
        """From here on the storage of x is a new buffer."""
        buffer = len(self.sizes)
        self._buffers[_storage(x)] = buffer
        self.sizes.append(x.untyped_storage().nbytes() // x.element_size())
        self._held.append(x)
        if live:
            self._live.add(buffer)
        return x

    def _write(self, name: str, result: Any, args: Any, kwargs: Any, new: list[Tensor]) -> None:
        found = draft(name, result, args, kwargs) if isinstance(result, Tensor) else None
        inputs = () if found is None else tuple(map(self._input, found.inputs))
        for x in new:
            self._renew(x, live=True)
        if found is None:
            self.steps += [Step("missing", name, self.view(x), ()) for x in new]
        else:
            self._append(found, inputs)

    def _append(self, found: Draft, inputs: tuple[View | float | None, ...]) -> None:
        regions = tuple(map(self.view, found.regions))
        self.steps.append(Step(found.kind, found.function, self.view(found.out), inputs, regions))

    def _input(self, x: Tensor | float | None) -> View | float | None:
        return self.view(x) if isinstance(x, Tensor) else x

    def _changed(self, name: str, args: Any, kwargs: Any, before: View | None) -> None:
        """An operation has written into its first argument."""
        x = args[0]
        if before is None:  # nothing live: whoever needs it reads it anew
            self._buffers.pop(_storage(x), None)
            return
        scratch = torch.empty_like(x)
        if name == "copy":
            found = draft("copy", scratch, (args[1],), {})
        elif name in ("zero", "fill"):
            found = draft("copy", scratch, (float(args[1]) if name == "fill" else 0.0,), {})
        else:
            found = draft(name, scratch, args, kwargs)
        old = View(before.buffer, 0, (self.sizes[before.buffer],), (1,))
        self._renew(scratch, live=True)
        if found is None:
            self.steps.append(Step("missing", name, self.view(scratch), ()))
        else:
            seen = tuple(self._before(t, x, before) for t in found.inputs)
            self._append(found, seen)
        self._renew(x, live=True)
        whole = View(self._buffers[_storage(x)], 0, old.shape, (1,))
        self.steps.append(Step("put", "set", whole, (old, self.view(scratch)), (self.view(x),)))

    def _before(self, t: Tensor | float | None, x: Tensor, before: View) -> View | float | None:
        """The view of an input, as x was before it was written into."""
        if isinstance(t, Tensor) and _storage(t) == _storage(x):
            return View.of(t, before.buffer)
        return self._input(t)


def _refuse_reading(name: str, x: Tensor) -> None:
    """A number that is read may decide what is computed next. Truth values are read by checks."""
    if name == "equal" or x.dtype != torch.bool:
        raise NotLiveError("it reads numbers that the page may change while it computes")


def _storage(x: Tensor) -> int:
    """The memory of a tensor, for as long as it is held. An address would not do: that of no bytes
    is always the same."""
    key: int = StorageWeakRef(x.untyped_storage()).cdata
    return key
