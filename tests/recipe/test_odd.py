"""Fields that are odd in time: whether what the network sees is even in them, and the signs of
targets.
"""

import pytest

from segnn.errors import UserError
from segnn.recipe import Cues, parse_recipe

TEXT = """
name: odd
species: [H, O]
fields:
  spin: {irreps: 1e, time: odd}
  field: {irreps: 1e, time: odd, level: graph}
  charge: {irreps: 0e}
data: {folder: nowhere}
graph: {kind: radius, cutoff: 2.0}
inputs: [one]
targets:
  energy: {irreps: 0e, level: graph, pool: sum}
  torque: {derivative: -energy / spin}
  moment: {derivative: -energy / field}
  susceptibility: {derivative: "-energy / (field, field)"}
  forces: {derivative: -energy / position, unit: 1/length}
model: {hidden: 4x0e+4x1o+4x1e}
"""


def cues(*overrides, text=TEXT):
    return Cues(parse_recipe(text, overrides=overrides))


@pytest.mark.parametrize(
    ("changes", "mirrored"),
    [
        (["inputs=[one, outer(spin, spin), one_hot(species)]"], False),
        (["message_scalars=[dot(source(spin), target(spin)), dot(field, source(spin))]"], False),
        (["inputs=[turning(sh(spin, 2))]"], True),
        (["message_scalars=[square_norm(dot(source(spin), relative_position))]"], False),
        (["inputs=[one, spin]"], True),
        (["inputs=[one, field]"], True),
        (["edge_attributes=[envelope(distance, 0.01) * source(spin)]"], True),
        (["message_scalars=[dot(source(spin), relative_position)]"], True),
        (["targets.energy.base=total(square_norm(spin))"], False),
        (["inputs=[one, one_hot(charge, 1, 2)]"], True),  # random charges are neither 1 nor 2
    ],
)
def test_even_by_construction_or_mirrored(changes, mirrored):
    found = cues("inputs=[one, outer(spin, spin), outer(field, field)]", *changes)
    assert found.mirrored is mirrored


def test_signs_of_targets_follow():
    assert cues().signs == {
        "energy": 1,
        "torque": -1,
        "moment": -1,
        "susceptibility": 1,
        "forces": 1,
    }
    assert cues().odd == ("spin", "field")


def test_without_odd_fields_nothing_is_mirrored():
    found = cues("fields.spin.time=null", "fields.field.time=null", "inputs=[one, spin]")
    assert not found.mirrored
    assert set(found.signs.values()) == {1}


def test_an_odd_target_of_even_cues_is_refused():
    direct = "targets={moment: {irreps: 1e, time: odd}}"
    with pytest.raises(UserError, match="moment is odd in time, and all that enters is even"):
        cues(direct, "inputs=[outer(spin, spin)]")
    with pytest.raises(UserError, match="no field is"):
        cues(direct, "fields={spin: {irreps: 1e}}", "inputs=[spin]")
    assert cues(direct, "inputs=[spin]").mirrored


def test_a_derivative_has_no_time_of_its_own():
    with pytest.raises(UserError, match="derivative without time"):
        cues("targets.torque.time=odd")
