"""Random numbers, rotations and couplings for the tests of segnn.o3."""

import torch
from e3nn.o3 import Irreps

from oracle import float64_default
from segnn.o3.backends.choice import backend_for
from segnn.o3.backends.forms import Forms
from segnn.o3.backends.layer_function import run
from segnn.o3.backends.plain.layers import CONTRACT_EDGES, messages_layer, rows_layer
from segnn.o3.plan.layer import Messages, MessagesOn, RowsLayer
from segnn.o3.plan.linear import LinearPlan
from segnn.o3.rows import Edges

IN, ATTRIBUTE, OUT = "2x1o+3x0e+1x2e+1x1o", "1x1o+2x0e+1x2e", "2x0e+1x1e+1x1o+2x2e+1x0o"


def randn(*shape, seed=0, grad=False):
    generator = torch.Generator().manual_seed(seed + sum(shape))
    return torch.randn(*shape, generator=generator, dtype=torch.float64).requires_grad_(grad)


def orthogonal(determinant, seed=0):
    """A random (3, 3) orthogonal matrix of the given determinant."""
    q, _ = torch.linalg.qr(randn(3, 3, seed=seed))
    return q * (determinant * torch.linalg.det(q).sign())


def turn(irreps, x, matrix):
    """x (…, irreps.dim) in mul_ir, turned and reflected by an orthogonal matrix."""
    with float64_default():
        return x @ Irreps(irreps).D_from_matrix(matrix).T


def plans(mix_first=False):
    """The two mixes and the two contractions of a steerable linear layer on unsorted, repeated
    irreps.
    """
    return LinearPlan((Irreps(IN),), Irreps(ATTRIBUTE), Irreps(OUT), mix_first=mix_first).plans[0]


def edges(empty=False):
    """Five nodes, of which one is no target and one no source; targets sorted, sources not."""
    source, target = torch.tensor([[3, 0, 2, 0, 3, 1, 0], [0, 0, 1, 3, 3, 3, 4]])
    return Edges(source[:0], target[:0], 5) if empty else Edges(source, target, 5)


def contract(x, attribute, contraction):
    """The form of that name on the path of the moment."""
    return Forms(backend_for(x)).contract(x, attribute, contraction)


def mix(x, weight, plan):
    """The form of that name on the path of the moment."""
    return Forms(backend_for(x)).mix(x, weight, plan)


def contract_edges(target, source, attribute, contraction, graph):
    """The operation of that name on the path of the moment."""
    return run(
        CONTRACT_EDGES, backend_for(target), (contraction, graph), (target, source, attribute)
    )


def _inputs(x, x_1, attribute, first, second):
    later = (None, None) if second is None else (second.weight, second.bias)
    return (x, x_1, attribute, first.weight, first.bias, *later)


def rows_composed(x, x_1, attribute, first, gated, second, residual):
    """``steer_rows`` from single forms of the path of the moment."""
    plan = RowsLayer(first.plan, gated, None if second is None else second.plan, residual)
    return rows_layer(plan, _inputs(x, x_1, attribute, first, second), Forms(backend_for(x)))


def messages_composed(x, message, attribute, first, second, gated, last, graph):
    """``steer_messages`` from single forms of the path of the moment."""
    layer = Messages(first.plan, gated, None if second is None else second.plan, last)
    inputs = _inputs(x, message, attribute, first, second)
    return messages_layer(MessagesOn(layer, graph), inputs, Forms(backend_for(x)))
