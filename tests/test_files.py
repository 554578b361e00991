"""Output files: whatever the path stands for, it is written whole, written through, or refused."""

import os
import stat
import threading
from pathlib import Path

import numpy as np
import pytest

from segnn.data.npz import read_arrays, write_npz
from segnn.errors import UserError
from segnn.files import check_output, replacing, same_file, write_atomically


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def left():
    """Everything in the working directory."""
    return {str(path) for path in Path().rglob("*")}


def test_a_new_file_and_its_folder():
    write_atomically("new/deep/out", b"whole")
    assert Path("new/deep/out").read_bytes() == b"whole"
    assert left() == {"new", "new/deep", "new/deep/out"}


def test_permissions_stay_and_new_files_have_the_usual_ones():
    Path("plain").touch()
    write_atomically("new", b"")
    assert os.stat("new").st_mode == os.stat("plain").st_mode
    os.chmod("plain", 0o640)
    write_atomically("plain", b"more")
    assert stat.S_IMODE(os.stat("plain").st_mode) == 0o640


@pytest.mark.parametrize("there", [True, False])
def test_links_are_followed(there):
    Path("far").mkdir()
    if there:
        Path("far/target").write_bytes(b"old")
    os.symlink("far/target", "link")
    os.symlink("link", "link2")
    write_atomically("link2", b"new")
    assert os.readlink("link2") == "link"
    assert os.readlink("link") == "far/target"
    assert Path("far/target").read_bytes() == b"new"
    assert left() == {"far", "far/target", "link", "link2"}


def test_pipes_are_written_to():
    os.mkfifo("pipe")
    found = []
    reader = threading.Thread(target=lambda: found.append(Path("pipe").read_bytes()))
    reader.start()
    write_atomically("pipe", b"through")
    reader.join(10)
    assert found == [b"through"]
    assert stat.S_ISFIFO(os.stat("pipe").st_mode)


def test_devices_stay_devices():
    before = os.stat("/dev/null")
    os.symlink("/dev/null", "link")
    for path in ("/dev/null", "link"):
        write_atomically(path, b"gone")
    after = os.stat("/dev/null")
    assert (after.st_mode, after.st_rdev, after.st_ino) == (
        before.st_mode,
        before.st_rdev,
        before.st_ino,
    )
    with pytest.raises(UserError, match="No space left on device"):
        write_atomically("/dev/full", b"too much")
    assert left() == {"link"}


def test_standard_output(capfd):
    write_atomically("/dev/stdout", b"one ")
    write_atomically("/dev/fd/1", b"two")
    assert capfd.readouterr().out == "one two"
    with pytest.raises(UserError, match="cannot write /dev/fd/987"):
        write_atomically("/dev/fd/987", b"nobody reads")


def test_appended_output_is_not_cut(capfd):
    """What stands in a file that standard output was redirected to stays before what is written."""
    with open("log", "ab") as file:
        file.write(b"before ")
        file.flush()
        write_atomically(f"/dev/fd/{file.fileno()}", b"after")
    assert Path("log").read_bytes() == b"before after"


def refused(path):
    before = left()
    with pytest.raises(UserError) as written:
        write_atomically(path, b"x")
    with pytest.raises(UserError) as checked:
        check_output(path)
    assert left() == before
    assert str(path) in str(written.value)
    assert str(path) in str(checked.value)
    for told in (str(written.value), str(checked.value)):
        assert told.count("cannot write") == 1
    return str(written.value)


def test_what_is_refused():
    Path("folder").mkdir()
    assert "is a folder" in refused("folder")
    os.symlink("folder", "to-folder")
    Path("null").mkdir()
    assert "is a folder" in refused("null")
    assert "is a folder" in refused("to-folder")
    os.symlink("b", "a")
    os.symlink("a", "b")
    assert "symbolic links" in refused("a")
    Path("kept").write_bytes(b"kept")
    os.chmod("kept", 0o444)
    os.symlink("kept", "to-kept")
    for path in ("kept", "to-kept"):
        assert "read-only" in refused(path)
    assert Path("kept").read_bytes() == b"kept"
    assert "Not a directory" in refused("kept/below")
    assert "too long" in refused("n" * 300)
    assert "null" in refused("a\0b")


def test_the_longest_name():
    write_atomically("n" * 250 + ".json", b"x")
    assert left() == {"n" * 250 + ".json"}


def test_a_failure_half_way_leaves_the_old_file(monkeypatch):
    Path("out").write_bytes(b"old")
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left")))
    with pytest.raises(UserError, match="No space left"):
        write_atomically("out", b"new")
    with pytest.raises(KeyboardInterrupt):
        interrupted_half_way()
    assert Path("out").read_bytes() == b"old"
    assert left() == {"out"}


def interrupted_half_way():
    with replacing("out") as part:
        part.write_bytes(b"half")
        raise KeyboardInterrupt


def test_endings():
    check_output("out.npz", ".npz")
    check_output("/dev/null", ".npz")
    with pytest.raises(UserError, match=r"ends in \.npz, not '\.txt'"):
        check_output("out.txt", ".npz")
    with pytest.raises(UserError, match=r"ends in \.html or \.htm, not 'nothing'"):
        check_output("out", ".html", ".htm")


def test_same_file():
    Path("one").touch()
    os.link("one", "hard")
    os.symlink("one", "soft")
    assert same_file("one", "hard")
    assert same_file("./one", "soft")
    assert not same_file("one", "none")
    assert same_file("none", "./none")


def test_npz_with_any_names():
    """Also those that numpy.savez takes for its own options."""
    arrays = {"file": np.arange(3.0), "allow_pickle": np.ones((2, 2)), "position": np.zeros(())}
    write_npz("out.npz", arrays)
    found = read_arrays("out.npz")
    assert found.keys() == arrays.keys()
    for name, array in arrays.items():
        np.testing.assert_array_equal(found[name], array)
    with pytest.raises(ValueError, match="Object arrays"):
        write_npz("out.npz", {"x": np.array([object()])})
