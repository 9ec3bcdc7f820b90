// SPDX-License-Identifier: Apache-2.0

//! Chunks are drawn by randomness to which nobody could fit a claim, and stages are long enough for it to come.

use crate::world::*;
use atelier_runtime::{
	RuntimeOrigin,
	configs::{FreshRandomness, SIMILARITY_PERIOD_LEAST},
	genesis::DEVELOPMENT,
	launch::EpochDuration,
	parameters::{RuntimeParameters, registries},
};
use atelier_runtime_tests::{Chain, R, dispatch, next_session};
use frame_support::{
	assert_ok,
	traits::{Get, Randomness},
};
use pallet_babe::RandomnessFromOneEpochAgo;

#[test]
fn is_named_by_a_block_before_anything_that_it_is_made_of() {
	Chain::from_preset(DEVELOPMENT).run(|| {
		next_session();
		let began = now();
		let (one, _) = FreshRandomness::random(b"x");
		next_session();
		// What was collected in the epoch that ended is the output of this one.
		let (other, known) = FreshRandomness::random(b"x");
		assert!(known <= began, "{known} of {began}");
		// Whoever made its last block knew nearly all of it. By BABE's own name a claim made there would be older.
		let last = now() - 1;
		let (same, named) = RandomnessFromOneEpochAgo::<R>::random(b"x");
		assert_eq!(same, other);
		assert!(named > last && known <= last, "{named} and {known}, of {last}");
		assert_ne!(one, other);
		next_session();
		let (_, known) = FreshRandomness::random(b"x");
		assert!(known > began - 1);
		assert_ne!(FreshRandomness::random(b"x").0, FreshRandomness::random(b"y").0);
	});
}

/// However short governance makes a stage, new randomness comes within it.
#[test]
fn stages_outlast_two_epochs() {
	Chain::from_preset(DEVELOPMENT).run(|| {
		let set = |blocks| {
			let period = registries::Parameters::SimilarityPeriod(registries::SimilarityPeriod, Some(blocks));
			let set = pallet_parameters::Call::<R>::set_parameter {
				key_value: RuntimeParameters::Registries(period),
			};
			assert_ok!(dispatch(set, RuntimeOrigin::root()));
		};
		let stage = <R as pallet_models::Config>::SimilarityPeriod::get;
		let epochs = 2 * EpochDuration::get() as u32;
		set(1);
		assert_eq!(stage(), epochs + SIMILARITY_PERIOD_LEAST);
		set(epochs * 3);
		assert_eq!(stage(), epochs * 3);
	});
}
