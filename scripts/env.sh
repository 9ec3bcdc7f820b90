# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# The one place that says where things are built and kept. Every script sources it; source it too (`. scripts/env.sh`)
# before using cargo by hand, so that `cargo build` shares its artifacts with `make test` instead of building all again.
#
# Nothing is written into the checkout: one target directory outside it serves every clone, and a fresh clone finds
# the ~1,000 dependencies already built.

ATELIER_ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)"
ATELIER_CACHE="${ATELIER_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/atelier}"
ATELIER_DATA="${ATELIER_DATA:-${XDG_DATA_HOME:-$HOME/.local/share}/atelier}"
ATELIER_TOOLS="$ATELIER_CACHE/tools"
export ATELIER_ROOT ATELIER_CACHE ATELIER_DATA ATELIER_TOOLS

export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$ATELIER_CACHE/target}"
# The runtime's wasm is built by a nested cargo that looks for Cargo.lock above the target directory; it is here instead.
export WASM_BUILD_WORKSPACE_HINT="$ATELIER_ROOT"
# Installing toolchains is the work of scripts/setup, which knows what to do without a rustup server. Otherwise every
# cargo command would try the network again for a component that came from elsewhere.
export RUSTUP_AUTO_INSTALL="${RUSTUP_AUTO_INSTALL:-0}"
# For the crate that links libtorch; scripts/setup puts it there.
export LIBTORCH="${LIBTORCH:-$ATELIER_CACHE/libtorch}"
# Written by scripts/setup where only Debian's compiler could be had.
if [ -z "${RUSTUP_TOOLCHAIN:-}" ] && [ -r "$ATELIER_CACHE/rustup-toolchain" ]; then
	RUSTUP_TOOLCHAIN="$(cat "$ATELIER_CACHE/rustup-toolchain")"
	export RUSTUP_TOOLCHAIN
fi
export CARGO_NET_RETRY="${CARGO_NET_RETRY:-5}"

case ":$PATH:" in
	*":$ATELIER_TOOLS/bin:"*) ;;
	*) export PATH="$ATELIER_TOOLS/bin:${CARGO_HOME:-$HOME/.cargo}/bin:$PATH" ;;
esac
