// SPDX-License-Identifier: Apache-2.0

//! A worker changes its account: the bond, what is on its way out, and the deposit move with it in one step. Everything else
//! is the worker's by its number and stays where it is: offers, exposure, history, open claims, slashes. The keys are others
//! from then on: who gave it away signs for it no more.

use crate::{
	checks::{on, Check},
	registration::footprint,
	AccountOf, BalanceOf, Config, Deposit, Deposits, Error, Event, HoldReason, KeysOf, Pallet, Records, Stakes,
	Successors, Unbonding, WorkerOf,
};
use atelier_primitives::ids::WorkerId;
use frame_support::{
	ensure,
	traits::{
		fungible::MutateHold,
		tokens::{Fortitude, Precision, Restriction},
		Consideration,
	},
};
use sp_runtime::{
	traits::{CheckedAdd, Zero},
	DispatchResult,
};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_offer_rotation(who: T::AccountId, to: Option<T::AccountId>) -> DispatchResult {
		let (worker, stake) = Self::stake_of(&who)?;
		ensure!(!stake.convicted() || !on(Check::ConvictedStay), Error::<T>::Convicted);
		ensure!(to.as_ref() != Some(&who), Error::<T>::RotationToSelf);
		match to.clone() {
			Some(to) => Successors::<T>::insert(worker, to),
			None => {
				ensure!(Successors::<T>::contains_key(worker), Error::<T>::NotOffered);
				Successors::<T>::remove(worker);
			}
		}
		Self::deposit_event(Event::RotationOffered { worker, to });
		Ok(())
	}

	pub(crate) fn do_accept_rotation(to: T::AccountId, worker: WorkerId, keys: KeysOf<T>) -> DispatchResult {
		let from = AccountOf::<T>::get(worker).ok_or(Error::<T>::UnknownWorker)?;
		let stake = Stakes::<T>::get(worker).ok_or(Error::<T>::UnknownWorker)?;
		let offered = Successors::<T>::get(worker);
		ensure!(
			offered.as_ref() == Some(&to) || !on(Check::Consent),
			Error::<T>::NotOffered
		);
		ensure!(!stake.convicted() || !on(Check::ConvictedStay), Error::<T>::Convicted);
		ensure!(!WorkerOf::<T>::contains_key(&to), Error::<T>::AlreadyWorker);
		Self::check_keys(&keys)?;
		let signer = Records::<T>::get(worker).map(|record| record.keys.signer);
		// Who gave it away would go on to sign for it.
		ensure!(
			signer.as_ref() != Some(&keys.signer) || !on(Check::NewSigner),
			Error::<T>::FormerSigner
		);
		let Deposit { offers, listed, ticket } = Deposits::<T>::get(worker).ok_or(Error::<T>::UnknownWorker)?;
		let deposit = Deposit {
			offers,
			listed,
			ticket: T::Consideration::new(&to, footprint::<T>(offers))?,
		};
		ticket.drop(&from)?;
		Self::move_bond(worker, stake.bond, &from, &to)?;
		Deposits::<T>::insert(worker, deposit);
		Successors::<T>::remove(worker);
		WorkerOf::<T>::remove(&from);
		WorkerOf::<T>::insert(&to, worker);
		AccountOf::<T>::insert(worker, &to);
		Self::change_keys(worker, &stake, keys)?;
		Self::deposit_event(Event::Rotated { worker, from, to });
		Ok(())
	}

	fn move_bond(worker: WorkerId, bond: BalanceOf<T>, from: &T::AccountId, to: &T::AccountId) -> DispatchResult {
		let leaving = Self::leaving(&Unbonding::<T>::get(worker));
		let all = bond.checked_add(&leaving).ok_or(Error::<T>::Overflow)?;
		if all.is_zero() {
			return Ok(());
		}
		T::Currency::transfer_on_hold(
			&HoldReason::Bond.into(),
			from,
			to,
			all,
			Precision::Exact,
			Restriction::OnHold,
			Fortitude::Force,
		)?;
		Ok(())
	}
}
