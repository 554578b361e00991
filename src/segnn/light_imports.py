"""Imports that cost no more than what is used of them.

`lazily` gives a package names that are imported when they are first asked for.

``install`` makes e3nn light: ``import e3nn.o3`` brings in torch's compiler, because one function is
decorated with ``torch.compiler.disable``, and SymPy, for Legendre polynomials that only its
spherical harmonics of angles need. Together that takes longer than importing torch. While e3nn.o3
is imported, both are replaced by stand-ins that load the real thing when it is used; what e3nn
computes stays the same.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache, wraps
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

DISABLED = "_torchdynamo_disable"  # by which the compiler knows what it must not trace
ANGULAR = "e3nn.o3._angular_spherical_harmonics"


def lazily(package: str, modules: Mapping[str, str]) -> Callable[[str], Any]:
    """The ``__getattr__`` of a package whose names are imported on first use.

    modules: for every name, the module that defines it.
    """

    def find(name: str) -> Any:
        if name not in modules:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(import_module(modules[name]), name)
        setattr(sys.modules[package], name, value)
        return value

    return find


def install() -> None:
    """Arrange that the first ``import e3nn.o3`` of this process is light."""
    if "e3nn.o3" not in sys.modules and not any(isinstance(f, _Finder) for f in sys.meta_path):
        sys.meta_path.insert(0, _Finder())


class _Finder(MetaPathFinder):
    """Finds e3nn.o3 as Python would, once, and imports it under the stand-ins."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name != "e3nn.o3":
            return None
        sys.meta_path.remove(self)
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = _Light(spec.loader)
        return spec


class _Light(Loader):
    def __init__(self, usual: Loader):
        self.usual = usual

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self.usual.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        if module.__spec__ is not None:
            module.__spec__.loader = self.usual
        with _compiler_on_demand(), _sympy_on_demand():
            self.usual.exec_module(module)


@contextmanager
def _compiler_on_demand() -> Iterator[None]:
    """``torch.compiler.disable`` without the import of the compiler, until something is
    compiled.
    """
    import torch

    usual = torch.compiler.disable

    def disable(function: Any = None, *args: Any, **options: Any) -> Any:
        if function is None or "torch._dynamo" in sys.modules:
            return usual(function, *args, **options)  # type: ignore[no-untyped-call]

        @cache
        def disabled() -> Any:
            return usual(function, *args, **options)  # type: ignore[no-untyped-call]

        @wraps(function)
        def call(*given: Any, **named: Any) -> Any:
            compiling = "torch._dynamo" in sys.modules
            return (disabled() if compiling else function)(*given, **named)

        setattr(call, DISABLED, True)
        return call

    torch.compiler.disable = disable  # type: ignore[assignment]
    try:
        yield
    finally:
        torch.compiler.disable = usual


@contextmanager
def _sympy_on_demand() -> Iterator[None]:
    """A module ``sympy`` whose names import the real one when the first of them is called."""
    if "sympy" in sys.modules:
        yield
        return
    stand_in = ModuleType("sympy")
    names: dict[str, Callable[..., Any]] = {}

    def lazy(name: str) -> Callable[..., Any]:
        if name.startswith("__"):
            raise AttributeError(name)

        def call(*given: Any, **named: Any) -> Any:
            import sympy

            user = sys.modules[ANGULAR]
            for other in names:
                setattr(user, other, getattr(sympy, other))
            return getattr(sympy, name)(*given, **named)

        return names.setdefault(name, call)

    stand_in.__getattr__ = lazy  # type: ignore[method-assign]
    sys.modules["sympy"] = stand_in
    try:
        yield
    finally:
        if sys.modules.get("sympy") is stand_in:
            del sys.modules["sympy"]
