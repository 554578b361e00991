"""Kernels as Python calls them: arguments by their kinds, chunks spread over threads, and what is
refused.
"""

import copy
import math
import pickle

import numpy as np
import pytest
import torch

from segnn.o3.backends.numba.compiler import library
from segnn.o3.backends.numba.vector import simd
from segnn.o3.backends.numba.compiler.compile import kernel, routine, spread
from segnn.o3.backends.numba.compiler.fixed import Fixed
from segnn.o3.backends.numba.compiler.flat import free, greater, lesser, part, room, root


@routine
def scaled(x, first, factor):
    simd.copy(part(x, first, 1), 0, 0, x, first, 0, factor, 1, 1)


@kernel(integers="index", programs="program", numbers="n", flags="wanted")
def everything(x, y, index, program, n, wanted):
    """x[index[k]] *= coef[table[k]] where ``wanted``; y = (√n, smaller and larger of n and 3, its
    own length).
    """
    table, coef = program
    if wanted:
        for k in range(index.shape[0]):
            scaled(x, index[k], coef[table[k]])
    s = room(4, x)
    s[0], s[1], s[2], s[3] = root(x.dtype.type(n)), lesser(n, 3), greater(n, 3), y.shape[0]
    simd.copy(y, 0, 0, s, 0, 0, x.dtype.type(1), 1, lesser(4, y.shape[0]))
    free(s)


def program(dtype=np.float32):
    return Fixed(np.array([1, 0]), np.array([10, 0.5], dtype))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_arguments_arrive(dtype):
    x, y, index = torch.arange(1, 5, dtype=dtype), torch.zeros(5, dtype=dtype), torch.tensor([0, 3])
    couplings = program(np.float32 if dtype == torch.float32 else np.float64)
    everything(x, y, index, couplings, 2, False)
    assert x.tolist() == [1, 2, 3, 4]
    torch.testing.assert_close(y, torch.tensor([math.sqrt(2), 2, 3, 5, 0], dtype=dtype))
    everything(x, None, index, couplings, -1, True)
    assert x.tolist() == [0.5, 2, 3, 40]
    everything(x, y[::2], None, couplings, 7, True)  # not contiguous: a copy was written
    assert x.tolist() == [0.5, 2, 3, 40]
    assert y[1] == 2


def test_a_copied_program_does_not_read_the_first_one():
    first = program()
    copies = [copy.deepcopy(first), pickle.loads(pickle.dumps(first))]
    first.arrays[1][:] = 0
    for found in copies:
        x = torch.ones(4)
        everything(x, None, torch.tensor([1]), found, 0, True)
        assert x.tolist() == [1, 0.5, 1, 1]


@spread
def count_chunk(chunk, chunks, x, times):
    n = x.shape[0]
    for i in range(chunk * n // chunks, (chunk + 1) * n // chunks):
        x[i] += times * (chunk + 1)


@kernel(numbers="threads chunks times")
def count(x, threads, chunks, times):
    count_chunk(threads, chunks, x, times)


@pytest.mark.parametrize("threads", [1, 2, 5])
@pytest.mark.parametrize("chunks", [0, 1, 3, 64])
def test_every_chunk_is_done_once(threads, chunks):
    x = torch.zeros(640)
    count(x, threads, chunks, 3)
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
        everything(x, x.double(), None, program(), 1, False)
    with pytest.raises(
        TypeError, match=r"torch.int32 on cpu, expected torch.int64 on the CPU; bring all inputs"
    ):
        everything(x, x, torch.zeros(1, dtype=torch.int32), program(), 1, False)
    with pytest.raises(TypeError, match="on meta, expected"):
        everything(x, x.to("meta"), None, program(), 1, False)
    with pytest.raises(ValueError, match="argument 2 is shorter"):
        everything(x, x)


def test_parameters_that_are_not_there_are_refused():
    with pytest.raises(TypeError, match="wrong has no parameters m, table"):

        @kernel(integers="table", numbers="m")
        def wrong(x):
            pass


def test_code_that_calls_what_does_not_exist_is_an_error():
    """LLVM's linker would put address zero there."""
    with library.needs():
        part = library.add(
            "broken",
            "declare void @nothing()\ndefine void @broken() {\n call void @nothing()\n ret void\n}",
        )
    with pytest.raises(NameError, match=r"kernel broken calls what is not compiled .*: nothing"):
        part.code.result()
    del library._parts["broken"]
