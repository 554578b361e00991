"""SOAP: the steps of the paper's algorithm, the same whatever axes the channels are written in."""

import numpy as np
import pytest
import torch
from torch import nn

from segnn.nn import SteerableLinear
from segnn.training import soap
from segnn.training.soap import AXES_BETA, BETAS, EPS, Soap, weight_matrices

RATE = 0.01


class Layers(nn.Module):
    """Two matrices of one shape, one of another, and a vector, in float64."""

    def __init__(self):
        super().__init__()
        draw = torch.Generator().manual_seed(0)
        self.layer = SteerableLinear("3x0e+2x1o", "2x0e+2x1o", "1x0e+1x1o").double()
        self.map = nn.Linear(3, 2).double()
        for parameter in self.parameters():
            parameter.data = torch.randn(parameter.shape, generator=draw, dtype=torch.float64)


def gradients(model, steps):
    """Some that are larger in some directions than in others, and change."""
    draw = torch.Generator().manual_seed(1)
    for _ in range(steps):
        yield [
            torch.randn(p.shape, generator=draw, dtype=torch.float64).cumsum(0)
            for p in model.parameters()
        ]


def descend(model, optimizer, steps=25, every=5):
    """Take these steps; the axes turn after every ``every`` of them."""
    for n, grads in enumerate(gradients(model, steps), 1):
        for parameter, grad in zip(model.parameters(), grads, strict=True):
            parameter.grad = grad
        optimizer.step()
        if n % every == 0:
            optimizer.turn()
    return [p.detach().clone() for p in model.parameters()]


class Textbook:
    """One matrix by algorithm 3 of the paper, in numpy, means kept as they are written.

    ``axes``: the first ones of both sides, of which a step along no axis leaves some open; None
    where those stay that it is written in.
    """

    def __init__(self, shape, axes):
        self.mean, self.square = np.zeros(shape), np.zeros(shape)
        self.seen, self.n = [np.zeros((n, n)) for n in shape], 0
        self.turns = [k for k in (0, 1) if axes[k] is not None]
        self.axes = [np.eye(n) if a is None else a for n, a in zip(shape, axes, strict=True)]

    def step(self, g):
        self.n += 1
        for k, square in enumerate((g @ g.T, g.T @ g)):
            self.seen[k] = AXES_BETA * self.seen[k] + (1 - AXES_BETA) * square
            if self.n == 1 and k in self.turns:
                along = self.axes[k].T @ self.seen[k] @ self.axes[k]
                assert np.allclose(along, np.diag(np.diag(along)), atol=1e-12)
        left, right = self.axes
        self.mean = BETAS[0] * self.mean + (1 - BETAS[0]) * g
        self.square = BETAS[1] * self.square + (1 - BETAS[1]) * (left.T @ g @ right) ** 2
        size = np.sqrt(self.square / (1 - BETAS[1] ** self.n)) + EPS
        along = left.T @ self.mean @ right / (1 - BETAS[0] ** self.n) / size
        return left @ along @ right.T

    def turn(self):
        for k in self.turns:
            seen, axes = self.seen[k], self.axes[k]
            axes = axes[:, np.argsort(-np.diag(axes.T @ seen @ axes))]
            new, _ = np.linalg.qr(seen @ axes)
            by = (new.T @ self.axes[k]) ** 2
            self.square = by @ self.square if k == 0 else self.square @ by.T
            self.axes[k] = new


def first_axes(model):
    """Of the rows and the columns of every matrix, in the order in which it has them, found in the
    first step.
    """
    optimizer = Soap(model, 0.0)
    descend(model, optimizer, steps=1)
    (state,) = optimizer.state.values()
    shapes = dict.fromkeys(tuple(matrix.shape) for _, matrix in weight_matrices(model))
    taken = dict.fromkeys(shapes, 0)
    for _, matrix in weight_matrices(model):
        name, n = list(shapes).index(tuple(matrix.shape)), taken[tuple(matrix.shape)]
        taken[tuple(matrix.shape)] += 1
        found = [state.get(f"axes {name} {side}") for side in ("rows", "columns")]
        yield [None if axes is None else axes[n].numpy().copy() for axes in found]


@pytest.mark.parametrize("longest", [1024, 4, 1])
def test_the_steps_are_those_of_the_paper(longest, monkeypatch):
    monkeypatch.setattr(soap, "LONGEST", longest)
    model = Layers()
    wanted = [p.detach().clone() for p in model.parameters()]
    number = {id(p): n for n, p in enumerate(model.parameters())}
    places = [(number[id(owner)], matrix) for owner, matrix in weight_matrices(model)]
    books = [
        Textbook(matrix.shape, axes)
        for (_, matrix), axes in zip(places, first_axes(model), strict=True)
    ]
    rest = sorted(set(number.values()) - {n for n, _ in places})
    vectors = {n: Textbook((wanted[n].numel(), 1), (None, None)) for n in rest}
    for step, grads in enumerate(gradients(model, 25), 1):
        for (n, matrix), book in zip(places, books, strict=True):
            change = torch.from_numpy(book.step(grads[n].view(-1)[matrix].numpy()))
            wanted[n].view(-1)[matrix] -= RATE * change
            if step % 5 == 0:
                book.turn()
        for n, book in vectors.items():
            wanted[n] -= RATE * torch.from_numpy(book.step(grads[n].numpy()[:, None])[:, 0])
    got = descend(model, Soap(model, RATE))
    for one, other, before in zip(got, wanted, Layers().parameters(), strict=True):
        # Along axes without gradients 1e-17 is divided by 1e-8.
        torch.testing.assert_close(one, other, rtol=0, atol=1e-8)
        assert (one - before).abs().min() > 1e-4


def test_a_matrix_holds_all_that_feeds_an_output():
    """A column's weights change its channel of its irrep and no other; all weights are in one."""
    layer = SteerableLinear("3x0e+2x1o", "2x0e+2x1o", "1x0e+1x1o").double()
    found = [matrix for _, matrix in weight_matrices(layer)]
    assert [tuple(m.shape) for m in found] == [(5, 2), (5, 2)]
    assert torch.cat([m.flatten() for m in found]).sort().values.equal(torch.arange(20))
    x, a = torch.randn(4, 9, dtype=torch.float64), torch.randn(4, 4, dtype=torch.float64)
    before = layer(x, a)
    for matrix, columns in zip(found, ([[0], [1]], [[2, 3, 4], [5, 6, 7]]), strict=True):
        for column, changed in zip(matrix.T, columns, strict=True):
            with torch.no_grad():
                layer.weight[column] += 1
                where = (layer(x, a) - before).abs().amax(0) > 1e-9
                layer.weight[column] -= 1
            assert where.nonzero().flatten().tolist() == changed


def test_mixed_channels_are_trained_alike():
    """Written in other axes, a matrix takes the same steps; those of Adam are others."""

    def trained(mixed, make):
        draw = torch.Generator().manual_seed(2)
        weight, x, y, noise = (
            torch.randn(shape, generator=draw, dtype=torch.float64)
            for shape in ((4, 4), (50, 4), (50, 4), (50, 4))
        )
        turned = [
            torch.linalg.qr(torch.randn(4, 4, generator=draw, dtype=torch.float64)).Q
            if mixed
            else torch.eye(4, dtype=torch.float64)
            for _ in range(2)
        ]
        map_ = nn.Linear(4, 4, bias=False).double()
        map_.weight.data = (turned[0].T @ weight @ turned[1]).T.contiguous()
        optimizer = make(map_)
        for n in range(12):
            optimizer.zero_grad()
            out = (x + 0.1 * n * noise) @ turned[0] @ map_.weight.T @ turned[1].T
            ((out - y) ** 2).mean().backward()
            optimizer.step()
            if n % 4 == 3 and isinstance(optimizer, Soap):
                optimizer.turn()
        return (turned[0] @ map_.weight.T @ turned[1].T).detach()

    for make, alike in (
        (lambda m: Soap(m, RATE), True),
        (lambda m: torch.optim.Adam(m.parameters(), RATE), False),
    ):
        difference = (trained(True, make) - trained(False, make)).abs().max()
        assert (difference < 1e-9) if alike else (difference > 1e-3)


def test_its_state_is_saved_and_loaded():
    """What goes on from a saved state takes the same steps, bit for bit; no gradient is none."""
    whole, first = Layers(), Layers()
    optimizer = Soap(whole, RATE)
    descend(whole, optimizer)
    wanted = descend(whole, optimizer)
    before = Soap(first, RATE)
    descend(first, before)
    second = Layers()
    second.load_state_dict(first.state_dict())
    again = Soap(second, RATE)
    again.load_state_dict(before.state_dict())
    assert all(map(torch.equal, descend(second, again), wanted))
    unused = Layers()
    Soap(unused, RATE).step()
    assert all(map(torch.equal, unused.parameters(), Layers().parameters()))
