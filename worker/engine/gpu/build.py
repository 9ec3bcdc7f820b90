# SPDX-License-Identifier: Apache-2.0
"""Compiles kernels.py to PTX, without a GPU, and writes down what of. Run by scripts/build-ptx with the pinned Triton."""

import hashlib
import os
import pathlib
import sys

os.environ["TRITON_DISABLE_LINE_INFO"] = "1"

import triton
from triton.backends.compiler import GPUTarget
from triton.compiler import ASTSource

import kernels

HERE = pathlib.Path(__file__).resolve().parent
# The compute capability of the PTX, and the GPUs that run it. Code for 9.0 uses instructions that no other GPU has, and is only
# worth it where it has them.
TARGETS = [(90, 90, 90), (80, 80, 4_294_967_295)]


def source_hash():
    return hashlib.blake2b((HERE / "kernels.py").read_bytes(), digest_size=32).hexdigest()


def compiled(kernel, types, constants, warps, stages, capability):
    signature = {**types, **{name: "constexpr" for name in constants}}
    names = list(signature)
    source = ASTSource(
        kernel,
        signature=signature,
        constexprs={(names.index(name),): value for name, value in constants.items()},
        attrs={(names.index(name),): [["tt.divisibility", 16]] for name in kernels.ALIGNED if kernel is kernels.product},
    )
    return triton.compile(source, target=GPUTarget("cuda", capability, 32), options={"num_warps": warps, "num_stages": stages})


def main():
    for old in HERE.glob("*.ptx"):
        old.unlink()
    head = "// SPDX-License-Identifier: Apache-2.0\n// Made by scripts/build-ptx: do not edit.\n"
    entries = []
    for name, kernel, types, constants, warps, stages in kernels.VARIANTS:
        for capability, least, most in TARGETS:
            made = compiled(kernel, types, constants, warps, stages, capability)
            ptx = made.asm["ptx"]
            if capability == 90 and "wgmma" not in ptx:
                continue
            file = f"{name}.sm{capability}.ptx"
            (HERE / file).write_text(head + ptx.strip("\n") + "\n")
            entries.append(
                "\tCompiled {\n"
                f'\t\tname: "{name}",\n\t\tentry: "{made.metadata.name}",\n\t\tcapabilities: ({least}, {most}),\n'
                f"\t\twarps: {warps},\n\t\tshared: {made.metadata.shared},\n"
                f"\t\trows: {constants.get('ROWS', 1)},\n\t\ttokens: {constants.get('TOKENS', 1)},\n"
                f'\t\tptx: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/gpu/{file}")),\n'
                "\t},\n"
            )
    (HERE / "compiled.rs").write_text(
        head
        + f"\n/// BLAKE2b-256 of the source.\n#[cfg(test)]\nconst SOURCE: &str = \"{source_hash()}\";\n\n"
        + f"/// By Triton {triton.__version__}; of two that fit, the first is used.\n"
        + "static COMPILED: &[Compiled] = &[\n"
        + "".join(entries)
        + "];\n"
    )


if __name__ == "__main__":
    sys.exit(main())
