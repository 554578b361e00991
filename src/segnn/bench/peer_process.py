"""Other people's potentials, timed in a Python of their own: run as a file, without segnn.

Standard input: first one line of JSON (peer, graph, cutoff, threads), then a line for every step:
"forces", "energy_forces" (``segnn.bench.workloads.STEPS``), or "peak". Every line is answered by
one: the number of parameters first, then "done", or MiB by which the process has grown at most.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from typing import Any

import torch

NUMBERS = [1, 6, 7, 8, 9]  # H, C, N, O, F: the columns of the species


def mace(graph: dict[str, Any], cutoff: float) -> tuple[Any, Callable[[bool], tuple[Any, Any]]]:
    """MACE: 32x0e + 32x1o, l_max 3, correlation 3, 2 layers, ScaleShift."""
    # The e3nn that it needs keeps its own constants in a pickle.
    os.environ.setdefault("TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD", "1")
    from e3nn import o3
    from mace.modules import ScaleShiftMACE, interaction_classes

    block = interaction_classes["RealAgnosticResidualInteractionBlock"]
    model = ScaleShiftMACE(
        atomic_inter_scale=1.0,
        atomic_inter_shift=0.0,
        r_max=cutoff,
        num_bessel=8,
        num_polynomial_cutoff=6,
        max_ell=3,
        interaction_cls=block,
        interaction_cls_first=block,
        num_interactions=2,
        num_elements=len(NUMBERS),
        hidden_irreps=o3.Irreps("32x0e + 32x1o"),
        MLP_irreps=o3.Irreps("16x0e"),
        atomic_energies=torch.zeros(len(NUMBERS)).numpy(),
        avg_num_neighbors=graph["neighbours"],
        atomic_numbers=NUMBERS,
        correlation=3,
        gate=torch.nn.functional.silu,
    )
    given = {
        "node_attrs": torch.nn.functional.one_hot(graph["species"], len(NUMBERS)).float(),
        "edge_index": graph["edge_index"],  # sender, receiver: x_receiver − x_sender + shift
        "shifts": -graph["shift"],
        "unit_shifts": torch.zeros_like(graph["shift"]),
        "cell": torch.zeros(3 * graph["graphs"], 3),
        "batch": graph["batch"],
        "ptr": graph["offsets"],
        "head": torch.zeros(graph["graphs"], dtype=torch.int64),
    }

    def predict(training: bool) -> tuple[Any, Any]:
        out = model({**given, "positions": graph["position"].clone()}, training=training)
        return out["energy"], out["forces"]

    return model, predict


def nequip(graph: dict[str, Any], cutoff: float) -> tuple[Any, Callable[[bool], tuple[Any, Any]]]:
    """NequIP: 4 layers, l = 2, 32 features of both parities."""
    from nequip.model import NequIPGNNModel
    from nequip.utils.global_state import set_global_state

    # Without it 0.19 builds no model. Positions are then float64; the network computes in float32.
    set_global_state()
    model = NequIPGNNModel(
        seed=0,
        model_dtype="float32",
        type_names=["H", "C", "N", "O", "F"],
        r_max=cutoff,
        num_layers=4,
        l_max=2,
        parity=True,
        num_features=32,
        avg_num_neighbors=graph["neighbours"],
    )
    given = {
        "atom_types": graph["species"],
        "edge_index": graph["edge_index"].flip(0),  # centre, neighbour
        "edge_cell_shift": graph["shift"].double(),
        "cell": torch.eye(3).expand(graph["graphs"], 3, 3).clone(),
        "batch": graph["batch"],
        "num_atoms": graph["offsets"].diff(),
    }

    def predict(training: bool) -> tuple[Any, Any]:
        model.train(training)
        out = model({**given, "pos": graph["position"].double()})
        return out["total_energy"], out["forces"]

    return model, predict


PEERS = {"mace": mace, "nequip": nequip}


def steps(model: Any, predict: Any, graph: dict[str, Any]) -> dict[str, Callable[[], None]]:
    """What a line on standard input stands for."""
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4, fused=True)
    energies, forces = torch.randn(graph["graphs"]), torch.randn_like(graph["position"])

    def train() -> None:
        optimizer.zero_grad()
        energy, force = predict(True)
        loss = (energy.view(-1) - energies).square().mean() + (force - forces).square().mean()
        loss.backward()
        optimizer.step()

    def energy_forces() -> None:
        predict(False)

    return {"forces": train, "energy_forces": energy_forces}


def _memory(key: str) -> int:
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith(key))


def main() -> None:
    """Answer line after line."""
    question = json.loads(sys.stdin.readline())
    torch.set_num_threads(question["threads"])
    torch.manual_seed(0)
    graph = question["graph"]
    for key in ("position", "shift"):
        graph[key] = torch.tensor(graph[key], dtype=torch.float32).view(-1, 3)
    for key in ("species", "edge_index", "batch", "offsets"):
        graph[key] = torch.tensor(graph[key], dtype=torch.int64)
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # what the packages print is no answer
    model, predict = PEERS[question["peer"]](graph, question["cutoff"])
    known = steps(model, predict, graph)
    print(sum(p.numel() for p in model.parameters()), file=answers)
    before = _memory("VmRSS") if sys.platform == "linux" else 0
    for line in sys.stdin:
        name = line.strip()
        if name == "peak":
            grown = (_memory("VmHWM") - before) / 1024 if sys.platform == "linux" else -1
            print(grown, file=answers)
        else:
            known[name]()
            print("done", file=answers)


if __name__ == "__main__":
    main()
