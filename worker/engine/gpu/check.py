# SPDX-License-Identifier: Apache-2.0
"""Runs the kernels in Triton's interpreter, on a CPU, and compares every value with the referee's (vectors.json).

usage: scripts/check-gpu-kernels
"""

import json
import os
import pathlib
import sys

os.environ["TRITON_INTERPRET"] = "1"

import numpy

import kernels

HERE = pathlib.Path(__file__).resolve().parent


class Type:
    def __init__(self, name):
        self.name = name

    def __str__(self):
        return f"torch.{self.name}"

    def __hash__(self):
        return hash(self.name)

    def __eq__(self, other):
        return str(self) == str(other)


class Array:
    """As much of a tensor as the interpreter asks for, so that no PyTorch is needed."""

    def __init__(self, numbers, kind):
        self.array = numpy.array(numbers, dtype=kind).reshape(-1)
        if self.array.size == 0:
            self.array = numpy.zeros(1, dtype=kind)
        self.dtype = Type(str(self.array.dtype))

    def data_ptr(self):
        return self.array.ctypes.data

    def untyped_storage(self):
        return self

    def cpu(self):
        return self

    def new_empty(self, *_, **__):
        return Array([], self.array.dtype)

    def set_(self, storage, *_):
        self.array = storage.array

    def copy_(self, _):
        return self

    storage_offset = size = stride = lambda self: 0


def product(case, variant):
    _, kernel, _, constants, _, _ = variant
    tokens, rows, columns = case["tokens"], case["rows"], case["columns"]
    filled = -(-columns // 16) * 16
    a = numpy.zeros((2, tokens, filled), dtype=numpy.int8)
    activations = numpy.array(case["activations"], dtype=numpy.int64).reshape(tokens, columns)
    a[0, :, :columns] = (activations + 128) >> 8
    a[1, :, :columns] = activations - ((activations + 128) >> 8) * 256
    weights = numpy.array(case["weights"], dtype=numpy.int64).reshape(rows, columns)
    b = numpy.zeros((2, rows, filled), dtype=numpy.int8)
    if case["words"]:
        b[0, :, :columns] = (weights + 128) >> 8
        b[1, :, :columns] = weights - ((weights + 128) >> 8) * 256
    else:
        b[0, :, :columns] = weights
    out = Array(numpy.zeros(tokens * rows), numpy.int32)
    of = lambda name: Array(case[name], numpy.int64)
    grid = (-(-rows // constants["ROWS"]), -(-tokens // constants["TOKENS"]))
    kernel[grid](
        Array(a, numpy.int8), Array(b[0], numpy.int8), Array(b[1], numpy.int8), of("mantissas"), of("shifts"), of("biases"),
        of("exponents"), Array(case["onto"], numpy.int32), out, tokens, rows, filled, case["base"], int(bool(case["onto"])),
        **constants,
    )
    return out.array.tolist() == case["expected"]


def quantise(case, variant):
    _, kernel, _, constants, _, _ = variant
    tokens, width = case["tokens"], case["width"]
    filled = -(-width // 16) * 16
    limbs = Array(numpy.full(2 * tokens * filled, 77), numpy.int8)
    exponents = Array(numpy.zeros(tokens), numpy.int64)
    kernel[(tokens,)](Array(case["numbers"], numpy.int32), limbs, exponents, tokens, width, filled, **constants)
    high, low = limbs.array.astype(numpy.int64).reshape(2, tokens, filled)
    found = high * 256 + low
    right = found[:, :width].reshape(-1).tolist() == case["activations"] and not found[:, width:].any()
    return right and exponents.array.tolist() == case["exponents"]


def main():
    vectors = json.loads((HERE / "vectors.json").read_text())
    compared, wrong = 0, []
    for variant in kernels.VARIANTS:
        name = variant[0]
        for number, case in enumerate(vectors["quantise" if name == "quantise" else "product"]):
            if name == "quantise":
                right = quantise(case, variant)
                compared += len(case["activations"])
            elif case["words"] == ("words" in name):
                right = product(case, variant)
                compared += len(case["expected"])
            else:
                continue
            if not right:
                wrong.append(f"{name}, case {number}")
    for case in wrong:
        print(f"error: {case} is not the referee's", file=sys.stderr)
    print(f"{compared} values compared, {len(wrong)} cases wrong")
    return 1 if wrong or not compared else 0


if __name__ == "__main__":
    sys.exit(main())
