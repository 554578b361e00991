"""numba's interior is used in one file."""

import ast
from pathlib import Path

import segnn.o3.backends.numba as package

DOCUMENTED = {
    "numba.config",
    "numba.types",
    "numba.get_num_threads",
    "numba.threading_layer",
    "numba",
}


def imported(path):
    """The full names of all that a file imports."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_one_file_knows_numbas_interior():
    folder = Path(package.__file__).parent
    found = {
        (path.relative_to(folder).as_posix(), name)
        for path in folder.rglob("*.py")
        for name in imported(path)
        if name.partition(".")[0] == "numba" and name not in DOCUMENTED
    }
    assert {path for path, _ in found} == {"compiler/interior.py"}
    assert ("compiler/interior.py", "numba.core.cgutils") in found
