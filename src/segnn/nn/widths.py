"""How wide the hidden irreps are: the two rules of the paper's App. C.2."""

from __future__ import annotations

from e3nn.o3 import Irrep, Irreps

from segnn.o3.plan.coupling import allowed


def balanced_irreps(channels: int, degree: int) -> Irreps:
    """Irreps of exactly ``channels`` dimensions, split evenly over the degrees 0 … ``degree`` by
    dimension.

    Every degree gets channels // (degree + 1) // (2l + 1) copies; what is left over becomes
    scalars. Raises ValueError if the channels do not suffice for one copy of every degree.
    """
    _check(channels, degree)
    share = channels // (degree + 1)
    if share < 2 * degree + 1:
        needed = (degree + 1) * (2 * degree + 1)
        raise ValueError(
            f"{channels} channels do not reach degree {degree}; expected at least {needed}"
        )
    muls = [share // (2 * ell + 1) for ell in range(degree + 1)]
    muls[0] += channels - sum(mul * (2 * ell + 1) for ell, mul in enumerate(muls))
    return _irreps(muls)


def weight_balanced_irreps(channels: int, degree: int, irreps_attr: Irreps | str) -> Irreps:
    """n copies of every degree 0 … ``degree``, as many weights as a ``channels`` × ``channels``
    linear layer.

    n is the smallest number for which (n·V) ⊗ attr → (n·V) has at least channels² weights; counted
    from the allowed paths, n² of them each: n = ⌈channels / √paths⌉. 64 channels, degree 1,
    attribute degree 1 give 32x0e+32x1o; 128, 2, 3 give 36x0e+36x1o+36x2e.
    """
    _check(channels, degree)
    natural = [Irrep(ell, (-1) ** ell) for ell in range(degree + 1)]
    paths = sum(
        mul * allowed(a, ir, b) for a in natural for mul, ir in Irreps(irreps_attr) for b in natural
    )
    if paths == 0:
        raise ValueError(f"attribute {irreps_attr} couples none of the degrees 0 to {degree}")
    n = 1
    while n * n * paths < channels * channels:
        n += 1
    return _irreps([n] * (degree + 1))


def _irreps(muls: list[int]) -> Irreps:
    return Irreps([(mul, (ell, (-1) ** ell)) for ell, mul in enumerate(muls)])


def _check(channels: int, degree: int) -> None:
    if channels < 1 or degree < 0:
        raise ValueError(f"got {channels} channels and degree {degree}, expected at least 1 and 0")
