"""MACE and NequIP trained on what the table ``acac`` trains on, by their own trainers.

    python benchmarks/potentials.py mace 150 --steps 5500 -o results/acac

in the folder in which ``segnn reproduce acac`` is run, after ``make contenders``. The same
configurations are trained on, choose the epoch and are tested on; batches of 5, one thread. Each
program decides by its own rules which weights it keeps. Steps are given, so that a run can be
repeated, and have to be chosen so that the processor time is that of our row. The errors go where
the table finds them.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import ase.io
import numpy as np
from ase import Atoms
from ase.calculators.singlepoint import SinglePointCalculator
from shared import tell

from segnn.recipe import load_recipe
from segnn.recipe.splits import SplitSystems, read_splits
from segnn.reproduce.sweep import find_table
from segnn.training.revision import REVISION

BATCH = 5
SETTINGS = {450: "fifteen-minutes", 150: "150", 50: "50"}
"""Configurations, and the setting of the table that trains on as many."""


def mace(folder: Path, epochs: int, seed: int) -> tuple[list[list[str]], dict[str, Any]]:
    """Commands that leave ``predicted.xyz`` in the folder, and how they train: the settings of its
    manual with 32 channels, a rate that falls a hundredfold, and its second stage at the end.
    """
    rate, second = 1e-2, max(1, epochs * 3 // 4)
    train = [
        "bin/mace_run_train",
        *("--name=peer", "--train_file=train.xyz", "--valid_file=valid.xyz"),
        *("--energy_key=REF_energy", "--forces_key=REF_forces", "--E0s=average"),
        *("--model=MACE", "--hidden_irreps=32x0e", "--r_max=5.0", "--max_ell=3"),
        *("--correlation=3", "--num_interactions=2", f"--batch_size={BATCH}"),
        *(f"--valid_batch_size={BATCH}", f"--max_num_epochs={epochs}", f"--lr={rate}"),
        *("--scheduler=ExponentialLR", f"--lr_scheduler_gamma={0.01 ** (1 / epochs)}"),
        *("--stage_two", f"--start_stage_two={second}", "--stage_two_lr=0.0003"),
        *("--ema", "--ema_decay=0.99", "--amsgrad", "--default_dtype=float32"),
        *(f"--eval_interval={max(1, epochs // 30)}", "--error_table=TotalRMSE"),
        *("--plot=False", "--device=cpu", "--num_workers=0", f"--seed={seed}"),
    ]
    predict = [
        *("bin/mace_eval_configs", "--configs=test.xyz", "--model=peer_stagetwo.model"),
        *("--output=predicted.xyz", "--default_dtype=float32", "--batch_size=10"),
    ]
    how = {"loss": "mse, in two stages", "optimizer": "amsgrad", "schedule": "exponential"}
    return [train, predict], {**how, "learning_rate": rate, "ema": 0.99}


def nequip(folder: Path, epochs: int, seed: int) -> tuple[list[list[str]], dict[str, Any]]:
    """As `mace`: 4 layers, l = 1, 32 features, the losses of its tutorial, a rate that falls along
    a cosine.
    """
    rate, kinds = 1e-2, ["H", "C", "O"]
    loader = {"_target_": "torch.utils.data.DataLoader", "batch_size": BATCH}
    measures = {
        "_target_": "nequip.train.EnergyForceMetrics",
        "coeffs": {"total_energy_rmse": 1.0, "forces_rmse": 1.0},
    }
    kept = {
        "_target_": "lightning.pytorch.callbacks.ModelCheckpoint",
        "monitor": "val0_epoch/weighted_sum",
        "dirpath": str(folder),
        "filename": "best",
        "save_top_k": 1,
    }
    written = {
        "_target_": "nequip.train.callbacks.TestTimeXYZFileWriter",
        "out_file": str(folder / "predicted"),
        "chemical_symbols": kinds,
    }
    config = {
        "run": ["train", "test"],
        "data": {
            "_target_": "nequip.data.datamodule.ASEDataModule",
            "seed": seed,
            "train_file_path": str(folder / "train.xyz"),
            "val_file_path": str(folder / "valid.xyz"),
            "test_file_path": str(folder / "test.xyz"),
            "transforms": [
                {
                    "_target_": "nequip.data.transforms.ChemicalSpeciesToAtomTypeMapper",
                    "model_type_names": kinds,
                    "chemical_species_to_atom_type_map": {kind: kind for kind in kinds},
                },
                {"_target_": "nequip.data.transforms.NeighborListTransform", "r_max": 5.0},
            ],
            "train_dataloader": {**loader, "shuffle": True},
            "val_dataloader": loader,
            "test_dataloader": loader,
            "stats_manager": {
                "_target_": "nequip.data.CommonDataStatisticsManager",
                "type_names": kinds,
                "dataloader_kwargs": {"batch_size": 10},
            },
        },
        "trainer": {
            "_target_": "lightning.Trainer",
            "max_epochs": epochs,
            # Each: with fewer its averaged weights are missing from the best checkpoint.
            "check_val_every_n_epoch": 1,
            "enable_progress_bar": False,
            "accelerator": "cpu",
            "logger": False,
            "callbacks": [kept, written],
        },
        "training_module": {
            "_target_": "nequip.train.EMALightningModule",
            "ema_decay": 0.99,
            "loss": {
                "_target_": "nequip.train.EnergyForceLoss",
                "per_atom_energy": True,
                "coeffs": {"total_energy": 1.0, "forces": 1.0},
            },
            "val_metrics": measures,
            "test_metrics": measures,
            "optimizer": {"_target_": "torch.optim.Adam", "lr": rate},
            "lr_scheduler": {
                "scheduler": {
                    "_target_": "torch.optim.lr_scheduler.CosineAnnealingLR",
                    "T_max": epochs,
                },
                "interval": "epoch",
                "frequency": 1,
            },
            "model": {
                "_target_": "nequip.model.NequIPGNNModel",
                "seed": seed,
                "model_dtype": "float32",
                "type_names": kinds,
                "r_max": 5.0,
                "num_layers": 4,
                "l_max": 1,
                "parity": False,
                "num_features": 32,
                "avg_num_neighbors": "${training_data_stats:num_neighbors_mean}",
                "per_type_energy_shifts": "${training_data_stats:per_atom_energy_mean}",
                "per_type_energy_scales": "${training_data_stats:forces_rms}",
            },
        },
    }
    (folder / "config.yaml").write_text(json.dumps(config, indent=1))  # JSON is YAML
    train = ["bin/nequip-train", "-cp", str(folder), "-cn", "config", "hydra.run.dir=."]
    how = {"loss": "mse", "optimizer": "adam", "schedule": "cosine"}
    return [train], {**how, "learning_rate": rate, "ema": 0.99}


PEERS = {"mace": mace, "nequip": nequip}


def run(peer: str, configurations: int, steps: int, seed: int, home: Path) -> dict[str, Any]:
    """Train, predict the test configurations, and say the errors as ``segnn reproduce`` stores
    them.
    """
    table = find_table("acac")
    recipe = load_recipe("acac", [*table.set, f"data.train_limit={configurations}"])
    splits = read_splits(recipe)
    epochs = round(steps * BATCH / len(splits["train"].systems))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for split, found in splits.items():
            ase.io.write(folder / f"{split}.xyz", frames(found, peer))
        commands, how = PEERS[peer](folder, epochs, seed)
        used = _processor_seconds()
        for command in commands:
            _call([str(home / command[0]), *command[1:]], folder)
        used = _processor_seconds() - used
        (written,) = sorted(folder.glob("predicted*.xyz"))
        predicted = ase.io.read(written, ":")
    return {
        **errors(splits, predicted, peer),
        "epochs": epochs,
        "seed": seed,
        "processor_seconds": round(used, 1),
        "revision": REVISION,
        "threads": 1,
        "recipe": {"training": {"epochs": epochs, "seed": seed, **how}},
    }


def frames(found: SplitSystems, peer: str) -> list[Atoms]:
    """The configurations with their labels where the peer looks for them."""
    written = []
    for atoms, one in zip(found.systems.to_ase(), found.systems, strict=True):
        bare = Atoms(atoms.symbols, positions=atoms.positions)
        energy = float(np.asarray(one.graph["energy"]).squeeze())
        forces = np.asarray(one.node["forces"])
        if peer == "mace":
            bare.info["REF_energy"], bare.arrays["REF_forces"] = energy, forces
        else:
            bare.calc = SinglePointCalculator(bare, energy=energy, forces=forces)
        written.append(bare)
    return written


def errors(splits: dict[str, SplitSystems], predicted: list[Atoms], peer: str) -> dict[str, Any]:
    """Of energies and forces, on the test configurations."""
    test, train = splits["test"].systems, splits["train"].systems
    if peer == "mace":
        energy = np.array([atoms.info["MACE_energy"] for atoms in predicted])
        forces = np.concatenate([atoms.arrays["MACE_forces"] for atoms in predicted])
    else:
        energy = np.array([atoms.get_potential_energy() for atoms in predicted])
        forces = np.concatenate([atoms.get_forces() for atoms in predicted])
    labels = np.asarray(test.graph["energy"]).reshape(-1)
    mean = np.asarray(train.graph["energy"]).mean()
    found = {
        "energy": {
            "test": _measures(energy - labels),
            "unit": "eV",
            "baselines": {"mean_label": _measures(mean - labels)},
        },
        "forces": {
            "test": _measures(forces - np.asarray(test.node["forces"])),
            "unit": "eV/angstrom",
            "baselines": {"base_alone": _measures(np.asarray(test.node["forces"]))},
        },
    }
    return {"name": peer, **found["energy"], "target": "energy", "targets": found}


def _measures(error: np.ndarray) -> dict[str, float]:
    mse = float(np.square(error).mean())
    return {"mse": mse, "mae": float(np.abs(error).mean()), "rmse": mse**0.5}


def _processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _call(command: list[str], folder: Path) -> None:
    threads = {"OMP_NUM_THREADS": "1", "TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD": "1"}
    subprocess.run(command, cwd=folder, env={**os.environ, **threads}, check=True)


def main() -> None:
    """One run of one of them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("peer", choices=PEERS)
    parser.add_argument("configurations", type=int, choices=SETTINGS)
    parser.add_argument("--steps", type=int, required=True, help="of optimisation, in batches of 5")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--home", type=Path, help="environment; default contenders/PEER")
    parser.add_argument("-o", "--out", type=Path, default=Path("results/acac"))
    said = parser.parse_args()
    home = (said.home or Path("contenders") / said.peer).resolve()
    result = run(said.peer, said.configurations, said.steps, said.seed, home)
    file = said.out / f"{said.peer}-{SETTINGS[said.configurations]}-seed{said.seed}.json"
    tell(result, file)


if __name__ == "__main__":
    main()
