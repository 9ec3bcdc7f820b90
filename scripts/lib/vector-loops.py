#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What innermost loops that multiply are made of: instructions for a multiply-add of an activation by a weight.

usage: objdump -d --no-show-raw-insn BINARY | vector-loops.py PART     functions whose name has PART
"""

import collections
import re
import sys

# Multiply-adds of an instruction. With bytes an activation takes two, for its two limbs.
MULTIPLY = {"sdot": 8, "smmla": 16, "smlal": 4, "smlal2": 4, "smull": 4, "smull2": 4}
BRANCHES = re.compile(r"b(\..*)?|cbn?z|tbn?z")


def show(name: str, code: list[tuple[int, str, str]]) -> None:
    places = {address: place for place, (address, _, _) in enumerate(code)}
    loops = []
    for place, (_, operation, operands) in enumerate(code):
        target = re.search(r"\b([0-9a-f]+) <", operands)
        if BRANCHES.fullmatch(operation) and target and places.get(int(target[1], 16), len(code)) <= place:
            loops.append((places[int(target[1], 16)], place))
    for first, last in loops:
        if any(other != (first, last) and first <= other[0] and other[1] <= last for other in loops):
            continue
        body = code[first : last + 1]
        counts = collections.Counter(operation for _, operation, _ in body)
        products = sum(MULTIPLY.get(operation, 0) * count for operation, count in counts.items())
        # A loop that stores is more than the sums of a tile.
        if not products or any(operation in ("str", "stp") and "[sp" not in operands for _, operation, operands in body):
            continue
        spilled = sum("[sp" in operands for _, _, operands in body)
        most = ", ".join(f"{count} {operation}" for operation, count in counts.most_common(8))
        print(f"{name}: {len(body)} instructions for {products} multiply-adds ({len(body) / products:.2f}), {spilled} on the stack: {most}")


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    name, code = "", []
    for line in sys.stdin:
        if start := re.match(r"[0-9a-f]+ <(.*)>:$", line):
            if sys.argv[1] in name:
                show(short(name), code)
            name, code = start[1], []
        elif instruction := re.match(r"\s*([0-9a-f]+):\s+(\S+)\s*(.*)$", line):
            code.append((int(instruction[1], 16), instruction[2], instruction[3]))
    if sys.argv[1] in name:
        show(short(name), code)


def short(name: str) -> str:
    """The last two parts of a mangled name."""
    parts, rest = [], re.sub(r"^_ZN", "", name)
    while length := re.match(r"\d+", rest):
        rest = rest[length.end() :]
        parts.append(rest[: int(length[0])])
        rest = rest[int(length[0]) :]
    return "::".join(part for part in parts[-3:] if not re.fullmatch(r"h[0-9a-f]{16}", part)) or name


main()
