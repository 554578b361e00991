"""What every test shares: types checked at run time, one thread, few and reproducible
property-based examples.
"""

from importlib.machinery import PathFinder
from sys import meta_path

import hypothesis
import jaxtyping
import pytest
import torch


class _Compiled:
    """Finds the kernels before the hook below wraps their functions: numba and triton must see them
    as they are written.
    """

    @staticmethod
    def find_spec(name, path=None, target=None):
        return (
            PathFinder.find_spec(name, path, target)
            if name.startswith("segnn.o3.backends.numba.")
            or (name.startswith("segnn.o3.backends.triton.") and name.endswith("kernels"))
            else None
        )


# Installed before anything imports segnn: beartype executes the annotations of these packages; an
# int may be a float.
jaxtyping.install_import_hook(
    ["segnn.o3", "segnn.nn", "segnn.interop"],
    "beartype.beartype(conf=beartype.BeartypeConf(is_pep484_tower=True))",
)
meta_path.insert(0, _Compiled)

torch.set_num_threads(1)
hypothesis.settings.register_profile("segnn", deadline=None, derandomize=True, max_examples=15)
hypothesis.settings.load_profile("segnn")


def pytest_collection_modifyitems(config, items):
    """Of several processes, files with slow tests first: a long one that begins last, of few tests
    as it has, would leave one process at work and the others idle.
    """
    if hasattr(config, "workerinput"):
        slow = {item.path for item in items if item.get_closest_marker("slow")}
        items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(params=["plain", "numba"])
def kernel_path(request):
    """Runs the test once on the plain PyTorch path and once on the numba kernels."""
    from segnn.o3 import kernels

    with kernels(request.param):
        yield request.param
