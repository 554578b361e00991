"""Layers import only downwards, and no module needs itself."""

import ast

import pytest

from .sources import imports, modules

# From the ground up; a layer imports from those before it. docs/architecture.md says what each is.
LAYERS = (
    ("errors", "versions", "light_imports", "splits", "words"),
    ("files", "room"),
    ("o3", "data"),
    ("parallel",),
    ("nn", "simulate"),
    ("recipe",),
    ("model",),
    ("training", "testing", "interop", "potential"),
    ("report", "ase", "torch_sim"),
    ("viz", "bench"),
    ("rollout", "viewer", "reproduce"),
    ("cli",),
    ("__main__",),
)
FLOOR = {layer: floor for floor, layers in enumerate(LAYERS) for layer in layers}


def layer(name):
    """The layer of a module: the first word behind ``segnn``; None of the package itself."""
    words = name.split(".")
    return words[1] if len(words) > 1 else None


@pytest.mark.parametrize("name", sorted({layer(name) for name in modules()} - {None}))
def test_a_layer_imports_only_from_below(name):
    assert name in FLOOR, f"{name}: a new layer; give it a floor here and in docs/architecture.md"
    wrong = [
        f"{module.where}:{found.line} imports {found.target}"
        for module in modules().values()
        if layer(module.name) == name
        for found in imports(module)
        if layer(found.target) not in (None, name) and FLOOR[layer(found.target)] >= FLOOR[name]
    ]
    assert not wrong, "\n".join(wrong)


def test_below_the_command_line_the_package_is_asked_only_for_its_version():
    """Its other names are looked up lazily in any layer: an import upwards that nobody sees."""
    wrong = [
        f"{module.where}:{node.lineno} segnn.{node.attr}"
        for module in modules().values()
        if layer(module.name) not in (None, "cli")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "segnn"
        and node.attr not in ("__version__", *(name.split(".")[1] for name in _submodules(module)))
    ]
    wrong += [
        f"{module.where}:{found.line} from segnn import {found.name}"
        for module in modules().values()
        if layer(module.name) not in (None, "cli")
        for found in imports(module)
        if found.target == "segnn" and found.name not in (None, "__version__")
    ]
    assert not wrong, "\n".join(wrong)


def _submodules(module):
    """``import segnn.x`` makes ``segnn.x`` an ordinary name."""
    return [found.module for found in imports(module) if found.name is None and "." in found.module]


def test_no_circles():
    """Not even through imports inside functions: what needs each other is one thing."""
    graph = {
        name: {found.target for found in imports(module)} & modules().keys() - {name}
        for name, module in modules().items()
        if name != "segnn"  # lazy names only
    }
    circles = ["\n  ".join(sorted(circle)) for circle in _circles(graph)]
    assert not circles, "\n".join(circles)


def _circles(graph):
    """Sets of modules that reach each other (Kosaraju's strongly connected components)."""
    backwards = {name: set() for name in graph}
    for name, targets in graph.items():
        for target in targets & graph.keys():
            backwards[target].add(name)
    order, seen, found = [], set(), []
    for name in graph:
        _reach(name, graph, seen, order)
    seen = set()
    for name in reversed(order):
        members = []
        _reach(name, backwards, seen, members)
        if len(members) > 1:
            found.append(members)
    return found


def _reach(name, graph, seen, order):
    """Append everything that ``name`` reaches and that was not ``seen``, itself last."""
    if name in seen or name not in graph:
        return
    seen.add(name)
    for target in sorted(graph[name]):
        _reach(target, graph, seen, order)
    order.append(name)


def test_circles_are_found():
    graph = {"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"a", "elsewhere"}}
    assert [sorted(circle) for circle in _circles(graph)] == [["b", "c"]]
