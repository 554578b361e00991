"""Edges evaluated block by block give the same numbers, bit for bit."""

import pytest
import torch

from segnn.recipe import blocks

from .helpers import cues, systems
from .test_features import RICH, same


@pytest.mark.parametrize("block", [1, 4, 13])
def test_blocks_give_the_whole(monkeypatch, block):
    compiled, given = cues(*RICH), systems()
    whole = compiled(given, dtype=torch.float32)
    monkeypatch.setattr(blocks, "BLOCK", block)
    seen = []
    made = blocks._blocks
    monkeypatch.setattr(blocks, "_blocks", lambda tensors: seen.append(made(tensors)) or seen[-1])
    same(compiled(given, dtype=torch.float32), whole)
    (cut,) = seen
    assert [b.edges.start for b in cut[1:]] == [b.edges.stop for b in cut[:-1]]
    assert len(cut) > 2
    assert all(
        b.tensors.edges <= max(block + 3, 4) for b in cut
    )  # all edges to a node, of which there are at most four


def test_with_gradients_there_are_no_blocks(monkeypatch):
    monkeypatch.setattr(blocks, "BLOCK", 1)
    monkeypatch.setattr(
        blocks, "_blocks", lambda tensors: pytest.fail("blocks cannot be differentiated")
    )
    compiled = cues(*RICH)
    assert compiled.evaluate(compiled.tensors(systems())).x.shape[0] == 13
