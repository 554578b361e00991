"""Arrays that never change, as the kernels' calls take them."""

from __future__ import annotations

from typing import Any

import numpy as np


class Fixed:
    """One array, or the arrays of a record of nothing else (a program: table, coef).

    ``slots`` are address and length of each, looked up once instead of at every call.
    """

    def __init__(self, *arrays: np.ndarray):
        self.arrays = tuple(np.ascontiguousarray(array) for array in arrays)
        self.slots = tuple(
            number for array in self.arrays for number in (array.ctypes.data, array.size)
        )

    def __reduce__(self) -> Any:
        return Fixed, self.arrays  # addresses of the copy's own arrays, not of these
