"""Data of PyTorch Geometric and systems, by what they have: the package itself is not needed."""

import sys
from itertools import pairwise
from types import ModuleType

import numpy as np
import pytest
import torch

from segnn.data import Systems
from segnn.errors import UserError


class Data:
    """As much of ``torch_geometric.data.Data`` as is looked at."""

    def __init__(self, **arrays):
        self.__dict__.update(arrays)

    @property
    def num_nodes(self):
        return len(self.pos)

    def to_dict(self):
        return dict(self.__dict__)


class Batch(Data):
    def to_data_list(self):
        starts = self.ptr.tolist()
        return [
            Data(pos=self.pos[a:b], z=self.z[a:b], y=self.y[g : g + 1])
            for g, (a, b) in enumerate(pairwise(starts))
        ]


def molecule(size, **more):
    torch.manual_seed(size)
    return Data(
        pos=torch.randn(size, 3),
        z=torch.arange(1, size + 1),
        x=torch.randn(size, 4),
        edge_index=torch.zeros(2, 5, dtype=torch.int64),
        y=torch.randn(1, 2),
        energy=torch.tensor(float(size)),
        name="text",
        **more,
    )


def test_every_array_finds_its_place():
    graphs = [molecule(4), molecule(1), molecule(2)]
    systems = Systems.from_pyg(graphs)
    assert systems.offsets.tolist() == [0, 4, 5, 7]
    assert systems.node["atomic_number"].tolist() == [1, 2, 3, 4, 1, 1, 2]
    assert set(systems.node) == {"atomic_number", "x"}
    assert systems.graph["energy"].tolist() == [4, 1, 2]
    np.testing.assert_array_equal(systems.graph["y"], torch.cat([g.y for g in graphs]).numpy())
    assert len(Systems.from_pyg(graphs[0])) == 1


def test_a_batch_is_taken_apart():
    pos, z = torch.randn(5, 3), torch.tensor([8, 1, 1, 6, 8])
    batch = Batch(pos=pos, z=z, y=torch.tensor([1.0, 2.0]), ptr=torch.tensor([0, 3, 5]))
    systems = Systems.from_pyg(batch)
    assert systems.offsets.tolist() == [0, 3, 5]
    assert systems.graph["y"].tolist() == [1.0, 2.0]


def test_there_and_back_again(monkeypatch):
    package = ModuleType("torch_geometric.data")
    package.Data = Data
    monkeypatch.setitem(sys.modules, "torch_geometric", ModuleType("torch_geometric"))
    monkeypatch.setitem(sys.modules, "torch_geometric.data", package)
    systems = Systems.from_pyg([molecule(4), molecule(2)])
    made = systems.to_pyg()
    assert made[0].z.dtype == torch.int64
    again = Systems.from_pyg(made)
    for name in systems.names[1:]:
        held = {**systems.node, **systems.graph}[name]
        np.testing.assert_array_equal({**again.node, **again.graph}[name], held)


def test_without_the_package():
    pytest.importorskip("torch")
    if "torch_geometric" in sys.modules:
        pytest.skip("torch_geometric is here")
    with pytest.raises(UserError, match="pip install torch_geometric"):
        Systems.from_pyg(molecule(2)).to_pyg()


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ([molecule(2), molecule(3, charge=torch.ones(3))], "graph 0 has no 'charge'"),
        ([3], "got int without pos"),
        ([], "no graphs"),
        (Data(pos=torch.zeros(2, 2)), r"pos has shape \(2, 2\)"),
        ([Data(pos=torch.zeros(2, 3), y=y) for y in torch.ones(2, 3, 2).split([1, 1])], "shape"),
    ],
)
def test_what_does_not_fit(data, told):
    if told == "shape":
        data[1].y = torch.ones(1, 5)
    with pytest.raises(UserError, match=told):
        Systems.from_pyg(data)
