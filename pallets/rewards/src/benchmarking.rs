// SPDX-License-Identifier: Apache-2.0

//! Costs of the calls, of what other pallets ask, and of the steps of the hook, in the worst case.

use super::*;
use alloc::{vec, vec::Vec};
use atelier_primitives::pots::{Pot, Pots, Split, Splits};
use frame_benchmarking::v2::*;
use frame_support::{
	traits::{
		fungible::{Balanced, Mutate},
		Get,
	},
	weights::WeightMeter,
};
use frame_system::RawOrigin;
use sp_runtime::traits::{One, Zero};

/// Makes a pot that belongs to somebody, with so many shares, of one percent each, of pots of their own.
pub trait MakePot<AccountId> {
	fn make(owner: &AccountId, shares: u32) -> Pot;
}

/// So much that each share is worth queueing.
fn amount<T: Config>() -> BalanceOf<T> {
	let least = T::MinDistribution::get()
		.max(T::MinTip::get())
		.max(T::Currency::minimum_balance());
	(least + division::QUANTUM.into()) * 1_000u32.into()
}

fn rich<T: Config>(name: &'static str) -> T::AccountId {
	let who: T::AccountId = account(name, 0, 0);
	T::Currency::set_balance(&who, amount::<T>() * 10u32.into());
	who
}

fn endow<T: Config>() {
	if !Pallet::<T>::endowed() {
		T::Currency::set_balance(&Pallet::<T>::account(), T::Currency::minimum_balance());
	}
}

/// A pot with `held` in it, of an owner without an account, that is not queued.
fn pot<T: Config>(shares: u32, held: BalanceOf<T>) -> (Pot, T::AccountId) {
	endow::<T>();
	let owner: T::AccountId = account("owner", shares, 0);
	let pot = T::BenchmarkHelper::make(&owner, shares);
	if !held.is_zero() {
		assert!(Pallet::<T>::credit(pot, T::Currency::issue(held)).is_ok());
	}
	(pot, owner)
}

/// One unit waits for the owner, to be paid with what it earns; so much more than can be divided is there.
fn owe<T: Config>(pot: Pot, owner: &T::AccountId) {
	assert!(Pallet::<T>::pay(owner, One::one()).is_ok());
	assert!(!Claimable::<T>::get(owner).is_zero());
	assert!(Pallet::<T>::credit(pot, T::Currency::issue(One::one())).is_ok());
}

fn all_are_queued<T: Config>(split: &Split<T::AccountId>) -> bool {
	split
		.shares
		.iter()
		.all(|share| Ledgers::<T>::get(share.pot).is_some_and(|ledger| ledger.queued.is_some()))
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn tip() {
		let (pot, _) = pot::<T>(MAX_SHARES, Zero::zero());
		let giver = rich::<T>("giver");

		#[extrinsic_call]
		_(RawOrigin::Signed(giver), pot, amount::<T>());

		assert_eq!(Ledgers::<T>::get(pot).unwrap().held, amount::<T>());
	}

	#[benchmark]
	fn distribute(s: Linear<0, MAX_SHARES>) {
		let (pot, owner) = pot::<T>(s, amount::<T>());
		owe::<T>(pot, &owner);
		let somebody: T::AccountId = whitelisted_caller();

		#[extrinsic_call]
		_(RawOrigin::Signed(somebody), pot);

		assert!(Ledgers::<T>::get(pot).unwrap().held < division::QUANTUM.into());
		assert!(all_are_queued::<T>(&T::Splits::split(pot).unwrap()));
		assert!(!T::Currency::total_balance(&owner).is_zero());
	}

	#[benchmark]
	fn claim() {
		endow::<T>();
		let who = rich::<T>("owed");
		let (_, _) = pot::<T>(0, amount::<T>());
		Claimable::<T>::insert(&who, amount::<T>());
		let before = T::Currency::total_balance(&who);

		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()));

		assert_eq!(T::Currency::total_balance(&who), before + amount::<T>());
	}

	#[benchmark]
	fn credit() {
		let (pot, _) = pot::<T>(MAX_SHARES, Zero::zero());
		let money = T::Currency::issue(amount::<T>());

		#[block]
		{
			assert!(Pallet::<T>::credit(pot, money).is_ok());
		}

		assert_eq!(Ledgers::<T>::get(pot).unwrap().held, amount::<T>());
	}

	#[benchmark]
	fn close(s: Linear<0, MAX_SHARES>) {
		let (pot, owner) = pot::<T>(s, amount::<T>() + One::one());

		#[extrinsic_call]
		_(RawOrigin::Signed(owner), pot);

		assert!(Ledgers::<T>::get(pot).is_none());
	}

	#[benchmark]
	fn on_poll() {
		endow::<T>();
		let mut meter = WeightMeter::with_limit(T::WeightInfo::on_poll());
		let due = T::EraLength::get().max(One::one());

		#[block]
		{
			Pallet::<T>::poll(due, &mut meter);
		}

		assert_eq!(CurrentEra::<T>::get().index, 1);
	}

	#[benchmark]
	fn serve(s: Linear<0, MAX_SHARES>) {
		let (pot, owner) = pot::<T>(s, amount::<T>());
		owe::<T>(pot, &owner);
		// Enough for the first place of the queue and no second one.
		let mut meter = WeightMeter::with_limit(T::WeightInfo::serve(MAX_SHARES));
		assert_eq!(Queue::<T>::get(QueueEnds::<T>::get().first), Some(pot));

		#[block]
		{
			Pallet::<T>::serve(&mut meter);
		}

		assert!(Ledgers::<T>::get(pot).unwrap().held < division::QUANTUM.into());
	}

	#[benchmark]
	fn prune() {
		let owners: Vec<T::AccountId> = vec![account("owner", 0, 0), account("owner", 1, 0)];
		for who in &owners {
			Earned::<T>::insert(0, who, BalanceOf::<T>::one());
		}
		CurrentEra::<T>::mutate(|era| era.index = T::ErasKept::get().saturating_add(1));
		let mut meter = WeightMeter::with_limit(T::WeightInfo::prune());

		#[block]
		{
			Pallet::<T>::forget(&mut meter);
		}

		assert_eq!(Earned::<T>::iter_prefix(0).count(), 1);
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
