// SPDX-License-Identifier: Apache-2.0

//! Picks a worker for a job by a seed that nobody chose.
//!
//! Of the offers for the version some are looked at, each at most once, every one with the same chance. The first few of
//! them that could take the job are candidates, and one is drawn with a chance proportional to its bond and to what is
//! known of it. Bounded: a version may have thousands of offers.

use crate::{
	checks::{on, Check},
	reputation::WHOLE_FACTOR,
	BalanceOf, Config, OfferAt, OfferCount, Offers, Pallet, Reputations, Stakes,
};
use alloc::{collections::BTreeMap, vec::Vec};
use atelier_primitives::{
	ids::{VersionId, WorkerId},
	work::Tier,
};
use atelier_referee::hash::Digest;
use codec::Encode;
use sp_runtime::traits::{BlakeTwo256, Hash, SaturatedConversion};

/// Among how many one is drawn.
pub const CANDIDATES: usize = 8;
/// How many offers are looked at for them. With a quarter of many offers fit, one draw in 10,000
/// finds nobody: 0.75^32.
pub const LOOKS: u32 = 32;

/// Numbers that follow from a seed: hashes of it with a counter.
pub(crate) struct Numbers<'a> {
	seed: &'a Digest,
	counter: u32,
}

impl<'a> Numbers<'a> {
	pub(crate) fn of(seed: &'a Digest) -> Self {
		Self { seed, counter: 0 }
	}

	/// The next number below a bound. 128 bits: the first numbers are more likely by less than one part in 2^32.
	fn below(&mut self, bound: u128) -> u128 {
		let hash = BlakeTwo256::hash(&(b"atelier/draw", self.seed, self.counter).encode());
		self.counter = self.counter.saturating_add(1);
		let mut bytes = [0; 16];
		for (byte, of_hash) in bytes.iter_mut().zip(hash.as_bytes()) {
			*byte = *of_hash;
		}
		u128::from_le_bytes(bytes).checked_rem(bound).unwrap_or(0)
	}

	/// The beginning of a shuffled `0..count`, without the rest of it.
	pub(crate) fn distinct(&mut self, count: u32, most: u32) -> Vec<u32> {
		let mut moved = BTreeMap::<u32, u32>::new();
		let mut picked = Vec::new();
		for place in 0..count.min(most) {
			let rest = count.saturating_sub(place);
			let other = place.saturating_add(self.below(rest.into()) as u32);
			let there = moved.get(&other).copied().unwrap_or(other);
			let here = moved.get(&place).copied().unwrap_or(place);
			moved.insert(other, here);
			picked.push(there);
		}
		picked
	}
}

impl<T: Config> Pallet<T> {
	pub(crate) fn do_draw(
		version: VersionId,
		tier: Tier,
		most: BalanceOf<T>,
		value: BalanceOf<T>,
		seed: &Digest,
	) -> Option<WorkerId> {
		Self::retrievable(version, tier).ok()?;
		let mut numbers = Numbers::of(seed);
		let candidates: Vec<(WorkerId, u128)> = numbers
			.distinct(OfferCount::<T>::get(version), LOOKS)
			.into_iter()
			.filter_map(|index| OfferAt::<T>::get(version, index))
			.filter_map(|worker| Some((worker, Self::candidate(worker, version, most, value)?)))
			.take(CANDIDATES)
			.collect();
		let all = candidates
			.iter()
			.fold(0_u128, |sum, (_, weight)| sum.saturating_add(*weight));
		let mut at = numbers.below(all);
		candidates
			.into_iter()
			.find_map(|(worker, weight)| match at.checked_sub(weight) {
				Some(rest) => {
					at = rest;
					None
				}
				None => Some(worker),
			})
	}

	/// What a worker weighs for a job. None: it cannot take it.
	fn candidate(worker: WorkerId, version: VersionId, most: BalanceOf<T>, value: BalanceOf<T>) -> Option<u128> {
		let offered = Offers::<T>::get(worker, version)?;
		if offered.offer.price > most {
			return None;
		}
		let stake = Stakes::<T>::get(worker)?;
		if on(Check::Room) && (offered.occupied >= offered.offer.capacity || Self::has_room(&stake, value).is_none()) {
			return None;
		}
		Self::sound(&stake).ok()?;
		Self::live(worker).ok()?;
		let factor = Self::factor_of(&Reputations::<T>::get(worker));
		debug_assert!(factor <= WHOLE_FACTOR);
		Some(stake.bond.saturated_into::<u128>().saturating_mul(factor.into()))
	}
}
