"""The source tree, parsed: its modules, and what each of them imports."""

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src"


@dataclass(frozen=True)
class Module:
    """A module of the package: its dotted name, its file, its syntax tree."""

    name: str
    path: Path
    tree: ast.Module

    @property
    def where(self):
        return self.path.relative_to(ROOT)


@cache
def modules():
    """All modules by name; a package is its ``__init__``."""
    found = {}
    for path in sorted(SOURCE.rglob("*.py")):
        parts = path.relative_to(SOURCE).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name] = Module(name, path, ast.parse(path.read_text(encoding="utf-8")))
    return found


@dataclass(frozen=True)
class Import:
    """One imported name: the module it comes from, what it is (None of ``import x``), its line."""

    module: str
    name: str | None
    line: int

    @property
    def target(self):
        """The module of ours that is imported: ``from package import module`` means the module."""
        whole = f"{self.module}.{self.name}"
        return whole if whole in modules() else self.module


def imports(module, typing=False):
    """What a module imports from the package, inside functions too.

    - ``typing``: also what stands under ``if TYPE_CHECKING``, which is never executed.
    """
    return list(_imports(module.tree, typing))


def _imports(node, typing):
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ImportFrom) and _ours(child.module):
            yield from (Import(child.module, alias.name, child.lineno) for alias in child.names)
        elif isinstance(child, ast.Import):
            yield from (
                Import(alias.name, None, child.lineno) for alias in child.names if _ours(alias.name)
            )
        elif typing or not (isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test)):
            yield from _imports(child, typing)


def _ours(name):
    return name is not None and name.split(".")[0] == "segnn"
