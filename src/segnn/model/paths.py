"""Whether what a recipe declares has a way through its network; what has none is refused before any
time is spent.
"""

from __future__ import annotations

from e3nn.o3 import Irreps

from segnn.nn.reach import unreached
from segnn.recipe import Cues, Recipe
from segnn.recipe.origin import Mistake, refuse

WITHOUT_NORM = ("egnn", "mpnn", "painn", "schnet")


def check_steerable(cues: Cues, message_layers: int, updates: bool) -> None:
    """UserError where no path of the network leads to a part of the target.

    ``message_layers`` and ``updates`` are those of the recipe's kind of network.
    """
    missing = unreached(
        irreps_in=cues.irreps_in,
        irreps_hidden=cues.irreps_hidden,
        irreps_out=cues.irreps_out,
        irreps_edge_attr=cues.irreps_edge_attr,
        irreps_node_attr=cues.irreps_node_attr,
        irreps_message=cues.irreps_message,
        num_layers=cues.recipe.model.layers,
        message_layers=message_layers,
        updates=updates,
    )
    if missing.dim:
        problem = f"no path of the network leads to {missing}, which would stay zero"
        cure = (
            f"hidden irreps that hold {missing}, and attributes or inputs of a degree and parity "
            "that make them; or more layers"
        )
        has = (
            f"inputs {cues.irreps_in}, edge attributes {cues.irreps_edge_attr}, node attributes"
            f" {cues.irreps_node_attr}, hidden {cues.irreps_hidden}, {cues.recipe.model.layers}"
            " layers"
        )
        details = (("has", has), ("cure", cure))
        name = next(iter(cues.targets.columns))
        refuse([Mistake(("targets", name, "irreps"), problem, details)], cues.recipe.origin)


def check_baseline(cues: Cues) -> None:
    """UserError for what a baseline (egnn, mpnn, painn, schnet) would ignore without a word."""
    model, mistakes = cues.recipe.model, []
    if model.norm is not None:
        problem = f"model.kind {model.kind} has no norm, and {model.norm} would be ignored"
        mistakes.append(Mistake(("model", "norm"), problem, (("cure", "norm: null"),)))
    if model.kind in ("egnn", "painn", "schnet"):
        most = 2 if model.kind == "egnn" else 0
        for key, irreps in (("inputs", cues.irreps_in), ("message_scalars", cues.irreps_message)):
            left = _beyond_egnn(irreps, vectors=most if key == "inputs" else 0)
            if left.dim:
                problem = f"model.kind {model.kind} would ignore {left} of the {key} {irreps}"
                cure = f"leave them out, or use kind segnn; {model.kind} takes 0e"
                if key == "inputs" and most:
                    cure += ", a position (the first 1o) and a velocity (the second)"
                mistakes.append(Mistake((key,), problem, (("cure", cure),)))
    refuse(mistakes, cues.recipe.origin)


def without_ignored(recipe: Recipe) -> Recipe:
    """The recipe of a model that an older version saved, without the norm that its kind ignored."""
    if recipe.model.kind not in WITHOUT_NORM or recipe.model.norm is None:
        return recipe
    return recipe.model_copy(update={"model": recipe.model.model_copy(update={"norm": None})})


def _beyond_egnn(irreps: Irreps, vectors: int) -> Irreps:
    """What EGNN has no place for: anything but even scalars and so many vectors."""
    left = []
    for mul, ir in irreps:
        if str(ir) == "1o":
            taken = min(mul, vectors)
            vectors -= taken
            left.append((mul - taken, ir))
        elif str(ir) != "0e":
            left.append((mul, ir))
    return Irreps([(mul, ir) for mul, ir in left if mul > 0])
