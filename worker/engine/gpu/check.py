# SPDX-License-Identifier: Apache-2.0
"""Runs the kernels in Triton's interpreter, on a CPU, and compares every value with the referee's (vectors.json).

usage: scripts/check-gpu-kernels

Then once more with kernels that do not round: each of them must be found wrong.
"""

import importlib.util
import json
import os
import pathlib
import sys
import tempfile

os.environ["TRITON_INTERPRET"] = "1"

import numpy

HERE = pathlib.Path(__file__).resolve().parent


def loaded(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


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
    right = found[:, :width].reshape(-1).tolist() == case["expected"] and not found[:, width:].any()
    return right and exponents.array.tolist() == case["exponents"]


def norm(case, variant):
    _, kernel, _, constants, _, _ = variant
    out = Array(numpy.zeros(len(case["numbers"])), numpy.int32)
    kernel[(case["rows"],)](
        Array(case["numbers"], numpy.int32), Array(case["gains"], numpy.int64), Array(case["biases"], numpy.int64), out,
        case["width"], case["subtracts"], case["fraction"], case["least"], case["epsilon"], case["to"], **constants,
    )
    return out.array.tolist() == case["expected"]


def mixed(case, variant):
    _, kernel, _, constants, _, _ = variant
    if case["width"] > constants["WIDTH"]:
        return None
    words = lambda name: Array(case[name], numpy.int16)
    longs = lambda name: Array(case[name], numpy.int64)
    out = Array(numpy.zeros(len(case["queries"])), numpy.int32)
    kernel[(case["rows"], case["heads"])](
        words("queries"), words("keys"), words("values"), longs("slots"), longs("begins"), longs("ends"), longs("mantissas"),
        longs("shifts"), longs("lifts"), longs("table"), out, case["heads"], case["key_heads"], case["width"], case["longest"],
        case["together"], **constants,
    )
    return out.array.tolist() == case["expected"]


def feed_forward(case, variant):
    _, kernel, _, constants, _, _ = variant
    out = Array(numpy.zeros(len(case["expected"])), numpy.int32)
    columns = case["hidden"] * (2 if case["gated"] else 1)
    kernel[(case["rows"], -(-case["hidden"] // constants["PART"]))](
        Array(case["wide"], numpy.int32), Array(case["table"], numpy.int64), out, case["hidden"], columns, case["gated"],
        case["bits"], case["to"], **constants,
    )
    return out.array.tolist() == case["expected"]


def turned(case, variant):
    _, kernel, _, constants, _, _ = variant
    out = Array(numpy.zeros(len(case["expected"])), numpy.int16)
    kernel[(case["rows"], case["heads"])](
        Array(case["numbers"], numpy.int32), Array(case["cosines"], numpy.int16), Array(case["sines"], numpy.int16),
        Array(case["shifts"], numpy.int64), out, case["heads"] * case["width"], case["heads"], case["width"], case["pairs"],
        **constants,
    )
    return out.array.tolist() == case["expected"]


CHECKS = {"product": product, "quantise": quantise, "norm": norm, "mixed": mixed, "feed_forward": feed_forward, "turned": turned}


def compare(kernels, vectors):
    """How many values were compared, and the wrong cases of each kernel."""
    compared, wrong = 0, {}
    for variant in kernels.VARIANTS:
        name, operator = variant[0], variant[1].fn.__name__
        right = []
        for case in vectors[operator]:
            if operator == "product" and case["words"] != ("words" in name):
                continue
            result = CHECKS[operator](case, variant)
            if result is not None:
                right.append(result)
                compared += len(case["expected"])
        wrong[name] = right.count(False) if right else "all, since there are no,"
    return compared, wrong


def main():
    vectors = json.loads((HERE / "vectors.json").read_text())
    source = HERE / "kernels.py"
    compared, wrong = compare(loaded(source), vectors)
    failed = False
    for name, cases in wrong.items():
        if cases:
            failed = True
            print(f"error: {name} is not the referee's in {cases} cases", file=sys.stderr)
    with tempfile.TemporaryDirectory() as folder:
        broken = pathlib.Path(folder) / "broken.py"
        broken.write_text(source.read_text().replace("+ 1) >> 1", "+ 0) >> 1").replace("+ 1 >> 1)", "+ 0 >> 1)"))
        _, control = compare(loaded(broken), vectors)
    for name, cases in control.items():
        if not cases:
            failed = True
            print(f"error: {name} without rounding was not found wrong", file=sys.stderr)
    print(f"{compared} values compared, {sum(bool(cases) for cases in wrong.values())} of {len(wrong)} kernels wrong")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
