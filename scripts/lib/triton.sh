# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# The Triton that GPU kernels are compiled and checked with. Source from a script.

# shellcheck source=scripts/lib/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

TRITON_VERSION=3.6.0
# The interpreter makes numbers of arrays with one element, which newer ones refuse.
NUMPY_VERSION=2.2.6

# install_triton: prints a Python that has it, in the cache (0.7 GB).
install_triton() {
	local folder="$ATELIER_CACHE/triton-$TRITON_VERSION"
	if [ ! -e "$folder/installed" ]; then
		say "installing Triton $TRITON_VERSION" >&2
		rm -rf "$folder"
		python3 -m venv "$folder" >&2
		"$folder/bin/pip" install --quiet --no-deps "triton==$TRITON_VERSION" "numpy==$NUMPY_VERSION" >&2
		touch "$folder/installed"
	fi
	printf '%s\n' "$folder/bin/python"
}
