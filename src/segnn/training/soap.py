"""SOAP, an optimiser: the steps of Adam in the axes along which the gradients vary most.

Adam scales every weight by the size of its own gradients, so it depends on the axes in which the
channels happen to be written. Those of a steerable layer mean nothing: any mixture of the channels
of an irrep is as good. SOAP finds the principal axes of the gradients of each weight matrix, on the
side of the input and on that of the output, and takes Adam's steps in these (Vyas et al., "SOAP:
Improving and Stabilizing Shampoo using Adam", 2024, algorithm 3).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn

from segnn.nn.linear import SteerableWeights

STEPS_BETWEEN_TURNS = 10
"""The axes follow the gradients so often."""
LONGEST = 1024
"""A side of a matrix with more rows or columns keeps the axes it is written in: finding those of
so many takes longer than the step."""

BETAS = (0.9, 0.99)
"""How slowly the means of the gradients and of their squares forget."""
AXES_BETA = 0.95
"""How slowly the covariances of the gradients forget."""
EPS = 1e-8
SIDES = ("rows", "columns")


def weight_matrices(model: nn.Module) -> Iterator[tuple[nn.Parameter, Tensor]]:
    """Each parameter that holds matrices, and for each of them (rows, columns) the places of its
    entries in the flat parameter. A steerable layer has one for each irrep of its output, (fan-in,
    channels); other parameters are matrices where they have two dimensions.
    """
    of_layers = {
        id(layer.weight): layer.plan
        for layer in model.modules()
        if isinstance(layer, SteerableWeights)
    }
    for parameter in model.parameters():
        plan = of_layers.get(id(parameter))
        if plan is not None:
            for matrix in plan.matrices:
                yield parameter, torch.from_numpy(matrix)
        elif parameter.dim() == 2:
            yield parameter, torch.arange(parameter.numel()).view(parameter.shape)


class Soap(torch.optim.Optimizer):
    """Steps along the principal axes of the gradients of ``model``'s weight matrices; what is no
    matrix takes steps of Adam. `turn` lets the axes follow the gradients, and is due every
    `STEPS_BETWEEN_TURNS` steps.

    Matrices of one shape are taken together. All that a step depends on is in tensors that live as
    long as the optimiser, the number of steps too, so that a graphics card can record a step.

    weight_decay: decoupled, as AdamW's.
    """

    def __init__(self, model: nn.Module, lr: float, weight_decay: float = 0.0):
        parameters = list(model.parameters())
        super().__init__(parameters, {"lr": lr, "weight_decay": weight_decay})
        device, first, start = parameters[0].device, dict[int, int](), 0
        for parameter in parameters:
            first[id(parameter)], start = start, start + parameter.numel()
        alike: dict[tuple[int, ...], list[Tensor]] = {}
        rest = torch.ones(start, dtype=torch.bool)
        for parameter, matrix in weight_matrices(model):
            places = matrix + first[id(parameter)]
            rest[places] = False
            alike.setdefault(places.shape, []).append(places)
        self._stacks = [torch.stack(places).to(device) for places in alike.values()]
        self._rest = rest.nonzero().squeeze(1).to(device)
        self._fresh = True
        self._remember(parameters[0])

    def _remember(self, like: Tensor) -> None:
        """What is known before the first step: nothing."""
        state = self.state[like]
        state["steps"] = like.new_zeros(())
        for name, places in (*enumerate(self._stacks), ("rest", self._rest)):
            state[f"mean {name}"] = like.new_zeros(places.shape)
            state[f"square {name}"] = like.new_zeros(places.shape)
        for name, places in enumerate(self._stacks):
            for side, size in zip(SIDES, places.shape[1:], strict=True):
                if size <= LONGEST:
                    zero = like.new_zeros(len(places), size, size)
                    state[f"covariance {name} {side}"] = zero
                    state[f"axes {name} {side}"] = zero + torch.eye(size).to(zero)

    @property
    def _memory(self) -> dict[str, Tensor]:
        """All of it, under the first parameter, where torch saves it and loads it."""
        memory: dict[str, Tensor] = self.state[self.param_groups[0]["params"][0]]
        return memory

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]
        """One step down the gradients that lie with the parameters."""
        group, memory = self.param_groups[0], self._memory
        parameters: list[Tensor] = group["params"]
        grads = [torch.zeros_like(p) if p.grad is None else p.grad for p in parameters]
        gradient = torch.cat([grad.reshape(-1) for grad in grads])
        change = torch.empty_like(gradient)
        memory["steps"] += 1
        for name, places in enumerate(self._stacks):
            own = gradient[places]
            self._see(name, own)
            along = self._adam(name, self._turned(name, own))
            change[places] = self._turned(name, along, back=True)
        change[self._rest] = self._adam("rest", gradient[self._rest])
        self._fresh = False
        torch._foreach_mul_(parameters, 1 - group["lr"] * group["weight_decay"])
        change *= group["lr"]
        sizes = [parameter.numel() for parameter in parameters]
        for parameter, part in zip(parameters, change.split(sizes), strict=True):
            parameter.sub_(part.view_as(parameter))

    def _adam(self, name: int | str, gradient: Tensor) -> Tensor:
        """Adam's step for learning rate 1."""
        memory, (one, two) = self._memory, BETAS
        mean, square = memory[f"mean {name}"], memory[f"square {name}"]
        mean.lerp_(gradient, 1 - one)
        square.mul_(two).addcmul_(gradient, gradient, value=1 - two)
        steps = memory["steps"]
        size = (square / (1 - two**steps)).sqrt_().add_(EPS)
        return mean / (1 - one**steps) / size

    def _see(self, name: int, gradient: Tensor) -> None:
        """Take a gradient into the covariances; the first ones give the first axes."""
        for side, own in zip(SIDES, (gradient, gradient.mT), strict=True):
            covariance = self._memory.get(f"covariance {name} {side}")
            if covariance is not None:
                covariance.lerp_(own @ own.mT, 1 - AXES_BETA)
                if self._fresh:
                    axes = torch.linalg.eigh(covariance.double()).eigenvectors
                    self._memory[f"axes {name} {side}"].copy_(axes)

    def _turned(self, name: int, x: Tensor, *, back: bool = False) -> Tensor:
        """``x`` along the axes, or from these ``back`` to what it is written in."""
        rows, columns = (self._memory.get(f"axes {name} {side}") for side in SIDES)
        if rows is not None:
            x = (rows if back else rows.mT) @ x
        if columns is not None:
            x = x @ (columns.mT if back else columns)
        return x

    @torch.no_grad()
    def turn(self) -> None:
        """Let the axes follow the gradients: a step of orthogonal iteration on their covariances.
        The means turn with the axes; the mean squares as those of uncorrelated numbers do.
        """
        memory = self._memory
        for name in range(len(self._stacks)):
            mean, square = memory[f"mean {name}"], memory[f"square {name}"]
            for side in SIDES:
                axes = memory.get(f"axes {name} {side}")
                if axes is None:
                    continue
                seen = memory[f"covariance {name} {side}"] @ axes
                largest = (axes * seen).sum(-2).argsort(-1, descending=True)
                ordered = seen.gather(-1, largest.unsqueeze(-2).expand_as(seen))
                new = torch.linalg.qr(ordered).Q
                turn = new.mT @ axes
                for value, by in ((mean, turn), (square, turn.square())):
                    value.copy_(by @ value if side == "rows" else value @ by.mT)
                axes.copy_(new)

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on from what was saved."""
        super().load_state_dict(state_dict)
        self._fresh = not bool(self._memory["steps"])
