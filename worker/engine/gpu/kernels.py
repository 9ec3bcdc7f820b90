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


@triton.jit
def root(x):
    """The floor of the square root of 0 <= x < 2^63, bit by bit."""
    found = (x * 0).to(tl.uint64)
    for bit in tl.static_range(31, -1, -1):
        # At most (2^32 - 1)^2, which 64 bits without a sign hold.
        tried = found + (1 << bit)
        found = tl.where(tried * tried <= x.to(tl.uint64), tried, found)
    return found.to(tl.int64)


@triton.jit
def norm(
    numbers,  # int32, rows by width
    gains,  # int64, width
    biases,  # int64, width
    out,  # int32, rows by width
    width,
    subtracts,  # whether the mean is subtracted
    fraction,
    least,  # the fewest bits, by epsilon
    epsilon,  # int64
    to,
    PART: tl.constexpr,
):
    start = tl.program_id(0).to(tl.int64) * width
    places = tl.arange(0, PART)
    count = (start * 0) + width
    mean = start * 0
    if subtracts > 0:
        sums = tl.zeros((PART,), tl.int64)
        for first in range(0, width, PART):
            place = first + places
            sums += tl.load(numbers + start + place, mask=place < width, other=0).to(tl.int64)
        # floor((2s + n) / 2n), of a number that is not negative: division rounds to 0.
        lifted = tl.sum(sums, 0) + (count << 31)
        mean = (2 * lifted + count) // (2 * count) - (1 << 31)
        mean = tl.minimum(tl.maximum(mean, -2147483648), 2147483647)
    largest = tl.zeros((PART,), tl.int64)
    for first in range(0, width, PART):
        place = first + places
        x = tl.load(numbers + start + place, mask=place < width, other=0).to(tl.int64) - mean
        largest = tl.maximum(largest, tl.where(place < width, tl.abs(x), 0))
    top = tl.max(largest, 0)
    bits = top * 0
    one = bits + 1
    # Distances have at most 33 bits.
    for bit in tl.static_range(0, 34):
        bits += tl.where(top >= (one << bit), 1, 0)
    bits = tl.maximum(bits, least)
    squares = tl.zeros((PART,), tl.int64)
    for first in range(0, width, PART):
        place = first + places
        x = tl.load(numbers + start + place, mask=place < width, other=0).to(tl.int64) - mean
        shifted = scaled(tl.where(place < width, x, 0), bits - 24)
        squares += shifted * shifted
    # 40 - 2 (f + 24 - b), of an epsilon of 32 bits.
    by = 40 - 2 * (fraction + 24 - bits)
    right = tl.minimum(tl.maximum(by, 0), 63)
    left = tl.minimum(tl.maximum(-by, 0), 62)
    wide = one * epsilon
    limit = (one << 62) >> left
    added = tl.where(by >= 0, (((wide << 1) >> right) + 1) >> 1, tl.minimum(wide, limit) << left)
    variance = tl.sum(squares, 0) // count + added
    # One less than the spec's limit, which has the same root.
    variance = tl.minimum(tl.maximum(variance, 1), (one << 49) - 1)
    inverse = (one << 61) // root(variance << 14)
    for first in range(0, width, PART):
        place = first + places
        x = tl.load(numbers + start + place, mask=place < width, other=0).to(tl.int64) - mean
        shifted = scaled(tl.where(place < width, x, 0), bits - 24)
        # At most 62 bits.
        normal = (((shifted * inverse) >> 33) + 1) >> 1
        gain = tl.load(gains + place, mask=place < width, other=0)
        bias = tl.load(biases + place, mask=place < width, other=0)
        # To the right by at least 12.
        value = (((normal * gain) >> (35 - to)) + 1) >> 1
        value += scaled(bias, bias * 0 + (16 - to))
        tl.store(out + start + place, limited(value), mask=place < width)


@triton.jit
def weighed(table, exponent):
    """32,767 by 2^exponent, which is not negative and has 16 bits of fraction."""
    exponent = tl.minimum(exponent, 40 << 16)
    index = (exponent >> 8) & 255
    low = tl.load(table + index)
    high = tl.load(table + index + 1)
    value = low + ((((high - low) * (exponent & 255)) >> 7) + 1 >> 1)
    return (((value << 1) >> (exponent >> 16)) + 1) >> 1


@triton.jit
def scored(query, keys, places, seen, key_heads, head, width, number, mantissa, shift):
    """Scores of some keys: of those that are not seen, less than any other."""
    at = (places * key_heads + head)[:, None] * width + number[None, :]
    inside = seen[:, None] & (number < width)[None, :]
    key = tl.load(keys + at, mask=inside, other=0).to(tl.int32)
    # Products of 15 by 15 bits, at most 256 of them; with the mantissa 53 bits.
    total = tl.sum((query[None, :] * key).to(tl.int64), 1)
    score = ((((total * mantissa) << 1) >> shift) + 1) >> 1
    score = tl.minimum(tl.maximum(score, -2147483648), 2147483647)
    return tl.where(seen, score, -1099511627776)


@triton.jit
def mixed(
    queries,  # int16, rows by heads by width
    keys,  # int16, slots by key heads by width
    values,  # int16, slots by key heads by width
    slots,  # int64, sequences by longest
    begins,  # int64, rows: of the row's slots, by place
    ends,  # int64, rows
    mantissas,  # int64, heads
    shifts,  # int64, heads
    lifts,  # int64, heads: at most 32
    table,  # int64, 257
    out,  # int32, rows by heads by width
    heads,
    key_heads,
    width,
    longest,
    together,  # rows of one sequence
    WIDTH: tl.constexpr,
    SOME: tl.constexpr,
):
    row = tl.program_id(0).to(tl.int64)
    head = tl.program_id(1)
    key_head = head // (heads // key_heads)
    number = tl.arange(0, WIDTH)
    at_query = (row * heads + head) * width + number
    query = tl.load(queries + at_query, mask=number < width, other=0).to(tl.int32)
    mantissa = tl.load(mantissas + head)
    shift = tl.minimum(tl.load(shifts + head), 63)
    lift = tl.load(lifts + head)
    begin = tl.load(begins + row).to(tl.int32)
    end = tl.load(ends + row).to(tl.int32)
    own = slots + (row // together) * longest
    largest = tl.full((SOME,), -1099511627776, tl.int64)
    for first in range(begin, end, SOME):
        place = first + tl.arange(0, SOME)
        seen = place < end
        places = tl.load(own + place, mask=seen, other=0)
        score = scored(query, keys, places, seen, key_heads, key_head, width, number, mantissa, shift)
        largest = tl.maximum(largest, score)
    top = tl.max(largest, 0)
    sums = tl.zeros((WIDTH,), tl.int64)
    weights = tl.zeros((SOME,), tl.int64)
    for first in range(begin, end, SOME):
        place = first + tl.arange(0, SOME)
        seen = place < end
        places = tl.load(own + place, mask=seen, other=0)
        score = scored(query, keys, places, seen, key_heads, key_head, width, number, mantissa, shift)
        # What is not seen weighs nothing.
        weight = weighed(table, top - score)
        at = (places * key_heads + key_head)[:, None] * width + number[None, :]
        value = tl.load(values + at, mask=seen[:, None] & (number < width)[None, :], other=0).to(tl.int32)
        # Products of 15 by 15 bits; 131,072 of them take 47.
        sums += tl.sum((weight.to(tl.int32)[:, None] * value).to(tl.int64), 0)
        weights += weight
    total = tl.sum(weights, 0)
    # floor((2x + n) / 2n), of a number that is not negative: values are above -2^15.
    lifted = sums + (total << 15)
    mean = (2 * lifted + total) // (2 * total) - 32768
    tl.store(out + at_query, limited(mean << lift), mask=number < width)


@triton.jit
def feed_forward(
    wide,  # int32, rows by gates and, if it is gated, as many ups
    table,  # int64, 1,025
    out,  # int32, rows by hidden
    hidden,
    columns,  # of a row of what comes in
    gated,
    bits,  # of a number between two entries of the table
    to,
    PART: tl.constexpr,
):
    row = tl.program_id(0).to(tl.int64)
    place = tl.program_id(1) * PART + tl.arange(0, PART)
    inside = place < hidden
    gate = tl.load(wide + row * columns + place, mask=inside, other=0).to(tl.int64)
    magnitude = tl.minimum(tl.abs(gate), (row * 0 + 1024) << bits)
    index = magnitude >> bits
    low = tl.load(table + index)
    high = tl.load(table + tl.minimum(index + 1, 1024))
    part = magnitude & (((row * 0 + 1) << bits) - 1)
    taken = low + ((((high - low) * part) >> (bits - 1)) + 1 >> 1)
    active = tl.maximum(gate, 0) - taken
    up = tl.load(wide + row * columns + hidden + place, mask=inside & (gated > 0), other=0).to(tl.int64)
    # Of 31 by 31 bits, to the right by at least 8.
    product = (((active * up) >> (31 - to)) + 1) >> 1
    alone = scaled(active, active * 0 + (16 - to))
    value = tl.where(gated > 0, product, alone)
    tl.store(out + row * hidden + place, limited(value), mask=inside)


@triton.jit
def turned(
    numbers,  # int32: the first of these heads; rows of so many columns, in which others may stand, too
    cosines,  # int16, rows by pairs
    sines,  # int16, rows by pairs
    shifts,  # int64, heads
    out,  # int16, rows by heads by width
    columns,
    heads,
    width,
    pairs,  # 0 where nothing is turned
    WIDTH: tl.constexpr,
):
    row = tl.program_id(0).to(tl.int64)
    head = tl.program_id(1)
    place = tl.arange(0, WIDTH)
    inside = place < width
    start = numbers + row * columns + head * width
    x = tl.load(start + place, mask=inside, other=0).to(tl.int64)
    first = place < pairs
    second = (place >= pairs) & (place < 2 * pairs)
    pair = tl.where(first, place, place - pairs)
    turns = first | second
    other = tl.load(start + tl.where(first, place + pairs, pair), mask=turns, other=0).to(tl.int64)
    cosine = tl.load(cosines + row * pairs + pair, mask=turns, other=0).to(tl.int64)
    sine = tl.load(sines + row * pairs + pair, mask=turns, other=0).to(tl.int64)
    turned = x * cosine + tl.where(first, -other, other) * sine
    shift = tl.load(shifts + head)
    by = tl.minimum(shift + tl.where(turns, 15, 0), 63)
    value = (((tl.where(turns, turned, x) << 1) >> by) + 1) >> 1
    value = tl.minimum(tl.maximum(value, -32639), 32639)
    tl.store(out + (row * heads + head) * width + place, value.to(tl.int16), mask=inside)


# What is compiled: name, kernel, types of its arguments, constants, warps, stages. Pointers to what vectors are loaded from, and
# the number of columns, are multiples of 16.
PRODUCT = {
    "limbs": "*i8", "high": "*i8", "low": "*i8", "mantissas": "*i64", "shifts": "*i64", "biases": "*i64", "exponents": "*i64",
    "onto": "*i32", "out": "*i32", "tokens": "i32", "rows": "i32", "columns": "i32", "base": "i32", "adds": "i32",
}
QUANTISE = {"numbers": "*i32", "limbs": "*i8", "exponents": "*i64", "tokens": "i32", "width": "i32", "columns": "i32"}
NORM = {
    "numbers": "*i32", "gains": "*i64", "biases": "*i64", "out": "*i32", "width": "i32", "subtracts": "i32", "fraction": "i32",
    "least": "i32", "epsilon": "i64", "to": "i32",
}
MIXED = {
    "queries": "*i16", "keys": "*i16", "values": "*i16", "slots": "*i64", "begins": "*i64", "ends": "*i64", "mantissas": "*i64",
    "shifts": "*i64", "lifts": "*i64", "table": "*i64", "out": "*i32", "heads": "i32", "key_heads": "i32", "width": "i32",
    "longest": "i32", "together": "i32",
}
FEED_FORWARD = {
    "wide": "*i32", "table": "*i64", "out": "*i32", "hidden": "i32", "columns": "i32", "gated": "i32", "bits": "i32", "to": "i32",
}
TURNED = {
    "numbers": "*i32", "cosines": "*i16", "sines": "*i16", "shifts": "*i64", "out": "*i16", "columns": "i32",
    "heads": "i32", "width": "i32", "pairs": "i32",
}
# Of products: no other kernel needs it.
ALIGNED = {"limbs", "high", "low", "columns"}
VARIANTS = [
    ("product_bytes_few", product, PRODUCT, {"WORDS": False, "TOKENS": 16, "ROWS": 64, "COLUMNS": 128}, 4, 4),
    ("product_bytes_many", product, PRODUCT, {"WORDS": False, "TOKENS": 64, "ROWS": 128, "COLUMNS": 64}, 8, 3),
    ("product_words_few", product, PRODUCT, {"WORDS": True, "TOKENS": 16, "ROWS": 32, "COLUMNS": 128}, 4, 3),
    ("product_words_many", product, PRODUCT, {"WORDS": True, "TOKENS": 64, "ROWS": 64, "COLUMNS": 64}, 8, 3),
    ("quantise", quantise, QUANTISE, {"PART": 1024}, 4, 1),
    ("norm", norm, NORM, {"PART": 1024}, 4, 1),
    ("mixed_128", mixed, MIXED, {"WIDTH": 128, "SOME": 16}, 4, 1),
    ("mixed_256", mixed, MIXED, {"WIDTH": 256, "SOME": 16}, 8, 1),
    ("feed_forward", feed_forward, FEED_FORWARD, {"PART": 1024}, 4, 1),
    ("turned", turned, TURNED, {"WIDTH": 256}, 2, 1),
]
