"""Divides configurations of one molecule into those near each other and a region far from them.

    python examples/far_from_training.py acac/train_300K.xyz acac/test_MD_300K.xyz -o acac

writes near.xyz, the configurations of the first file outside the region, and far.xyz, those of the
other files inside it. What is trained on the one and tested on the other has to continue beyond its
data, as with configurations at a higher temperature or a scan of a bond where there are none.

The region: the distances between the atoms of a configuration, sorted for each pair of species so
that atoms may change places, are one point. Along the direction in which the points of the first
file vary most, the molecule's largest motion, the region is what lies beyond the quantile
1 - FRACTION of the first file. Energies and forces have no part in it.
"""

import argparse
from pathlib import Path

import numpy as np
from ase.io import read, write


def distances(frames):
    """(frames, pairs), Å: pairs of species one after the other, sorted within each."""
    rows, columns = np.triu_indices(len(frames[0]), 1)
    numbers = frames[0].numbers
    low, high = np.sort([numbers[rows], numbers[columns]], axis=0)
    found = [f.get_all_distances()[rows, columns] for f in frames]
    return np.array([one[np.lexsort((one, low, high))] for one in found])


def main():
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("train", type=Path)
    parser.add_argument("test", type=Path, nargs="+")
    parser.add_argument("--fraction", type=float, default=0.2, help="of the first file, left out")
    parser.add_argument("-o", "--out", type=Path, default=Path(), help="folder")
    given = parser.parse_args()
    train = read(given.train, ":")
    test = [frame for file in given.test for frame in read(file, ":")]
    symbols = train[0].get_chemical_symbols()
    for n, frame in enumerate([*train, *test]):
        if frame.get_chemical_symbols() != symbols:
            raise SystemExit(f"configuration {n} is of another molecule, or in another order")
    points = distances(train)
    centre = points.mean(0)
    motion = np.linalg.svd(points - centre, full_matrices=False)[2][0]
    along = (points - centre) @ motion
    # A direction has no sign: the region is the end with the longer tail.
    motion *= np.sign((along**3).mean())
    along = (points - centre) @ motion
    edge = np.quantile(along, 1 - given.fraction)
    beyond = (distances(test) - centre) @ motion > edge
    near = [frame for frame, at in zip(train, along, strict=True) if at <= edge]
    far = [frame for frame, out in zip(test, beyond, strict=True) if out]
    given.out.mkdir(parents=True, exist_ok=True)
    write(given.out / "near.xyz", near)
    write(given.out / "far.xyz", far)
    print(f"{len(near)} of {len(train)} in near.xyz, {len(far)} of {len(test)} in far.xyz")


if __name__ == "__main__":
    main()
