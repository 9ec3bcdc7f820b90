// SPDX-License-Identifier: Apache-2.0

//! Tells the tests and binaries of this crate where libtorch is. Every crate with binaries or tests that link the engine
//! needs the same lines: link arguments do not cross crates.

fn main() {
	println!("cargo::rerun-if-changed=build.rs");
	if let Ok(folder) = std::env::var("DEP_TCH_LIBTORCH_LIB") {
		// A RUNPATH and not an RPATH, so that LD_LIBRARY_PATH, which may name a libtorch with CUDA, comes first.
		println!("cargo::rustc-link-arg=-Wl,--enable-new-dtags,-rpath,{folder}");
	}
}
