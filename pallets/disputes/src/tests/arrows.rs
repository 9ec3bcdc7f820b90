// SPDX-License-Identifier: Apache-2.0

//! The tables of docs/disputes.md are exactly the arrows of the code.

use crate::arrows::{Arrow, Thing, ARROWS, NOTHING};

const DOCS: &str = include_str!("../../../../docs/disputes.md");

fn line(arrow: &Arrow) -> String {
	format!(
		"| {} | {} | {} | {} | {} |",
		arrow.from, arrow.by, arrow.who, arrow.to, arrow.money
	)
}

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
fn the_tables_of_the_documentation_are_these() {
	for (thing, heading) in [
		(Thing::Report, "States of a report"),
		(Thing::Duty, "States of a duty"),
		(Thing::Dispute, "States of a dispute"),
		(Thing::Inquiry, "States of an inquiry"),
		(Thing::Canary, "States of a canary"),
	] {
		let arrows: Vec<_> = ARROWS.iter().filter(|arrow| arrow.thing == thing).map(line).collect();
		assert_eq!(table(heading), arrows, "{heading}");
	}
}

#[test]
fn every_state_but_the_last_is_left() {
	let ends = [
		NOTHING, "lazy", "served", "withheld", "upheld", "rejected", "moot", "ended", "found",
	];
	for arrow in ARROWS {
		for to in arrow.to.split(", ") {
			let left = ARROWS
				.iter()
				.any(|other| other.thing == arrow.thing && other.from.split(", ").any(|from| from == to));
			assert!(left || ends.contains(&to), "nothing leaves {to}");
		}
	}
}

#[test]
fn every_call_is_an_arrow() {
	use frame_support::traits::GetCallName;
	// The clock is not a thing, gifts are nobody's, and what has left every state is forgotten.
	let others = ["endow", "pause", "resume", "clear_inquiry"];
	for call in crate::Call::<crate::mock::Test>::get_call_names() {
		let named = ARROWS.iter().any(|arrow| arrow.by.contains(&format!("`{call}`")));
		assert!(named || others.contains(call), "{call}");
	}
}
