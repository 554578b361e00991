"""The e3nn network of the benchmark as the oracle of the tests, and the reference weights it must
reproduce.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import torch

from segnn.bench.e3nn_network import E3nnSEGNN, O3TensorProduct, O3TensorProductGate

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT.parent / "shared" / "data"

__all__ = [
    "E3nnSEGNN",
    "O3TensorProduct",
    "O3TensorProductGate",
    "float64_default",
    "inputs",
    "load_reference",
    "network_arguments",
    "reference_state",
]

NO_PARAMETERS = ("_w3j", ".gate.mul", "output_mask")


@contextmanager
def float64_default() -> Iterator[None]:
    """Float64 as torch's default: e3nn keeps coupling constants in the default type; `.double()`
    later is too late.
    """
    previous = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        yield
    finally:
        torch.set_default_dtype(previous)


def load_reference(task: str) -> dict[str, np.ndarray]:
    """The arrays of `reference_{task}_task.npz`, task "node" or "graph"; skips the test where the
    file is absent.
    """
    path = DATA / f"reference_{task}_task.npz"
    if not path.exists():
        pytest.skip(f"reference weights not found: ../shared/data/{path.name}")
    with np.load(path) as arrays:
        return dict(arrays)


def network_arguments(arrays: dict[str, np.ndarray]) -> dict:
    """The constructor arguments that a reference file stands for."""
    names = ("irreps_in", "irreps_hidden", "irreps_out", "irreps_attr", "irreps_message")
    text = {name: str(arrays[name]) for name in names}
    attr = text.pop("irreps_attr")
    norm = str(arrays["norm"])
    return {
        **text,
        "irreps_edge_attr": attr,
        "irreps_node_attr": attr,
        "num_layers": int(arrays["num_layers"]),
        "norm": None if norm == "none" else norm,
        "task": str(arrays["task"]),
    }


def reference_state(arrays: dict[str, np.ndarray]) -> dict[str, torch.Tensor]:
    """The parameters among the `state/…` entries, by their name in the reference code."""
    names = [
        k for k in arrays if k.startswith("state/") and not any(skip in k for skip in NO_PARAMETERS)
    ]
    return {name.removeprefix("state/"): torch.from_numpy(arrays[name]) for name in names}


def inputs(arrays: dict[str, np.ndarray]) -> tuple[torch.Tensor, ...]:
    """(x, edge_index, edge_attr, node_attr, message, batch), in the order of `forward`."""
    names = ("x", "edge_index", "edge_attr", "node_attr", "message", "batch")
    return tuple(torch.from_numpy(arrays[name]) for name in names)
