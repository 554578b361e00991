"""Damaged archives: whatever bytes are changed, a file is read or refused with a `UserError`."""

import io
import warnings

import numpy as np
import pytest

from segnn.data import load_systems
from segnn.errors import UserError


def archive(compressed):
    rng = np.random.default_rng(0)
    stream = io.BytesIO()
    (np.savez_compressed if compressed else np.savez)(
        stream,
        position=rng.normal(size=(3, 2, 3)),
        charge=rng.integers(0, 2, (3, 2)),
        cell=np.tile(np.eye(3), (3, 1, 1)),
    )
    return stream.getvalue()


def mutated(data, rng):
    """The bytes with a few of them changed, a piece cut out, or a piece put in twice."""
    changed = bytearray(data)
    for _ in range(rng.integers(1, 6)):
        changed[rng.integers(len(changed))] = rng.integers(256)
    kind, at = rng.integers(4), int(rng.integers(len(changed)))
    piece = int(rng.integers(1, 64))
    if kind == 0:
        del changed[at : at + piece]
    elif kind == 1:
        changed[at:at] = changed[at : at + piece]
    return bytes(changed)


@pytest.mark.parametrize("count", [300, pytest.param(10_000, marks=pytest.mark.slow)])
def test_mutated_archives(count, tmp_path):
    rng, path = np.random.default_rng(count), tmp_path / "in.npz"
    wholes, refused = (archive(False), archive(True)), []
    for n in range(count):
        path.write_bytes(mutated(wholes[n % 2], rng))
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                load_systems(path)
            except UserError as error:
                refused.append(str(error))
    assert count / 2 < len(refused)
    assert not [text for text in refused if "allow_pickle" in text]
    assert all(str(path) in text for text in refused)
