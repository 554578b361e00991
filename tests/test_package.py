"""`import segnn` is cheap, and everything public is found under it."""

import inspect
import subprocess
import sys

import pytest

import segnn

HEAVY = ("torch", "numpy", "e3nn", "pydantic", "numba", "matplotlib")


def test_importing_loads_nothing_else():
    """No library, and of this package nothing but its own file."""
    code = (
        "import sys; known = set(sys.modules); import segnn; new = set(sys.modules) - known;"
        f" print([m for m in new if m.split('.')[0] in {HEAVY} or m.startswith('segnn.') and m !="
        " 'segnn.light_imports'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("name", segnn.__all__)
def test_every_public_name_is_there(name):
    value = getattr(segnn, name)
    assert name in dir(segnn)
    if inspect.ismodule(value):
        assert value.__name__ == f"segnn.{name}"
    elif name != "__version__":
        assert value.__doc__


def test_public_names_are_known_to_type_checkers():
    """What is loaded lazily stands under TYPE_CHECKING too."""
    source = inspect.getsource(segnn)
    head = source[source.index("if TYPE_CHECKING:") : source.index("_NAMES")]
    words = head.replace(",", " ").replace(":", " ").split()
    assert [name for name in segnn.__all__ if name not in words] == []


def test_unknown_names():
    with pytest.raises(AttributeError, match="module 'segnn' has no attribute 'nothing'"):
        _ = segnn.nothing


def test_a_user_error_is_a_value_error():
    with pytest.raises(ValueError, match="got float"):
        segnn.as_systems(1.0)
    assert issubclass(segnn.UserError, ValueError)
