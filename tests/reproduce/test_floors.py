"""What the notes of the charged table say of the least error of features of degree 0."""

from pathlib import Path

import numpy as np
import pytest

from segnn.data.npz import read_arrays
from segnn.reproduce.sweep import find_table

TEST = Path(__file__).parents[2] / "data" / "charged" / "test.npz"


def least(displacement, *vectors):
    """The mean square of what the best coefficients of ``vectors`` leave, for each particle."""
    q, _ = np.linalg.qr(np.stack(vectors, -1))
    rest = displacement - (q @ (q.swapaxes(-1, -2) @ displacement[..., None]))[..., 0]
    return (rest**2).mean()


@pytest.mark.skipif(not TEST.is_file(), reason="needs data/charged: segnn simulate charged")
def test_the_floors_of_the_notes():
    arrays = read_arrays(TEST)
    x, v = arrays["position"], arrays["velocity"]
    displacement = arrays["target_position"] - x
    relative = x[:, None] - x[:, :, None]
    length = np.linalg.norm(relative, axis=-1, keepdims=True)
    towards = np.divide(relative, length, out=np.zeros_like(relative), where=length > 0).mean(2)
    towards *= 5 / 4  # of the neighbours; the particle itself added zero
    both = least(displacement, towards, v)
    summed = least(displacement, towards + v / np.linalg.norm(v, axis=-1, keepdims=True))
    notes = {method.id: method.note for method in find_table("charged").methods}
    assert f"leave {both:.4f}: no training" in notes["segnn_gp-00"]
    assert f"they leave {summed:.4f}" in notes["segnn_gp-00"]
    assert both > 0.0102
