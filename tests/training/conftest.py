import pytest
from tests.training import helpers


@pytest.fixture(scope="session")
def data(tmp_path_factory):
    """A folder with tiny data."""
    return helpers.make_data(tmp_path_factory.mktemp("data"))
