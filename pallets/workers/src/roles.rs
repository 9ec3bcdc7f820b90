// SPDX-License-Identifier: Apache-2.0

//! What jobs and the court ask of this pallet.

use crate::{BalanceOf, Config, Pallet, Records, Reputation, Stakes, WorkerOf};
use atelier_primitives::{
	ids::{VersionId, WorkerId},
	work::{
		workers::{Accused, Fault, Offer, Outcome, Standing, Unfit, Workers},
		Tier,
	},
	BlockNumber,
};
use atelier_referee::hash::Digest;
use frame_support::traits::OnUnbalanced;
use sp_runtime::traits::Zero;

impl<T: Config> Workers<T::AccountId, BalanceOf<T>> for Pallet<T> {
	fn of(account: &T::AccountId) -> Option<WorkerId> {
		WorkerOf::<T>::get(account)
	}

	fn account(worker: WorkerId) -> Option<T::AccountId> {
		Self::account_of(worker)
	}

	fn signer(worker: WorkerId) -> Option<T::AccountId> {
		Some(Records::<T>::get(worker)?.keys.signer)
	}

	fn offer(worker: WorkerId, version: VersionId, tier: Tier) -> Result<Offer<BalanceOf<T>>, Unfit> {
		Self::do_offer(worker, version, tier)
	}

	fn fit(worker: WorkerId, version: VersionId, tier: Tier) -> Result<(), Unfit> {
		Self::do_fit(worker, version, tier)
	}

	fn draw(
		version: VersionId,
		tier: Tier,
		most: BalanceOf<T>,
		value: BalanceOf<T>,
		seed: &Digest,
	) -> Option<WorkerId> {
		Self::do_draw(version, tier, most, value, seed)
	}

	fn cover(worker: WorkerId) -> BalanceOf<T> {
		Stakes::<T>::get(worker).map_or_else(Zero::zero, |stake| Self::covers(&stake))
	}

	fn engage(worker: WorkerId, value: BalanceOf<T>) -> Result<(), Unfit> {
		Self::do_engage(worker, value)
	}

	fn discharge(worker: WorkerId, value: BalanceOf<T>) {
		Self::do_discharge(worker, value)
	}

	fn occupy(worker: WorkerId, version: VersionId) -> Result<(), Unfit> {
		Self::do_occupy(worker, version)
	}

	fn vacate(worker: WorkerId, version: VersionId) {
		Self::do_vacate(worker, version)
	}

	fn note(worker: WorkerId, outcome: Outcome<BalanceOf<T>>) {
		Self::do_note(worker, outcome)
	}

	fn fine(worker: WorkerId, amount: BalanceOf<T>) {
		if let Ok(money) = Self::do_fine(worker, amount) {
			T::Slash::on_unbalanced(money);
		}
	}

	fn convicted(worker: WorkerId) -> bool {
		Self::is_convicted(worker)
	}

	fn barred(worker: WorkerId) -> BlockNumber {
		Stakes::<T>::get(worker).map_or(0, |stake| stake.barred.read(Self::now()))
	}

	fn frozen(worker: WorkerId) -> BlockNumber {
		Stakes::<T>::get(worker).map_or(0, |stake| stake.frozen.read(Self::now()))
	}

	fn accused(worker: WorkerId) -> bool {
		Stakes::<T>::get(worker).is_some_and(|stake| stake.accused())
	}
}

impl<T: Config> Accused<T::AccountId, BalanceOf<T>> for Pallet<T> {
	fn of(account: &T::AccountId) -> Option<WorkerId> {
		WorkerOf::<T>::get(account)
	}

	fn account(worker: WorkerId) -> Option<T::AccountId> {
		Self::account_of(worker)
	}

	fn standing(worker: WorkerId, at: BlockNumber) -> Option<Standing<BalanceOf<T>>> {
		Self::standing_at(worker, at)
	}

	fn auditing() -> BalanceOf<T> {
		Self::auditing_weight()
	}

	fn newcomer(worker: WorkerId) -> bool {
		Self::is_newcomer(worker)
	}

	fn accuse(worker: WorkerId) {
		Self::do_accuse(worker)
	}

	fn acquit(worker: WorkerId) {
		Self::do_acquit(worker)
	}

	fn convict(worker: WorkerId, fault: Fault, prover: Option<T::AccountId>) {
		Self::do_convict(worker, fault, prover)
	}

	fn convicted(worker: WorkerId) -> bool {
		Self::is_convicted(worker)
	}

	fn audited(worker: WorkerId, audits: u32) {
		Self::change_reputation(worker, |reputation: &mut Reputation<BalanceOf<T>>| {
			reputation.audits = reputation.audits.saturating_add(audits);
		});
	}
}
