"""Evaluation mode without touching the module: other threads may be training, or using, the same
one.
"""

from __future__ import annotations

from typing import TypeVar

from torch import nn

Model = TypeVar("Model", bound=nn.Module)
_HOOKS = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")


def evaluating(model: Model) -> Model:
    """``model`` in evaluation mode: itself, if all of it is; else a view of it.

    A view has modules of its own, which say that they evaluate, around the very same parameters and
    buffers. Making one copies no numbers, and takes some microseconds a module. A compiled network
    runs eagerly in a view, because what was compiled is bound to the module it was made from.
    """
    if not any(module.training for module in model.modules()):
        return model
    return _view(model, {})


def frozen(model: Model) -> Model:
    """A view of ``model`` in evaluation mode whose weights ask for no gradients: derivatives by
    positions or fields cost nothing for those by weights. The weights are those of the model now;
    what is written into them in place is seen, what takes their place is not.
    """
    return _view(model, {}, frozen=True)


def _view(module: Model, known: dict[int, nn.Module], frozen: bool = False) -> Model:
    if id(module) not in known:
        kind = type(module)
        made = kind.__new__(kind)
        known[id(module)] = made
        state = dict(module.__dict__)
        state |= {"training": False, "_compiled_call_impl": None}
        state |= {name: state[name].copy() for name in _HOOKS if name in state}
        state["_modules"] = {
            name: None if child is None else _view(child, known, frozen)
            for name, child in module.__dict__["_modules"].items()
        }
        if frozen:
            state["_parameters"] = {
                name: None if p is None else p.detach() for name, p in state["_parameters"].items()
            }
        made.__dict__.update(state)
    view = known[id(module)]
    assert isinstance(view, type(module))
    return view
