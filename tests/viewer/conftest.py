"""A small model and its session."""

import pytest
from tests.viz.helpers import systems, tiny

from segnn.viewer import Session

from .browser import chromium


@pytest.fixture(scope="session")
def model(tmp_path_factory):
    return tiny(tmp_path_factory.mktemp("model"), hidden="4x0e+3x1o+2x2e+1x1e")


@pytest.fixture(scope="session")
def session(model):
    return Session(model, systems(model, (5, 4, 1)), "in.npz", "tiny")


@pytest.fixture(scope="module")
def context():
    """A browser, for the tests of a file."""
    with chromium() as context:
        yield context
