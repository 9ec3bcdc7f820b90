# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# The client libraries that others wrote (tests/clients), installed once for each state of the lockfile, outside the
# checkout. Source after common.sh.

# install_clients: prints the folder that has the libraries and our scripts.
install_clients() {
	local source="$ATELIER_ROOT/tests/clients" modules
	modules="$ATELIER_CACHE/clients-$(sha256sum "$source/package-lock.json" | cut -c1-12)"
	if [ ! -e "$modules/installed" ]; then
		say "installing the client libraries" >&2
		rm -rf "$ATELIER_CACHE"/clients-*
		mkdir -p "$modules"
		cp "$source/package.json" "$source/package-lock.json" "$source/.npmrc" "$modules/"
		(cd "$modules" && npm ci --ignore-scripts --loglevel=error) >&2
		touch "$modules/installed"
	fi
	rm -f "$modules"/*.mjs
	cp "$source"/*.mjs "$modules/"
	printf '%s\n' "$modules"
}
