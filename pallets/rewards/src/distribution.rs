// SPDX-License-Identifier: Apache-2.0

//! Divides one pot.

use crate::{
	division::{self, Division, Unsound, QUANTUM},
	BalanceOf, Config, Error, Event, Ledger, Ledgers, Pallet, PassedOn,
};
use atelier_primitives::{
	pots::{Pot, Split, Splits},
	views::rewards::Passed,
};
use frame_support::{ensure, BoundedVec};
use sp_runtime::{traits::CheckedAdd, DispatchError, DispatchResult};

impl<T: Config> From<Unsound> for Error<T> {
	fn from(unsound: Unsound) -> Self {
		match unsound {
			Unsound::TooMany => Self::TooManyShares,
			Unsound::MoreThanAll => Self::SharesAboveWhole,
			Unsound::Circular(_) => Self::CircularShare,
			Unsound::Overflow => Self::Overflow,
		}
	}
}

impl<T: Config> Pallet<T> {
	/// Divides what a pot holds. Returns how many shares it has. May leave half a division behind on an error, which the
	/// caller's storage layer undoes.
	pub(crate) fn do_distribute(pot: Pot) -> Result<u32, DispatchError> {
		let split = T::Splits::split(pot).ok_or(Error::<T>::UnknownPot)?;
		let ledger = Ledgers::<T>::get(pot).ok_or(Error::<T>::NothingToDistribute)?;
		ensure!(ledger.held >= QUANTUM.into(), Error::<T>::NothingToDistribute);
		ensure!(!split.frozen, Error::<T>::Frozen);
		let division = Self::sound_division(pot, &split, &ledger)?;
		Self::divide(pot, &split, ledger, division)?;
		Ok(split.shares.len() as u32)
	}

	/// Who would get what.
	pub(crate) fn sound_division(
		pot: Pot,
		split: &Split<T::AccountId>,
		ledger: &Ledger<BalanceOf<T>>,
	) -> Result<Division<BalanceOf<T>>, Error<T>> {
		let division = division::divide(pot, &split.shares, ledger.held)?;
		ensure!(
			division.passed.iter().all(|share| T::Splits::exists(share.pot)),
			Error::<T>::ShareOfUnknownPot
		);
		Ok(division)
	}

	fn divide(
		pot: Pot,
		split: &Split<T::AccountId>,
		ledger: Ledger<BalanceOf<T>>,
		division: Division<BalanceOf<T>>,
	) -> DispatchResult {
		let Division {
			divided,
			earned,
			passed,
		} = division;
		let sum = division::sum(&passed).ok_or(Error::<T>::Overflow)?;
		let left = ledger.give(&earned, &sum).ok_or(Error::<T>::Overflow)?;
		Ledgers::<T>::insert(pot, left);
		for share in &passed {
			Self::pass_on(pot, share)?;
		}
		Self::note_earned(&split.owner, pot, divided, earned)?;
		Self::deposit_event(Event::Distributed {
			pot,
			divided,
			owner: split.owner.clone(),
			earned,
			passed: BoundedVec::truncate_from(passed),
		});
		Self::pay(&split.owner, earned)
	}

	/// Moves a share to its pot. No money moves: both pots are in one account.
	fn pass_on(from: Pot, share: &Passed<BalanceOf<T>>) -> DispatchResult {
		let ledger = Ledgers::<T>::get(share.pot)
			.unwrap_or_default()
			.receive(&share.amount)
			.ok_or(Error::<T>::Overflow)?;
		Ledgers::<T>::insert(share.pot, ledger);
		PassedOn::<T>::try_mutate(from, share.pot, |passed| -> Result<(), Error<T>> {
			*passed = passed.checked_add(&share.amount).ok_or(Error::<T>::Overflow)?;
			Ok(())
		})?;
		Self::enqueue_if_due(share.pot);
		Ok(())
	}
}
