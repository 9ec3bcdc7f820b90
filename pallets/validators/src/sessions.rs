// SPDX-License-Identifier: Apache-2.0

//! Tells the session pallet who validates next, and only when that changed.

use crate::{Config, Offenders, Pallet, PlannedDigest, Validators};
use alloc::vec::Vec;
use codec::Encode;
use frame_support::{traits::Get, BoundedVec};
use sp_runtime::traits::Hash;
use sp_staking::SessionIndex;

impl<T: Config> Pallet<T> {
	/// Whether `who` needs its keys: in the set, in the running session or in the queued one.
	pub(crate) fn in_service(who: &T::AccountId) -> bool {
		Validators::<T>::get().contains(who)
			|| pallet_session::Validators::<T>::get().contains(who)
			|| pallet_session::QueuedKeys::<T>::get()
				.iter()
				.any(|(queued, _)| queued == who)
	}

	/// The members of the set that have keys, with those keys.
	fn ready() -> Vec<(T::AccountId, T::Keys)> {
		Validators::<T>::get()
			.into_iter()
			.filter_map(|who| pallet_session::Pallet::<T>::load_keys(&who).map(|keys| (who, keys)))
			.collect()
	}

	/// The set for the session being planned, or `None` when validators and keys are as planned last.
	///
	/// Keys count as well as names: the historical root that proves key ownership is renewed only with an announced
	/// change, and an equivocation by a key missing there could not be proven.
	fn plan() -> Option<Vec<T::AccountId>> {
		let ready = Self::ready();
		if ready.is_empty() {
			log::error!(target: "runtime::validators", "no validator has session keys; the running set stays");
			return None;
		}
		let digest = T::Hashing::hash(&ready.encode());
		if PlannedDigest::<T>::get() == Some(digest) {
			return None;
		}
		PlannedDigest::<T>::put(digest);
		Some(ready.into_iter().map(|(who, _)| who).collect())
	}

	/// Everyone with session keys, in an order that does not depend on how the chain spec lists them.
	fn seed_from_session_keys() {
		let mut seeded: Vec<_> = pallet_session::NextKeys::<T>::iter_keys().collect();
		seeded.sort();
		let count = seeded.len();
		let bounded = BoundedVec::<_, T::MaxValidators>::try_from(seeded);
		assert!(
			bounded.is_ok(),
			"session.keys names {count} validators, at most {} fit",
			T::MaxValidators::get()
		);
		Validators::<T>::put(bounded.unwrap_or_default());
	}
}

impl<T: Config> pallet_session::SessionManager<T::AccountId> for Pallet<T> {
	fn new_session(_: SessionIndex) -> Option<Vec<T::AccountId>> {
		Self::plan()
	}

	fn new_session_genesis(_: SessionIndex) -> Option<Vec<T::AccountId>> {
		if Validators::<T>::get().is_empty() {
			Self::seed_from_session_keys();
		}
		// Both genesis sessions must be announced: the historical roots start with them.
		Self::plan();
		let ready: Vec<_> = Self::ready().into_iter().map(|(who, _)| who).collect();
		(!ready.is_empty()).then_some(ready)
	}

	fn start_session(_: SessionIndex) {
		// A change of the set clears the disabled list, so offenders that were planned before are disabled anew.
		let active = pallet_session::Validators::<T>::get();
		let queued = pallet_session::QueuedKeys::<T>::get();
		Offenders::<T>::mutate(|offenders| {
			offenders.retain(|(who, _)| active.contains(who) || queued.iter().any(|(next, _)| next == who));
			for (who, severity) in offenders.iter() {
				pallet_session::Pallet::<T>::report_offence(who.clone(), *severity);
			}
		});
	}

	fn end_session(_: SessionIndex) {}
}

/// The historical session manager wants an identity beside each validator; until there are bonds it says nothing more.
impl<T: Config> pallet_session::historical::SessionManager<T::AccountId, ()> for Pallet<T> {
	fn new_session(index: SessionIndex) -> Option<Vec<(T::AccountId, ())>> {
		<Self as pallet_session::SessionManager<_>>::new_session(index).map(with_unit)
	}

	fn new_session_genesis(index: SessionIndex) -> Option<Vec<(T::AccountId, ())>> {
		<Self as pallet_session::SessionManager<_>>::new_session_genesis(index).map(with_unit)
	}

	fn start_session(index: SessionIndex) {
		<Self as pallet_session::SessionManager<_>>::start_session(index)
	}

	fn end_session(index: SessionIndex) {
		<Self as pallet_session::SessionManager<_>>::end_session(index)
	}
}

fn with_unit<A>(validators: Vec<A>) -> Vec<(A, ())> {
	validators.into_iter().map(|who| (who, ())).collect()
}
