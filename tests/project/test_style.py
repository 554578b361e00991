"""House rules that no linter knows: few positional arguments, short files, private names stay in
their file.
"""

import ast
import re

from .sources import ROOT, imports, modules

POSITIONAL, LINES = 8, 400
NAMED_TUPLE = ("_asdict", "_fields", "_make", "_replace")  # private in name only
NUMBA = ("_customize_tm_options", "_getvalue")  # numba's interior
TORCH = ("_call_impl", "_compiled_call_impl", "_torchdynamo_disable")  # what torch compiles
TRITON = "src/segnn/o3/backends/triton/"
MACHINE = re.compile(r"/(?:work|root|home|tmp)/\w+|\.\./shared")


def functions(tree):
    """Every function, with whether it is a method."""
    methods = {
        item
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        for item in node.body
        if isinstance(item, ast.FunctionDef)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            static = any(
                isinstance(d, ast.Name) and d.id == "staticmethod" for d in node.decorator_list
            )
            yield node, node in methods and not static


def test_no_function_has_many_positional_arguments():
    """What has more wants names at the call, or a dataclass. A kernel of Triton has one for every
    pointer and every size.
    """
    wrong = [
        f"{module.where}:{node.lineno} {node.name} takes {count}"
        for module in modules().values()
        if not (str(module.where).startswith(TRITON) and str(module.where).endswith("kernels.py"))
        for node, method in functions(module.tree)
        if (count := len(node.args.posonlyargs) + len(node.args.args) - method) > POSITIONAL
    ]
    assert not wrong, f"{len(wrong)} functions:\n" + "\n".join(wrong)


def test_files_hold_one_idea():
    wrong = [
        f"{module.where}: {count} lines"
        for module in modules().values()
        if (count := len(module.path.read_text(encoding="utf-8").splitlines())) > LINES
    ]
    assert not wrong, "\n".join(wrong)


def test_private_names_are_not_imported():
    wrong = [
        f"{module.where}:{found.line} imports {found.name} of {found.module}"
        for module in modules().values()
        for found in imports(module, typing=True)
        if found.name is not None and is_private(found.name)
    ]
    assert not wrong, "\n".join(wrong)


def test_private_attributes_stay_in_their_file():
    """``thing._name`` is fine where the file defines ``_name``, or where it belongs to a package of
    others, whose files say why.
    """
    wrong = [
        f"{module.where}:{node.lineno} {ast.unparse(node)}"
        for module in modules().values()
        for own in [defined(module.tree)]
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute)
        and is_private(node.attr)
        and node.attr not in {*own, *NAMED_TUPLE, *NUMBA, *TORCH}
        and not (isinstance(node.value, ast.Name) and node.value.id in ("self", "cls"))
        and root(node) not in foreign(module.tree)
    ]
    assert not wrong, "\n".join(wrong)


def is_private(name):
    return name.startswith("_") and not name.endswith("__")


def defined(tree):
    """The names that a file defines: functions, classes, variables, attributes of its objects."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif (
            isinstance(node, ast.Attribute)
            and isinstance(node.ctx, ast.Store)
            and isinstance(node.value, ast.Name)
            and node.value.id == "self"
        ):
            found.add(node.attr)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.add(node.value)  # register_buffer("_name", …), __slots__
    return found


def foreign(tree):
    """The names under which a file knows packages of others."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {
                alias.asname or alias.name.split(".")[0]
                for alias in node.names
                if not alias.name.startswith("segnn")
            }
        elif isinstance(node, ast.ImportFrom) and not (node.module or "").startswith("segnn"):
            found |= {alias.asname or alias.name for alias in node.names}
    return found


def root(node):
    """The first name of ``a.b.c``; None of anything else."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def test_no_file_names_a_machine():
    """Texts and sources mean the same wherever they lie."""
    texts = [
        *ROOT.glob("*.md"),
        *ROOT.glob("docs/*.md"),
        ROOT / "Makefile",
        ROOT / "pyproject.toml",
    ]
    wrong = [
        f"{path.relative_to(ROOT)}: {found.group()}"
        for path in [*texts, *(module.path for module in modules().values())]
        if (found := MACHINE.search(path.read_text(encoding="utf-8")))
    ]
    assert not wrong, "\n".join(wrong)
