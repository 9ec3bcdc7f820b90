# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# The bindings of SPDX 3 by which documents are checked. Source after common.sh.

SPDX_MODEL_VERSION=0.0.6

# install_spdx_model: prints a Python that has them, in the cache (30 MB).
install_spdx_model() {
	local folder="$ATELIER_CACHE/spdx-python-model-$SPDX_MODEL_VERSION"
	if [ ! -e "$folder/installed" ]; then
		say "installing spdx-python-model $SPDX_MODEL_VERSION" >&2
		rm -rf "$folder"
		python3 -m venv "$folder" >&2 || die "python3 lacks venv. By hand, as root: apt-get install python3-venv"
		"$folder/bin/pip" install --quiet --no-deps "spdx-python-model==$SPDX_MODEL_VERSION" >&2
		touch "$folder/installed"
	fi
	printf '%s\n' "$folder/bin/python"
}
