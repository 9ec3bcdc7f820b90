# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Cargo tools, each at a pinned version, in a folder of our own: ~/.cargo/bin stays as it is.

# shellcheck disable=SC2034 # used by those who source this
NEXTEST_VERSION=0.9.143
# shellcheck disable=SC2034
DENY_VERSION=0.20.2
# shellcheck disable=SC2034
BENCHER_VERSION=0.28.0

# cargo_tool CRATE VERSION [CARGO-INSTALL-ARGUMENT..]
# The dev profile: these tools wait for other programs and files, and compile three times faster this way.
cargo_tool() {
	local crate="$1" version="$2"
	shift 2
	say "installing $crate $version"
	(
		cd "$ATELIER_ROOT" || exit
		unset WASM_BUILD_WORKSPACE_HINT
		CARGO_TARGET_DIR="$ATELIER_CACHE/tools-target" CARGO_PROFILE_DEV_DEBUG=0 CARGO_INCREMENTAL=0 \
			cargo install --quiet --locked --debug --no-track --force --root "$ATELIER_TOOLS" "$@" "$crate@$version"
	)
}
