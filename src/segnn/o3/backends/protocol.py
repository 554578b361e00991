"""What a backend is: functions that compute the operations of ``segnn.o3``, and where they serve.

An operation is a function of some tensors (its *inputs*: features and attribute, then weights) for
a *plan* (``segnn.o3.plan.layer``, with the edges where it has such). A backend brings for it

    forward(plan, inputs, keep)                      → result, what is kept for the derivatives
    first(plan, inputs, kept, g, need)               → derivatives of ⟨g, result⟩ by the inputs
    second(plan, inputs, kept, g, tangents, need)    → those of Σ ⟨tangent, first⟩ by g and inputs

as plain functions, without a word of autograd: ``segnn.o3.backends.layer_function`` makes one
differentiable operation of them. Whatever is missing is computed by the plain path, which is the
oracle: a backend of ``forward`` alone is complete.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from torch import Tensor

Inputs = tuple[Any, ...]
"""Tensors; None for what an operation has not, or what nobody asks for."""
Need = Sequence[bool]


class Size(NamedTuple):
    """Nodes and edges of a batch, its graphs that no edge joins, the nodes of the largest one."""

    nodes: int
    edges: int
    graphs: int
    largest: int


class Bytes(NamedTuple):
    """Memory of an operation: what it keeps for its derivative, and its temporaries in a forward
    and in a backward pass.
    """

    kept: int
    forward: int
    backward: int


class Held(NamedTuple):
    """Numbers that an operation without gradients holds at once, beside its input and result, for
    each row (of messages: edge) and each node.
    """

    row: int
    node: int


def _everything(plan: Any, inputs: Inputs) -> bool:
    return True


@dataclass(frozen=True, eq=False)
class Kernels:
    """How a backend computes one operation; see above.

    forward: its result is new memory. ``keep`` says whether anything has to be kept at all.
    first: None for an input without derivative. need: which derivatives are asked for, one for
    every input; the others may be None.
    second: tangents (None: zero) for those inputs that are no weights; need: which derivatives are
    asked for, of g first. Never asked for where derivatives by weights are differentiated again.
    tangent, both: ``second`` in two, where there are both: (plan, inputs, kept, tangents) → its
    derivative by g, and whatever ``both`` should get behind what was kept; and (plan, inputs, kept,
    value, g, tangents, need) → the derivatives by the inputs, together with those of ⟨value,
    result⟩ (None: zero). A training on forces asks for both of them: then one pass back serves the
    two.
    first may return more than there are inputs: what the other functions should get behind what was
    kept.
    takes: whether these functions serve for such a plan and such inputs.
    held: numbers held at once for a layer (the plan without its edges); None: as many as on the
    plain path.
    before_last_gate: of messages, from what forward kept: what stood before the last gate of every
    edge, (edges, width), whether that gate follows or not; None where it was too large to be kept.
    bytes: memory for a layer, a size, bytes of a number and threads; None: not known.
    """

    forward: Callable[[Any, Inputs, bool], tuple[Tensor, Inputs]]
    first: Callable[[Any, Inputs, Inputs, Tensor, Need], Inputs] | None = None
    second: Callable[[Any, Inputs, Inputs, Tensor, Inputs, Need], Inputs] | None = None
    takes: Callable[[Any, Inputs], bool] = _everything
    held: Callable[[Any], Held] | None = None
    bytes: Callable[[Any, Size, int, int], Bytes] | None = None
    before_last_gate: Callable[[Any, Inputs], Tensor | None] | None = None
    tangent: Callable[[Any, Inputs, Inputs, Inputs], Inputs] | None = None
    both: Callable[[Any, Inputs, Inputs, Any, Tensor, Inputs, Need], Inputs] | None = None


class Form(NamedTuple):
    """A form T, linear in each of its arguments, by its partial derivatives.

    ``partials[n](plan, *arguments but n)`` is ∂T/∂(argument n), of the shape of that argument. All
    derivatives of these functions are again such functions.
    """

    partials: tuple[Callable[..., Tensor], ...]


class Couple(NamedTuple):
    """What couples mixed rows to their attribute, for (``Coupled``, edges or None), as
    ``segnn.o3.plan.mixed`` has it.

    forward: (plan, z, M, bias or None, y or None) → (rows, dim_out), or added to y in its place.
    shift: (g, n) → the derivatives by a bias of n numbers: the sums of the first n columns of g.
    form: T(z, M, g).
    """

    forward: Callable[..., Tensor]
    shift: Callable[[Tensor, int], Tensor]
    form: Form


class Gates(NamedTuple):
    """The gate of a plan (``segnn.o3.plan.gate``): (plan, x) → y, (plan, x, g) → ⟨g, ∂y/∂x⟩, and
    (plan, x, g, h) → the derivatives of ⟨h, that⟩ by g and by x.
    """

    forward: Callable[[Any, Tensor], Tensor]
    first: Callable[[Any, Tensor, Tensor], Tensor]
    second: Callable[[Any, Tensor, Tensor, Tensor], tuple[Tensor, Tensor]]


@dataclass(frozen=True, eq=False)
class Backend:
    """A way to compute the operations; whatever is None is computed by the plain path.

    serves: whether it takes tensors of such a dtype and device. Tensors that a tracer or a
    transform uses are never offered to it.
    rows, messages, frame_messages: steerable layers (``segnn.o3.steer``). norm: of every graph's
    features. of_vectors: harmonics and radial functions of vectors (``segnn.o3.vectors``).
    contract_edges: contraction of both ends of an edge.
    contract, mix, segment_sum: the forms Σ x·a·g, Σ x·W·g and Σ x·g that layers are composed of
    (``segnn.o3.backends.plain.forms``); the result is the derivative by the last argument g.
    mixing, couple, gate: rows mixed, coupled to their attribute, and gated, to compose layers of.
    takes_frames: whether the estimate of ``segnn.o3.frames.choice`` holds for it on such tensors.
    """

    name: str
    serves: Callable[[Tensor], bool]
    rows: Kernels | None = None
    messages: Kernels | None = None
    frame_messages: Kernels | None = None
    norm: Kernels | None = None
    of_vectors: Kernels | None = None
    contract_edges: Kernels | None = None
    contract: Form | None = None
    mix: Form | None = None
    segment_sum: Form | None = None
    mixing: Form | None = None
    couple: Couple | None = None
    gate: Gates | None = None
    takes_frames: Callable[[Tensor], bool] = lambda x: False


PLAIN = Backend("plain", lambda x: True, takes_frames=lambda x: x.device.type != "cpu")
"""The plain path alone. On a CPU it is the oracle, and takes no frames unless it is told to."""
