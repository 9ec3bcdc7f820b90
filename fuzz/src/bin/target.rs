// SPDX-License-Identifier: Apache-2.0

//! Runs the target that `ATELIER_FUZZ_TARGET` names.

#![no_main]

use std::sync::LazyLock;

static TARGET: LazyLock<atelier_fuzz::Target> = LazyLock::new(|| {
	let name = std::env::var("ATELIER_FUZZ_TARGET").unwrap_or_default();
	atelier_fuzz::target(&name).unwrap_or_else(|| panic!("there is no target '{name}' (ATELIER_FUZZ_TARGET)"))
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
	(TARGET.run)(bytes);
});
