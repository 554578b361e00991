"""Vector instructions for the numba kernels, written as LLVM code: a matrix product and a few loops over channels.

Every operation works on flat arrays and offsets, with whole vectors and a masked rest, so that nothing is padded and
nothing overlaps. numba's own loops cannot keep a tile of a matrix product in registers; here it reaches the processor's
peak within a tenth (108 GFLOP/s on one core whose peak is near 115, as much again on a second one).

Arrays are C-contiguous and of one floating dtype; all other arguments are signed integers (intp) or named below. Nothing is
checked: callers stay in bounds.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.core.registry import cpu_target
from numba.extending import intrinsic

VECTOR_BYTES = 64 if "+avx512f" in cpu_target.target_context.codegen().magic_tuple()[2] else 32
"""Bytes of a vector on the processor that numba compiles for (this one, or that of ``NUMBA_CPU_NAME`` and ``…_FEATURES``)."""
ROWS = 8 if VECTOR_BYTES == 64 else 6
"""Rows of the matrix product that are held in registers: with two vectors each they fill the machine's registers."""

_I32, _I64 = ir.IntType(32), ir.IntType(64)


@intrinsic
def stay(typing):
    """Called in a function: it is not copied into its callers (by LLVM), which would be compiled over and over."""

    def codegen(context, builder, signature, args):
        builder.function.attributes.add("noinline")
        return context.get_dummy_value()

    return types.void(), codegen


@intrinsic
def runtime(typing, x):
    """x, whose value the compiler shall not know: a function that gets it is compiled once and not for every value."""
    plain = types.unliteral(x)

    def codegen(context, builder, signature, args):
        return context.cast(builder, args[0], signature.args[0], plain)

    return plain(x), codegen


class _Vectors:
    """LLVM building blocks for vectors of one dtype."""

    def __init__(self, context: Any, builder: ir.IRBuilder, dtype: Any):
        self.builder, self.context = builder, context
        self.bits = dtype.bitwidth
        self.scalar = context.get_value_type(dtype)
        self.lanes = VECTOR_BYTES * 8 // self.bits
        self.type = ir.VectorType(self.scalar, self.lanes)
        self.zero = ir.Constant(self.type, [0.0] * self.lanes)
        self.integers = ir.VectorType(ir.IntType(self.bits), self.lanes)
        self._suffix = f"v{self.lanes}f{self.bits}"

    def data(self, array_type: Any, value: Any) -> Any:
        """Pointer to the first number of an array argument."""
        return self.context.make_array(array_type)(self.context, self.builder, value).data

    def call(self, name: str, result: Any, *args: Any) -> Any:
        """An LLVM intrinsic of that full name."""
        kind = ir.FunctionType(result, [a.type for a in args])
        return self.builder.call(cgutils.get_or_insert_function(self.builder.module, kind, name), args)

    def splat(self, x: Any) -> Any:
        """x in every lane; a Python number or an LLVM scalar."""
        if isinstance(x, (int, float)):
            return ir.Constant(self.type, [float(x)] * self.lanes)
        kind = ir.VectorType(x.type, self.lanes)
        one = self.builder.insert_element(ir.Constant(kind, ir.Undefined), x, ir.Constant(_I32, 0))
        lanes = ir.Constant(ir.VectorType(_I32, self.lanes), [0] * self.lanes)
        return self.builder.shuffle_vector(one, ir.Constant(kind, ir.Undefined), lanes)

    def mask(self, count: Any) -> Any:
        """The first ``count`` lanes; none for a count below one."""
        lanes = ir.Constant(ir.VectorType(_I32, self.lanes), list(range(self.lanes)))
        return self.builder.icmp_signed("<", lanes, self.splat(self.builder.trunc(count, _I32)))

    def _at(self, pointer: Any, offset: Any) -> tuple[Any, Any]:
        place = self.builder.gep(pointer, [offset])
        return self.builder.bitcast(place, self.type.as_pointer()), ir.Constant(_I32, self.bits // 8)

    def load(self, pointer: Any, offset: Any, mask: Any = None) -> Any:
        place, align = self._at(pointer, offset)
        if mask is None:
            return self.builder.load(place, align=self.bits // 8)
        return self.call(f"llvm.masked.load.{self._suffix}.p0", self.type, place, align, mask, self.zero)

    def store(self, value: Any, pointer: Any, offset: Any, mask: Any = None) -> None:
        place, align = self._at(pointer, offset)
        if mask is None:
            self.builder.store(value, place, align=self.bits // 8)
        else:
            self.call(f"llvm.masked.store.{self._suffix}.p0", ir.VoidType(), value, place, align, mask)

    def fma(self, a: Any, b: Any, c: Any) -> Any:
        return self.call(f"llvm.fma.{self._suffix}", self.type, a, b, c)

    def sum(self, a: Any) -> Any:
        """The sum over the lanes, in a fixed order of halves."""
        count = self.lanes
        while count > 1:
            count //= 2
            half = ir.Constant(ir.VectorType(_I32, count), list(range(count, 2 * count)))
            rest = ir.Constant(ir.VectorType(_I32, count), list(range(count)))
            undefined = ir.Constant(a.type, ir.Undefined)
            low, high = self.builder.shuffle_vector(a, undefined, rest), self.builder.shuffle_vector(a, undefined, half)
            a = self.builder.fadd(low, high)
        return self.builder.extract_element(a, ir.Constant(_I32, 0))

    def sigmoid(self, x: Any) -> Any:
        """1 / (1 + exp(−x)): the exponent is split off and the rest, |r| ≤ ln 2 / 2, is a Taylor series to round-off."""
        b, limit = self.builder, 87.0 if self.bits == 32 else 708.0
        bias, mantissa, degree = (127, 23, 7) if self.bits == 32 else (1023, 52, 13)
        # ln 2 in two parts: the first has trailing zeros, the second what ln 2 as one number would have lost.
        high, low = 0.693145751953125, 1.42860676533018e-6
        if self.bits == 64:
            high, low = 0.6931471803691238, 1.9082149292705877e-10
        y = b.fsub(self.zero, x)
        y = b.select(b.fcmp_ordered("<", y, self.splat(-limit)), self.splat(-limit), y)
        y = b.select(b.fcmp_ordered(">", y, self.splat(limit)), self.splat(limit), y)
        # Adding 1.5·2^mantissa rounds to a whole number, which then stands in the low bits (also where y is NaN: no trap).
        magic = self.splat(1.5 * 2.0**mantissa)
        shifted = self.fma(y, self.splat(1 / math.log(2)), magic)
        n = b.fsub(shifted, magic)
        r = self.fma(n, self.splat(-high), y)
        r = self.fma(n, self.splat(-low), r)
        series = self.splat(1 / math.factorial(degree))
        for k in reversed(range(degree)):
            series = self.fma(series, r, self.splat(1 / math.factorial(k)))
        exponent = b.add(b.bitcast(shifted, self.integers), ir.Constant(self.integers, [bias] * self.lanes))
        power = b.bitcast(b.shl(exponent, ir.Constant(self.integers, [mantissa] * self.lanes)), self.type)
        one = self.splat(1.0)
        return b.fdiv(one, self.fma(series, power, one))


def _loop(builder: ir.IRBuilder, start: Any, stop: Any, step: int, state: list[Any], body: Callable) -> list[Any]:
    """``for i in range(start, stop, step): state = body(i, state)`` with the state in registers."""
    before = builder.block
    inside, after = builder.append_basic_block("loop"), builder.append_basic_block("after")
    builder.cbranch(builder.icmp_signed("<", start, stop), inside, after)
    builder.position_at_end(inside)
    i = builder.phi(_I64)
    i.add_incoming(start, before)
    held = [builder.phi(s.type) for s in state]
    for phi, s in zip(held, state, strict=True):
        phi.add_incoming(s, before)
    new = body(i, held)
    i_next = builder.add(i, ir.Constant(_I64, step))
    last = builder.block
    i.add_incoming(i_next, last)
    for phi, s in zip(held, new, strict=True):
        phi.add_incoming(s, last)
    builder.cbranch(builder.icmp_signed("<", i_next, stop), inside, after)
    builder.position_at_end(after)
    out = [builder.phi(s.type) for s in state]
    for phi, s, n in zip(out, state, new, strict=True):
        phi.add_incoming(s, before)
        phi.add_incoming(n, last)
    return out


def _number(value: int) -> ir.Constant:
    return ir.Constant(_I64, value)


def _panel(width: int) -> Any:
    """The register tile of the matrix product: at most ``ROWS`` rows and ``width`` vectors of columns."""

    @intrinsic
    def panel(typing, a, a0, a_row, a_col, b, b0, b_row, c, c0, c_row, m, n, k, accumulate):
        i = types.intp
        signature = types.void(a, i, i, i, b, i, i, c, i, i, i, i, i, types.boolean)

        def codegen(context, builder, signature, args):
            v = _Vectors(context, builder, signature.args[0].dtype)
            a, b, c = (v.data(signature.args[n], args[n]) for n in (0, 4, 7))
            a0, a_row, a_col, b0, b_row, c0, c_row, m, n, k, accumulate = (*args[1:4], *args[5:7], *args[8:])
            last = builder.sub(m, _number(1))
            starts, outs = [], []
            for row in range(ROWS):  # rows that are not there read the last one and are not stored
                r = builder.select(builder.icmp_signed("<", _number(row), m), _number(row), last)
                starts.append(builder.add(a0, builder.mul(r, a_row)))
                outs.append(builder.add(c0, builder.mul(r, c_row)))

            masks = [v.mask(builder.sub(n, _number(j * v.lanes))) for j in range(width)]
            kept = [v.mask(builder.select(accumulate, builder.sub(n, _number(j * v.lanes)), _number(0))) for j in range(width)]

            def step(kk: Any, sums: list[Any]) -> list[Any]:
                row_b, column_a = builder.add(b0, builder.mul(kk, b_row)), builder.mul(kk, a_col)
                columns = [v.load(b, builder.add(row_b, _number(j * v.lanes)), masks[j]) for j in range(width)]
                new: list[Any] = []
                for start in starts:
                    x = v.splat(builder.load(builder.gep(a, [builder.add(start, column_a)])))
                    new += [v.fma(x, columns[j], sums[len(new) + j]) for j in range(width)]
                return new

            places = [builder.add(out, _number(j * v.lanes)) for out in outs for j in range(width)]
            begin = [v.load(c, place, kept[q % width]) for q, place in enumerate(places)]
            sums = _loop(builder, _number(0), k, 1, begin, step)
            for row in range(ROWS):
                with builder.if_then(builder.icmp_signed("<", _number(row), m)):
                    for q in range(row * width, (row + 1) * width):
                        v.store(sums[q], c, places[q], masks[q % width])
            return context.get_dummy_value()

        return signature, codegen

    return panel


_panel_1, _panel_2 = _panel(1), _panel(2)


@njit(cache=True, error_model="numpy", nogil=True)
def gemm(a, a0, a_row, a_col, b, b0, b_row, c, c0, c_row, m, n, k, accumulate):
    """C = A·B, or C += A·B: A (m, k) of any strides, B (k, n) and C (m, n) with contiguous rows."""
    stay()
    lanes = VECTOR_BYTES // a.itemsize
    for j in range(0, n, 2 * lanes):
        if n - j > lanes:
            for i in range(0, m, ROWS):
                first = a0 + i * a_row
                _panel_2(a, first, a_row, a_col, b, b0 + j, b_row, c, c0 + i * c_row + j, c_row, m - i, n - j, k, accumulate)
        else:
            for i in range(0, m, ROWS):
                first = a0 + i * a_row
                _panel_1(a, first, a_row, a_col, b, b0 + j, b_row, c, c0 + i * c_row + j, c_row, m - i, n - j, k, accumulate)


def _block(width: int) -> Any:
    """``combine`` for at most ``width`` vectors of channels."""

    @intrinsic
    def block(typing, y, y0, y_row, n, x, x0, x_row, index, i0, weight, w0, w_row, first, last, rows, accumulate):
        i = types.intp
        signature = types.void(y, i, i, i, x, i, i, index, i, weight, i, i, i, i, i, types.boolean)

        def codegen(context, builder, signature, args):
            v = _Vectors(context, builder, signature.args[0].dtype)
            y, x, index, weight = (v.data(signature.args[n], args[n]) for n in (0, 4, 7, 9))
            y0, y_row, n, x0, x_row, i0, w0, w_row, first, last, rows, accumulate = (
                *args[1:4],
                *args[5:7],
                args[8],
                *args[10:],
            )
            masks = [v.mask(builder.sub(n, _number(j * v.lanes))) for j in range(width)]
            kept = [v.mask(builder.select(accumulate, builder.sub(n, _number(j * v.lanes)), _number(0))) for j in range(width)]

            def row(r: Any, state: list[Any]) -> list[Any]:
                start_x = builder.add(x0, builder.mul(r, x_row))
                weights = builder.gep(weight, [builder.add(w0, builder.mul(r, w_row))])
                start_y = builder.add(y0, builder.mul(r, y_row))

                def term(t: Any, sums: list[Any]) -> list[Any]:
                    w = v.splat(builder.load(builder.gep(weights, [t])))
                    start = builder.add(start_x, builder.load(builder.gep(index, [builder.add(i0, t)])))
                    places = [builder.add(start, _number(j * v.lanes)) for j in range(width)]
                    return [v.fma(w, v.load(x, place, masks[j]), sums[j]) for j, place in enumerate(places)]

                places = [builder.add(start_y, _number(j * v.lanes)) for j in range(width)]
                begin = [v.load(y, place, kept[j]) for j, place in enumerate(places)]
                for j, value in enumerate(_loop(builder, first, last, 1, begin, term)):
                    v.store(value, y, places[j], masks[j])
                return []

            _loop(builder, _number(0), rows, 1, [], row)
            return context.get_dummy_value()

        return signature, codegen

    return block


_block_1, _block_2, _block_3, _block_4 = _block(1), _block(2), _block(3), _block(4)


@njit(cache=True, error_model="numpy", nogil=True)
def combine(y, y0, y_row, n, x, x0, x_row, index, i0, weight, w0, w_row, first, last, rows, accumulate):
    """For every row: y[c] = Σ_{first ≤ t < last} weight[t] · x[index[i0 + t] + c] for c < n, or added to what y holds."""
    stay()
    lanes = VECTOR_BYTES // y.itemsize
    c = 0
    while c < n:
        left = n - c
        if left > 3 * lanes:
            _block_4(y, y0 + c, y_row, left, x, x0 + c, x_row, index, i0, weight, w0, w_row, first, last, rows, accumulate)
        elif left > 2 * lanes:
            _block_3(y, y0 + c, y_row, left, x, x0 + c, x_row, index, i0, weight, w0, w_row, first, last, rows, accumulate)
        elif left > lanes:
            _block_2(y, y0 + c, y_row, left, x, x0 + c, x_row, index, i0, weight, w0, w_row, first, last, rows, accumulate)
        else:
            _block_1(y, y0 + c, y_row, left, x, x0 + c, x_row, index, i0, weight, w0, w_row, first, last, rows, accumulate)
        c += 4 * lanes


@intrinsic
def scaled_gather(typing, y, y0, coef, c0, a, a0, index, i0, n):  # type: ignore[no-untyped-def]
    """y[y0+t] = coef[c0+t] · a[a0 + index[i0+t]] for t < n."""
    i = types.intp
    signature = types.void(y, i, coef, i, a, i, index, i, i)

    def codegen(context, builder, signature, args):  # type: ignore[no-untyped-def]
        v = _Vectors(context, builder, signature.args[0].dtype)
        y, coef, a, index = (builder.gep(v.data(signature.args[n], args[n]), [args[n + 1]]) for n in (0, 2, 4, 6))

        def term(t: Any, state: list[Any]) -> list[Any]:
            value = builder.load(builder.gep(a, [builder.load(builder.gep(index, [t]))]))
            builder.store(builder.fmul(builder.load(builder.gep(coef, [t])), value), builder.gep(y, [t]))
            return state

        _loop(builder, _number(0), args[8], 1, [], term)
        return context.get_dummy_value()

    return signature, codegen


def _channels(name: str, arrays: tuple, formula: Callable, reduce: bool = False) -> Any:
    """Signature and code of an intrinsic over rows and channels c < n.

    It is called as (x, x0, x_row, y, y0, y_row, …, scale, rows, n); ``x_row`` is the distance of
    two rows. ``formula(v, scale, *values)`` goes into the first array, or, with ``reduce``, its sum over channels and rows is
    returned.
    """
    kinds = [kind for array in arrays for kind in (array, types.intp, types.intp)]
    signature = (arrays[0].dtype if reduce else types.void)(*kinds, arrays[0].dtype, types.intp, types.intp)

    def codegen(context, builder, signature, args):
        v = _Vectors(context, builder, signature.args[0].dtype)
        given = [v.data(k, a) if isinstance(k, types.Array) else a for k, a in zip(signature.args, args, strict=True)]
        result = v.scalar if reduce else ir.VoidType()
        kind = ir.FunctionType(result, [value.type for value in given])
        function = cgutils.get_or_insert_function(builder.module, kind, f"segnn_{name}_{v.bits}")
        if function.is_declaration:  # one body for all calls: less to compile
            function.linkage = "linkonce_odr"
            function.attributes.add("noinline")
            _channels_body(_Vectors(context, ir.IRBuilder(function.append_basic_block()), arrays[0].dtype), formula, reduce)
        call = builder.call(function, given)
        return call if reduce else context.get_dummy_value()

    return signature, codegen


def _channels_body(v: _Vectors, formula: Callable, reduce: bool) -> None:
    """The loops of ``_channels``."""
    builder = v.builder
    *places, scale, rows, count = builder.function.args
    scale = v.splat(scale)
    rest = builder.and_(count, _number(-v.lanes))
    mask = v.mask(builder.sub(count, rest))

    def row(r: Any, total: list[Any]) -> list[Any]:
        arrays = zip(places[::3], places[1::3], places[2::3], strict=True)
        pointers = [builder.gep(pointer, [builder.add(start, builder.mul(r, step))]) for pointer, start, step in arrays]

        def vector(c: Any, mask: Any, total: list[Any]) -> list[Any]:
            value = formula(v, scale, *[v.load(pointer, c, mask) for pointer in pointers])
            if reduce:  # masked lanes read zero
                return [builder.fadd(total[0], value)]
            v.store(value, pointers[0], c, mask)
            return total

        total = _loop(builder, _number(0), rest, v.lanes, total, lambda c, total: vector(c, None, total))
        return vector(rest, mask, total)

    total = _loop(builder, _number(0), rows, 1, [v.zero] if reduce else [], row)
    if reduce:
        builder.ret(v.sum(total[0]))
    else:
        builder.ret_void()


@intrinsic
def fill(typing, y, y0, y_row, scale, rows, n):
    """y = scale."""
    return _channels("fill", (y,), lambda v, scale, y: scale)


@intrinsic
def copy(typing, y, y0, y_row, a, a0, a_row, scale, rows, n):
    """y = scale · a."""
    return _channels("copy", (y, a), lambda v, scale, y, a: v.builder.fmul(scale, a))


@intrinsic
def add(typing, y, y0, y_row, a, a0, a_row, scale, rows, n):
    """y += scale · a."""
    return _channels("add", (y, a), lambda v, scale, y, a: v.fma(scale, a, y))


@intrinsic
def add_two(typing, y, y0, y_row, a, a0, a_row, b, b0, b_row, scale, rows, n):
    """y = a + scale · b."""
    return _channels("add_two", (y, a, b), lambda v, scale, y, a, b: v.fma(scale, b, a))


@intrinsic
def product(typing, y, y0, y_row, a, a0, a_row, b, b0, b_row, scale, rows, n):
    """y = scale · a · b."""
    return _channels("product", (y, a, b), lambda v, scale, y, a, b: v.builder.fmul(v.builder.fmul(scale, a), b))


@intrinsic
def add_product(typing, y, y0, y_row, a, a0, a_row, b, b0, b_row, scale, rows, n):
    """y += scale · a · b."""
    return _channels("add_product", (y, a, b), lambda v, scale, y, a, b: v.fma(v.builder.fmul(scale, a), b, y))


@intrinsic
def dot(typing, a, a0, a_row, b, b0, b_row, scale, rows, n):
    """Σ_c scale · a · b."""
    return _channels("dot", (a, b), lambda v, scale, a, b: v.builder.fmul(v.builder.fmul(scale, a), b), reduce=True)


@intrinsic
def sigmoid(typing, y, y0, y_row, x, x0, x_row, scale, rows, n):
    """y = scale / (1 + exp(−x)), to a few units of round-off."""
    return _channels("sigmoid", (y, x), lambda v, scale, y, x: v.builder.fmul(scale, v.sigmoid(x)))


@intrinsic
def sigmoid_slope(typing, y, y0, y_row, s, s0, s_row, scale, rows, n):
    """y *= scale · s (1 − s)."""

    def formula(v: _Vectors, scale: Any, y: Any, s: Any) -> Any:
        b = v.builder
        return b.fmul(b.fmul(b.fmul(scale, y), s), b.fsub(v.splat(1.0), s))

    return _channels("sigmoid_slope", (y, s), formula)


@intrinsic
def silu_slope(typing, y, y0, y_row, g, g0, g_row, x, x0, x_row, s, s0, s_row, scale, rows, n):
    """y = scale · g · s (1 + x (1 − s)), with s the sigmoid of x: the derivative of silu times g."""

    def formula(v: _Vectors, scale: Any, y: Any, g: Any, x: Any, s: Any) -> Any:
        b = v.builder
        inner = v.fma(x, b.fsub(v.splat(1.0), s), v.splat(1.0))
        return b.fmul(b.fmul(b.fmul(scale, g), s), inner)

    return _channels("silu_slope", (y, g, x, s), formula)


@intrinsic
def silu_curve(typing, y, y0, y_row, g, g0, g_row, dx, dx0, dx_row, x, x0, x_row, s, s0, s_row, scale, rows, n):
    """y += scale · g · dx · s (1 − s) (2 + x (1 − 2 s)), with s the sigmoid of x: the second derivative of silu."""

    def formula(v: _Vectors, scale: Any, y: Any, g: Any, dx: Any, x: Any, s: Any) -> Any:
        b, one, two = v.builder, v.splat(1.0), v.splat(2.0)
        inner = v.fma(x, b.fsub(one, b.fmul(two, s)), two)
        slope = b.fmul(b.fmul(scale, s), b.fsub(one, s))
        return v.fma(b.fmul(b.fmul(slope, g), dx), inner, y)

    return _channels("silu_curve", (y, g, dx, x, s), formula)


@intrinsic
def sigmoid_curve(typing, y, y0, y_row, g, g0, g_row, dx, dx0, dx_row, s, s0, s_row, scale, rows, n):
    """y += scale · g · dx · (1 − 2 s): the second derivative of a sigmoid s, where g holds the first times a number."""

    def formula(v: _Vectors, scale: Any, y: Any, g: Any, dx: Any, s: Any) -> Any:
        b = v.builder
        return v.fma(b.fmul(b.fmul(scale, g), dx), b.fsub(v.splat(1.0), b.fmul(v.splat(2.0), s)), y)

    return _channels("sigmoid_curve", (y, g, dx, s), formula)
