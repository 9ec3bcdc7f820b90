// SPDX-License-Identifier: Apache-2.0

//! Pays the author of each block out of the pot.

use crate::{Config, Event, Pallet};
use frame_support::traits::{
	fungible::{Inspect, Mutate},
	tokens::{Fortitude, Preservation},
	Get,
};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::traits::Zero;

impl<T: Config> pallet_authorship::EventHandler<T::AccountId, BlockNumberFor<T>> for Pallet<T> {
	fn note_author(author: T::AccountId) {
		let pot = Self::pot_account();
		let left = T::RewardCurrency::reducible_balance(&pot, Preservation::Expendable, Fortitude::Polite);
		let amount = T::BlockReward::get().min(left);
		if amount.is_zero() {
			return;
		}
		match T::RewardCurrency::transfer(&pot, &author, amount, Preservation::Expendable) {
			Ok(_) => Self::deposit_event(Event::AuthorRewarded { author, amount }),
			// An author that cannot hold the last crumbs of the pot (below the existential deposit) goes without.
			Err(error) => log::debug!(target: "runtime::validators", "no reward for {author:?}: {error:?}"),
		}
	}
}
