# SPDX-License-Identifier: Apache-2.0
"""Operators of the exact class for NVIDIA GPUs, in Triton. docs/exact-spec.md says what they compute, docs/gpu.md how they are built and tested.

Only integers: nothing here may round. Tensors are whole (no strides), rows after rows.
"""

import triton
import triton.language as tl


@triton.jit
def scaled(x, shift):
    """x >>r shift of |x| < 2^62, saturated to 2^62: what is further away is a limit of 32 bits all the same."""
    right = tl.minimum(tl.maximum(shift, 0), 63)
    rounded = (((x << 1) >> right) + 1) >> 1
    left = tl.minimum(tl.maximum(-shift, 0), 62)
    limit = (tl.full(x.shape, 1, tl.int64) << 62) >> left
    moved = tl.minimum(tl.maximum(x, -limit), limit) << left
    return tl.where(shift >= 0, rounded, moved)


@triton.jit
def limited(x):
    """The nearest number of 32 bits."""
    return tl.minimum(tl.maximum(x, -2147483648), 2147483647).to(tl.int32)


@triton.jit
def product(
    limbs,  # int8, 2 by tokens by columns: the high and the low bytes of activations
    high,  # int8, rows by columns: the stored bytes, or the high bytes of words
    low,  # int8, the low bytes of words; not read for bytes
    mantissas,  # int64, rows
    shifts,  # int64, rows
    biases,  # int64, rows, with the bits of fraction of the product
    exponents,  # int64, tokens
    onto,  # int32, tokens by rows; not read without ADDS
    out,  # int32, tokens by rows
    tokens,
    rows,
    columns,  # a multiple of 16
    base,  # bits of fraction of the input less those of the product
    adds,  # whether something is added
    WORDS: tl.constexpr,
    TOKENS: tl.constexpr,
    ROWS: tl.constexpr,
    COLUMNS: tl.constexpr,
):
    row = tl.program_id(0) * ROWS + tl.arange(0, ROWS)
    token = tl.program_id(1) * TOKENS + tl.arange(0, TOKENS)
    column = tl.arange(0, COLUMNS)
    is_row = row < rows
    is_token = token < tokens
    # Offsets in 64 bits: matrices may have more than 2^31 numbers.
    at_token = token[:, None].to(tl.int64) * columns
    at_row = row[None, :].to(tl.int64) * columns
    other = tokens.to(tl.int64) * columns
    # At most 32,768 products of 7 by 7 bits: 29 bits.
    high_high = tl.zeros((TOKENS, ROWS), tl.int32)
    low_high = tl.zeros((TOKENS, ROWS), tl.int32)
    high_low = tl.zeros((TOKENS, ROWS), tl.int32)
    low_low = tl.zeros((TOKENS, ROWS), tl.int32)
    for first in range(0, columns, COLUMNS):
        here = first + column
        is_column = here < columns
        some = is_token[:, None] & is_column[None, :]
        of_matrix = is_column[:, None] & is_row[None, :]
        a_high = tl.load(limbs + at_token + here[None, :], mask=some, other=0)
        a_low = tl.load(limbs + other + at_token + here[None, :], mask=some, other=0)
        b_high = tl.load(high + at_row + here[:, None], mask=of_matrix, other=0)
        high_high = tl.dot(a_high, b_high, high_high, out_dtype=tl.int32)
        low_high = tl.dot(a_low, b_high, low_high, out_dtype=tl.int32)
        if WORDS:
            b_low = tl.load(low + at_row + here[:, None], mask=of_matrix, other=0)
            high_low = tl.dot(a_high, b_low, high_low, out_dtype=tl.int32)
            low_low = tl.dot(a_low, b_low, low_low, out_dtype=tl.int32)
    total = high_high.to(tl.int64) * 256 + low_high.to(tl.int64)
    if WORDS:
        total = total * 256 + (high_low.to(tl.int64) * 256 + low_low.to(tl.int64))
    mantissa = tl.load(mantissas + row, mask=is_row, other=0)
    shift = tl.load(shifts + row, mask=is_row, other=0)
    bias = tl.load(biases + row, mask=is_row, other=0)
    exponent = tl.load(exponents + token, mask=is_token, other=0)
    # 45 bits by 15.
    value = scaled(total * mantissa[None, :], shift[None, :] + base - exponent[:, None]) + bias[None, :]
    place = token[:, None].to(tl.int64) * rows + row[None, :]
    inside = is_token[:, None] & is_row[None, :]
    # Loaded where something is added: an absent tensor is not touched.
    value += tl.load(onto + place, mask=inside & (adds > 0), other=0).to(tl.int64)
    tl.store(out + place, limited(value), mask=inside)


@triton.jit
def quantise(
    numbers,  # int32, tokens by width
    limbs,  # int8, 2 by tokens by columns
    exponents,  # int64, tokens
    tokens,
    width,
    columns,  # at least the width; what is filled is 0
    PART: tl.constexpr,
):
    token = tl.program_id(0).to(tl.int64)
    # The largest magnitude: not negative, so that 2^31 fits.
    largest = tl.zeros((PART,), tl.int64)
    for first in range(0, width, PART):
        place = first + tl.arange(0, PART)
        x = tl.load(numbers + token * width + place, mask=place < width, other=0).to(tl.int64)
        largest = tl.maximum(largest, tl.abs(x))
    top = tl.max(largest, 0)
    # The least exponent for which it is at most 32,639: how many exponents are too small.
    exponent = top * 0
    for e in tl.static_range(0, 17):
        rounded = (((top << 1) >> e) + 1) >> 1
        exponent += tl.where(rounded > 32639, 1, 0)
    tl.store(exponents + token, exponent)
    for first in range(0, columns, PART):
        place = first + tl.arange(0, PART)
        x = tl.load(numbers + token * width + place, mask=place < width, other=0).to(tl.int64)
        a = (((x << 1) >> exponent) + 1) >> 1
        a = tl.minimum(tl.maximum(a, -32639), 32639)
        high = (a + 128) >> 8
        low = a - high * 256
        tl.store(limbs + token * columns + place, high.to(tl.int8), mask=place < columns)
        other = tokens.to(tl.int64) * columns
        tl.store(limbs + other + token * columns + place, low.to(tl.int8), mask=place < columns)


# What is compiled: name, kernel, types of its arguments, constants, warps, stages. Pointers to what vectors are loaded from, and
# the number of columns, are multiples of 16.
PRODUCT = {
    "limbs": "*i8", "high": "*i8", "low": "*i8", "mantissas": "*i64", "shifts": "*i64", "biases": "*i64", "exponents": "*i64",
    "onto": "*i32", "out": "*i32", "tokens": "i32", "rows": "i32", "columns": "i32", "base": "i32", "adds": "i32",
}
QUANTISE = {"numbers": "*i32", "limbs": "*i8", "exponents": "*i64", "tokens": "i32", "width": "i32", "columns": "i32"}
ALIGNED = {"limbs", "high", "low", "columns"}
VARIANTS = [
    ("product_bytes_few", product, PRODUCT, {"WORDS": False, "TOKENS": 16, "ROWS": 64, "COLUMNS": 128}, 4, 4),
    ("product_bytes_many", product, PRODUCT, {"WORDS": False, "TOKENS": 64, "ROWS": 128, "COLUMNS": 64}, 8, 3),
    ("product_words_few", product, PRODUCT, {"WORDS": True, "TOKENS": 16, "ROWS": 32, "COLUMNS": 128}, 4, 3),
    ("product_words_many", product, PRODUCT, {"WORDS": True, "TOKENS": 64, "ROWS": 64, "COLUMNS": 64}, 8, 3),
    ("quantise", quantise, QUANTISE, {"PART": 1024}, 4, 1),
]
