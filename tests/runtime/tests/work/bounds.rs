// SPDX-License-Identifier: Apache-2.0

//! Whatever governance sets, bonds are worth something and come back some day.

use atelier_primitives::work::audits::Audits;
use atelier_runtime::{
	Balance, BlockNumber, Disputes, RuntimeOrigin, Workers,
	economics::ATL,
	genesis::{DEVELOPMENT, TESTNET},
	parameters::{RuntimeParameters, disputes, workers},
	time::{DAYS, HOURS, MINUTES},
};
use atelier_runtime_tests::{Chain, R, dispatch};
use frame_support::{assert_ok, traits::Get};
use pallet_workers::{Config, Deterrence};
use sp_runtime::{FixedU128, Permill};

fn set(key_value: RuntimeParameters) {
	let set = pallet_parameters::Call::<R>::set_parameter { key_value };
	assert_ok!(dispatch(set, RuntimeOrigin::root()));
}

fn set_workers(parameters: workers::Parameters) {
	set(RuntimeParameters::Workers(parameters));
}

/// Every parameter of workers at one of its ends.
fn all(amount: Balance, blocks: BlockNumber, part: Permill, gain: FixedU128) {
	use workers::Parameters as P;
	let rules = Deterrence {
		gain,
		every: amount,
		colluding: part,
		slashed: part,
		forfeited: part,
		prover: part,
	};
	set_workers(P::MinBond(workers::MinBond, Some(amount)));
	set_workers(P::DeterrenceRules(workers::DeterrenceRules, Some(rules)));
	set_workers(P::LazyAuditSlash(workers::LazyAuditSlash, Some(part)));
	set_workers(P::SlashDelay(workers::SlashDelay, Some(blocks)));
	set_workers(P::UnbondingPeriod(workers::UnbondingPeriod, Some(blocks)));
	set_workers(P::Liveness(workers::Liveness, Some(blocks)));
	set_workers(P::NewcomerUntil(workers::NewcomerUntil, Some(amount)));
	set_workers(P::Hosts(workers::Hosts, Some(blocks)));
	set_workers(P::RetrievalPeriod(workers::RetrievalPeriod, Some(blocks)));
}

fn window() -> BlockNumber {
	<Disputes as Audits<Balance>>::window()
}

#[test]
fn nothing_is_below_its_least() {
	Chain::from_preset(TESTNET).run(|| {
		all(0, 0, Permill::zero(), FixedU128::default());
		assert_eq!(<R as Config>::MinBond::get(), ATL);
		assert_eq!(<R as Config>::Deterrence::get().every, ATL / 1_000);
		assert_eq!(<R as pallet_disputes::Config>::AuditEvery::get(), ATL / 1_000);
		assert_eq!(<R as Config>::LazyAuditSlash::get(), Permill::from_perthousand(1));
		assert_eq!(<R as Config>::SlashDelay::get(), window());
		assert_eq!(<R as Config>::Unbonding::get(), 18 * DAYS);
		assert_eq!(<R as Config>::Liveness::get(), MINUTES);
		assert_eq!(<R as Config>::NewcomerUntil::get(), ATL / 100);
		assert_eq!(<R as Config>::Hosts::get(), 0);
		assert_eq!(<R as Config>::RetrievalPeriod::get(), HOURS);
		// Where silence costs nothing, nothing is covered.
		assert_eq!(Workers::cover_by(1_000_000 * ATL), 0);
	});
}

#[test]
fn nothing_is_above_its_most() {
	Chain::from_preset(TESTNET).run(|| {
		all(
			Balance::MAX,
			BlockNumber::MAX,
			Permill::one(),
			FixedU128::from_inner(u128::MAX),
		);
		assert_eq!(<R as Config>::MinBond::get(), 10_000 * ATL);
		assert_eq!(<R as Config>::Deterrence::get().every, 1_000 * ATL);
		assert_eq!(<R as pallet_disputes::Config>::AuditEvery::get(), 1_000 * ATL);
		assert_eq!(<R as Config>::LazyAuditSlash::get(), Permill::from_percent(50));
		assert_eq!(<R as Config>::SlashDelay::get(), 30 * DAYS);
		assert_eq!(<R as Config>::Unbonding::get(), 90 * DAYS);
		assert_eq!(<R as Config>::Liveness::get(), DAYS);
		assert_eq!(<R as Config>::NewcomerUntil::get(), 1_000 * ATL);
		assert_eq!(<R as Config>::Hosts::get(), 2);
		assert_eq!(<R as Config>::RetrievalPeriod::get(), 30 * DAYS);
		assert_eq!(Workers::cover_by(Balance::MAX), 0, "all auditors may collude");
	});
}

/// A bond stays as long as the court may take, whatever its periods are.
#[test]
fn unbonding_outlasts_the_court() {
	Chain::from_preset(TESTNET).run(|| {
		let least = <R as Config>::LeastUnbonding::get;
		assert_eq!(least(), 18 * DAYS);
		let period = disputes::Parameters::GamePeriod(disputes::GamePeriod, Some(40 * DAYS));
		set(RuntimeParameters::Disputes(period));
		let court = [
			window(),
			<R as pallet_disputes::Config>::TracePeriod::get(),
			<R as pallet_disputes::Config>::ProvePeriod::get(),
			<R as pallet_disputes::Config>::GamePeriod::get(),
			<R as pallet_disputes::Config>::LongestPause::get(),
		];
		assert_eq!(least(), court.iter().sum::<BlockNumber>().max(18 * DAYS));
		assert!(<R as Config>::Unbonding::get() >= least());
	});
}

/// Development chains slash after their own, shorter window, not after the days of production.
#[test]
fn short_chains_keep_short_delays() {
	Chain::from_preset(DEVELOPMENT).run(|| {
		assert_eq!(<R as Config>::SlashDelay::get(), window());
		assert!(window() < 500);
	});
}
