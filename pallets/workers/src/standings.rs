// SPDX-License-Identifier: Apache-2.0

//! By what auditors take part in draws, and since when.
//!
//! Who is drawn follows from keys, weights and randomness that comes later. So keys and weights must be those of before
//! the work was put on the chain: whoever could change them afterwards would choose who audits. A change makes a new
//! standing, which counts for what comes after its block; the one before goes on to count for what came before. Changes
//! in one block make one new standing. Of standings before the former nothing is kept: who changes twice within an audit
//! window does not audit what came before the first change, and loses the fees.
//!
//! The weight of all auditors in a block is the sum of the standings that count for that block's work, which is the
//! weight before the block. Else whoever makes a block could thin out its draws with a bond that counts for none of them.

use crate::{
	checks::{on, Check},
	Auditing, AuditorStandings, BalanceOf, Config, Pallet, Stake, Standings,
};
use atelier_primitives::{ids::WorkerId, work::workers::Standing, BlockNumber};
use atelier_referee::hash::Digest;
use sp_runtime::traits::{Saturating, Zero};

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
			former: None,
		};
		AuditorStandings::<T>::insert(worker, standings);
		Self::stand(worker, stake, None);
	}

	/// Brings a worker's standing up to date with its bond, and with its key if that is new.
	pub(crate) fn stand(worker: WorkerId, stake: &Stake<BalanceOf<T>>, vrf: Option<Digest>) {
		let now = Self::now();
		AuditorStandings::<T>::mutate(worker, |standings| {
			let Some(standings) = standings else { return };
			let current = standings.current;
			let key = vrf.unwrap_or(current.key);
			let weight = Self::weight_of(stake, standings.auditing);
			if key == current.key && weight == current.weight {
				return;
			}
			if current.since < now {
				standings.former = Some(current);
			}
			standings.current = Standing {
				key,
				weight,
				since: now,
			};
			Self::reweigh(current.weight, weight, now);
		});
	}

	fn reweigh(old: BalanceOf<T>, new: BalanceOf<T>, now: BlockNumber) {
		if old == new {
			return;
		}
		Auditing::<T>::mutate(|weights| {
			if weights.changed != now {
				weights.before = weights.current;
				weights.changed = now;
			}
			weights.current = weights.current.saturating_sub(old).saturating_add(new);
		});
	}

	/// Forgets the standings of who leaves. It weighs nothing any more, but what it weighed may still count in this block.
	pub(crate) fn end_standing(worker: WorkerId) {
		let counting = Self::standing_at(worker, Self::now());
		if let Some(standing) = counting {
			Auditing::<T>::mutate(|weights| weights.before = weights.before.saturating_sub(standing.weight));
		}
		AuditorStandings::<T>::remove(worker);
	}

	/// The standing that counts for what was put on the chain in a block.
	pub(crate) fn standing_at(worker: WorkerId, at: BlockNumber) -> Option<Standing<BalanceOf<T>>> {
		let Standings { current, former, .. } = AuditorStandings::<T>::get(worker)?;
		let counts = |standing: &Standing<BalanceOf<T>>| standing.since < at || !on(Check::Since);
		Some(current)
			.filter(counts)
			.or(former.filter(counts))
			.filter(|standing| !standing.weight.is_zero())
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
