# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Files of Debian's packages, for what rustup has no server for. What apt downloads is signed by Debian; nothing is installed and
# apt's own lists stay as they are. Sourced after common.sh.

DEBIAN_KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg
# Suites that may hold the compiler's version of `rust-src`, most likely first.
RUST_SUITES="trixie-backports trixie bookworm-backports forky sid"

debian_mirror() {
	apt-get indextargets --format "\$(REPO_URI)" 'Created-By: Packages' 2>/dev/null |
		grep -v -e security -e updates | grep -m1 -i debian
}

# apt_from SUITE COMMAND..: apt with one suite of $mirror, and lists of its own in $apt_dir.
apt_from() {
	local suite="$1"
	shift
	printf 'deb [signed-by=%s] %s %s main\n' "$DEBIAN_KEYRING" "$mirror" "$suite" >"$apt_dir/$suite.list"
	mkdir -p "$apt_dir/$suite/partial" "$apt_dir/cache/archives/partial"
	"$1" -q -o Dir::Etc::sourcelist="$apt_dir/$suite.list" -o Dir::Etc::sourceparts=- -o Dir::State::Lists="$apt_dir/$suite" \
		-o Dir::Cache="$apt_dir/cache" -o APT::Sandbox::User="$(id -un)" -o Debug::NoLocking=1 "${@:2}"
}

# rust_src VERSION DIR: puts Debian's library sources of exactly this compiler into DIR/library. The mirror is the one that apt
# already uses.
rust_src() {
	if ! have apt-get || ! have dpkg || [ ! -e "$DEBIAN_KEYRING" ]; then
		warn "no Debian package tools here"
		return 1
	fi
	local mirror apt_dir suite found
	mirror="$(debian_mirror)" || { warn "apt knows no Debian mirror"; return 1; }
	apt_dir="$(mktemp -d)"
	for suite in $RUST_SUITES; do
		apt_from "$suite" apt-get update >"$apt_dir/log" 2>&1 || continue
		found="$(apt_from "$suite" apt-cache madison rust-src | cut -d'|' -f2 | tr -d ' ' | grep -m1 -F "$1+" || true)"
		[ -n "$found" ] || continue
		say "taking Debian's rust-src $found"
		(cd "$apt_dir" && apt_from "$suite" apt-get download "rust-src=$found" >log 2>&1) || continue
		dpkg -x "$apt_dir"/rust-src_*.deb "$apt_dir/src" && mkdir -p "$2" && rm -rf "$2/library" &&
			mv "$apt_dir/src/usr/src/rustc-$1/library" "$2/library"
		found=$?
		rm -rf "$apt_dir"
		return "$found"
	done
	warn "no suite of the Debian mirror has rust-src $1 (last message: $(tail -n1 "$apt_dir/log"))"
	rm -rf "$apt_dir"
	return 1
}

# debian_packages DIR PATTERN PACKAGE..: unpacks packages of this system's release into DIR, and of what they need that whose name
# has the pattern.
debian_packages() {
	if ! have apt-get || ! have dpkg || [ ! -e "$DEBIAN_KEYRING" ]; then
		warn "no Debian package tools here"
		return 1
	fi
	local mirror apt_dir suite folder="$1" pattern="$2" file packages
	mirror="$(debian_mirror)" || { warn "apt knows no Debian mirror"; return 1; }
	suite="$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)"
	apt_dir="$(mktemp -d)"
	mkdir -p "$folder"
	if ! apt_from "$suite" apt-get update >"$apt_dir/log" 2>&1; then
		warn "the Debian mirror does not answer for $suite: $(tail -n1 "$apt_dir/log")"
		rm -rf "$apt_dir"
		return 1
	fi
	mapfile -t packages < <(apt_from "$suite" apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks \
		--no-replaces --no-enhances "${@:3}" | grep '^[a-z]' | grep -E "$pattern")
	say "unpacking ${packages[*]}"
	if ! (cd "$apt_dir" && apt_from "$suite" apt-get download "${packages[@]}" >log 2>&1); then
		warn "apt could not download them: $(tail -n1 "$apt_dir/log")"
		rm -rf "$apt_dir"
		return 1
	fi
	for file in "$apt_dir"/*.deb; do dpkg -x "$file" "$folder" || return 1; done
	rm -rf "$apt_dir"
}
