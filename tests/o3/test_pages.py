"""Room for large tensors: the shape, type and alignment that were asked for."""

from contextlib import nullcontext

import pytest
import torch

from segnn.o3 import pages
from segnn.o3.pages import MAPPED_BYTES, RETURNED_BYTES, blank, returned_at_once


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize(
    "shape", [(0,), (3, 0), (5, 7), (RETURNED_BYTES // 64, 17), (MAPPED_BYTES // 64, 17)]
)
@pytest.mark.parametrize("context", [nullcontext, returned_at_once])
def test_room(dtype, shape, context):
    with context():
        x = blank(torch.zeros(1, dtype=dtype), *shape)
    assert x.shape == shape
    assert x.dtype == dtype
    assert x.is_contiguous()
    assert x.data_ptr() % 64 == 0
    x.fill_(1)
    assert float(x.sum()) == x.numel()


def test_other_devices_make_their_own():
    assert blank(torch.zeros(1, device="meta"), MAPPED_BYTES).device.type == "meta"


def test_a_system_that_refuses_huge_pages_gives_room_all_the_same(monkeypatch):
    asked = []

    class Room(pages.mmap.mmap):
        def madvise(self, advice):
            asked.append(advice)
            raise OSError(22, "Invalid argument")

    monkeypatch.setattr(pages.mmap, "mmap", Room)
    monkeypatch.setattr(pages.mmap, "MADV_HUGEPAGE", 14, raising=False)
    x = blank(torch.empty(0), MAPPED_BYTES // 4 + 1)
    assert asked == [14]
    assert x.fill_(1).sum() == len(x)


def test_rooms_that_nobody_uses_wait_for_the_next_one(monkeypatch):
    waiting = pages._Waiting()
    monkeypatch.setattr(pages, "_waiting", waiting)
    like = torch.empty(0)
    first, other = blank(like, 1_000_000), blank(like, 1_000_001)
    place, part = first.data_ptr(), first[10:]
    del first
    assert not waiting.rooms, "a part of it is still used"
    del part
    assert len(waiting.rooms) == 1
    again = blank(like, 1000, 990)  # a little smaller
    assert again.data_ptr() == place
    assert other.data_ptr() != place
    assert not waiting.rooms


def test_not_more_wait_than_a_bound_says_and_none_where_memory_matters(monkeypatch):
    waiting = pages._Waiting()
    monkeypatch.setattr(pages, "_waiting", waiting)
    monkeypatch.setattr(pages, "WAITING_BYTES", 12 << 20)
    like = torch.empty(0)
    rooms = [blank(like, megabytes << 18) for megabytes in (2, 3, 4, 5)]
    while rooms:
        del rooms[0]
    assert [len(room) >> 20 for room in waiting.rooms] == [3, 4, 5]
    with returned_at_once():
        blank(like, 5 << 18)
    assert [len(room) >> 20 for room in waiting.rooms] == [3, 4, 5]
    with waiting._lock:  # somebody is amidst it: nobody waits
        assert blank(like, 5 << 18).numel() == 5 << 18
    assert len(waiting.rooms) == 3
