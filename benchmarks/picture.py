"""The picture of the README: `python benchmarks/picture.py docs/trajectories.svg`, from the shipped
model on test systems.
"""

from __future__ import annotations

import sys

import numpy as np

import segnn
from segnn.data import load_systems
from segnn.report import save_figure
from segnn.report.trajectories import trajectories


def main(out: str) -> None:
    arrays = load_systems("data/charged/test.npz").to_arrays()
    predicted = segnn.load("charged").predict(arrays)["position"]
    error = np.square(predicted - arrays["target_position"]).mean((1, 2))
    ranked = np.argsort(error)
    chosen = [int(ranked[int(share * (len(ranked) - 1))]) for share in (0.5, 0.9, 0.99)]
    titles = [
        f"{share}: MSE {error[n]:.2g}"
        for share, n in zip(("median", "90th percentile", "99th percentile"), chosen, strict=True)
    ]
    pick = {
        name: arrays[name][chosen] for name in ("position", "target_position", "charge", "velocity")
    }
    figure = trajectories(
        pick["position"],
        pick["target_position"],
        predicted[chosen],
        pick["charge"],
        pick["velocity"],
        titles=titles,
    )
    save_figure(figure, out)


if __name__ == "__main__":
    main(sys.argv[1])
