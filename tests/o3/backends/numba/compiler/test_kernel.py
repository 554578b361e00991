"""Kernels as Python calls them: arguments by their kinds, chunks spread over threads, and what is
refused.
"""

import copy
import math
import pickle
from typing import NamedTuple

import numpy as np
import pytest
import torch

from segnn.o3.backends.numba.compiler import library
from segnn.o3.backends.numba.compiler.fixed import Fixed
from segnn.o3.backends.numba.compiler.flat import (
    allocate,
    free,
    like,
    maximum,
    minimum,
    part,
    sqrt,
    tail,
)
from segnn.o3.backends.numba.compiler.kernel import kernel
from segnn.o3.backends.numba.compiler.records import FixedProgram, Floats, Integers
from segnn.o3.backends.numba.compiler.routines import routine, spread
from segnn.o3.backends.numba.vector import simd
from segnn.o3.backends.numba.vector.views import Matrix


class Inner(NamedTuple):
    x: Floats
    y: Floats


class Everything(NamedTuple):
    arrays: Inner
    index: Integers
    program: FixedProgram
    n: int
    wanted: bool


@routine
def scaled(x, first, factor):
    simd.copy(Matrix(part(x, first, 1), 0, 0), Matrix(tail(x, first), 0, 0), factor, 1, 1)


@kernel
def everything(a: Everything) -> None:
    """x[index[k]] *= coef[table[k]] where ``wanted``; y = (√n, smaller and larger of n and 3, its
    own length).
    """
    x, y, table = a.arrays.x, a.arrays.y, a.program.table
    if a.wanted:
        for k in range(len(a.index)):
            scaled(x, a.index[k], a.program.coef[table[k]])
    s = allocate(4, x)
    s[0], s[1], s[2], s[3] = sqrt(like(x, a.n)), minimum(a.n, 3), maximum(a.n, 3), len(y)
    simd.copy(Matrix(y, 0, 0), Matrix(s, 0, 0), 1.0, 1, minimum(4, len(y)))
    free(s)


def call(x, y, index, program, n, wanted):
    everything(Everything(Inner(x, y), index, program, n, wanted))


def program(dtype=np.float32):
    return Fixed(np.array([1, 0]), np.array([10, 0.5], dtype))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_arguments_arrive(dtype):
    x, y, index = torch.arange(1, 5, dtype=dtype), torch.zeros(5, dtype=dtype), torch.tensor([0, 3])
    couplings = program(np.float32 if dtype == torch.float32 else np.float64)
    call(x, y, index, couplings, 2, False)
    assert x.tolist() == [1, 2, 3, 4]
    torch.testing.assert_close(y, torch.tensor([math.sqrt(2), 2, 3, 5, 0], dtype=dtype))
    call(x, None, index, couplings, -1, True)
    assert x.tolist() == [0.5, 2, 3, 40]
    call(x, y[::2], None, couplings, 7, True)  # not contiguous: a copy was written
    assert x.tolist() == [0.5, 2, 3, 40]
    assert y[1] == 2


def test_a_copied_program_does_not_read_the_first_one():
    first = program()
    copies = [copy.deepcopy(first), pickle.loads(pickle.dumps(first))]
    first.arrays[1][:] = 0
    for found in copies:
        x = torch.ones(4)
        call(x, None, torch.tensor([1]), found, 0, True)
        assert x.tolist() == [1, 0.5, 1, 1]


@spread
def count_chunk(chunk, chunks, x, times):
    n = len(x)
    for i in range(chunk * n // chunks, (chunk + 1) * n // chunks):
        x[i] += times * (chunk + 1)


class Count(NamedTuple):
    x: Floats
    threads: int
    chunks: int
    times: int


@kernel
def count(a: Count) -> None:
    count_chunk(a.threads, a.chunks, a.x, a.times)


@pytest.mark.parametrize("threads", [1, 2, 5])
@pytest.mark.parametrize("chunks", [0, 1, 3, 64])
def test_every_chunk_is_done_once(threads, chunks):
    x = torch.zeros(640)
    count(Count(x, threads=threads, chunks=chunks, times=3))
    expected = np.zeros(640)
    for n in range(chunks):
        expected[n * 640 // chunks : (n + 1) * 640 // chunks] += 3 * (n + 1)
    np.testing.assert_array_equal(x.numpy(), expected)


def test_what_is_of_another_type_is_refused():
    x = torch.zeros(4)
    with pytest.raises(
        TypeError,
        match=r"the kernel everything got y of torch.float64 on cpu, expected torch.float32 on",
    ):
        call(x, x.double(), None, program(), 1, False)
    with pytest.raises(
        TypeError, match=r"got index of torch.int32 on cpu, expected torch.int64 on the CPU; bring"
    ):
        call(x, x, torch.zeros(1, dtype=torch.int32), program(), 1, False)
    with pytest.raises(TypeError, match="on meta, expected"):
        call(x, x.to("meta"), None, program(), 1, False)


def test_slots_are_given_by_name():
    x = torch.zeros(4)
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'times'"):
        Count(x=x, threads=1, chunks=1)
    with pytest.raises(TypeError, match="unexpected keyword argument 'chunk'"):
        Count(x=x, threads=1, chunks=1, times=1, chunk=1)
    with pytest.raises(ValueError, match="argument 2 is shorter"):
        count((x, 1))


class Untyped(NamedTuple):
    x: Floats
    y: list


class NumberFirst(NamedTuple):
    n: int
    x: Floats


def test_what_is_declared_wrongly_is_refused_at_once():
    with pytest.raises(
        TypeError, match=r"reads a\.time, which is no slot of Count; did you mean times"
    ):

        @kernel
        def misspelt(a: Count) -> None:
            a.x[0] = a.time

    with pytest.raises(
        TypeError, match=r"Untyped\.y is .*list.*, expected Floats, Integers, Fixed"
    ):

        @kernel
        def untyped(a: Untyped) -> None:
            pass

    with pytest.raises(TypeError, match="NumberFirst: the first slot must be Floats"):

        @kernel
        def number_first(a: NumberFirst) -> None:
            pass

    for wrong in (lambda a, b: None, lambda a: None):
        with pytest.raises(TypeError, match="one parameter, annotated with its record"):
            kernel(wrong)
    with pytest.raises(TypeError, match="expected a NamedTuple class"):

        @kernel
        def no_record(a: Floats) -> None:
            pass


def test_code_that_calls_what_does_not_exist_is_an_error():
    """LLVM's linker would resolve it to address zero."""
    with library.needs():
        part = library.add(
            "broken",
            "declare void @nothing()\ndefine void @broken() {\n call void @nothing()\n ret void\n}",
        )
    with pytest.raises(NameError, match=r"kernel broken calls what is not compiled .*: nothing"):
        part.code.result()
    del library._parts["broken"]
