"""A working directory with a small recipe and data, and a run trained there once."""

import shutil

import pytest

from .helpers import call, prepare


@pytest.fixture(scope="session")
def finished(tmp_path_factory):
    """A folder with tiny.yaml, data/ and the finished run run/."""
    folder = tmp_path_factory.mktemp("finished")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        prepare()
        call("train", "tiny.yaml", "--out", "run")
    return folder


@pytest.fixture
def here(finished, tmp_path, monkeypatch):
    """A copy of that folder as the working directory."""
    shutil.copytree(finished, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path
