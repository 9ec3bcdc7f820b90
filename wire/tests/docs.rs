// SPDX-License-Identifier: Apache-2.0

//! The tables of docs/serving-protocol.md are exactly those of the code.

use atelier_wire::{KINDS, REFUSALS, Side};

const DOCS: &str = include_str!("../../docs/serving-protocol.md");

/// The lines of the table under a heading.
fn table(heading: &str) -> Vec<&'static str> {
	let (_, after) = DOCS
		.split_once(&format!("### {heading}\n"))
		.expect("the heading is there");
	let rows = after.lines().skip_while(|line| !line.starts_with('|'));
	// The first two are the names of the columns, and the rule under them.
	rows.take_while(|line| line.starts_with('|')).skip(2).collect()
}

#[test]
fn messages() {
	for (side, heading) in [
		(Side::Requester, "What a requester says"),
		(Side::Worker, "What a worker says"),
	] {
		let lines: Vec<_> = KINDS
			.iter()
			.filter(|kind| kind.side() == side)
			.map(|kind| {
				format!(
					"| {} | {} | {} | {} |",
					*kind as u8,
					kind.name(),
					kind.limit(),
					kind.purpose()
				)
			})
			.collect();
		assert_eq!(table(heading), lines, "{heading}:\n{}", lines.join("\n"));
	}
}

#[test]
fn refusals() {
	let lines: Vec<_> = REFUSALS
		.iter()
		.map(|refusal| format!("| {} | `{}` | {} |", refusal.code(), refusal.name(), refusal.when()))
		.collect();
	assert_eq!(table("Refusals"), lines, "\n{}", lines.join("\n"));
}
