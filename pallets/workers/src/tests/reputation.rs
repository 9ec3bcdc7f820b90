// SPDX-License-Identifier: Apache-2.0

//! What is known of workers, and what of it can be bought.

use super::*;
use crate::{
	checks::{without, Check},
	Reputation, Reputations,
};
use atelier_primitives::{
	ids::WorkerId,
	work::workers::{Accused as _, Fault, Outcome, Workers as _},
};
use proptest::prelude::*;

fn factor(worker: WorkerId) -> u32 {
	Workers::factor_of(&Reputations::<Test>::get(worker))
}

#[test]
fn everything_is_counted_where_it_belongs() {
	execute(|| {
		let id = worker(1);
		Workers::note(id, Outcome::Paid { treasury: 7 });
		Workers::note(id, Outcome::Refused);
		Workers::note(id, Outcome::Failed);
		Workers::note(id, Outcome::Void { treasury: 3 });
		Workers::audited(id, 1);
		Workers::convict(id, Fault::LazyAudit, None);
		let all = Reputation {
			treasury: 7,
			audits: 1,
			failures: 1,
			refusals: 1,
			voids: 1,
			voided: 3,
			faults: 1,
		};
		assert_eq!(Reputations::<Test>::get(id), all);
	});
}

#[test]
fn a_newcomer_is_one_until_the_treasury_got_enough() {
	execute(|| {
		let id = worker(1);
		assert!(Workers::newcomer(id));
		Workers::note(id, Outcome::Paid { treasury: 499 });
		assert!(Workers::newcomer(id));
		Workers::note(id, Outcome::Paid { treasury: 1 });
		assert!(!Workers::newcomer(id));
	});
}

#[test]
fn a_newcomer_has_half_the_chance_and_blame_lowers_it() {
	execute(|| {
		let id = worker(1);
		assert_eq!(factor(id), 500);
		Workers::note(id, Outcome::Failed);
		// 8 / (8 + 4) of it.
		assert_eq!(factor(id), 333);
		Workers::note(id, Outcome::Paid { treasury: 500 });
		// 16 / (16 + 4).
		assert_eq!(factor(id), 800);
		Workers::note(id, Outcome::Paid { treasury: 50_000 });
		assert!(factor(id) > 990);
	});
}

proptest! {
	#[test]
	fn the_factor_is_within_its_bounds_and_monotonous(
		counts in prop::array::uniform3(any::<u32>()), few in prop::array::uniform3(0..50u32),
		earned in any::<u32>(), voided in any::<u32>(),
	) {
		let of = |[failures, refusals, faults]: [u32; 3]| Reputation::<u64> {
			failures, refusals, faults, ..Default::default()
		};
		for reputation in [of(counts), of(few)] {
			let factor = reputation.factor(earned, voided);
			prop_assert!((1..=1_000).contains(&factor));
			prop_assert!(reputation.factor(earned.saturating_add(1_000), voided) >= factor);
			prop_assert!(reputation.factor(earned, voided.saturating_add(1_000)) <= factor);
			let worse = Reputation { failures: reputation.failures.saturating_add(1), ..reputation };
			prop_assert!(worse.factor(earned, voided) <= factor);
		}
	}
}

/// Whether a worker is taken for known that paid itself for a hundred jobs of dust, of which the treasury got nothing.
fn self_dealer_is_known() -> bool {
	let id = worker(1);
	for _ in 0..100 {
		Workers::note(id, Outcome::Paid { treasury: 0 });
	}
	!Workers::newcomer(id)
}

#[test]
fn a_name_cannot_be_bought_from_oneself() {
	execute(|| assert!(!self_dealer_is_known()));
}

#[test]
fn control_where_jobs_count_a_name_costs_nothing() {
	new_test_ext().execute_with(|| {
		without(Check::TreasuryOnly, || assert!(self_dealer_is_known()));
	});
}

/// The factor of a worker that has earned a name, after a competitor's two hundred voids, for each of which the treasury got
/// so much.
fn ruined(each: Balance) -> u32 {
	let id = worker(1);
	Workers::note(id, Outcome::Paid { treasury: 1_000 });
	for _ in 0..200 {
		Workers::note(id, Outcome::Void { treasury: each });
	}
	factor(id)
}

#[test]
fn a_name_is_ruined_by_voids_for_no_less_than_it_cost() {
	execute(|| assert_eq!(ruined(0), 1_000));
	// 24 / (24 + 8·n): half of it for what all of the credit cost, of which everybody has 500.
	execute(|| assert_eq!(ruined(7), 521));
	execute(|| assert_eq!(ruined(15), 333));
}

#[test]
fn control_where_voids_count_by_their_number_a_name_is_ruined_for_nothing() {
	new_test_ext().execute_with(|| without(Check::VoidsCost, || assert!(ruined(0) < 200)));
}

#[test]
fn counts_come_to_their_ends() {
	execute(|| {
		let id = worker(1);
		let last = Reputation {
			treasury: u64::MAX,
			audits: u32::MAX,
			failures: u32::MAX,
			refusals: u32::MAX,
			voids: u32::MAX,
			voided: u64::MAX,
			faults: u32::MAX,
		};
		Reputations::<Test>::insert(id, last);
		Workers::note(id, Outcome::Paid { treasury: u64::MAX });
		Workers::note(id, Outcome::Refused);
		Workers::note(id, Outcome::Failed);
		Workers::note(id, Outcome::Void { treasury: u64::MAX });
		Workers::audited(id, 1);
		assert_eq!(Reputations::<Test>::get(id), last);
		assert!(factor(id) >= 1);
	});
}
