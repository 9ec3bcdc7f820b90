// SPDX-License-Identifier: Apache-2.0

//! The inequality that exposure rests on, by floating-point numbers: for every value that is not final up to the cover,
//! cheating on all of it pays less than honest work; and each part of the formula is needed for that.

use super::*;
use crate::{
	checks::{without, Check},
	Deterrence,
};
use proptest::prelude::*;
use sp_runtime::{FixedU128, Permill};

/// What cheating on `j` units of value is expected to bring, less what it is expected to lose.
fn profit(j: f64, bond: f64, rules: &Deterrence<u128>) -> f64 {
	let part = |part: Permill| f64::from(part.deconstruct()) / 1e6;
	let gain = rules.gain.to_float().max(1.1);
	let q = (1.0 - part(rules.colluding)) / rules.every as f64;
	let lost = (1.0 - part(rules.prover).min(0.5)) * part(rules.slashed) * bond;
	// 1 − (1 − q)^j without loss of precision where q is tiny.
	let found_out = -f64::exp_m1(j * f64::ln_1p(-q));
	j * gain - found_out * (lost + j * part(rules.forfeited))
}

fn rules() -> impl Strategy<Value = Deterrence<u128>> {
	let parts = |least: u32, most: u32| (least..=most).prop_map(Permill::from_parts);
	(
		1_000..5_000u32,
		2..1_000_000u128,
		parts(0, 900_000),
		parts(10_000, 1_000_000),
		parts(0, 1_000_000),
		parts(0, 1_000_000),
	)
		.prop_map(|(gain, every, colluding, slashed, forfeited, prover)| Deterrence {
			gain: FixedU128::from_rational(gain.into(), 1_000),
			every,
			colluding,
			slashed,
			forfeited,
			prover,
		})
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(cases(2_000)))]

	#[test]
	fn cheating_never_pays_up_to_the_cover(rules in rules(), bond in 1..10_000_000_000u128) {
		let cover = rules.cover(bond);
		for tenths in 1..=100u128 {
			// Also at the smallest values, where nothing is found out, and at the very end.
			for j in [cover * tenths / 100, tenths.min(cover)] {
				prop_assume!(j > 0);
				let profit = profit(j as f64, bond as f64, &rules);
				prop_assert!(profit < 1e-9 * j as f64, "{j} of {cover}: {profit}");
			}
		}
	}

	#[test]
	fn more_bond_never_covers_less(rules in rules(), bond in 0..10_000_000_000u128, more in 0..1_000_000u128) {
		prop_assert!(rules.cover(bond + more) >= rules.cover(bond));
	}

	#[test]
	fn no_rules_and_no_bond_make_it_panic(
		gain in any::<u128>(), every in any::<u128>(), bond in any::<u128>(), parts in prop::array::uniform4(0..=1_000_000u32),
	) {
		let [colluding, slashed, forfeited, prover] = parts.map(Permill::from_parts);
		let rules = Deterrence { gain: FixedU128::from_inner(gain), every, colluding, slashed, forfeited, prover };
		rules.cover(bond);
		let small = Deterrence { every: every as u32, gain: rules.gain, colluding, slashed, forfeited, prover };
		small.cover(bond as u32);
	}
}

/// A token with 12 decimals.
const TOKEN: u128 = 1_000_000_000_000;

fn genesis() -> Deterrence<u128> {
	Deterrence {
		gain: DETERRENCE.gain,
		every: TOKEN / 20,
		colluding: DETERRENCE.colluding,
		slashed: DETERRENCE.slashed,
		forfeited: DETERRENCE.forfeited,
		prover: DETERRENCE.prover,
	}
}

#[test]
fn what_bonds_cover_at_genesis() {
	// (0.8·100 − 1.5·0.05 / (2/3)) / (1.5 − 1)
	let cover = genesis().cover(100 * TOKEN);
	assert!((159_774..=159_775).contains(&(cover / 1_000_000_000)), "{cover}");
	// Below c/q divided by what is left of a slash a bond covers nothing.
	assert_eq!(genesis().cover(14 * TOKEN / 100), 0);
	assert!(genesis().cover(15 * TOKEN / 100) > 0);
}

#[test]
fn without_the_bond_there_is_always_work_that_pays_to_cheat_on() {
	// Only what is not final is lost: cheating on half of the cover pays, and on all of it.
	let rules = genesis();
	let cover = rules.cover(100 * TOKEN) as f64;
	let without = Deterrence {
		slashed: Permill::zero(),
		..rules
	};
	assert_eq!(without.cover(100 * TOKEN), 0);
	for part in [0.001, 0.5, 1.0] {
		assert!(profit(cover * part, 100.0 * TOKEN as f64, &rules) < 0.0);
		assert!(profit(cover * part, 100.0 * TOKEN as f64, &without) > 0.0);
	}
}

#[test]
fn a_cheat_that_is_found_out_chooses_the_mildest_fault() {
	// Who says nothing is slashed a tenth, and loses only the work that was asked for.
	let silent = Deterrence {
		slashed: Permill::from_percent(10),
		forfeited: Permill::zero(),
		..genesis()
	};
	let bond = 100 * TOKEN;
	// A cover that counts on the whole bond does not deter it; one that counts on the tenth does.
	assert!(profit(genesis().cover(bond) as f64, bond as f64, &silent) > 0.0);
	let cover = silent.cover(bond);
	assert!(profit(cover as f64, bond as f64, &silent) < 0.0);
	assert!((5..6).contains(&(cover / TOKEN)), "{cover}");
}

#[test]
fn the_cover_is_not_far_below_what_is_safe() {
	// At a hundredth more than the cover cheating pays, when draws are frequent: the formula wastes little.
	let rules = genesis();
	let cover = rules.cover(100 * TOKEN) as f64;
	assert!(profit(cover * 1.01, 100.0 * TOKEN as f64, &rules) > 0.0);
}

#[test]
fn a_prover_that_gets_all_of_a_slash_makes_it_free() {
	let rules = Deterrence {
		prover: Permill::one(),
		..genesis()
	};
	assert_eq!(rules.provers_part(), Permill::from_percent(50));
	without(Check::ProverShare, || {
		assert_eq!(rules.provers_part(), Permill::one());
		assert_eq!(rules.cover(100 * TOKEN), 0);
	});
}

#[test]
fn a_gain_no_larger_than_what_is_forfeited_would_cover_anything() {
	let rules = Deterrence {
		gain: FixedU128::from_u32(1),
		..genesis()
	};
	let bond = 100 * TOKEN;
	let floored = rules.cover(bond);
	assert!(floored < 10 * bond);
	assert!(profit(floored as f64, bond as f64, &rules) < 0.0);
	without(Check::LeastGain, || assert!(rules.cover(bond) > 1_000 * bond));
}

#[test]
fn where_all_auditors_may_collude_nothing_is_covered() {
	let rules = Deterrence {
		colluding: Permill::one(),
		..genesis()
	};
	assert_eq!(rules.cover(u128::MAX), 0);
}
