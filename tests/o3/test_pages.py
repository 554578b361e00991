"""Room for large tensors: the shape, type and alignment that were asked for."""

import os
import platform
import subprocess
import sys
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


FAULTS = """
import resource, torch
from segnn.o3.pages import keep_freed
keep_freed()
def step():
    held = [torch.empty(1 << 21).fill_(n) for n in range(12)]
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
faults = [step() for _ in range(4)]
print(faults[3] - faults[2])
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="of glibc alone")
def test_memory_of_a_step_serves_the_next_one():
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MALLOC_")}
    found = subprocess.run(
        [sys.executable, "-c", FAULTS], env=environment, capture_output=True, text=True, check=True
    )
    assert int(found.stdout) < 2_000, "of 24 576 pages"
