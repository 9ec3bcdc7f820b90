// SPDX-License-Identifier: Apache-2.0

//! Spending keys: who may open sessions with whose money.

use crate::{
	checks::{on, Check},
	BalanceOf, Config, Error, Event, Grant, Grants, NextGrant, Pallet, SessionOf, ITEM_BYTES,
};
use atelier_primitives::BlockNumber;
use codec::MaxEncodedLen;
use frame_support::{
	ensure,
	traits::{Consideration, Footprint},
};
use sp_runtime::{
	traits::{CheckedAdd, Saturating, Zero},
	DispatchError, DispatchResult,
};

impl<T: Config> Pallet<T> {
	fn grant_footprint() -> Footprint {
		let bytes =
			crate::GrantOf::<T>::max_encoded_len().saturating_add(T::AccountId::max_encoded_len().saturating_mul(2));
		Footprint {
			count: 1,
			size: ITEM_BYTES.saturating_add(bytes as u64),
		}
	}

	pub(crate) fn do_grant(
		owner: T::AccountId,
		spender: T::AccountId,
		cap: BalanceOf<T>,
		until: BlockNumber,
	) -> DispatchResult {
		ensure!(owner != spender, Error::<T>::OwnMoney);
		let grant = match Grants::<T>::get(&owner, &spender) {
			Some(grant) => Grant { cap, until, ..grant },
			None => {
				let number = NextGrant::<T>::get();
				NextGrant::<T>::put(number.checked_add(1).ok_or(Error::<T>::NoMoreNumbers)?);
				Grant {
					number,
					cap,
					spent: Zero::zero(),
					until,
					ticket: T::Consideration::new(&owner, Self::grant_footprint())?,
				}
			}
		};
		Grants::<T>::insert(&owner, &spender, grant);
		Self::deposit_event(Event::Granted {
			owner,
			spender,
			cap,
			until,
		});
		Ok(())
	}

	pub(crate) fn do_revoke(owner: T::AccountId, spender: T::AccountId) -> DispatchResult {
		let grant = Grants::<T>::take(&owner, &spender).ok_or(Error::<T>::NotGranted)?;
		grant.ticket.drop(&owner)?;
		Self::deposit_event(Event::Revoked { owner, spender });
		Ok(())
	}

	/// Counts an amount against a grant. Returns the grant's number.
	pub(crate) fn spend(
		owner: &T::AccountId,
		spender: &T::AccountId,
		amount: BalanceOf<T>,
	) -> Result<u64, DispatchError> {
		let mut grant = Grants::<T>::get(owner, spender).ok_or(Error::<T>::NotGranted)?;
		ensure!(Self::now() <= grant.until, Error::<T>::GrantExpired);
		grant.spent = grant.spent.checked_add(&amount).ok_or(Error::<T>::CapPassed)?;
		ensure!(grant.spent <= grant.cap || !on(Check::Cap), Error::<T>::CapPassed);
		let number = grant.number;
		Grants::<T>::insert(owner, spender, grant);
		Ok(number)
	}

	/// What came back from a session can be spent again by the grant that paid for it.
	pub(crate) fn unspend(session: &mut SessionOf<T>, amount: BalanceOf<T>) {
		let Some(spender) = session.spender.as_mut() else {
			return;
		};
		let besides = spender.besides.min(amount);
		spender.besides = spender.besides.saturating_sub(besides);
		let amount = amount.saturating_sub(besides);
		if amount.is_zero() {
			return;
		}
		Grants::<T>::mutate(&session.payer, &spender.key, |grant| {
			if let Some(grant) = grant {
				// A new grant to the same key has not paid for what an old one opened.
				if grant.number == spender.grant || !on(Check::Grant) {
					grant.spent = grant.spent.saturating_sub(amount);
				}
			}
		});
	}
}
