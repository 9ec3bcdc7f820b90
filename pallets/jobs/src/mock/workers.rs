// SPDX-License-Identifier: Apache-2.0

//! Workers that are what a test says: kept in the state, so that refused calls change nothing of them.

use super::*;
use atelier_primitives::{
	ids::{VersionId, WorkerId},
	work::{
		workers::{Offer, Outcome, Unfit, Workers},
		Tier,
	},
};
use atelier_referee::hash::Digest;
use codec::{Decode, Encode};
use frame_support::{storage_alias, Twox64Concat};

/// A worker as a test made it. It is kept in the state, so that refused calls change nothing of it.
#[derive(Clone, Debug, Encode, Decode)]
pub struct Fake {
	pub account: AccountId,
	pub signer: AccountId,
	pub price: Balance,
	pub capacity: u32,
	pub occupied: u32,
	pub cover: Balance,
	pub engaged: Balance,
	pub unfit: Option<Unfit>,
	pub drawable: bool,
	pub convicted: bool,
	pub accused: u32,
	pub since: u32,
	pub thawed: u32,
	pub barred_since: Option<u32>,
	pub barred: u32,
	pub fined: Balance,
	pub paid: u32,
	pub treasury: Balance,
	pub refused: u32,
	pub failed: u32,
	pub void: u32,
	pub charged: Balance,
}

impl Fake {
	/// A fit worker that has done nothing yet; its account signs.
	pub fn new(account: AccountId, drawable: bool) -> Self {
		Self {
			signer: account.clone(),
			account,
			price: PRICE,
			capacity: 3,
			occupied: 0,
			cover: 10_000_000,
			engaged: 0,
			unfit: None,
			drawable,
			convicted: false,
			accused: 0,
			since: 0,
			thawed: 0,
			barred_since: None,
			barred: 0,
			fined: 0,
			paid: 0,
			treasury: 0,
			refused: 0,
			failed: 0,
			void: 0,
			charged: 0,
		}
	}
}

#[storage_alias]
pub type Fakes = StorageMap<Jobs, Twox64Concat, WorkerId, Fake, frame_support::pallet_prelude::OptionQuery>;

pub fn fake(worker: WorkerId) -> Fake {
	Fakes::get(worker).unwrap()
}

pub fn change<R>(worker: WorkerId, change: impl FnOnce(&mut Fake) -> R) -> R {
	Fakes::mutate(worker, |fake| change(fake.as_mut().unwrap()))
}

/// A worker that has nothing that is not final leaves.
pub fn leave(worker: WorkerId) {
	let fake = Fakes::take(worker).unwrap();
	assert_eq!((fake.engaged, fake.occupied, fake.accused), (0, 0, 0));
}

pub fn accuse(worker: WorkerId) {
	change(worker, |fake| {
		if fake.accused == 0 {
			fake.since = now();
		}
		fake.accused += 1;
	});
}

pub fn acquit(worker: WorkerId) {
	change(worker, |fake| {
		fake.accused -= 1;
		if fake.accused == 0 {
			fake.thawed += now() - fake.since;
		}
	});
}

/// A verdict that governance may undo: until then the worker counts as accused.
pub fn convict(worker: WorkerId) {
	accuse(worker);
	change(worker, |fake| (fake.convicted, fake.barred_since) = (true, Some(now())));
}

/// The verdict stands.
pub fn condemn(worker: WorkerId) {
	acquit(worker);
	change(worker, |fake| {
		fake.barred += now() - fake.barred_since.take().unwrap();
	});
}

/// Governance undoes a verdict.
pub fn pardon(worker: WorkerId) {
	condemn(worker);
	change(worker, |fake| fake.convicted = false);
}

impl Workers<AccountId, Balance> for World {
	fn of(account: &AccountId) -> Option<WorkerId> {
		Fakes::iter()
			.find(|(_, fake)| fake.account == *account)
			.map(|(id, _)| id)
	}

	fn account(worker: WorkerId) -> Option<AccountId> {
		Some(Fakes::get(worker)?.account)
	}

	fn signer(worker: WorkerId) -> Option<AccountId> {
		Some(Fakes::get(worker)?.signer)
	}

	fn offer(worker: WorkerId, version: VersionId, tier: Tier) -> Result<Offer<Balance>, Unfit> {
		Self::fit(worker, version, tier)?;
		let fake = fake(worker);
		if fake.occupied >= fake.capacity {
			return Err(Unfit::OfferExhausted);
		}
		Ok(Offer {
			price: fake.price,
			capacity: fake.capacity,
		})
	}

	fn fit(worker: WorkerId, _: VersionId, _: Tier) -> Result<(), Unfit> {
		let fake = Fakes::get(worker).ok_or(Unfit::Unknown)?;
		if fake.convicted {
			return Err(Unfit::Convicted);
		}
		fake.unfit.map_or(Ok(()), Err)
	}

	fn draw(version: VersionId, tier: Tier, most: Balance, value: Balance, seed: &Digest) -> Option<WorkerId> {
		let fit = |id: &WorkerId| {
			let fake = fake(*id);
			fake.drawable
				&& fake.engaged + value <= fake.cover
				&& Self::offer(*id, version, tier).is_ok_and(|offer| offer.price <= most)
		};
		let mut ids: Vec<_> = Fakes::iter_keys().filter(fit).collect();
		ids.sort();
		ids.get(usize::from(seed[0]) % ids.len().max(1)).copied()
	}

	fn cover(worker: WorkerId) -> Balance {
		Fakes::get(worker).map_or(0, |fake| fake.cover)
	}

	fn engage(worker: WorkerId, value: Balance) -> Result<(), Unfit> {
		let fake = Fakes::get(worker).ok_or(Unfit::Unknown)?;
		if fake.convicted {
			return Err(Unfit::Convicted);
		}
		if fake.engaged + value > fake.cover {
			return Err(Unfit::ExposureFull);
		}
		change(worker, |fake| fake.engaged += value);
		Ok(())
	}

	fn discharge(worker: WorkerId, value: Balance) {
		change(worker, |fake| {
			fake.engaged = fake.engaged.checked_sub(value).expect("was engaged")
		});
	}

	fn occupy(worker: WorkerId, _: VersionId) -> Result<(), Unfit> {
		if fake(worker).occupied >= fake(worker).capacity {
			return Err(Unfit::OfferExhausted);
		}
		change(worker, |fake| fake.occupied += 1);
		Ok(())
	}

	fn vacate(worker: WorkerId, _: VersionId) {
		change(worker, |fake| {
			fake.occupied = fake.occupied.checked_sub(1).expect("was occupied")
		});
	}

	fn note(worker: WorkerId, outcome: Outcome<Balance>) {
		change(worker, |fake| match outcome {
			Outcome::Paid { treasury } => {
				fake.paid += 1;
				fake.treasury += treasury;
			}
			Outcome::Refused => fake.refused += 1,
			Outcome::Failed => fake.failed += 1,
			Outcome::Void { treasury } => {
				fake.void += 1;
				fake.charged += treasury;
			}
		});
	}

	fn fine(worker: WorkerId, amount: Balance) {
		change(worker, |fake| fake.fined += amount);
	}

	fn convicted(worker: WorkerId) -> bool {
		Fakes::get(worker).is_some_and(|fake| fake.convicted)
	}

	fn barred(worker: WorkerId) -> u32 {
		let Some(fake) = Fakes::get(worker) else { return 0 };
		fake.barred + fake.barred_since.map_or(0, |since| now() - since)
	}

	fn frozen(worker: WorkerId) -> u32 {
		let Some(fake) = Fakes::get(worker) else { return 0 };
		let running = if fake.accused > 0 { now() - fake.since } else { 0 };
		fake.thawed + running
	}

	fn accused(worker: WorkerId) -> bool {
		Fakes::get(worker).is_some_and(|fake| fake.accused > 0)
	}
}
