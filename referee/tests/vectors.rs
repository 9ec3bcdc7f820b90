// SPDX-License-Identifier: Apache-2.0

//! The golden vectors are what the code gives.

#[path = "../examples/vectors.rs"]
mod program;

#[test]
fn are_what_the_code_gives() {
	for (name, text) in program::files() {
		let path = format!("{}/vectors/{name}", env!("CARGO_MANIFEST_DIR"));
		let golden = std::fs::read_to_string(&path).expect("the example `vectors` writes it");
		assert!(golden == text, "{name} differs from what the code gives");
	}
}
