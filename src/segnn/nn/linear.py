"""The steerable linear layer W_ã h̃ (paper Eq. 6): a Clebsch-Gordan product with learned weights,
conditioned on ã.
"""

from __future__ import annotations

from typing import Any

import torch
from e3nn.o3 import Irreps
from torch import Tensor, nn

from segnn.nn.gate import is_even_scalar
from segnn.nn.moments import ROUND_OFF, root_mean_square
from segnn.o3.layout import Reorder
from segnn.o3.plan.layer import Weights
from segnn.o3.plan.linear import linear_plan
from segnn.o3.rows import Edges
from segnn.o3.steer import edge_linear, linear, steer_rows
from segnn.room import check_room

LARGEST = 4.0
"""How much larger than drawn a sample of graphs may make a fresh weight."""
BYTES = 40
"""Of a weight and the tables that say where it stands, while a layer is made."""


class SteerableWeights(nn.Module):
    """Weights and bias of a steerable linear layer on ``parts[0] ⊕ parts[1] ⊕ …``, and the plan
    that uses them.

    ``weight`` (numel,) lies in e3nn's order for the irreps as written, whatever the plan; ``bias``
    has one entry for every ``0e`` channel of the output (odd scalars never get one).

    Fresh weights are uniform in ±√(3/fan_in), with fan_in = Σ mul_in · mul_attr over the paths into
    that output: where inputs and attribute have second moment one in each component, so has the
    output, whatever the degrees. Fresh biases are uniform in ±1/√fan_in.
    """

    def __init__(
        self,
        parts: tuple[Irreps | str, ...],
        irreps_out: Irreps | str,
        irreps_attr: Irreps | str,
        *,
        bias: bool,
        mix_first: bool,
    ):
        super().__init__()
        self.irreps_parts = tuple(Irreps(p) for p in parts)
        self.irreps_out, self.irreps_attr = Irreps(irreps_out), Irreps(irreps_attr)
        self._check_size()
        self.plan = linear_plan(
            tuple(map(str, self.irreps_parts)),
            str(self.irreps_attr),
            str(self.irreps_out),
            mix_first,
        )
        self.weight = nn.Parameter(torch.empty(self.plan.numel))
        self.bias = (
            nn.Parameter(torch.empty(self.num_scalars)) if bias and self.num_scalars else None
        )
        self.reset_parameters()

    def _check_size(self) -> None:
        """UserError before tables and weights are made that fit nowhere."""
        weights = sum(
            part.mul * attr.mul * out.mul
            for irreps in self.irreps_parts
            for part in irreps
            for attr in self.irreps_attr
            for out in self.irreps_out
            if out.ir in part.ir * attr.ir
        )
        widest = max(i.num_irreps for i in (*self.irreps_parts, self.irreps_out))
        check_room(
            BYTES * (weights + widest),
            f"the {weights:.3g} weights of one layer, up to {widest} channels wide,",
            "Take fewer channels: model.hidden or model.channels.",
        )

    @property
    def num_scalars(self) -> int:
        """Even scalars of the output."""
        return sum(mul for mul, ir in self.irreps_out if ir.l == 0 and ir.p == 1)

    def reset_parameters(self) -> None:
        """Draw fresh weights and biases from torch's current random state."""
        with torch.no_grad():
            fan = torch.from_numpy(self.plan.fan_in_of_weight).to(self.weight).clamp(min=1)
            self.weight.uniform_(-1, 1).mul_((3 / fan).sqrt())
            if self.bias is not None:
                pieces = zip(self.plan.fan_in.tolist(), self.plan.output.pieces, strict=True)
                fans = [
                    max(f, 1)
                    for f, p in pieces
                    if p.irrep.l == 0 and p.irrep.p == 1
                    for _ in range(p.mul)
                ]
                self.bias.uniform_(-1, 1).div_(torch.tensor(fans).to(self.bias).sqrt())

    @torch.no_grad()
    def rescale(self, y: Tensor, to: float = 1.0) -> Tensor:
        """Change fresh weights so that every irrep of the output ``y`` (rows, dim_out), channels
        last, which they gave, gets the root mean square ``to``; returns what they give now.

        An irrep that is zero, also if only up to round-off, or not finite, stays as it is, and no
        weight becomes more than `LARGEST` times as large as weights are drawn.
        """
        lay = self.plan.output
        drawn = (3 / torch.from_numpy(self.plan.fan_in_of_weight).clamp(min=1)).sqrt()
        relative = self.weight.detach().cpu().double().abs() / drawn
        into = torch.tensor([piece.block for piece in lay.pieces])[
            torch.from_numpy(self.plan.output_of_weight)
        ]
        factors = torch.ones(len(lay.blocks), dtype=torch.float64)
        y, floor = y.clone(), ROUND_OFF * root_mean_square(y)
        for n, block in enumerate(lay.blocks):
            columns, own = slice(block.start, block.stop), relative[into == n]
            size, largest = root_mean_square(y[:, columns]), float(own.max()) if len(own) else 0.0
            if size > floor:
                factors[n] = min(to / size, LARGEST / largest if largest > 0 else 1.0)
            y[:, columns] *= factors[n].to(y)
            if self.bias is not None and is_even_scalar(block.irrep):
                self.bias.mul_(factors[n].to(self.bias))
        self.weight.mul_(factors[into].to(self.weight))
        return y

    @property
    def weights(self) -> Weights:
        """What the operations of ``segnn.o3.steer`` take."""
        return Weights(self.weight, self.bias, self.plan)

    def extra_repr(self) -> str:
        parts = " ⊕ ".join(map(str, self.irreps_parts))
        return f"{parts} ⊗ {self.irreps_attr} → {self.irreps_out}, {self.weight.numel()} weights"


class SteerableLinear(SteerableWeights):
    """y = W_ã x (+ b on ``0e``): paper Eq. 6, equal to e3nn's ``FullyConnectedTensorProduct`` with
    the same weights.

    Args:
        irreps_in: irreps of x; or a tuple of irreps for inputs x_0 ⊕ x_1 ⊕ … given one by one.
        irreps_out: irreps of y. Those that no path reaches stay zero (or the bias).
        irreps_attr: irreps of the attribute ã, any multiplicities.
        bias: whether even scalars get a bias.
        channels_last: x and y in segnn's ``ir_mul`` layout instead of e3nn's ``mul_ir`` (the
        attribute stays ``mul_ir``).
    """

    def __init__(
        self,
        irreps_in: Irreps | str | tuple[Irreps | str, ...],
        irreps_out: Irreps | str,
        irreps_attr: Irreps | str,
        bias: bool = True,
        *,
        channels_last: bool = False,
    ):
        parts = (
            irreps_in
            if isinstance(irreps_in, tuple) and not isinstance(irreps_in, Irreps)
            else (irreps_in,)
        )
        super().__init__(parts, irreps_out, irreps_attr, bias=bias, mix_first=False)
        self.enter = (
            nn.ModuleList(Reorder(p) for p in self.irreps_parts) if not channels_last else None
        )
        self.leave = Reorder(self.irreps_out, inverse=True) if not channels_last else None
        named = [
            *((f"input {n}", irreps) for n, irreps in enumerate(self.irreps_parts)),
            ("the attribute", self.irreps_attr),
        ]
        self._columns = [
            (name, int(irreps.dim), str(irreps)) for name, irreps in named
        ]  # torch.compile cannot trace irreps
        self._one_layout = len(parts) == 1 or (
            len(parts) == 2 and self.irreps_parts[0] == self.irreps_parts[1]
        )

    def forward(self, *inputs: Tensor) -> Tensor:
        """``layer(x, attribute)`` or ``layer(x_0, x_1, …, attribute)``; x (rows, dim), attribute
        (rows, dim_attr).
        """
        *xs, attribute = inputs
        self._check(xs, attribute)
        if self.enter is not None:
            xs = [reorder(x) for reorder, x in zip(self.enter, xs, strict=True)]
        if self._one_layout:
            y = steer_rows(
                xs[0], xs[1] if len(xs) == 2 else None, attribute, self.weights, None, None, False
            )
        else:
            y = linear(list(xs), attribute, self.weights)
        return y if self.leave is None else self.leave(y)

    def _check(self, xs: list[Tensor], attribute: Tensor) -> None:
        """The kernels trust their shapes: ValueError for a wrong number of inputs, of rows or of
        columns.
        """
        if len(xs) != len(self._columns) - 1:
            raise ValueError(
                f"got {len(xs)} inputs and an attribute, expected {len(self._columns) - 1} and an"
                " attribute"
            )
        rows = attribute.shape[0]
        for value, (name, dim, irreps) in zip((*xs, attribute), self._columns, strict=True):
            if value.shape != (rows, dim):
                raise ValueError(
                    f"{name} has shape {tuple(value.shape)}, expected ({rows}, {dim}) for irreps"
                    f" {irreps}"
                )
            if value.dtype != self.weight.dtype and not torch.is_autocast_enabled(
                value.device.type
            ):
                raise TypeError(
                    f"{name} is {value.dtype}, expected {self.weight.dtype} as the layer's"
                    " weights are"
                )

    @torch.no_grad()
    def load_e3nn(self, tp: Any) -> None:
        """Take the weights of an e3nn ``FullyConnectedTensorProduct`` with the same irreps, so that
        outputs are equal.

        e3nn's path normalisation is folded into the weights; the bias, which e3nn's layer has not,
        becomes zero. Raises ValueError where irreps disagree or the e3nn layer holds no weights of
        its own.
        """
        own = (sum(self.irreps_parts, Irreps("")), self.irreps_attr, self.irreps_out)
        for what, mine, theirs in zip(
            ("in", "attr", "out"), own, (tp.irreps_in1, tp.irreps_in2, tp.irreps_out), strict=True
        ):
            if [x for x in mine if x.mul] != [x for x in theirs if x.mul]:
                raise ValueError(
                    f"irreps_{what} of this layer are {mine}, of the e3nn layer {theirs}: they must"
                    " be equal"
                )
        if tp.weight.numel() != self.weight.numel():
            raise ValueError(
                f"the e3nn layer holds {tp.weight.numel()} weights, expected {self.weight.numel()}:"
                " make it with internal_weights=True and shared_weights=True"
            )
        scaled, start = [], 0
        for ins in tp.instructions:
            count = ins.path_shape[0] * ins.path_shape[1] * ins.path_shape[2]
            degree = tp.irreps_out[ins.i_out].ir.l
            scaled.append(
                tp.weight[start : start + count] * (ins.path_weight / (2 * degree + 1) ** 0.5)
            )
            start += count
        if scaled:
            self.weight.copy_(torch.cat(scaled))
        if self.bias is not None:
            self.bias.zero_()


class EdgeLinear(SteerableWeights):
    """The first message layer: W_ãij (f̃_i ⊕ f̃_j ⊕ s_ij), linear in each, with f̃ mixed at the
    nodes.

    In channels-last layout. ``irreps_message`` are the edge's own invariants s_ij (may be empty).
    """

    def __init__(
        self,
        irreps_in: Irreps,
        irreps_message: Irreps,
        irreps_out: Irreps,
        irreps_attr: Irreps,
        bias: bool = True,
    ):
        super().__init__(
            (irreps_in, irreps_in, irreps_message),
            irreps_out,
            irreps_attr,
            bias=bias,
            mix_first=True,
        )

    def forward(self, x: Tensor, message: Tensor | None, edge_attr: Tensor, edges: Edges) -> Tensor:
        """x (nodes, dim_in), message (edges, dim_message), edge_attr (edges, dim_attr) → (edges,
        dim_out).
        """
        return edge_linear(x, message, edge_attr, self.weights, edges)
