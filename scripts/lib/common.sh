# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Sourced first by every script: strict mode is the caller's, the words are here.

# shellcheck source=scripts/env.sh
. "$(dirname "${BASH_SOURCE[0]}")/../env.sh"

# say TEXT..: what is being done now.
say() { printf '==> %s\n' "$*"; }
# warn TEXT..: something the reader should know; the run goes on.
warn() { printf 'warning: %s\n' "$*" >&2; }
# die TEXT..: what went wrong and what to do about it.
die() {
	printf 'error: %s\n' "$*" >&2
	exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# version_ge HAVE WANT: true if the dotted version HAVE is WANT or newer.
version_ge() { [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n1)" = "$2" ]; }

# sudo_works: without a password where nobody can type one.
sudo_works() { have sudo && { sudo -n true 2>/dev/null || { [ -t 0 ] && sudo true; }; }; }

# as_root COMMAND..: as root or by sudo; otherwise says what to run by hand.
as_root() {
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	elif sudo_works; then
		sudo env DEBIAN_FRONTEND=noninteractive "$@"
	else
		printf 'error: this needs root. Run by hand, then start again:\n\n    %s\n\n' "$*" >&2
		return 1
	fi
}

# free_port: a TCP port that nobody listens on now.
free_port() {
	python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# rpc URL METHOD [PARAMS]: the JSON-RPC answer, or nothing if the node does not answer.
rpc() {
	curl -sS --max-time 5 -H 'content-type: application/json' \
		-d "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"$2\",\"params\":${3:-[]}}" "$1" 2>/dev/null
}

# finalized_number URL: height of the last finalised block; empty while the node is not up.
finalized_number() {
	local head
	head="$(rpc "$1" chain_getFinalizedHead | jq -r '.result // empty')" || return 0
	[ -n "$head" ] || return 0
	rpc "$1" chain_getHeader "[\"$head\"]" | jq -r '.result.number // empty' | { read -r hex && printf '%d\n' "$hex"; } || true
}

# stop_pid PID: asks, waits up to ten seconds, then insists.
stop_pid() {
	kill "$1" 2>/dev/null || return 0
	for _ in $(seq 100); do
		kill -0 "$1" 2>/dev/null || return 0
		sleep 0.1
	done
	kill -9 "$1" 2>/dev/null || true
}
