"""What is recorded and repeated, with a stand-in for the card: the recording computes nothing."""

from contextlib import contextmanager, nullcontext

import pytest
import torch

from segnn.errors import UserError
from segnn.model.captured import WARM_UP, Captured, graphs
from segnn.o3.trusted import trusted

CARD = torch.device("cuda", 0)


class Work:
    """Counts what is computed, recorded and repeated."""

    def __init__(self, monkeypatch, error=None):
        self.done, self.places, self.recording, self.error = [], [], False, error
        work = self

        class Stream:
            def __init__(self, device=None):
                pass

            def wait_stream(self, other):
                pass

        class Graph:
            def replay(self):
                work.done.append("repeated")

        @contextmanager
        def graph(made, pool, stream, capture_error_mode):
            work.places.append((stream, pool))
            work.recording = True
            try:
                yield
            except Exception as broken:
                raise RuntimeError("operation failed due to a previous error") from broken
            finally:
                work.recording = False

        for name, stand_in in {
            "Stream": Stream,
            "CUDAGraph": Graph,
            "graph_pool_handle": object,
            "graph": graph,
            "stream": lambda stream: nullcontext(),
            "set_stream": lambda stream: None,
            "current_stream": lambda device: Stream(),
            "synchronize": lambda device: None,
        }.items():
            monkeypatch.setattr(torch.cuda, name, stand_in)

    def __call__(self):
        assert trusted()
        if self.recording and self.error is not None:
            raise self.error
        self.done.append("recorded" if self.recording else "computed")


def test_first_calls_are_ordinary_then_it_is_recorded_and_repeated(monkeypatch):
    work = Work(monkeypatch)
    step = Captured(work, CARD)
    for _ in range(WARM_UP + 2):
        step()
    assert work.done == ["computed"] * WARM_UP + ["recorded", "repeated", "repeated"]
    assert step.recorded


def test_recordings_that_take_turns_share_their_memory(monkeypatch):
    work = Work(monkeypatch)
    one = Captured(work, CARD)
    other, alone = Captured(work, CARD, beside=one), Captured(work, CARD)
    for step in (one, other, alone):
        for _ in range(WARM_UP + 1):
            step()
    assert work.places[0] == work.places[1]
    assert work.places[2][1] is not work.places[0][1]


def test_what_cannot_be_recorded_is_computed_and_told_once(monkeypatch):
    work = Work(monkeypatch, RuntimeError("Cannot copy between CPU and CUDA\nmore"))
    step = Captured(work, CARD, "a training step")
    for _ in range(WARM_UP):
        step()
    told = r"a training step could not be recorded .*RuntimeError: Cannot copy between CPU and CUDA"
    with pytest.warns(RuntimeWarning, match=told):
        step()
    step()  # another warning would be an error
    assert work.done == ["computed"] * (WARM_UP + 2)
    assert not step.recorded


def test_on_a_cpu_and_where_told_so_nothing_is_recorded(monkeypatch):
    work = Work(monkeypatch)
    on_cpu = Captured(work, torch.device("cpu"))
    with graphs("off"):
        off = Captured(work, CARD)
    for _ in range(WARM_UP + 2):
        on_cpu()
        off()
    assert set(work.done) == {"computed"}
    monkeypatch.setenv("SEGNN_GRAPHS", "on")
    with pytest.raises(UserError, match=r"SEGNN_GRAPHS is 'on', expected one of auto, off"):
        Captured(work, CARD)
