"""Every kind of model that a recipe can ask for, from raw arrays to predictions, against its paper
written out anew.

The oracles take only the weights from segnn: MPNN, EGNN and SEGNN(0,0) are NumPy loops over nodes
and neighbours, the steerable convolutions are e3nn's tensor products and gates.
"""

from functools import cache

import numpy as np
import pytest
import torch
from e3nn.o3 import Irreps, spherical_harmonics

from oracle import O3TensorProduct, O3TensorProductGate, float64_default
from segnn.data import Systems
from segnn.errors import UserError
from segnn.model import PhysicalModel
from segnn.recipe import load_recipe, parse_recipe
from segnn.testing import assert_model_ok

RECIPE = """
name: kinds
fields:
  position: {irreps: 1o, unit: length}
  velocity: {irreps: 1o, unit: length/time}
  charge: {irreps: 0e, unit: charge}
data: {folder: nowhere}
graph: {kind: nearest, neighbours: 3}
inputs: [position - center(position), velocity, norm(velocity)]
node_attributes: [mean(edge_attributes), sh(velocity)]
message_scalars: [distance, source(charge) * target(charge)]
target: {array: target_position, irreps: 1o, unit: length, base: position, scale: 0.5}
model: {kind: segnn, hidden: 4x0e+3x1o, layers: 2}
"""
N = 6


@cache
def arrays():
    rng = np.random.default_rng(3)
    return {
        "position": rng.normal(size=(N, 3)),
        "velocity": rng.normal(size=(N, 3)),
        "charge": rng.choice([-1.0, 1.0], size=N),
    }


def model(*overrides):
    """A float64 model whose weights are all random and not small."""
    torch.manual_seed(0)
    made = PhysicalModel(parse_recipe(RECIPE, overrides=overrides)).double().eval()
    with torch.no_grad():
        for name, parameter in made.named_parameters():
            if "phi_x.2" in name or name.endswith("bias"):
                parameter.add_(torch.randn_like(parameter) * 0.3)
    return made


def neighbours(i):
    """The three nearest others of node i."""
    distance = np.linalg.norm(arrays()["position"] - arrays()["position"][i], axis=1)
    return [j for j in np.argsort(distance) if j != i][:3]


def silu(x):
    return x / (1 + np.exp(-x))


def state(made):
    return {
        name.removeprefix("network.net."): value.numpy()
        for name, value in made.state_dict().items()
    }


def dense(weights, name, x):
    return weights[f"{name}.weight"] @ x + weights.get(f"{name}.bias", 0.0)


def check(made, displacement):
    """The model's prediction is the position plus half the oracle's output."""
    predicted = made.predict(arrays())["position"]
    assert np.abs(displacement).max() > 0.05
    np.testing.assert_allclose(
        predicted, arrays()["position"] + 0.5 * displacement, rtol=0, atol=1e-10
    )


def test_mpnn():
    """m_ij = φ_m(f_i, f_j, a_ij), f_i ← f_i + φ_f(f_i, Σ_j m_ij) on plain numbers: paper Eqs. 1-2
    with its residual.
    """
    made = model("model.kind=mpnn", "model.hidden=7x0e")
    w, x, v, q = state(made), arrays()["position"], arrays()["velocity"], arrays()["charge"]
    f = [
        dense(w, "embedding", np.concatenate([x[i] - x.mean(0), v[i], [np.linalg.norm(v[i])]]))
        for i in range(N)
    ]

    def mlp(name, value):
        return dense(w, f"{name}.2", silu(dense(w, f"{name}.0", value)))

    for layer in range(2):
        new = []
        for i in range(N):
            total = np.zeros(7)
            for j in neighbours(i):
                r = x[j] - x[i]
                distance = np.linalg.norm(r)
                edge = np.concatenate(
                    [[distance, q[i] * q[j], 1.0], np.sqrt(3) * r / distance]
                )  # scalars, then Y_0 and Y_1
                total += silu(mlp(f"layers.{layer}.phi_m.0", np.concatenate([f[i], f[j], edge])))
            new.append(f[i] + mlp(f"layers.{layer}.phi_f", np.concatenate([f[i], total])))
        f = new
    check(made, np.stack([mlp("readout", value) for value in f]))


def test_egnn():
    """Satorras et al. 2021, Eqs. 3-7: v_i ← φ_v(h_i) v_i^init + C Σ_j (x_i − x_j) φ_x(m_ij), x_i ←
    x_i + v_i.
    """
    made = model("model.kind=egnn", "model.hidden=7x0e")
    w, start, v, q = state(made), arrays()["position"], arrays()["velocity"], arrays()["charge"]
    x = start.copy()
    h = [dense(w, "embedding", [np.linalg.norm(v[i])]) for i in range(N)]
    for layer in range(2):
        name = f"layers.{layer}"
        new_x, new_h = [], []
        for i in range(N):
            pull, total = np.zeros(3), np.zeros(7)
            for j in neighbours(i):
                r = x[i] - x[j]
                a = [
                    np.linalg.norm(start[i] - start[j]),
                    q[i] * q[j],
                ]  # a_ij: the recipe's scalars, of the input
                inputs = np.concatenate([h[i], h[j], [r @ r], a])
                m = silu(
                    dense(w, f"{name}.phi_e.0.2", silu(dense(w, f"{name}.phi_e.0.0", inputs)))
                )  # Eq. 3
                pull += (
                    r * dense(w, f"{name}.phi_x.2", silu(dense(w, f"{name}.phi_x.0", m))) / 3
                )  # Eq. 4
                total += m  # Eq. 5
            speed = dense(w, f"{name}.phi_v.2", silu(dense(w, f"{name}.phi_v.0", h[i])))
            new_x.append(x[i] + speed * v[i] + pull)  # Eq. 7
            if f"{name}.phi_h.0.weight" in w:
                hidden = silu(dense(w, f"{name}.phi_h.0", np.concatenate([h[i], total])))
                new_h.append(h[i] + dense(w, f"{name}.phi_h.2", hidden))  # Eq. 6
        x, h = np.stack(new_x), new_h or h
    check(made, x - start)


def test_segnn_of_degree_zero():
    """(0,0): with ã = Y_0 = 1 every steerable layer is a linear one and the gate a SiLU. The target
    is a scalar here.
    """
    scalar = ("target.irreps=0e", "target.base=null", "node_attributes=[mean(edge_attributes)]")
    made = model("model.hidden=7x0e", "model.attribute_degree=0", *scalar)
    w, x, v, q = state(made), arrays()["position"], arrays()["velocity"], arrays()["charge"]

    def linear(name, value, outputs):
        weight = w[f"{name}.weight"].reshape(len(value), outputs)
        return value @ weight + w[f"{name}.bias"]

    f = [linear("embedding", np.array([np.linalg.norm(v[i])]), 7) for i in range(N)]
    for layer in range(2):
        name, new = f"layers.{layer}", []
        for i in range(N):
            total = np.zeros(7)
            for j in neighbours(i):
                inputs = np.concatenate([f[i], f[j], [np.linalg.norm(x[i] - x[j]), q[i] * q[j]]])
                total += silu(
                    linear(f"{name}.message_2", silu(linear(f"{name}.message_1", inputs, 7)), 7)
                )
            update = silu(linear(f"{name}.update_1", np.concatenate([f[i], total]), 7))
            new.append(f[i] + linear(f"{name}.update_2", update, 7))
        f = new
    expected = [0.5 * linear("readout_2", silu(linear("readout_1", value, 7)), 1)[0] for value in f]
    np.testing.assert_allclose(made.predict(arrays())["position"], expected, rtol=0, atol=1e-10)


def from_e3nn(w, name, irreps_in, attribute, irreps_out, gated):
    """The steerable layer ``name`` as an e3nn tensor product, gated or not."""
    made = (O3TensorProductGate if gated else O3TensorProduct)(
        Irreps(irreps_in), Irreps(attribute), Irreps(irreps_out)
    )
    with torch.no_grad():
        made.tp.weight.copy_(torch.from_numpy(w[f"{name}.weight"]))
        if made.biases is not None:
            made.biases.copy_(torch.from_numpy(w[f"{name}.bias"]))
    return made


@pytest.mark.parametrize(
    ("kind", "velocity_steers"),
    [("se_linear", False), ("se_nonlinear", False), ("se_nonlinear", True)],
    ids=["SE_linear", "SE_nonlinear", "SE_nonlinear++"],
)
def test_steerable_convolutions(kind, velocity_steers):
    """m̃_ij = W h̃_ij, or W σ(W h̃_ij); f̃_i ← f̃_i + σ(Σ_j m̃_ij). With ++ the velocity steers
    embedding and readout.
    """
    steers = "mean(edge_attributes), sh(velocity)" if velocity_steers else "mean(edge_attributes)"
    made = model(f"model.kind={kind}", f"node_attributes=[{steers}]")
    w, attribute, hidden = state(made), "1x0e+1x1o", "4x0e+3x1o"
    wide = "7x0e+3x1o"  # scalars and gates, then what is gated
    x, v, q = (torch.from_numpy(arrays()[name]) for name in ("position", "velocity", "charge"))
    target = torch.arange(N).repeat_interleave(3)
    source = torch.tensor([j for i in range(N) for j in neighbours(i)])

    def sh(vectors):
        return spherical_harmonics([0, 1], vectors, normalize=True, normalization="component")

    with float64_default():
        edge = sh(x[source] - x[target])
        node = edge.reshape(N, 3, 4).mean(1) + (sh(v) if velocity_steers else 0)
        inputs = torch.cat([x - x.mean(0), v, v.norm(dim=1, keepdim=True)], 1)
        f = from_e3nn(w, "embedding", "1x1o+1x1o+1x0e", attribute, hidden, gated=False)(
            inputs, node
        )
        scalars = torch.stack([(x[source] - x[target]).norm(dim=1), q[source] * q[target]], 1)
        gate = O3TensorProductGate(Irreps(hidden), Irreps(attribute), Irreps(hidden)).gate
        for layer in range(2):
            name = f"layers.{layer}"
            h = torch.cat([f[target], f[source], scalars], 1)
            ends = f"{hidden}+{hidden}+1x0e+1x0e"
            if kind == "se_linear":
                m = from_e3nn(w, f"{name}.message_1", ends, attribute, wide, gated=False)(h, edge)
            else:
                m = from_e3nn(w, f"{name}.message_1", ends, attribute, hidden, gated=True)(h, edge)
                m = from_e3nn(w, f"{name}.message_2", hidden, attribute, wide, gated=False)(m, edge)
            f = f + gate(m.reshape(N, 3, -1).sum(1))
        f = from_e3nn(w, "readout_1", hidden, attribute, hidden, gated=True)(f, node)
        out = from_e3nn(w, "readout_2", hidden, attribute, "1x1o", gated=False)(f, node)
    check(made, out.detach().numpy())


@pytest.mark.parametrize(
    ("inputs", "told"),
    [
        ("velocity, norm(velocity)", "velocity"),
        ("norm(velocity), velocity, position - center(position)", "velocity"),
        ("mean(relative_position)", "mean(relative_position)"),
    ],
)
def test_egnn_needs_a_position_first(inputs, told):
    with pytest.raises(UserError) as error:
        model("model.kind=egnn", f"inputs=[{inputs}]")
    place = 1 if inputs.startswith("norm") else 0
    for text in (
        f"inputs[{place}]: {told} (",
        "no difference of positions",
        "begin with position - center(position)",
    ):
        assert text in str(error.value)


@pytest.mark.parametrize(
    "first", ["position - center(position)", "position - center(position, norm(velocity))", "own"]
)
def test_egnn_takes_a_position_first(first):
    made = model(
        "model.kind=egnn",
        "define={own: position - center(position)}",
        f"inputs=[norm(velocity), {first}, velocity]",
    )
    assert np.isfinite(made.predict(arrays())["position"]).all()


@pytest.mark.parametrize("kind", ["egnn", "mpnn"])
def test_a_norm_that_would_be_ignored_is_refused(kind):
    with pytest.raises(UserError, match=f"model.norm: model.kind {kind} has no norm") as caught:
        model(f"model.kind={kind}", "model.norm=layer")
    assert "norm: null" in str(caught.value)


def test_inputs_that_egnn_would_ignore_are_refused():
    three = "inputs=[position - center(position), velocity, 2 * velocity, norm(velocity)]"
    with pytest.raises(UserError, match="egnn would ignore 1x1o of the inputs"):
        model("model.kind=egnn", three)
    with pytest.raises(UserError, match="egnn would ignore 1x1o of the message_scalars"):
        model("model.kind=egnn", "message_scalars=[distance, relative_position]")


ENERGY = (
    "target={array: energy, irreps: 0e, level: graph, pool: sum, scale: 0.5}",
    "inputs=[norm(velocity), charge]",
    "message_scalars=[gaussian(distance, 5, 3), source(charge) * target(charge)]",
    "model.hidden=8x0e",
)


def rows(weights, name, x):
    """A linear layer on the rows of x."""
    return x @ weights[f"{name}.weight"].T + weights.get(f"{name}.bias", 0.0)


def shifted_softplus(x):
    return np.log1p(np.exp(x)) - np.log(2)


@pytest.mark.parametrize("kind", ["egnn", "schnet"])
def test_scalar_networks_are_their_papers(kind):
    """EGNN without its moves, Eqs. 3, 5 and 6; SchNet, its cfconv block by block. Both are sums
    over the nodes, and neither sees a rotation.
    """
    made = model(f"model.kind={kind}", *ENERGY)
    w, f = state(made), made.features(Systems.from_arrays(arrays()))
    h = rows(w, "embedding", f.x.numpy())
    i, j = f.edge_index.numpy()[::-1]
    a = f.message.numpy()
    for layer in range(2):
        name, total = f"layers.{layer}", np.zeros_like(h)
        if kind == "egnn":
            m = np.concatenate([h[i], h[j], a], 1)
            m = silu(rows(w, f"{name}.phi_m.0.2", silu(rows(w, f"{name}.phi_m.0.0", m))))
            np.add.at(total, i, m)
            update = np.concatenate([h, total], 1)
            h = h + rows(w, f"{name}.phi_f.2", silu(rows(w, f"{name}.phi_f.0", update)))
        else:
            m = shifted_softplus(rows(w, f"{name}.filter.0", a))
            m = shifted_softplus(rows(w, f"{name}.filter.2", m))
            np.add.at(total, i, rows(w, f"{name}.enter", h)[j] * m)
            update = shifted_softplus(rows(w, f"{name}.update.0", total))
            h = h + rows(w, f"{name}.update.2", update)
    act = silu if kind == "egnn" else shifted_softplus
    out = rows(w, "readout.2", act(rows(w, "readout.0", h)))
    expected = 0.5 * out.reshape(-1, N).sum(1)
    np.testing.assert_allclose(made.predict(arrays())["energy"], expected, rtol=1e-9)
    turn = np.linalg.qr(np.random.default_rng(5).normal(size=(3, 3)))[0]
    turned = {n: x @ turn.T if x.shape[-1:] == (3,) else x for n, x in arrays().items()}
    np.testing.assert_allclose(made.predict(turned)["energy"], expected, rtol=1e-9)


def test_scalar_networks_say_what_they_need():
    with pytest.raises(UserError, match=r"schnet predicts scalars .* this recipe's target is 1x1o"):
        model("model.kind=schnet", "inputs=[norm(velocity)]", *ENERGY[2:])
    with pytest.raises(UserError, match="sees nothing of the geometry but message_scalars"):
        model("model.kind=egnn", *ENERGY[:2], "message_scalars=[]")
    with pytest.raises(UserError, match="schnet would ignore 1x1o of the inputs"):
        model("model.kind=schnet", ENERGY[0], ENERGY[2], "inputs=[velocity]")


@pytest.mark.parametrize(
    ("network", "told"),
    [
        ("model.kind=schnet", "predicts scalars .* this recipe's target is 1x0e\\+1x2e\\+1x1o"),
        ("model.kind=egnn", "predicts scalars .* its target 1x0e\\+1x2e\\+1x1o for each node"),
        ("model.hidden=8x0e", "no path of the network leads to 1x2e\\+1x1o"),
    ],
)
def test_a_network_of_scalars_gives_no_vector_and_no_tensor(network, told):
    scalars = ["model.attribute_degree=0", "node_attributes=[one]"]
    with pytest.raises(UserError, match=told):
        PhysicalModel(load_recipe("polar", [network, *scalars]))


PAINN = (
    "model.kind=painn",
    "inputs=[norm(velocity), charge]",
    "message_scalars=[gaussian(distance, 5, 3)]",
    "edge_attributes=[envelope(distance, cutoff) * sh(relative_position)]",
    "constants={cutoff: {value: 3.0, unit: length}}",
    "graph={kind: radius, cutoff: 3.0}",
)


def test_painn_has_energies_forces_and_vectors():
    """All that `segnn check` looks at, forces among it; what stands between scalars is a vector."""
    targets = (
        "targets={energy: {irreps: 0e, level: graph, pool: sum},"
        " moment: {irreps: 1o, level: graph, pool: sum},"
        " size: {irreps: 0e, level: graph, pool: sum},"
        " force: {derivative: -energy / position, unit: 1/length}}"
    )
    made = model(*PAINN, targets)
    systems = {name: np.stack([x, x[::-1]]) for name, x in arrays().items()}
    assert_model_ok(made, systems)
    turn = np.linalg.qr(np.random.default_rng(5).normal(size=(3, 3)))[0]
    turned = {n: x @ turn.T if x.shape[-1:] == (3,) else x for n, x in arrays().items()}
    found, again = made.predict(arrays()), made.predict(turned)
    np.testing.assert_allclose(again["moment"], found["moment"] @ turn.T, atol=1e-11)
    np.testing.assert_allclose(again["size"], found["size"], atol=1e-11)
    assert np.abs(found["moment"]).min() > 1e-3


def test_painn_says_what_it_needs():
    energy = "target={array: energy, irreps: 0e, level: graph, pool: sum}"
    with pytest.raises(UserError, match="painn takes a cutoff function and a direction"):
        model(*PAINN, energy, "model.attribute_degree=2")
    with pytest.raises(UserError, match="painn would ignore 1x1o of the inputs"):
        model(*PAINN, energy, "inputs=[velocity]")
    with pytest.raises(UserError, match=r"painn predicts scalars \(0e\) and vectors .* is 1x2e"):
        model(*PAINN, "target={array: stress, irreps: 2e, level: graph, pool: sum}")
