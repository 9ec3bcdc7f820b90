// SPDX-License-Identifier: Apache-2.0

//! Builds the runtime's wasm. With `metadata-hash` it is built twice, so only release builds ask for it.

fn main() {
	// The upgrade test builds a second wasm that differs in its version alone.
	println!("cargo::rustc-check-cfg=cfg(next_spec_version)");
	println!("cargo::rerun-if-env-changed=ATELIER_SPEC_VERSION_BUMP");
	if std::env::var_os("ATELIER_SPEC_VERSION_BUMP").is_some() {
		println!("cargo::rustc-cfg=next_spec_version");
	}

	#[cfg(all(feature = "std", feature = "metadata-hash"))]
	substrate_wasm_builder::WasmBuilder::init_with_defaults()
		.enable_metadata_hash("ATL", 12)
		.build();
	#[cfg(all(feature = "std", not(feature = "metadata-hash")))]
	substrate_wasm_builder::WasmBuilder::build_using_defaults();
}
