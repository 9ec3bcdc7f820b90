# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# Building the node, and running one for a test. Source after common.sh.

NODE_BINARY="$CARGO_TARGET_DIR/debug/atelier-node"

# build_workspace: exactly what `make test` builds, so that nothing is built twice with other features.
build_workspace() { (cd "$ATELIER_ROOT" && cargo build --locked --workspace --all-targets "$@"); }

# start_dev_node FOLDER [SPEC]: a one-validator chain with free ports; sets NODE_PID, NODE_HTTP and NODE_WS.
# The caller stops it by its process id.
start_dev_node() {
	local folder="$1" port
	[ -x "$NODE_BINARY" ] || die "there is no $NODE_BINARY yet: scripts/test build"
	mkdir -p "$folder"
	port="$(free_port)"
	"$NODE_BINARY" --dev --chain "${2:-dev}" --base-path "$folder/data" --rpc-port "$port" --port "$(free_port)" \
		--prometheus-port "$(free_port)" --no-mdns >"$folder/node.log" 2>&1 &
	# shellcheck disable=SC2034 # used by those who source this
	NODE_PID=$! NODE_HTTP="http://127.0.0.1:$port" NODE_WS="ws://127.0.0.1:$port"
}

# wait_for_finality URL PID SECONDS LOG: until a block after genesis is final.
wait_for_finality() {
	local deadline=$(($(date +%s) + $3)) number
	while [ "$(date +%s)" -lt "$deadline" ]; do
		number="$(finalized_number "$1")"
		[ "${number:-0}" -gt 0 ] && return 0
		kill -0 "$2" 2>/dev/null || { tail -n 40 "$4" >&2; die "the node ended; its log is above"; }
		sleep 0.25
	done
	tail -n 40 "$4" >&2
	die "no block was finalised within $3 s; the node's last messages are above"
}
