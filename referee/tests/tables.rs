// SPDX-License-Identifier: Apache-2.0

//! The tables in the code are those that the program makes, and those that the spec names by their hash.

#[path = "../examples/tables.rs"]
mod program;

#[test]
fn are_what_the_program_makes() {
	assert!(
		program::source() == include_str!("../src/tables/values.rs"),
		"run the example `tables`"
	);
}

#[test]
fn have_the_hash_that_the_spec_names() {
	let hex: String = atelier_referee::tables::digest()
		.iter()
		.map(|byte| format!("{byte:02x}"))
		.collect();
	let spec = include_str!("../../docs/exact-spec.md");
	assert!(spec.contains(&hex), "docs/exact-spec.md does not name {hex}");
}
