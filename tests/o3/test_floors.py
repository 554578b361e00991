"""How `segnn.o3` is built: few floors, no circles, and algebra that knows no backend."""

import ast
from functools import cache
from pathlib import Path

import segnn.o3

ROOT = Path(segnn.o3.__file__).parent
FLOORS = 7
NUMBA = "segnn.o3.backends.numba"
HOUSES = (NUMBA, "segnn.o3.backends.triton")
"""Backends with kernels, each a house of its own beside the others."""


def _modules():
    found = {}
    for path in ROOT.rglob("*.py"):
        parts = ("segnn", "o3", *path.relative_to(ROOT).with_suffix("").parts)
        if parts[-1] != "__init__":
            found[".".join(parts)] = ast.parse(path.read_text(encoding="utf-8"))
    return found


def _imports(tree, known):
    """All imports, also those inside of functions."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found & known


MODULES = _modules()
BELOW = {name: _imports(tree, set(MODULES)) - {name} for name, tree in MODULES.items()}


def _circle(above=()):
    """Some way through the imports that comes back to where it was, or ()."""
    state = {}

    def visit(name, path):
        if state.get(name) == "done":
            return ()
        if state.get(name) == "open":
            return (*path[path.index(name) :], name)
        state[name] = "open"
        for below in sorted(BELOW[name]):
            if found := visit(below, (*path, name)):
                return found
        state[name] = "done"
        return ()

    return next((found for name in sorted(BELOW) if (found := visit(name, above))), ())


def test_no_circles():
    assert _circle() == ()


def test_few_floors():
    @cache
    def floor(name):
        below = [other for other in BELOW[name] if not other.startswith(HOUSES)]
        return 1 + max(map(floor, below), default=0)

    floors = {name: floor(name) for name in BELOW if not name.startswith(HOUSES)}
    assert max(floors.values()) <= FLOORS, sorted(floors.items(), key=lambda item: -item[1])[:10]
    assert floors["segnn.o3.steer"] == max(floors.values())


def test_algebra_knows_no_backend():
    """Only the operations, and who chooses between backends, import something of them."""
    outside = {name for name in BELOW if not name.startswith("segnn.o3.backends.")}
    asking = {
        name
        for name in outside
        if any(other.startswith("segnn.o3.backends.") for other in BELOW[name])
    }
    assert asking == {"segnn.o3.steer", "segnn.o3.sums", "segnn.o3.vectors"}


def test_one_place_names_the_kernels():
    named = {
        name
        for name, tree in MODULES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and str(node.value).startswith(NUMBA)
    }
    importing = {
        name for name, below in BELOW.items() if any(other.startswith(NUMBA) for other in below)
    }
    outside = {name for name in named | importing if not name.startswith(NUMBA)}
    assert outside == {"segnn.o3.backends.choice"}


def test_no_function_takes_more_than_eight_positional_arguments():
    many = [
        f"{name}.{node.name}"
        for name, tree in MODULES.items()
        if not name.startswith(NUMBA)
        and not name.endswith("kernels")  # of Triton: one for every pointer and every size
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        and len(node.args.posonlyargs) + len(node.args.args) > 8
    ]
    assert many == []
