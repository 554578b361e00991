"""Compiled kernels between processes: found again, known by all sources, and never a wrong result
or a second warning.
"""

import os
import subprocess
import sys
import warnings
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import pytest
import torch

from segnn.o3.backends.numba.compiler import library, store
from segnn.o3.backends.numba.compiler.kernel import kernel
from segnn.o3.backends.numba.compiler.records import Floats
from segnn.o3.backends.numba.vector import simd
from segnn.o3.backends.numba.vector.views import Matrix


@pytest.fixture
def place(tmp_path, monkeypatch):
    """The store, in an empty folder, with nothing warned about yet."""
    monkeypatch.setattr(store, "_candidates", lambda: [tmp_path])
    monkeypatch.setattr(store, "_warned", False)
    store.folder.cache_clear()
    yield tmp_path / f"kernels-{store.STAMP}"
    store.folder.cache_clear()


def spoil(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))


def test_what_is_written_is_read(place):
    assert store.read("a") is None
    store.write("a", b"kernel")
    store.write("a", b"another")
    assert store.read("a") == b"another"
    assert [path.name for path in place.iterdir()] == ["a"]


def test_damaged_files_are_not_read_and_warned_about_once(place):
    for name in ("a", "b", "c"):
        store.write(name, b"kernel" * 9)
    spoil(place / "a")
    (place / "b").write_bytes((place / "b").read_bytes()[:-1])
    (place / "c").write_bytes(b"")
    with pytest.warns(
        RuntimeWarning, match=r"stored kernel .*a is damaged; kernels are compiled again"
    ) as caught:
        assert [store.read(name) for name in ("a", "b", "c")] == [None] * 3
    assert len(caught) == 1


def test_a_place_that_cannot_be_written_costs_one_warning(place, tmp_path, monkeypatch):
    (tmp_path / "in the way").write_text("")
    monkeypatch.setattr(
        store, "_candidates", lambda: [tmp_path / "in the way" / "1", tmp_path / "in the way" / "2"]
    )
    with pytest.warns(
        RuntimeWarning, match=r"no folder .* can be written: .*1 \(.*2 \(.*NUMBA_CACHE_DIR"
    ) as caught:
        store.write("a", b"kernel")
    assert len(caught) == 1
    assert store.read("a") is None


def test_the_second_place_serves_where_the_first_cannot_be_written(place, tmp_path, monkeypatch):
    (tmp_path / "in the way").write_text("")
    monkeypatch.setattr(store, "_candidates", lambda: [tmp_path / "in the way", tmp_path / "user"])
    store.write("a", b"kernel")
    assert store.folder().parent == tmp_path / "user"
    assert store.read("a") == b"kernel"


def test_any_source_counts(tmp_path):
    """Those of subfolders too, by content and by name."""
    package = Path(store.__file__).parents[1]
    names = {path.relative_to(package) for path in package.rglob("*.py")}
    assert {name.parts[0] for name in names if len(name.parts) > 1} >= {"compiler", "rows", "tile"}
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / name).write_bytes((package / name).read_bytes())
    assert store.stamp(tmp_path) == store.STAMP
    for name in ("weights.py", "vector/vectors.py", "tile/linear.py", "messages/forward.py"):
        before = store.stamp(tmp_path)
        with (tmp_path / name).open("a") as file:
            file.write("# changed\n")
        assert store.stamp(tmp_path) != before
    before = store.stamp(tmp_path)
    (tmp_path / "rows" / "forward.py").rename(tmp_path / "rows" / "value.py")
    assert store.stamp(tmp_path) != before


def test_old_versions_are_forgotten(place, tmp_path):
    for n in range(9):
        (tmp_path / f"kernels-{n}").mkdir()
    store.write("a", b"kernel")
    assert len(list(tmp_path.iterdir())) <= store.VERSIONS + 1
    assert store.read("a") == b"kernel"


class Double(NamedTuple):
    x: Floats


def double(a: Double) -> None:
    simd.add(Matrix(a.x, 0, 0), Matrix(a.x, 0, 0), 1.0, 1, len(a.x))


@pytest.fixture
def call(monkeypatch, place):
    """Calls a kernel as another process would: its result, and the parts that were not found in the
    store.
    """

    def once():
        monkeypatch.setattr(library, "_parts", {})
        monkeypatch.setattr(library, "_linked", set())
        engine = lru_cache(
            library._engine.__wrapped__
        )  # the code of an engine that is forgotten is gone
        monkeypatch.setattr(library, "_engine", engine)
        compiled, add = [], library.add
        with monkeypatch.context() as patch:
            patch.setattr(
                library, "add", lambda name, *more: (compiled.append(name), add(name, *more))[1]
            )
            x = torch.ones(3)
            kernel(double)(Double(x))
        return x.tolist(), sorted(name.partition("-")[0] for name in compiled)

    return once


DOUBLE, ADD = "test_store.double", "operation.add"


def test_a_kernel_is_found_again_and_compiled_again_where_it_is_damaged(place, call):
    assert call() == ([2, 2, 2], [ADD, DOUBLE, DOUBLE])
    assert call() == ([2, 2, 2], [])
    spoil(place / f"{DOUBLE}-32")  # what Python calls; the function that it calls is found
    with pytest.warns(RuntimeWarning, match="is damaged") as caught:
        assert call() == ([2, 2, 2], [DOUBLE])
    assert len(caught) == 1
    assert call() == ([2, 2, 2], [])
    store.write(f"{ADD}-32", b"not a pickle")
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a second warning would be an error
        assert call() == ([2, 2, 2], [ADD, DOUBLE, DOUBLE])
    assert call() == ([2, 2, 2], [])
    (place / f"{ADD}-32").unlink()
    assert call() == ([2, 2, 2], [ADD, DOUBLE, DOUBLE])


RUN = """
import warnings
warnings.simplefilter("always")
with warnings.catch_warnings(record=True) as caught:
    import torch
    {before}
    from segnn import SEGNN
    net = SEGNN("1x0e", "2x0e+2x1o", "1x1o", "1x0e+1x1o", "1x0e+1x1o", None, 1)
    edges = torch.tensor([[1, 0], [0, 1]])
    {use}
print("\\n".join("WARNING " + str(w.message) for w in caught if "segnn" in str(w.message)))
"""


def warnings_of(tmp_path, monkeypatch, before, use):
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    code = RUN.format(before=before, use=use)
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=600
    )
    return [line for line in run.stdout.splitlines() if line.startswith("WARNING ")]


def test_a_process_with_a_damaged_store_warns_once_and_works(tmp_path, monkeypatch):
    folder = tmp_path / "segnn" / f"kernels-{store.STAMP}"
    folder.mkdir(parents=True)
    (folder / "rows.forward.forward-32").write_bytes(b"damaged")
    (folder / "operation.gemm-32").write_bytes(b"damaged")
    use = "net(torch.ones(2, 1), edges, torch.ones(2, 4), torch.ones(2, 4))"
    (warning,) = warnings_of(tmp_path, monkeypatch, "", use)
    assert "is damaged; kernels are compiled again" in warning
    assert warnings_of(tmp_path, monkeypatch, "", use) == []


def test_a_process_without_numba_warns_once_and_takes_the_plain_path(tmp_path, monkeypatch):
    use = (
        "[net(torch.ones(2, 1), edges, torch.ones(2, 4), torch.ones(2, 4)).sum().backward() for _"
        " in range(2)]"
    )
    (warning,) = warnings_of(tmp_path, monkeypatch, "import sys; sys.modules['numba'] = None", use)
    assert "taking the plain PyTorch path" in warning
    assert "pip install numba" in warning


@pytest.mark.skipif(sys.platform == "win32", reason="has no umask")
def test_files_have_the_mode_of_the_umask(place):
    before = os.umask(0o027)
    try:
        store.write("name", b"data")
    finally:
        os.umask(before)
    assert [path.stat().st_mode & 0o777 for path in place.iterdir()] == [0o640]
