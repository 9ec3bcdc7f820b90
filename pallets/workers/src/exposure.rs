// SPDX-License-Identifier: Apache-2.0

//! Work that is not final, by its value. It never exceeds what the bond covers when it is taken on ([`crate::deterrence`]).
//!
//! What is on its way out covers nothing new: it is gone before what is taken on now need be final.

use crate::{
	checks::{on, Check},
	BalanceOf, Config, Pallet, Stake, Stakes,
};
use atelier_primitives::{ids::WorkerId, work::workers::Unfit};
use frame_support::{defensive, ensure, traits::Get};
use sp_runtime::traits::{CheckedAdd, CheckedSub, Saturating, Zero};

impl<T: Config> Pallet<T> {
	/// The most that a stake covers.
	pub(crate) fn covers(stake: &Stake<BalanceOf<T>>) -> BalanceOf<T> {
		match stake.convicted() {
			true => Zero::zero(),
			false => T::Deterrence::get().cover(stake.bond),
		}
	}

	/// Whether a stake covers this value besides.
	pub(crate) fn has_room(stake: &Stake<BalanceOf<T>>, value: BalanceOf<T>) -> Option<BalanceOf<T>> {
		let exposure = stake.exposure.checked_add(&value)?;
		(exposure <= Self::covers(stake) || !on(Check::Exposure)).then_some(exposure)
	}

	/// One item read and written.
	pub(crate) fn do_engage(worker: WorkerId, value: BalanceOf<T>) -> Result<(), Unfit> {
		Stakes::<T>::try_mutate(worker, |stake| {
			let stake = stake.as_mut().ok_or(Unfit::Unknown)?;
			ensure!(!stake.convicted(), Unfit::Convicted);
			stake.exposure = Self::has_room(stake, value).ok_or(Unfit::ExposureFull)?;
			Ok(())
		})
	}

	pub(crate) fn do_discharge(worker: WorkerId, value: BalanceOf<T>) {
		Stakes::<T>::mutate(worker, |stake| {
			let Some(stake) = stake else {
				defensive!("who has work that is not final does not leave");
				return;
			};
			if stake.exposure.checked_sub(&value).is_none() {
				defensive!("what is discharged was engaged");
			}
			stake.exposure = stake.exposure.saturating_sub(value);
		});
	}
}
