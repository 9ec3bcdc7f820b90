// SPDX-License-Identifier: Apache-2.0

//! Whatever the periods of the court are set to, what counts is within its limits.

use atelier_runtime::{
	Parameters,
	genesis::{DEVELOPMENT, TESTNET},
	parameters::{RuntimeParameters, disputes},
	time::{DAYS, HOURS, MINUTES},
};
use atelier_runtime_tests::{Chain, R};
use frame_support::{assert_ok, traits::Get};
use frame_system::RawOrigin;
use pallet_disputes::Config;

/// Sets a parameter to both ends of its type, and compares what counts with its limits.
macro_rules! within {
	($name:ident, $least:expr, $most:expr) => {{
		let counts = <R as Config>::$name::get;
		let governed = disputes::$name::get();
		assert_eq!(counts(), governed, "{} is within its limits", stringify!($name));
		for (value, limit) in [(0, $least), (u32::MAX, $most), (governed, governed)] {
			let parameter = disputes::Parameters::$name(disputes::$name, Some(value));
			let parameter = RuntimeParameters::Disputes(parameter);
			assert_ok!(Parameters::set_parameter(RawOrigin::Root.into(), parameter));
			assert_eq!(counts(), limit, "{}", stringify!($name));
		}
	}};
}

#[test]
fn no_period_of_the_court_leaves_its_limits() {
	Chain::from_preset(TESTNET).run(|| {
		within!(CommitPeriod, 20 * MINUTES, 3 * DAYS);
		within!(RevealPeriod, 10 * MINUTES, 3 * DAYS);
		within!(ChallengePeriod, 20 * MINUTES, 3 * DAYS);
		within!(TracePeriod, 20 * MINUTES, 7 * DAYS);
		within!(LeavesPerTick, 1_024, 131_072);
		within!(ProvePeriod, 20 * MINUTES, 7 * DAYS);
		within!(GamePeriod, HOURS, 7 * DAYS);
		within!(DutyPeriod, HOURS, 7 * DAYS);
		within!(AppealPeriod, 20 * MINUTES, 7 * DAYS);
	});
}

#[test]
fn chains_for_development_keep_their_short_ones() {
	Chain::from_preset(DEVELOPMENT).run(|| {
		within!(CommitPeriod, 5, 3 * DAYS);
		within!(RevealPeriod, 5, 3 * DAYS);
		within!(ChallengePeriod, 5, 3 * DAYS);
		within!(TracePeriod, 5, 7 * DAYS);
		within!(ProvePeriod, 5, 7 * DAYS);
		within!(GamePeriod, 5, 7 * DAYS);
		within!(DutyPeriod, 5, 7 * DAYS);
		within!(AppealPeriod, 5, 7 * DAYS);
	});
}

#[test]
fn the_table_of_the_documentation_names_all_of_them() {
	const DOCS: &str = include_str!("../../../../docs/disputes.md");
	let (_, after) = DOCS.split_once("## What is governed").expect("the heading is there");
	for name in [
		"CommitPeriod",
		"RevealPeriod",
		"ChallengePeriod",
		"TracePeriod",
		"LeavesPerTick",
		"ProvePeriod",
		"GamePeriod",
		"DutyPeriod",
		"AppealPeriod",
	] {
		assert!(after.contains(&format!("`{name}`")), "{name}");
	}
}
