"""The radius graph of a moving system is that of a search at every step."""

import numpy as np
import pytest

from segnn.data.radius import radius
from segnn.data.skin import SkinnedRadius
from segnn.errors import UserError

CELL = np.array([[5.0, 0, 0], [1.0, 4.5, 0], [0.3, -0.7, 6.0]])


def same(found, expected):
    return all(np.array_equal(*pair) for pair in zip(found, expected, strict=True))


@pytest.mark.parametrize("periodic", [None, (1, 1, 1), (1, 0, 1)])
@pytest.mark.parametrize("skin", [0.0, 0.3, 2.0])
def test_equals_a_search_at_every_step(periodic, skin):
    draw = np.random.default_rng(0)
    offsets = np.array([0, 12, 12, 13, 20])
    x = draw.uniform(0, 5, (20, 3))
    box = () if periodic is None else (np.stack([CELL] * 4), np.array([periodic] * 4))
    search = SkinnedRadius(2.0, skin)
    for _ in range(30):
        assert same(search(x, offsets, *box), radius(x, offsets, 2.0, *box))
        x = x + 0.03 * draw.normal(size=x.shape)
    assert search.searches == {0.0: 30, 0.3: search.searches, 2.0: 1}[skin]
    assert search.searches < 30 or skin == 0


def test_another_cell_other_axes_or_another_count_are_searched_anew():
    draw = np.random.default_rng(1)
    x, search = draw.uniform(0, 4, (9, 3)), SkinnedRadius(1.5, 1.0)
    one, every = np.array([0, 9]), np.ones(3)
    asked = [
        (x, one),
        (x, one, CELL, every),
        (x, one, 1.02 * CELL, every),
        (x, one, 1.02 * CELL, np.array([1, 0, 0])),
        (x, np.array([0, 4, 9])),
        (x[:5], np.array([0, 5])),
    ]
    for n, given in enumerate(asked, 1):
        cell, pbc = given[2:] if len(given) == 4 else (None, None)
        assert same(search(*given), radius(given[0], given[1], 1.5, cell, pbc))
        assert search.searches == n
    search(*asked[-1])
    assert search.searches == len(asked)


def test_half_the_skin_is_the_limit():
    x, search, one = np.array([[0.0, 0, 0], [1.9, 0, 0]]), SkinnedRadius(1.0, 1.0), np.array([0, 2])
    assert search(x, one)[0].shape == (2, 0)
    x[0, 0], x[1, 0] = 0.45, 1.44
    assert search(x, one)[0].shape == (2, 2)
    assert search.searches == 1
    x[0, 0] = 0.5001
    search(x, one)
    assert search.searches == 2


def test_a_skin_is_a_length():
    with pytest.raises(UserError, match=r"skin: -0\.1, expected a length"):
        SkinnedRadius(1.0, -0.1)
