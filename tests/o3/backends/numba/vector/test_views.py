"""Parts of arrays: where rows, columns and pieces of scratch begin."""

from typing import NamedTuple

import torch

from segnn.o3.backends.numba.compiler.kernel import kernel
from segnn.o3.backends.numba.compiler.records import Floats
from segnn.o3.backends.numba.vector.views import (
    Matrix,
    after,
    below,
    from_column,
    from_row,
    numbers,
    with_step,
)


class Places(NamedTuple):
    x: Floats
    found: Floats


@kernel
def places(a: Places) -> None:
    """The first numbers of what each view leads to, and lengths."""
    matrix = Matrix(a.x, 2, 5)
    first = numbers(from_row(matrix, 3))
    second = numbers(from_column(matrix, 4))
    third = numbers(from_row(with_step(matrix, 7), 1))
    fourth = numbers(below(matrix, 2, 9))
    fifth, sixth = numbers(from_row(below(matrix, 2, 9), 1)), after(matrix, 3)
    a.found[0], a.found[1], a.found[2] = first[0], second[0], third[0]
    a.found[3], a.found[4], a.found[5] = fourth[0], fifth[0], sixth[0]
    a.found[6], a.found[7] = len(first), len(sixth)


def test_places():
    found = torch.zeros(8)
    places(Places(torch.arange(40.0), found))
    assert found.tolist() == [17, 6, 9, 12, 21, 17, 23, 23]
