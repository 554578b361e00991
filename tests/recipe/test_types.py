"""The type of every kind of expression, and the mistakes the types catch, with their cure."""

import pytest

from segnn.recipe.quantity import ExpressionError

from .helpers import term


@pytest.mark.parametrize(
    ("expression", "described"),
    [
        ("position", "1o point, unit length, per node"),
        ("position - center(position)", "1o, unit length, per node"),
        ("position + velocity * horizon", "1o point, unit length, per node"),
        ("center(position)", "1o point, unit length, per graph"),
        ("distance", "0e, unit length, per edge"),
        ("square_norm(velocity)", "0e, unit length^2/time^2, per node"),
        ("sh(velocity)", "0e+1o, unit 1, per node"),
        ("sh(spin, 2)", "0e+1e+2e, unit 1, per node"),
        ("helicity * spin", "1o, unit 1, per node"),
        ("cross(velocity, velocity)", "1e, unit length^2/time^2, per node"),
        ("cross(velocity, spin)", "1o, unit length/time, per node"),
        ("outer(velocity, spin)", "0o+1o+2o, unit length/time, per node"),
        ("outer(spin, spin)", "0e+2e, unit 1, per node"),
        ("dot(velocity, spin)", "0o, unit length/time, per node"),
        ("sum(pair_force(charge))", "1o, unit charge^2/length^2, per node"),
        ("norm(pair)", "4x0e, unit 1, per node"),
        ("horizon * wind", "1o, unit length, per graph"),
        ("source(charge) * relative_position", "1o, unit charge*length, per edge"),
        ("total(charge)", "0e, unit charge, per graph"),
        ("one", "0e, unit 1, per constant"),
        ("net_force(charge)", "1o, unit charge^2/length^2, per node"),
        ("net_force(mass, epsilon)", "1o, unit mass^2/length^2, per node"),
        ("inverse(mass) * net_force(mass)", "1o, unit mass/length^2, per node"),
        ("inverse(distance)", "0e, unit 1/length, per edge"),
        (
            "cross(position - center(position), mass * velocity)",
            "1e, unit length^2*mass/time, per node",
        ),
        ("bessel(distance, 8, 2.5)", "8x0e, unit 1, per edge"),
        ("gaussian(norm(velocity), 5, 3.0)", "5x0e, unit 1, per node"),
        ("envelope(distance, epsilon)", "0e, unit 1, per edge"),
        ("envelope(distance, 2.5) * sh(relative_position)", "0e+1o, unit 1, per edge"),
    ],
)
def test_type(expression, described):
    tree = term(expression)
    assert str(tree.type) == described
    assert all(hasattr(child, "irreps") and child.unit and child.site for child in tree.children)


@pytest.mark.parametrize(
    ("expression", "problem", "cure"),
    [
        (
            "spin + velocity",
            "spin (1e, unit 1, per node) and velocity (1o, unit length/time",
            "reflection symmetry",
        ),
        ("charge + helicity", "their irreps differ", "reflection"),
        ("charge + velocity", "their irreps differ", "concat"),
        ("velocity + relative_position", "nodes, the other on edges", "source(velocity)"),
        ("charge + mass", "units differ, charge and mass", "constants:"),
        ("charge + 1", "units differ, charge and 1", "unitless"),
        ("position + position", "sum of two points", "position - center(position)"),
        ("velocity * horizon - position", "a vector minus a point", "translation"),
        ("2 * position", "position is a point", "translation"),
        ("-position", "it is a point", "translation"),
        ("norm(position)", "depends on the origin", "position - center(position)"),
        ("sh(position)", "depends on the origin", "relative_position"),
        ("source(position)", "depends on the origin", "relative_position"),
        ("average(position)", "depends on the origin", "center(position)"),
        ("velocity * velocity", "neither is a single scalar", "dot(x, y)"),
        ("charge * distance", "nodes, the other on edges", "source(charge)"),
        ("sh(charge)", "sh got charge", "one vector"),
        ("sh(velocity, charge)", "for its degree", "whole number"),
        ("sh(velocity, 12)", "degree 12", "0 to 11"),
        ("mean(velocity)", "mean got velocity", "mean(source(velocity))"),
        ("source(distance)", "source got distance", "nodes"),
        ("center(velocity)", "center got velocity", "average(velocity)"),
        ("center(position, velocity)", "weight velocity", "scalar"),
        ("total(distance)", "total got distance", "node quantity"),
        ("dot(velocity, quadrupole)", "degrees differ, 1 and 2", "equal degree"),
        ("cross(quadrupole, quadrupole)", "must be vectors", "1o or 1e"),
        ("outer(quadrupole, quadrupole)", "must be vectors", "1o or 1e"),
        ("cross(pair, velocity)", "cross got pair", "single irreps"),
        ("concat(velocity, charge)", "units differ", "unitless"),
        ("concat(velocity, relative_position)", "mixes nodes and edges", "source"),
        ("pair_force(velocity)", "pair_force got velocity", "charge or mass"),
        ("pair_force(charge, horizon)", "softening horizon", "unit length"),
        ("net_force(velocity)", "net_force got velocity", "charge or mass"),
        ("net_force(charge, horizon)", "softening horizon", "unit length"),
        ("inverse(velocity)", "inverse got velocity", "one scalar 0e"),
        ("inverse(helicity)", "inverse got helicity", "one scalar 0e"),
        ("bessel(velocity, 4, 2.0)", "bessel got velocity", "norm(velocity)"),
        ("bessel(distance, 2.5, 4)", "for its number of functions", "whole number"),
        ("bessel(distance, 1, 2.0)", "1 functions", "from 2 to 256"),
        (
            "gaussian(distance, 4, horizon)",
            "cutoff horizon",
            "a constant of the unit of distance (length)",
        ),
        ("envelope(distance, -1.0)", "cutoff -1.0", "positive number"),
        ("envelope(distance, charge)", "cutoff charge", "positive number"),
        ("envelope(distance, 2.0, 1)", "power 1", "from 2 to 20"),
        ("one_hot(species)", "none", "one_hot(species, 1"),
        ("one_hot(velocity, 1)", "one_hot got velocity", "scalar"),
        ("velocty", "unknown name 'velocty'", "'velocity'"),
        ("nrm(velocity)", "unknown function 'nrm'", "'norm'"),
        ("norm", "norm is a function", "norm(x)"),
        ("velocity(charge)", "not a function", "without parentheses"),
        ("norm()", "got 0 operands", "norm(x)"),
        ("norm(velocity, 2)", "got 2 operands", "norm(x)"),
        ("edge_attributes", "only within node_attributes", "write"),
        ("velocity / 2", "division", "multiply"),
        ("charge ** 2", "powers", "x * x"),
        ("velocity.real", "not in the vocabulary", "names"),
        ("__import__('os').system('ls')", "not in the vocabulary", "names"),
        ("[velocity]", "not in the vocabulary", "names"),
        ("norm(x=velocity)", "not in the vocabulary", "names"),
        ("(lambda: velocity)()", "not in the vocabulary", "names"),
        ("True", "got True", "numbers"),
        ("'text'", "not in the vocabulary", "numbers"),
        ("norm(velocity", "cannot read", "calls"),
        ("velocity; charge", "cannot read", "calls"),
        ("", "cannot read", "calls"),
        ("-" * 400 + "velocity" * 30, "characters", "500"),
    ],
)
def test_mistakes(expression, problem, cure):
    with pytest.raises(ExpressionError) as caught:
        term(expression)
    assert problem in caught.value.problem
    assert cure in caught.value.cure


def test_long_chains_are_read():
    assert term("-" * 400 + "velocity").irreps == term("velocity").irreps
