"""Buffers that are float64 whatever becomes of the network."""

import torch
from torch import nn

from segnn.model.exact import Exact


def made():
    module = Exact()
    module.register_buffer("value", torch.tensor(-10_000.123456789, dtype=torch.float64))
    module.register_buffer("absent", None)
    return nn.Sequential(nn.Linear(2, 2), module)


def test_no_digit_is_lost_on_the_way_through_other_dtypes():
    net = made().float().half().double()
    assert net[0].weight.dtype == torch.float64
    assert float(net[1].value) == -10_000.123456789
    assert net[1].absent is None


def test_other_devices_are_followed():
    """To the device without memory, and from there: float64 all the way."""
    net = made().half().to("meta")
    assert (net[1].value.device.type, net[1].value.dtype) == ("meta", torch.float64)
    net = net.to_empty(device="cpu").float()
    assert (net[1].value.device.type, net[1].value.dtype) == ("cpu", torch.float64)
