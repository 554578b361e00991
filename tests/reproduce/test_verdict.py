"""What may be said of so many seeds beside a published figure."""

import pytest

from segnn.reproduce.verdict import joint_spread, quoted, verdict

from .helpers import row

FEW = [0.00380, 0.00384, 0.00388]  # mean 0.00384, spread 0.00004


@pytest.mark.parametrize(
    ("made", "text"),
    [
        # One or two seeds are no verdict, however far off.
        (row(0.00344), "one seed: -20 %"),
        (row(0.0172), "one seed: 4.00 times as much"),
        (row([0.0040, 0.0042], spread=0.00015), "two seeds: -5 %"),
        (row(0.01294, published=0.013), "one seed: -0.5 %"),
        # Three seeds beyond the joint spread.
        (row(FEW, spread=0.00015), "beaten: -11 %"),
        (row(FEW), "beaten: -11 %"),
        (row(FEW, published=0.0036, spread=0.0001), "missed: +7 %"),
        (row([0.01, 0.011, 0.012], published=0.0036), "missed: 3.06 times as much"),
        # Within it: by the published spread, by ours, by the published rounding.
        (row(FEW, spread=0.0005), "the same within the spread"),
        (row([0.0030, 0.0038, 0.0046]), "the same within the spread"),
        (row([0.2351, 0.2352, 0.2353], published=0.235), "the same within the spread"),
        (row([0.0040, 0.0042, 0.0044]), "the same within the spread"),
        # What diverged is not forgotten.
        (row(FEW, diverged=1), "1 of 4 seeds diverged; the others -11 %"),
        (row(FEW[:2], diverged=1), "1 of 3 seeds diverged; the others -11 %"),
        (row(FEW[:1], diverged=1), "1 of 2 seeds diverged; the other -12 %"),
        (row(), ""),
        (row(diverged=3), ""),
        (row(0.1, published=None), ""),
    ],
)
def test_verdict(made, text):
    assert verdict(made) == text


def test_joint_spread():
    assert joint_spread(0.0003, row(spread=0.0004).published) == pytest.approx(0.0005)
    assert joint_spread(0.0003, row().published) == pytest.approx(0.0003 * 2**0.5)
    assert joint_spread(0.0, row(published=0.297).published) == 0.0005
    assert joint_spread(0.0, row(published=0.007).published) == 0.00005


def test_quoted_with_the_published_digits():
    assert quoted(row(published=0.007, spread=0.00022)) == "0.0070 ± 0.00022"
    assert quoted(row(published=0.007)) == "0.0070"
    assert quoted(row(published=0.297)) == "0.297"
    assert quoted(row(published=None)) == ""
