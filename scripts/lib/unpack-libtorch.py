# SPDX-License-Identifier: Apache-2.0
"""Takes the CPU part of libtorch out of the wheels: unpack-libtorch.py WHEELS TARGET VERSION."""

import pathlib
import shutil
import sys
import zipfile

# The wheel is a CUDA build. libtorch_cpu.so needs only these two of CUDA's libraries, at load time.
LIBRARIES = {
    "torch/lib/libtorch_cpu.so",
    "torch/lib/libc10.so",
    "torch/lib/libgomp.so.1",
}
CUDA_LIBRARIES = {"libcudart.so.13", "libcupti.so.13"}


def wanted(name: str) -> pathlib.PurePosixPath | None:
    """Where a member of a wheel goes, if anywhere."""
    path = pathlib.PurePosixPath(name)
    if name.startswith("torch/include/"):
        return path.relative_to("torch")
    if name in LIBRARIES or path.name in CUDA_LIBRARIES:
        return pathlib.PurePosixPath("lib") / path.name
    return None


def main() -> None:
    wheels, target, version = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3]
    found = set()
    for wheel in sorted(wheels.glob("*.whl")):
        with zipfile.ZipFile(wheel) as archive:
            for member in archive.infolist():
                goal = wanted(member.filename)
                if goal is None or member.is_dir():
                    continue
                path = target / goal
                path.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(member) as source, path.open("wb") as sink:
                    shutil.copyfileobj(source, sink)
                found.add(path.name)
    missing = {pathlib.PurePosixPath(name).name for name in LIBRARIES} | CUDA_LIBRARIES
    missing -= found
    if missing:
        sys.exit(f"error: the wheels lack {', '.join(sorted(missing))}")
    # The wheel's own libtorch.so needs libtorch_cuda.so; for the linker this one line is enough.
    (target / "lib" / "libtorch.so").write_text("INPUT(-ltorch_cpu)\n")
    (target / "build-version").write_text(version + "\n")


if __name__ == "__main__":
    main()
