"""Which of many systems fail: all others are predicted as if these were not there."""

import numpy as np
import pytest
from tests.rollout.test_repeat import model, systems

from segnn.errors import UserError
from segnn.model.isolate import failing, predict_each, usable

SIZES = (5, 3, 4, 2)


def spoiled(number, value=1e200):
    """Four systems, one of them too far away for float32."""
    made = systems(SIZES)
    made.position[made.offsets[number] : made.offsets[number + 1]] *= value
    return made


@pytest.mark.parametrize("number", range(4))
def test_one_bad_system_is_named_and_the_others_are_predicted(number):
    made = model().float()
    found, failed = predict_each(made, spoiled(number))
    prediction = found["position"]
    assert list(failed) == [number]
    assert "what is predicted is not finite (position is as large as" in failed[number]
    others = [other for other in range(4) if other != number]
    owner = np.repeat(np.arange(4), SIZES)
    np.testing.assert_allclose(
        prediction[owner != number],
        made.predict_systems(systems(SIZES)[others])["position"],
        atol=1e-6,
    )
    assert not np.isfinite(prediction[owner == number]).all()


def test_a_missing_array_is_an_error_of_all():
    bare = systems(SIZES)
    del bare.node["charge"]
    with pytest.raises(UserError, match="missing array 'charge'"):
        predict_each(model(), bare)


@pytest.mark.parametrize("bad", [[], [0], [3], [6], [0, 6], [1, 2, 3], [2, 5]])
def test_halves_of_halves(bad):
    """Every good system is called once without an error, together with good ones only."""
    called = []

    def call(numbers):
        wrong = [number for number in numbers if number in bad]
        if wrong:
            raise UserError(f"{wrong[0]} is bad")
        called.extend(numbers.tolist())

    assert failing(call, 7) == {number: f"{number} is bad" for number in bad}
    assert {*called} == {*range(7)} - {*bad}


def test_an_error_of_all_is_raised():
    def call(numbers):
        raise UserError("always")

    for count in (1, 2, 9):
        with pytest.raises(UserError, match="always"):
            failing(call, count)


def test_usable():
    made, given = model().float(), spoiled(2)
    kept, left_out = usable(made, given)
    assert list(left_out) == [2]
    assert len(kept) == 3
    np.testing.assert_array_equal(kept.position, given[[0, 1, 3]].position)
    assert usable(made, systems(SIZES))[1] == {}
    with pytest.raises(UserError, match="none of its 1 systems has a prediction; system 0: what"):
        usable(made, given[[2]])
