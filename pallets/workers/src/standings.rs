// SPDX-License-Identifier: Apache-2.0

//! By what auditors take part in draws, and since when.
//!
//! Who is drawn follows from keys, weights and randomness that comes later. So keys and weights must be those of before
//! the work was put on the chain: whoever could change them afterwards would choose who audits.
//!
//! - What weighs more, or has another key, is a new standing, which counts for what comes after its block. The one before
//!   goes on to count for what came before.
//! - What falls, falls at once, in all standings: nobody is drawn by a bond that is gone. Draws that were fixed by the
//!   larger weight of all auditors find fewer audits, never ones that nobody may make. And nobody loses its right to audit
//!   what came before by a fine: else whoever has auditors fined would choose who does not audit.
//!
//! So no standing weighs more than a later one. Of those before the current [`MAX_FORMER`] are kept. Where there are more,
//! first those go that no work needs, then the later of two with the same key: what came between counts with the smaller
//! weight, which was there too. If all have other keys and are needed, there is no new key until the oldest is not.
//!
//! The weight of all auditors in a block is the sum of the standings that count for that block's work. Else whoever makes a
//! block could thin out its draws with a bond that counts for none of them.

use crate::{
	checks::{on, Check},
	Auditing, AuditorStandings, BalanceOf, Config, Error, Pallet, Stake, Standings, MAX_FORMER,
};
use alloc::vec::Vec;
use atelier_primitives::{ids::WorkerId, work::workers::Standing, BlockNumber};
use atelier_referee::hash::Digest;
use frame_support::{defensive, traits::Get, BoundedVec};
use sp_runtime::traits::{Saturating, Zero};

impl<Balance: Copy + Ord + Zero> Standings<Balance> {
	/// The standing that counts for what was put on the chain in a block.
	fn at(&self, at: BlockNumber) -> Option<Standing<Balance>> {
		let counts = |standing: &&Standing<Balance>| standing.since < at || !on(Check::Since);
		let former = || self.former.iter().rev().find(counts);
		let standing = Some(&self.current).filter(counts).or_else(former);
		standing.copied().filter(|standing| !standing.weight.is_zero())
	}

	fn weight_at(&self, at: BlockNumber) -> Balance {
		self.at(at).map_or_else(Zero::zero, |standing| standing.weight)
	}

	/// What falls, falls in all standings.
	fn fall(&mut self, weight: Balance) {
		self.current.weight = self.current.weight.min(weight);
		for standing in self.former.iter_mut() {
			standing.weight = standing.weight.min(weight);
		}
		self.former.retain(|standing| !standing.weight.is_zero());
	}

	/// A new standing from now on, if it is another. `needed` blocks after a standing has ended nobody asks for it. False:
	/// there is no room for another key.
	fn change(&mut self, key: Digest, weight: Balance, now: BlockNumber, needed: impl Fn() -> BlockNumber) -> bool {
		if on(Check::FallsAtOnce) {
			self.fall(weight);
		}
		let current = self.current;
		if key == current.key && weight == current.weight {
			return true;
		}
		self.current = Standing {
			key,
			weight,
			since: now,
		};
		let ended = Some(current).filter(|current| current.since < now && !current.weight.is_zero());
		let mut former: Vec<_> = self.former.iter().copied().chain(ended).collect();
		let most = match key == current.key {
			true => MAX_FORMER,
			// One place is left: with it, what grows can always be remembered.
			false => MAX_FORMER.saturating_sub(1),
		};
		let fits = shorten(&mut former, most as usize, now, needed);
		self.former = BoundedVec::truncate_from(former);
		fits
	}
}

/// Forgets of standings, the oldest first, until they are so few: those that nobody needs any more, and the later of two with
/// the same key.
fn shorten<Balance: Copy>(
	standings: &mut Vec<Standing<Balance>>,
	most: usize,
	now: BlockNumber,
	needed: impl Fn() -> BlockNumber,
) -> bool {
	let most = match on(Check::FallsAtOnce) {
		true => most,
		// As if only the former were kept.
		false => 1,
	};
	while standings.len() > most {
		let ends = standings.get(1).map_or(now, |next| next.since);
		let alike = standings
			.iter()
			.zip(standings.iter().skip(1))
			.position(|(one, next)| one.key == next.key);
		match alike {
			_ if ends.saturating_add(needed()) < now || !on(Check::FallsAtOnce) => {
				standings.remove(0);
			}
			Some(place) => {
				standings.remove(place.saturating_add(1));
			}
			None => return false,
		}
	}
	true
}

impl<T: Config> Pallet<T> {
	/// What weighs in draws.
	pub(crate) fn weight_of(stake: &Stake<BalanceOf<T>>, auditing: bool) -> BalanceOf<T> {
		match auditing && !stake.convicted() {
			true => stake.bond,
			false => Zero::zero(),
		}
	}

	/// The first standing of a worker.
	pub(crate) fn begin_standing(worker: WorkerId, vrf: Digest, stake: &Stake<BalanceOf<T>>, auditing: bool) {
		let none = Standing {
			key: vrf,
			weight: Zero::zero(),
			since: Self::now(),
		};
		let standings = Standings {
			auditing,
			current: none,
			former: BoundedVec::new(),
		};
		AuditorStandings::<T>::insert(worker, standings);
		Self::stand(worker, stake);
	}

	/// Brings a worker's standing up to date with its bond.
	pub(crate) fn stand(worker: WorkerId, stake: &Stake<BalanceOf<T>>) {
		if Self::change_standing(worker, stake, None).is_err() {
			defensive!("with the same key there is always room for a standing");
		}
	}

	/// The same with a key that may be another.
	pub(crate) fn stand_with(worker: WorkerId, stake: &Stake<BalanceOf<T>>, vrf: Digest) -> Result<(), Error<T>> {
		Self::change_standing(worker, stake, Some(vrf))
	}

	fn change_standing(worker: WorkerId, stake: &Stake<BalanceOf<T>>, vrf: Option<Digest>) -> Result<(), Error<T>> {
		let Some(before) = AuditorStandings::<T>::get(worker) else {
			return Ok(());
		};
		let now = Self::now();
		let key = vrf.unwrap_or(before.current.key);
		let weight = Self::weight_of(stake, before.auditing);
		let mut after = before.clone();
		if !after.change(key, weight, now, T::LeastUnbonding::get) {
			return Err(Error::KeysStillNeeded);
		}
		if after == before {
			return Ok(());
		}
		Self::reweigh(&before, &after, now);
		AuditorStandings::<T>::insert(worker, after);
		Ok(())
	}

	fn reweigh(before: &Standings<BalanceOf<T>>, after: &Standings<BalanceOf<T>>, now: BlockNumber) {
		let of = |standings: &Standings<BalanceOf<T>>| (standings.current.weight, standings.weight_at(now));
		let ((old, old_now), (new, new_now)) = (of(before), of(after));
		if (old, old_now) == (new, new_now) {
			return;
		}
		Auditing::<T>::mutate(|weights| {
			if weights.changed != now {
				weights.before = weights.current;
				weights.changed = now;
			}
			weights.current = weights.current.saturating_sub(old).saturating_add(new);
			weights.before = weights.before.saturating_sub(old_now).saturating_add(new_now);
		});
	}

	/// The standing that counts for what was put on the chain in a block.
	pub(crate) fn standing_at(worker: WorkerId, at: BlockNumber) -> Option<Standing<BalanceOf<T>>> {
		AuditorStandings::<T>::get(worker)?.at(at)
	}

	/// The weight of all standings that count for what is put on the chain in this block.
	pub(crate) fn auditing_weight() -> BalanceOf<T> {
		let weights = Auditing::<T>::get();
		match weights.changed == Self::now() && on(Check::WeightBefore) {
			true => weights.before,
			false => weights.current,
		}
	}
}
