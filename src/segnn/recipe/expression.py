"""From the text of an expression to a typed tree. The text is walked over a whitelist and never
evaluated as Python.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping

import segnn.recipe.words_graph
import segnn.recipe.words_physics
import segnn.recipe.words_scalar
import segnn.recipe.words_vector  # noqa: F401  the four modules fill VOCABULARY
from segnn.recipe.algebra import add, multiply, negate, number
from segnn.recipe.quantity import ExpressionError, Term
from segnn.recipe.vocabulary import VOCABULARY, Scope
from segnn.words import nearest

__all__ = ["VOCABULARY", "parse"]

MAX_LENGTH = 500


def parse(text: str, scope: Scope) -> Term:
    """The typed tree of ``text``: names, calls of the vocabulary, + - *, numbers. Raises
    ExpressionError.
    """
    if len(text) > MAX_LENGTH:
        raise ExpressionError(
            f"the expression has {len(text)} characters", f"at most {MAX_LENGTH} are read"
        )
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        reason = error.msg if isinstance(error, SyntaxError) else str(error)
        raise ExpressionError(
            f"cannot read the expression: {reason}", "write names, calls, + - * and numbers"
        ) from None
    return _term(tree.body, scope)


def _term(tree: ast.expr, scope: Scope) -> Term:
    match tree:
        case ast.Constant(value=bool()):
            raise ExpressionError(f"got {ast.unparse(tree)}", "only numbers can be written out")
        case ast.Constant(value=int() | float() as value):
            return number(value)
        case ast.Name(id=name):
            return _name(name, scope)
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
            return number(-value)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return negate(_term(operand, scope))
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return add(_term(left, scope), _term(right, scope))
        case ast.BinOp(left=left, op=ast.Sub(), right=right):
            return add(_term(left, scope), _term(right, scope), sign=-1)
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return multiply(_term(left, scope), _term(right, scope))
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
            return _call(name, args, scope)
        case ast.BinOp(op=ast.Pow()):
            raise ExpressionError(
                f"powers are not in the vocabulary: {ast.unparse(tree)}",
                "write x * x, or square_norm(x) for a vector",
            )
        case ast.BinOp(op=ast.Div()):
            raise ExpressionError(
                f"division is not in the vocabulary: {ast.unparse(tree)}",
                "multiply by a number, or by a constant declared under constants:",
            )
    raise ExpressionError(
        f"not in the vocabulary: {ast.unparse(tree)}",
        "write names, calls such as norm(x), + - * and numbers",
    )


def _name(name: str, scope: Scope) -> Term:
    if name in scope.names:
        return scope.names[name]
    if name in VOCABULARY:
        raise ExpressionError(f"{name} is a function", f"write {VOCABULARY[name].usage}")
    if name == "edge_attributes":
        raise ExpressionError(
            "edge_attributes is known only within node_attributes", "write the expression out here"
        )
    raise ExpressionError(
        f"unknown name {name!r}",
        _nearest(name, scope.names, VOCABULARY, "declare it under fields:"),
    )


def _call(name: str, args: list[ast.expr], scope: Scope) -> Term:
    if name in VOCABULARY:
        return VOCABULARY[name](scope, [_term(arg, scope) for arg in args])
    if name in scope.names:
        raise ExpressionError(
            f"{name} is a quantity, not a function", f"write {name} without parentheses"
        )
    raise ExpressionError(f"unknown function {name!r}", _nearest(name, VOCABULARY, scope.names, ""))


def _nearest(
    name: str, these: Mapping[str, object], others: Mapping[str, object], otherwise: str
) -> str:
    known = f"known: {', '.join(sorted(these))}"
    if name.startswith("target_"):
        return f"labels are predicted, and cannot be read; {known}"
    if close := nearest(name, [*these, *others]):
        return f"did you mean {close!r}? {known}"
    return f"{known}; {otherwise}" if otherwise else known
