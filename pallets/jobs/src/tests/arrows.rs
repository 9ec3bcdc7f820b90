// SPDX-License-Identifier: Apache-2.0

//! The tables of docs/jobs.md are exactly the arrows of the code, and each has a test.

use crate::{Arrow, Thing, ARROWS};

const DOCS: &str = include_str!("../../../../docs/jobs.md");

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
		(Thing::Session, "States of a session"),
		(Thing::Settlement, "States of a settlement"),
		(Thing::Grant, "States of a grant"),
		(Thing::Job, "States of a job"),
	] {
		let arrows: Vec<_> = ARROWS.iter().filter(|arrow| arrow.thing == thing).map(line).collect();
		assert_eq!(table(heading), arrows, "{heading}");
	}
}

#[test]
fn every_state_but_the_last_is_left() {
	for arrow in ARROWS {
		let ends = [
			crate::NOTHING,
			"paid",
			"returned",
			"cancelled",
			"unassigned",
			"unaccepted",
			"refused",
			"void",
			"failed",
			"overturned",
			"forbidden",
		];
		let left = ARROWS
			.iter()
			.any(|other| other.thing == arrow.thing && other.from.split(',').next() == Some(arrow.to));
		assert!(left || ends.contains(&arrow.to), "nothing leaves {}", arrow.to);
	}
}

#[test]
fn every_call_and_every_ending_is_an_arrow() {
	use frame_support::traits::GetCallName;
	// Claiming moves what has left every state; concluding is how time does its part.
	let others = ["claim", "conclude_session", "conclude_job"];
	for call in crate::Call::<crate::mock::Test>::get_call_names() {
		let named = ARROWS.iter().any(|arrow| arrow.by.contains(&format!("`{call}`")));
		assert!(named || others.contains(call), "{call}");
	}
	use crate::Ending::*;
	for ending in [
		Cancelled, Unassigned, Unaccepted, Refused, Void, Failed, Paid, Overturned, Forbidden,
	] {
		let name = format!("{ending:?}").to_lowercase();
		assert!(
			ARROWS.iter().any(|arrow| arrow.thing == Thing::Job && arrow.to == name),
			"{name}"
		);
	}
}
