# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# The bindings of SPDX 3 by which documents are checked. Source after common.sh.

SPDX_MODEL_VERSION=0.0.6

# install_spdx_model: prints a folder for PYTHONPATH that has them, in the cache (1 MB). A virtual environment would need
# one more package of the distribution.
install_spdx_model() {
	local folder="$ATELIER_CACHE/spdx-python-model-$SPDX_MODEL_VERSION"
	if [ ! -e "$folder/installed" ]; then
		say "installing spdx-python-model $SPDX_MODEL_VERSION" >&2
		rm -rf "$folder"
		PIP_ROOT_USER_ACTION=ignore python3 -m pip install --quiet --disable-pip-version-check --no-deps --target "$folder" \
			"spdx-python-model==$SPDX_MODEL_VERSION" >&2
		touch "$folder/installed"
	fi
	printf '%s\n' "$folder"
}
