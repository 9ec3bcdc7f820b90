// SPDX-License-Identifier: Apache-2.0

//! Costs of the calls with the fullest set there can be.

use super::*;
use alloc::vec::Vec;
use codec::Decode;
use frame_benchmarking::v2::*;
use frame_support::{
	traits::{EnsureOrigin, Get},
	BoundedVec,
};
use frame_system::RawOrigin;
use sp_runtime::{traits::TrailingZeroInput, Perbill};
use sp_staking::offence::{OffenceDetails, OnOffenceHandler};

/// A full set but for `free` places.
fn fill<T: Config>(free: u32) -> Vec<T::AccountId> {
	let members: Vec<T::AccountId> = (0..T::MaxValidators::get() - free)
		.map(|i| account("validator", i, 0))
		.collect();
	Validators::<T>::put(BoundedVec::truncate_from(members.clone()));
	pallet_session::Validators::<T>::put(members.clone());
	members
}

fn register_keys<T: Config>(who: &T::AccountId) {
	let keys = T::Keys::decode(&mut TrailingZeroInput::zeroes()).unwrap();
	pallet_session::NextKeys::<T>::insert(who, keys);
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn add_validator() -> Result<(), BenchmarkError> {
		fill::<T>(1);
		let newcomer: T::AccountId = account("newcomer", 0, 0);
		register_keys::<T>(&newcomer);
		let origin = T::ManageOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, newcomer.clone());

		assert!(Validators::<T>::get().contains(&newcomer));
		Ok(())
	}

	#[benchmark]
	fn remove_validator() -> Result<(), BenchmarkError> {
		let members = fill::<T>(0);
		let leaver = members.last().cloned().unwrap();
		let origin = T::ManageOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, leaver.clone());

		assert!(!Validators::<T>::get().contains(&leaver));
		Ok(())
	}

	#[benchmark]
	fn purge_keys() {
		fill::<T>(0);
		let leaver: T::AccountId = whitelisted_caller();
		register_keys::<T>(&leaver);
		frame_system::Pallet::<T>::inc_providers(&leaver);
		frame_system::Pallet::<T>::inc_consumers(&leaver).unwrap();

		#[extrinsic_call]
		_(RawOrigin::Signed(leaver.clone()));

		assert!(pallet_session::Pallet::<T>::load_keys(&leaver).is_none());
	}

	#[benchmark]
	fn on_offence() {
		let members = fill::<T>(0);
		let offender = members.last().cloned().unwrap();
		let details = [OffenceDetails {
			offender: (offender.clone(), ()),
			reporters: Vec::new(),
		}];

		#[block]
		{
			Pallet::<T>::on_offence(&details, &[Perbill::one()], 0);
		}

		assert!(!Validators::<T>::get().contains(&offender));
	}
}
