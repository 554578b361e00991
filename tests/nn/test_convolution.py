"""SE_linear and SE_nonlinear, written out from their equations on e3nn's layouts."""

import pytest
import torch
from e3nn.o3 import Irreps

from segnn.nn import Gate, SELinear, SENonlinear, SteerableLinear
from segnn.o3 import Reorder

from .helpers import IRREPS, graph, make

HIDDEN = Irreps(IRREPS["irreps_hidden"])


def linear(layer, irreps_in, irreps_out, attribute):
    """The same weights outside of the network's layout."""
    alone = SteerableLinear(irreps_in, irreps_out, attribute).double()
    alone.load_state_dict(layer.state_dict())
    return alone


def gate(x):
    g = Gate(HIDDEN)
    return Reorder(HIDDEN, inverse=True)(g(Reorder(g.irreps_in)(x)))


@pytest.mark.parametrize("network", [SELinear, SENonlinear])
def test_values(network, kernel_path):
    made, inputs = make(network, num_layers=1), graph()
    edge, node, wide = (
        IRREPS["irreps_edge_attr"],
        IRREPS["irreps_node_attr"],
        Gate(HIDDEN).irreps_in,
    )
    source, target = inputs.edge_index

    x = linear(made.embedding, IRREPS["irreps_in"], HIDDEN, node)(inputs.x, inputs.node_attr)
    (layer,) = made.layers
    first = linear(layer.message_1, HIDDEN + HIDDEN + Irreps(IRREPS["irreps_message"]), wide, edge)
    m = first(torch.cat([x[target], x[source], inputs.message], 1), inputs.edge_attr)
    if network is SENonlinear:
        m = linear(layer.message_2, HIDDEN, wide, edge)(gate(m), inputs.edge_attr)
    else:
        assert layer.message_2 is None
    x = x + gate(torch.zeros(len(x), m.shape[1], dtype=m.dtype).index_add(0, target, m))
    x = gate(linear(made.readout_1, HIDDEN, wide, node)(x, inputs.node_attr))
    expected = linear(made.readout_2, HIDDEN, IRREPS["irreps_out"], node)(x, inputs.node_attr)
    torch.testing.assert_close(made(*inputs.arguments()), expected, atol=1e-12, rtol=0)


def test_node_attributes_steer_embedding_and_readout_only():
    made = make(SENonlinear, irreps_node_attr="1x0e+2x1o")
    attributes = {str(m.irreps_attr) for m in made.layers.modules() if hasattr(m, "irreps_attr")}
    assert attributes == {IRREPS["irreps_edge_attr"]}
    assert str(made.embedding.irreps_attr) == str(made.readout_2.irreps_attr) == "1x0e+2x1o"
