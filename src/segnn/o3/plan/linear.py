"""How a steerable linear layer is computed: which paths mix channels first and which contract
first.

The layer W_ã h̃ (paper Eq. 6) sums over paths (l1, l_a → l3), and for each of them the channel mix
W and the geometry K·ã commute. A path costs (2l1+1)·u·w when it mixes first and (2l3+1)·u·w when it
contracts first; each path takes the cheaper side, unless the input lies on the nodes of a graph and
the attribute on its edges: then everything is mixed at the nodes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from e3nn.o3 import Irreps

from segnn.o3.constant import constant
from segnn.o3.layout import layout
from segnn.o3.plan.coupling import Contraction, Path, Segment, allowed
from segnn.o3.plan.mix import Mix, Term


@dataclass(frozen=True, eq=False)
class PartPlan:
    """The plan for one of the concatenated inputs.

    ``before`` mixes this input's channels, ``contraction`` couples the result with the attribute;
    ``gather`` couples first and ``after`` mixes then. Either pair may be None. ``order_before`` and
    ``order_after`` pick, out of the layer's flat e3nn-ordered weights, the matrices of the two
    mixes.
    """

    before: Mix | None
    contraction: Contraction | None
    gather: Contraction | None
    after: Mix | None
    order_before: np.ndarray
    order_after: np.ndarray
    dim_in: int
    dim_attr: int
    dim_out: int

    @property
    def numbers(self) -> int:
        """Numbers of a row between input and output: input, mixed, contracted."""
        mixed = 0 if self.before is None else self.before.dim_out
        return self.dim_in + mixed + (0 if self.after is None else self.after.dim_in)


class LinearPlan:
    """Plans for every part of ``parts[0] ⊕ parts[1] ⊕ …``, the attribute and the output.

    Weights are in the order of e3nn's ``FullyConnectedTensorProduct`` for the irreps as written:
    for i in the inputs, for a in the attribute, for o in the output, where allowed, a block (mul_i,
    mul_a, mul_o).

    numel: number of weights. fan_in: (pieces of the output,) number of weights that feed one
    channel of it. order_array: (numel,) position in the flat e3nn-ordered weights of every number
    of the plan: before, after, part by part; ``order`` is the same as a tensor, ``inverse`` the
    permutation that undoes it.
    """

    def __init__(
        self, parts: tuple[Irreps, ...], attribute: Irreps, output: Irreps, *, mix_first: bool
    ):
        self.parts = tuple(layout(str(p)) for p in parts)
        self.attribute, self.output = layout(str(attribute)), layout(str(output))
        self.mix_first = mix_first
        ins = [(p, piece) for p, part in enumerate(self.parts) for piece in part.pieces]
        start, self.offset = 0, {}
        for n, (_, i) in enumerate(ins):
            for a, pa in enumerate(self.attribute.pieces):
                for o, po in enumerate(self.output.pieces):
                    if allowed(i.irrep, pa.irrep, po.irrep):
                        self.offset[n, a, o] = start
                        start += i.mul * pa.mul * po.mul
        self.numel = start
        self.fan_in = np.zeros(len(self.output.pieces), dtype=np.int64)
        for n, a, o in self.offset:
            self.fan_in[o] += ins[n][1].mul * self.attribute.pieces[a].mul

        # One (attribute irrep, channel) for every multiplicity of the attribute: its columns lie
        # side by side in mul_ir.
        self._channels = [
            (a, v) for a, piece in enumerate(self.attribute.pieces) for v in range(piece.mul)
        ]
        self._first_piece = np.cumsum([0, *(len(part.pieces) for part in self.parts)])
        self.plans = tuple(self._plan(p, mix_first) for p in range(len(parts)))
        self.sizes = [len(o) for p in self.plans for o in (p.order_before, p.order_after)]
        self.order_array = np.concatenate(
            [o for p in self.plans for o in (p.order_before, p.order_after)]
        )
        self.order, self.inverse = constant(self._orders)()

    def _orders(self) -> tuple[torch.Tensor, torch.Tensor]:
        order = torch.from_numpy(self.order_array)
        return order, torch.argsort(order)

    @property
    def fan_in_of_weight(self) -> np.ndarray:
        """(numel,) the fan-in of the output that a weight feeds."""
        result: np.ndarray = self.fan_in[self.output_of_weight]
        return result

    @property
    def output_of_weight(self) -> np.ndarray:
        """(numel,) the piece of the output that a weight feeds."""
        ins = [piece for part in self.parts for piece in part.pieces]
        counts = [
            ins[n].mul * self.attribute.pieces[a].mul * self.output.pieces[o].mul
            for n, a, o in self.offset
        ]
        return np.repeat(np.array([o for _, _, o in self.offset], dtype=np.int64), counts)

    @property
    def matrices(self) -> list[np.ndarray]:
        """For each piece of the output that any weight feeds, (fan-in, channels): the weights, a
        column for each of its channels.
        """
        output = self.output_of_weight
        return [
            np.flatnonzero(output == o).reshape(-1, self.output.pieces[o].mul)
            for o in np.unique(output)
        ]

    def __reduce__(self) -> Any:
        parts = tuple(str(part.irreps) for part in self.parts)  # a copy is the same plan
        return linear_plan, (
            parts,
            str(self.attribute.irreps),
            str(self.output.irreps),
            self.mix_first,
        )

    def _weights(self, part: int, b: int, a: int, v: int, k: int) -> np.ndarray:
        """(channels of input block b, channels of output block k): indices of the weights of one
        path.
        """
        source, sink = self.parts[part].blocks[b], self.output.blocks[k]
        index = np.empty((source.mul, sink.mul), dtype=np.int64)
        mul_a = self.attribute.pieces[a].mul
        for n, i in enumerate(self.parts[part].pieces):
            for o, piece in enumerate(self.output.pieces):
                if i.block == b and piece.block == k:
                    first = self.offset[self._first_piece[part] + n, a, o]
                    block = (
                        first
                        + np.arange(i.mul * mul_a * piece.mul).reshape(i.mul, mul_a, piece.mul)[
                            :, v
                        ]
                    )
                    index[
                        i.channel : i.channel + i.mul, piece.channel : piece.channel + piece.mul
                    ] = block
        return index

    def _plan(self, part: int, mix_first: bool) -> PartPlan:
        source, sink = self.parts[part], self.output
        attribute_column = [
            p.start + v * p.irrep.dim for p in self.attribute.pieces for v in range(p.mul)
        ]
        first: list[list[tuple[int, int, int, int]]] = [[] for _ in source.blocks]
        later: list[list[tuple[int, int, int, int]]] = [[] for _ in sink.blocks]
        for b, bi in enumerate(source.blocks):
            for (a, v), column in zip(self._channels, attribute_column, strict=True):
                for k, bk in enumerate(sink.blocks):
                    if allowed(bi.irrep, self.attribute.pieces[a].irrep, bk.irrep):
                        if mix_first or (bi.dim, bk.mul) < (bk.dim, bi.mul):
                            first[b].append((a, v, column, k))
                        else:
                            later[k].append((a, v, column, b))

        terms, paths, order, width, numel = [], [], list[np.ndarray](), 0, 0
        for b, bi in enumerate(source.blocks):
            channels = sum(sink.blocks[k].mul for _, _, _, k in first[b])
            if channels == 0:
                continue
            terms.append(Term(bi.dim, bi.start, bi.mul, width, channels, numel))
            order.append(
                np.hstack([self._weights(part, b, a, v, k) for a, v, _, k in first[b]]).ravel()
            )
            filled = 0
            for a, _, column, k in first[b]:
                bk = sink.blocks[k]
                paths.append(
                    Path(
                        Segment(width + filled, channels, bk.mul, bi.irrep.l),
                        column,
                        self.attribute.pieces[a].irrep.l,
                        Segment(bk.start, bk.mul, bk.mul, bk.irrep.l),
                    )
                )
                filled += bk.mul
            numel += terms[-1].numel
            width += bi.dim * channels
        before = Mix(tuple(terms), source.dim, width) if terms else None
        contraction = Contraction(paths, width, self.attribute.dim, sink.dim) if terms else None

        after_terms, after_paths, after_order, after_width, after_numel = (
            [],
            [],
            list[np.ndarray](),
            0,
            0,
        )
        for k, bk in enumerate(sink.blocks):
            channels = sum(source.blocks[b].mul for _, _, _, b in later[k])
            if channels == 0:
                continue
            after_terms.append(Term(bk.dim, after_width, channels, bk.start, bk.mul, after_numel))
            after_order.append(
                np.vstack([self._weights(part, b, a, v, k) for a, v, _, b in later[k]]).ravel()
            )
            filled = 0
            for a, _, column, b in later[k]:
                bi = source.blocks[b]
                after_paths.append(
                    Path(
                        Segment(bi.start, bi.mul, bi.mul, bi.irrep.l),
                        column,
                        self.attribute.pieces[a].irrep.l,
                        Segment(after_width + filled, channels, bi.mul, bk.irrep.l),
                    )
                )
                filled += bi.mul
            after_numel += after_terms[-1].numel
            after_width += bk.dim * channels
        after = Mix(tuple(after_terms), after_width, sink.dim) if after_terms else None
        gather = (
            Contraction(after_paths, source.dim, self.attribute.dim, after_width)
            if after_terms
            else None
        )
        empty = np.empty(0, dtype=np.int64)
        return PartPlan(
            before,
            contraction,
            gather,
            after,
            np.concatenate(order) if order else empty,
            np.concatenate(after_order) if after_order else empty,
            source.dim,
            self.attribute.dim,
            sink.dim,
        )


@lru_cache(maxsize=256)
def linear_plan(parts: tuple[str, ...], attribute: str, output: str, mix_first: bool) -> LinearPlan:
    """The (cached) plan of these irreps: equal layers share it, and with it what the caches of
    programs keep.
    """
    return LinearPlan(
        tuple(Irreps(p) for p in parts), Irreps(attribute), Irreps(output), mix_first=mix_first
    )
