"""A package that looks like qm9pack to `segnn.data.qm9`, with a dozen made-up molecules."""

import csv

import numpy as np

from segnn.data import qm9

SYMBOLS = ["O", "H", "H"]


def rows(count=12):
    """Bent molecules of three atoms, all properties plain numbers of the molecule's number."""
    rng = np.random.default_rng(0)
    for n in range(count):
        position = np.array([[0, 0, 0], [0.96, 0, 0], [-0.24, 0.93, 0]]) + rng.normal(
            scale=0.05, size=(3, 3)
        )
        text = ",".join(f"[{','.join(f'{x:.10f}' for x in row)}]" for row in position)
        symbols = ",".join(f"'{symbol}'" for symbol in SYMBOLS)
        labels = {column.column: str(1 + n + i) for i, column in enumerate(qm9.COLUMNS.values())}
        yield {
            "XYZ_file": f"dsgdb9nsd_{n + 1:06}.xyz",
            "Elements": f"[{symbols}]",
            "XYZ_Ang": f"[{text}]",
            **labels,
        }


def install(folder, monkeypatch, version=qm9.VERSION, molecules=None):
    """Make the package importable from ``folder``; returns its data files."""
    data = folder / "qm9pack" / "data"
    data.mkdir(parents=True)
    (folder / "qm9pack" / "__init__.py").write_text("raise ImportError('pandas is not here')")
    info = folder / f"qm9pack-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: qm9pack\nVersion: {version}\n")
    molecules = list(rows() if molecules is None else molecules)
    files = [data / name for name in qm9.PARTS]
    for n, path in enumerate(files):
        with path.open("w", newline="") as opened:
            writer = csv.DictWriter(opened, molecules[0], quoting=csv.QUOTE_ALL)
            writer.writeheader()
            writer.writerows(molecules[n::3])
    monkeypatch.syspath_prepend(folder)
    return files


def declare(monkeypatch):
    """Let the stand-in be all of QM9: its count and means, 6, 3 and 3 molecules."""
    made = list(rows())
    means = {
        name: column._replace(
            mean=round(np.mean([float(row[column.column]) for row in made]) * column.factor, 3)
        )
        for name, column in qm9.COLUMNS.items()
    }
    monkeypatch.setattr(qm9, "COLUMNS", means)
    for name, value in (("MOLECULES", 12), ("TRAIN", 6), ("TEST", 3)):
        monkeypatch.setattr(qm9, name, value)
