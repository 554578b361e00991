"""What a card is asked about recorded steps, asked of the CPU."""

import torch

from segnn.bench.card.recorded import epoch_of_molecules, recorded

CPU = torch.device("cpu")


def test_recorded_training_is_compared_with_the_other():
    rows = list(recorded(CPU, small=True))
    assert [row["dtype"] for row in rows] == ["float64", "float32"]
    assert all(row["met"] for row in rows), rows
    assert all(row["difference"] > 0 for row in rows)


def test_a_step_of_molecules_is_timed():
    found = epoch_of_molecules(CPU, small=True)
    assert found["recorded"]["step_ms"] > 0
