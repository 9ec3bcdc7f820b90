// SPDX-License-Identifier: Apache-2.0

//! Costs of the calls, of what other pallets ask, and of the steps of the hook, in the worst case.

use super::*;
use crate::{drawing::LOOKS, registration::footprint};
use alloc::{boxed::Box, vec};
use atelier_primitives::{
	ids::{AttestationId, VersionId},
	work::{
		workers::{Endpoint, Fault, Offer, Outcome, Retrievals, MAX_ADDRESS},
		Tier,
	},
};
use atelier_referee::commit::Bounded;
use frame_benchmarking::v2::*;
use frame_support::{
	traits::{
		fungible::{Inspect, Mutate, MutateHold},
		Consideration, EnsureOrigin, Get,
	},
	weights::WeightMeter,
};
use frame_system::{pallet_prelude::BlockNumberFor, RawOrigin};
use sp_runtime::{
	traits::{One, SaturatedConversion, Zero},
	Permill,
};

/// What benchmarks need of the pallets beside this one.
pub trait Helper<AccountId> {
	/// A version, the same for the same number.
	fn version(number: u32) -> VersionId;

	/// An attestation of somebody's that it fetched the weights of a version.
	fn retrieval(version: VersionId, by: &AccountId) -> AttestationId;

	/// So many blocks pass in which everybody could speak to the court.
	fn count(blocks: u32);
}

fn keys<T: Config>(number: u8) -> Box<KeysOf<T>> {
	let address: Bounded<u8, MAX_ADDRESS> = vec![number; MAX_ADDRESS].try_into().unwrap();
	Box::new(KeysOf::<T> {
		signer: account("signer", number.into(), 0),
		vrf: [number; 32],
		endpoint: Endpoint {
			id: [number; 32],
			addresses: vec![address; 4].try_into().unwrap(),
		},
	})
}

fn hardware() -> Hardware {
	vec![1; MAX_HARDWARE as usize].try_into().unwrap()
}

/// Enough to cover something.
fn bond<T: Config>() -> BalanceOf<T> {
	let least = T::MinBond::get().max(T::Currency::minimum_balance());
	let rules = T::Deterrence::get();
	(least + rules.every + One::one()) * 1_000u32.into()
}

fn rich<T: Config>(name: &'static str, number: u32) -> T::AccountId {
	let who: T::AccountId = account(name, number, 0);
	T::Consideration::ensure_successful(&who, footprint::<T>(T::MaxOffers::get()));
	T::Currency::set_balance(&who, T::Currency::balance(&who) + bond::<T>() * 4u32.into());
	who
}

fn endow<T: Config>() {
	if !Pallet::<T>::endowed() {
		T::Currency::set_balance(&Pallet::<T>::claims_account(), T::Currency::minimum_balance());
	}
}

fn skip<T: Config>(blocks: u32) {
	T::BenchmarkHelper::count(blocks);
	let now = frame_system::Pallet::<T>::block_number();
	frame_system::Pallet::<T>::set_block_number(now + BlockNumberFor::<T>::from(blocks));
}

/// A worker with a former standing, so that a change writes the weight of all auditors.
fn worker<T: Config>(number: u32) -> (T::AccountId, WorkerId) {
	endow::<T>();
	let who = rich::<T>("worker", number);
	Pallet::<T>::do_register(who.clone(), *keys::<T>(1), hardware(), bond::<T>(), true).unwrap();
	let worker = WorkerOf::<T>::get(&who).unwrap();
	(who, worker)
}

fn offer<T: Config>() -> Offer<BalanceOf<T>> {
	Offer {
		price: One::one(),
		capacity: 10,
	}
}

fn offering<T: Config>(number: u32) -> (T::AccountId, WorkerId, VersionId) {
	let version = T::BenchmarkHelper::version(0);
	let (who, worker) = worker::<T>(number);
	Pallet::<T>::do_set_offer(who.clone(), version, offer::<T>()).unwrap();
	(who, worker, version)
}

/// Two hosts of the version's weights, as they attested it.
fn hosts<T: Config>() -> (VersionId, [AttestationId; 2]) {
	let version = T::BenchmarkHelper::version(0);
	let hosts = [1_000, 1_001].map(|number| {
		let (who, _) = worker::<T>(number);
		T::BenchmarkHelper::retrieval(version, &who)
	});
	(version, hosts)
}

fn show<T: Config>() {
	let (version, hosts) = hosts::<T>();
	Pallet::<T>::do_show_weights(version, hosts).unwrap();
}

/// Eight parts on their way out.
fn unbond_eight<T: Config>(who: &T::AccountId) {
	for _ in 0..MAX_CHUNKS {
		skip::<T>(1);
		Pallet::<T>::do_unbond(who.clone(), T::Currency::minimum_balance().max(One::one())).unwrap();
	}
}

/// A slash that is due, of which the prover cannot be paid.
fn slash<T: Config>(worker: WorkerId, due: u32) {
	let slash = Slash {
		fault: Fault::Wrong,
		fraction: Permill::one(),
		due,
		prover: Some(account("prover", 0, 0)),
		part: Permill::from_parts(1),
	};
	Slashes::<T>::insert(worker, 0, slash);
	Stakes::<T>::mutate(worker, |stake| {
		let stake = stake.as_mut().unwrap();
		stake.pending = 1;
		stake.wrongs = 1;
		stake.keep_time(Pallet::<T>::now());
	});
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn register() {
		let who = rich::<T>("worker", 0);

		#[extrinsic_call]
		_(
			RawOrigin::Signed(who.clone()),
			keys::<T>(1),
			hardware(),
			bond::<T>(),
			true,
		);

		assert!(WorkerOf::<T>::contains_key(&who));
	}

	#[benchmark]
	fn heartbeat() {
		let (who, worker) = worker::<T>(0);
		skip::<T>(1);

		#[extrinsic_call]
		_(RawOrigin::Signed(who));

		assert_eq!(LiveUntil::<T>::get(worker), Pallet::<T>::now() + T::Liveness::get());
	}

	#[benchmark]
	fn set_keys() {
		let (who, worker) = worker::<T>(0);
		skip::<T>(1);

		#[extrinsic_call]
		_(RawOrigin::Signed(who), keys::<T>(2));

		assert_eq!(Records::<T>::get(worker).unwrap().keys, *keys::<T>(2));
	}

	#[benchmark]
	fn set_hardware() {
		let (who, worker) = worker::<T>(0);
		let other: Hardware = vec![2; MAX_HARDWARE as usize].try_into().unwrap();

		#[extrinsic_call]
		_(RawOrigin::Signed(who), other.clone());

		assert_eq!(Records::<T>::get(worker).unwrap().hardware, other);
	}

	#[benchmark]
	fn set_auditing() {
		let (who, _) = worker::<T>(0);
		skip::<T>(1);

		#[extrinsic_call]
		_(RawOrigin::Signed(who), false);

		assert!(Auditing::<T>::get().current.is_zero());
	}

	#[benchmark]
	fn bond_more() {
		let (who, worker) = worker::<T>(0);
		skip::<T>(1);

		#[extrinsic_call]
		_(RawOrigin::Signed(who), bond::<T>());

		assert_eq!(Stakes::<T>::get(worker).unwrap().bond, bond::<T>() * 2u32.into());
	}

	#[benchmark]
	fn unbond() {
		let (who, worker) = worker::<T>(0);
		skip::<T>(1);

		#[extrinsic_call]
		_(RawOrigin::Signed(who), bond::<T>());

		assert_eq!(Unbonding::<T>::get(worker).len(), 1);
	}

	#[benchmark]
	fn withdraw_unbonded() {
		let (who, worker) = worker::<T>(0);
		unbond_eight::<T>(&who);
		skip::<T>(Pallet::<T>::unbonding());

		#[extrinsic_call]
		_(RawOrigin::Signed(who));

		assert!(Unbonding::<T>::get(worker).is_empty());
	}

	#[benchmark]
	fn leave() {
		let (who, worker) = worker::<T>(0);
		Successors::<T>::insert(worker, &who);
		Pallet::<T>::do_note(worker, Outcome::Void { treasury: Zero::zero() });
		Pallet::<T>::do_unbond(who.clone(), bond::<T>()).unwrap();
		skip::<T>(Pallet::<T>::unbonding());
		Pallet::<T>::do_withdraw_unbonded(who.clone()).unwrap();

		#[extrinsic_call]
		_(RawOrigin::Signed(who));

		assert!(AccountOf::<T>::get(worker).is_none());
	}

	#[benchmark]
	fn set_offer() {
		let (who, worker) = worker::<T>(0);
		let version = T::BenchmarkHelper::version(0);

		#[extrinsic_call]
		_(RawOrigin::Signed(who), version, offer::<T>());

		assert!(Offers::<T>::contains_key(worker, version));
	}

	#[benchmark]
	fn remove_offer() {
		let (who, worker, version) = offering::<T>(0);
		// It takes the free place.
		offering::<T>(1);

		#[extrinsic_call]
		_(RawOrigin::Signed(who), version);

		assert!(!Offers::<T>::contains_key(worker, version));
		assert_eq!(OfferCount::<T>::get(version), 1);
	}

	#[benchmark]
	fn drop_offer() {
		let (_, worker, version) = offering::<T>(0);
		offering::<T>(1);
		skip::<T>(T::Liveness::get() * 2 + 1);
		let somebody: T::AccountId = whitelisted_caller();

		#[extrinsic_call]
		_(RawOrigin::Signed(somebody), worker, version);

		assert_eq!(OfferCount::<T>::get(version), 1);
	}

	#[benchmark]
	fn offer_rotation() {
		let (who, worker) = worker::<T>(0);
		let to = rich::<T>("heir", 0);

		#[extrinsic_call]
		_(RawOrigin::Signed(who), Some(to.clone()));

		assert_eq!(Successors::<T>::get(worker), Some(to));
	}

	#[benchmark]
	fn accept_rotation() {
		let (who, worker, _) = offering::<T>(0);
		unbond_eight::<T>(&who);
		let to = rich::<T>("heir", 0);
		Pallet::<T>::do_offer_rotation(who, Some(to.clone())).unwrap();
		skip::<T>(1);

		#[extrinsic_call]
		_(RawOrigin::Signed(to.clone()), worker, keys::<T>(2));

		assert_eq!(AccountOf::<T>::get(worker), Some(to));
	}

	#[benchmark]
	fn apply_slash() {
		let (who, worker) = worker::<T>(0);
		unbond_eight::<T>(&who);
		slash::<T>(worker, Pallet::<T>::now());
		let somebody: T::AccountId = whitelisted_caller();

		#[extrinsic_call]
		_(RawOrigin::Signed(somebody), worker, 0);

		assert!(Stakes::<T>::get(worker).unwrap().bond.is_zero());
		assert!(Unbonding::<T>::get(worker).is_empty());
	}

	#[benchmark]
	fn cancel_slash() -> Result<(), BenchmarkError> {
		let origin = T::CancelOrigin::try_successful_origin().map_err(|()| BenchmarkError::Weightless)?;
		let (_, worker) = worker::<T>(0);
		skip::<T>(1);
		Pallet::<T>::do_convict(worker, Fault::Wrong, None);
		let number = NextSlash::<T>::get() - 1;
		skip::<T>(1);

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, worker, number);

		assert!(!Stakes::<T>::get(worker).unwrap().convicted());
		Ok(())
	}

	#[benchmark]
	fn claim() {
		endow::<T>();
		let who = rich::<T>("owed", 0);
		let account = Pallet::<T>::claims_account();
		T::Currency::set_balance(&account, T::Currency::balance(&account) + bond::<T>());
		T::Currency::hold(&HoldReason::Claims.into(), &account, bond::<T>()).unwrap();
		Claimable::<T>::insert(&who, bond::<T>());

		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()));

		assert!(Claimable::<T>::get(&who).is_zero());
	}

	#[benchmark]
	fn show_weights() {
		let (version, earlier) = hosts::<T>();
		Pallet::<T>::do_show_weights(version, earlier).unwrap();
		skip::<T>(1);
		let later = earlier.map(|attestation| {
			let by = T::Retrievals::retrieval(version, attestation).unwrap().by;
			T::BenchmarkHelper::retrieval(version, &by)
		});
		let somebody: T::AccountId = whitelisted_caller();

		#[extrinsic_call]
		_(RawOrigin::Signed(somebody), version, later);

		assert_eq!(HostsOf::<T>::get(version).unwrap().map(|host| host.attestation), later);
	}

	#[benchmark]
	fn fit() {
		show::<T>();
		let (_, worker, version) = offering::<T>(0);

		#[block]
		{
			assert_eq!(Pallet::<T>::do_fit(worker, version, Tier::Exact), Ok(()));
		}
	}

	#[benchmark]
	fn draw() {
		let looks = LOOKS.min(T::MaxOfferers::get());
		show::<T>();
		let version = T::BenchmarkHelper::version(0);
		for number in 0..looks {
			offering::<T>(number);
		}
		// The last that is looked at has not been there: no look is saved, and the reputations of others are read.
		for index in 0..looks.saturating_sub(7) {
			if let Some(worker) = OfferAt::<T>::get(version, index) {
				LiveUntil::<T>::insert(worker, 0);
			}
		}

		#[block]
		{
			let drawn = Pallet::<T>::do_draw(version, Tier::Exact, One::one(), One::one(), &[7; 32]);
			assert!(drawn.is_some());
		}
	}

	#[benchmark]
	fn engage() {
		let (_, worker) = worker::<T>(0);

		#[block]
		{
			assert_eq!(Pallet::<T>::do_engage(worker, One::one()), Ok(()));
		}

		assert_eq!(Stakes::<T>::get(worker).unwrap().exposure, One::one());
	}

	#[benchmark]
	fn discharge() {
		let (_, worker) = worker::<T>(0);
		assert_eq!(Pallet::<T>::do_engage(worker, One::one()), Ok(()));

		#[block]
		{
			Pallet::<T>::do_discharge(worker, One::one());
		}

		assert!(Stakes::<T>::get(worker).unwrap().exposure.is_zero());
	}

	#[benchmark]
	fn occupy() {
		let (_, worker, version) = offering::<T>(0);

		#[block]
		{
			assert_eq!(Pallet::<T>::do_occupy(worker, version), Ok(()));
		}

		assert_eq!(Offers::<T>::get(worker, version).unwrap().occupied, 1);
	}

	#[benchmark]
	fn note() {
		let (_, worker) = worker::<T>(0);

		#[block]
		{
			Pallet::<T>::do_note(worker, Outcome::Paid { treasury: One::one() });
		}

		assert_eq!(Reputations::<T>::get(worker).treasury, One::one());
	}

	#[benchmark]
	fn fine() {
		let (who, worker) = worker::<T>(0);
		unbond_eight::<T>(&who);
		skip::<T>(1);
		let all = bond::<T>();

		#[block]
		{
			<Pallet<T> as atelier_primitives::work::workers::Workers<_, _>>::fine(worker, all);
		}

		assert!(Stakes::<T>::get(worker).unwrap().bond.is_zero());
	}

	#[benchmark]
	fn standing() {
		let (_, worker) = worker::<T>(0);
		let next = Pallet::<T>::now() + 1;

		#[block]
		{
			assert!(Pallet::<T>::standing_at(worker, next).is_some());
		}
	}

	#[benchmark]
	fn accuse() {
		let (_, worker) = worker::<T>(0);

		#[block]
		{
			Pallet::<T>::do_accuse(worker);
		}

		assert_eq!(Stakes::<T>::get(worker).unwrap().accusations, 1);
	}

	#[benchmark]
	fn convict() {
		let (_, worker) = worker::<T>(0);
		skip::<T>(1);
		// The first bucket is full.
		let due = Pallet::<T>::now() + T::SlashDelay::get();
		for number in 0..MAX_DUE {
			AgendaOf::<T>::note(0, due, (worker, number.into()));
		}

		#[block]
		{
			Pallet::<T>::do_convict(worker, Fault::Wrong, Some(account("prover", 0, 0)));
		}

		assert!(Stakes::<T>::get(worker).unwrap().convicted());
	}

	#[benchmark]
	fn on_poll() {
		let now: u32 = frame_system::Pallet::<T>::block_number().saturated_into();
		NextDue::<T>::put(now);
		let mut meter = WeightMeter::with_limit(T::WeightInfo::on_poll());

		#[block]
		{
			Pallet::<T>::poll(now, &mut meter);
		}

		assert_eq!(NextDue::<T>::get(), now + 1);
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
