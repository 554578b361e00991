"""Which outputs a path reaches: compared with what networks of random weights really give."""

import warnings

import pytest
import torch
from e3nn.o3 import Irreps

from segnn.nn import SEGNN, SELinear, SENonlinear
from segnn.nn.reach import unreached

from .helpers import graph

CASES = [
    # in, hidden, out, edge attributes, node attributes, message scalars, layers → unreached
    (("1x0e", "4x0e", "1x1o", "1x0e", "1x0e", "", 2), "1x1o"),
    (("1x1o", "4x0e+4x1o", "1x5e", "1x0e+1x1o", "1x0e+1x1o", "", 2), "1x5e"),
    (("1x0e", "4x0e+4x1o", "1x1o+1x0e", "1x0e+1x1o", "1x0e+1x1o", "1x0e", 2), ""),
    (("1x0e", "4x0e+4x1o", "1x1o", "1x0e+1x1o", "1x0e", "1x0e", 1), ""),
    (("1x0e", "4x0e+4x1o", "1x1o", "1x0e+1x1o", "1x0e", "1x0e", 0), "1x1o"),
    (("1x1o", "4x0e+4x1o", "1x1o", "1x0e", "1x0e", "", 0), ""),
    (("1x1o", "4x0e+4x1e", "1x1o", "1x0e+1x1o", "1x0e+1x1o", "", 2), ""),
    (("1x1o", "4x0e+4x1e", "1x1o", "1x0e", "1x0e", "", 2), "1x1o"),
    (("1x0e", "4x0e+4x1o+4x2e", "1x2e", "1x0e+1x1o", "1x0e", "", 1), ""),
    (("1x0e", "4x0e", "1x0o", "1x0e+1x1o", "1x0e+1x1o", "", 3), "1x0o"),
    (("1x0e", "4x0e+2x1o+2x1e+2x0o", "1x0o", "1x0e+1x1o", "1x0e+1x1o", "", 1), ""),
]
NAMES = ("in", "hidden", "out", "edge_attr", "node_attr", "message")


@pytest.mark.parametrize("kind", [SEGNN, SENonlinear, SELinear])
@pytest.mark.parametrize(("case", "expected"), CASES)
def test_unreached_irreps_are_those_that_stay_zero(case, expected, kind):
    irreps = {f"irreps_{name}": text for name, text in zip(NAMES, case, strict=False)}
    told = unreached(
        **{name: Irreps(text) for name, text in irreps.items()},
        num_layers=case[-1],
        message_layers=kind.message_layers,
        updates=kind.updates,
    )
    if kind is SEGNN:
        assert str(told) == str(Irreps(expected))
    torch.manual_seed(0)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        net = kind(**irreps, num_layers=case[-1]).double()
    assert bool(caught) == bool(told.dim)
    for parameter in net.parameters():
        torch.nn.init.normal_(parameter, std=0.5)
    inputs = graph({**irreps, "irreps_message": irreps["irreps_message"] or None})
    with torch.no_grad():
        y = net(*inputs.arguments())
    for columns, (mul, ir) in zip(net.irreps_out.slices(), net.irreps_out, strict=True):
        assert bool(y[:, columns].any()) == (ir not in told), (mul, ir)


def test_channels_of_no_multiplicity_reach_nothing():
    none = Irreps("")
    told = unreached(
        irreps_in=Irreps("0x1o+1x0e"),
        irreps_hidden=Irreps("2x0e+2x1o"),
        irreps_out=Irreps("1x1o+0x2e"),
        irreps_edge_attr=Irreps("1x0e"),
        irreps_node_attr=Irreps("1x0e"),
        irreps_message=none,
        num_layers=1,
    )
    assert told == Irreps("1x1o")
