"""Every expression turns, reflects and shifts as its irreps say; nodes may be renumbered."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from e3nn.o3 import Irreps, rand_matrix

from segnn.data import Systems

from .helpers import RECIPE, cues, systems, tensors, term
from .test_values import CASES


def matrix(sign):
    torch.manual_seed(3)
    return sign * rand_matrix(dtype=torch.float64)


def turned(given, rotation, shift):
    """The systems turned by an orthogonal matrix and moved, every field by its irreps."""

    def turn(arrays):
        return {
            spec.array or name: (
                arrays[spec.array or name].reshape(len(arrays[spec.array or name]), -1)
                @ Irreps(spec.irreps).D_from_matrix(rotation).numpy().T
            )
            for name, spec in RECIPE.fields.items()
            if (spec.array or name) in arrays
        }

    return replace(
        given,
        position=given.position @ rotation.numpy().T + shift.numpy(),
        node=turn(given.node),
        graph=turn(given.graph),
    )


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("expression", CASES)
def test_turns_as_declared(expression, sign):
    rotation, shift = matrix(sign), torch.tensor([3.0, -2.0, 1.0], dtype=torch.float64)
    given, tree = systems(), term(expression)
    there = tree.evaluate(tensors(turned(given, rotation, shift)))
    expected = tree.evaluate(tensors(given)) @ tree.irreps.D_from_matrix(rotation).T
    if tree.type.point:
        expected = expected + shift
    torch.testing.assert_close(there, expected, rtol=1e-6, atol=1e-6)


def test_renumbering():
    compiled = cues(
        "inputs=[position - center(position, mass), sum(pair_force(charge)), one_hot(species, 1,"
        " 6, 8)]",
        "node_attributes=[mean(edge_attributes), sh(spin * helicity)]",
    )
    given = systems(sizes=(5, 3))
    order = np.array([3, 1, 4, 0, 2, 6, 7, 5])
    other = Systems(
        given.position[order],
        given.offsets,
        {k: v[order] for k, v in given.node.items()},
        given.graph,
    )
    a, b = compiled(given), compiled(other)
    (target,) = a.labels
    pairs = [(getattr(a, name), getattr(b, name)) for name in ("x", "node_attr")]
    pairs += [(a.base[target], b.base[target]), (a.labels[target], b.labels[target])]
    for one, two in pairs:
        torch.testing.assert_close(one[order], two)
