// SPDX-License-Identifier: Apache-2.0

//! Fair exchange: a payer that was not sent its answer has it posted, and whoever is wrong pays for that.
//!
//! The worker stated in its delivery by what the answer can be known, encrypted as it was sent. A short one is posted
//! whole. Of a long one the chain draws four chunks, by a hash that nobody knew when it was delivered: a worker that does
//! not have all of it is found out by each chunk that it lacks.

use crate::{
	checks::{on, Check},
	Config, Error, Event, HoldReason, HostHash, Jobs, Pallet, Sealed, Stage, CHUNK_BYTES, DRAWN_CHUNKS,
};
use alloc::vec::Vec;
use atelier_primitives::ids::JobId;
use atelier_referee::{
	commit::{Bounded, Commitment, Ranges, RangesProof},
	hash::{Blake2b256, Digest},
};
use codec::Encode;
use frame_support::ensure;
use sp_runtime::DispatchResult;

/// Which chunks of so many a seed draws, ascending. All of them if there are few; otherwise as many as are drawn, or fewer
/// where one is drawn twice.
pub fn drawn(seed: &Digest, count: u64) -> Vec<u64> {
	let mut places: Vec<u64> = (0..DRAWN_CHUNKS as u32)
		.filter_map(|number| {
			let hash = HostHash::hash(&(seed, number).encode());
			let (bytes, _) = hash.split_first_chunk::<8>()?;
			// A modulus of 2^64 by at most 2^40 favours none by more than 2^-24.
			u64::from_le_bytes(*bytes).checked_rem(count)
		})
		.collect();
	places.sort_unstable();
	places.dedup();
	places
}

impl<T: Config> Pallet<T> {
	pub(crate) fn do_demand(payer: T::AccountId, id: JobId) -> DispatchResult {
		let mut job = Jobs::<T>::get(id).ok_or(Error::<T>::UnknownJob)?;
		ensure!(job.payer == payer, Error::<T>::NotThePayer);
		let last = Self::job_until(&job);
		let Stage::Delivered { worker, delivery } = job.stage else {
			return Err(Error::<T>::WrongStage.into());
		};
		Self::in_time(last)?;
		ensure!(!delivery.posted, Error::<T>::DemandedBefore);
		let until = Self::after(job.rules.demand)?;
		Self::hold(HoldReason::Demand, &payer, job.rules.bond)?;
		let seed = HostHash::hash(&(b"atelier/demand", frame_system::Pallet::<T>::parent_hash(), id).encode());
		let chunks = match &delivery.answer {
			Sealed::Whole { .. } => Vec::new(),
			Sealed::Chunks { chunks, .. } => drawn(&seed, chunks.count),
		};
		job.stage = Stage::Demanded {
			worker,
			delivery,
			seed,
			until,
		};
		job.stopped = Self::stopped();
		Self::store_job(id, job);
		Self::deposit_event(Event::AnswerDemanded {
			job: id,
			worker,
			chunks,
			until,
		});
		Ok(())
	}

	/// The worker posts what passes `check`.
	fn post(account: T::AccountId, id: JobId, check: impl FnOnce(&Sealed, &Digest) -> bool) -> DispatchResult {
		let (mut job, _) = Self::job_of(&account, id)?;
		let last = Self::job_until(&job);
		let Stage::Demanded {
			worker,
			mut delivery,
			seed,
			..
		} = job.stage
		else {
			return Err(Error::<T>::WrongStage.into());
		};
		Self::in_time(last)?;
		ensure!(
			check(&delivery.answer, &seed) || !on(Check::Answer),
			Error::<T>::NotTheAnswer
		);
		delivery.posted = true;
		let bond = Self::take(HoldReason::Demand, &job.payer, job.rules.bond);
		Self::pay_worker(worker, bond);
		job.stage = Stage::Delivered { worker, delivery };
		Self::store_job(id, job);
		Self::deposit_event(Event::AnswerPosted { job: id });
		Ok(())
	}

	pub(crate) fn do_post_answer(account: T::AccountId, id: JobId, posted: &[u8]) -> DispatchResult {
		Self::post(account, id, |answer, _| match answer {
			Sealed::Whole { bytes, hash } => {
				u32::try_from(posted.len()) == Ok(*bytes) && HostHash::hash(posted) == *hash
			}
			Sealed::Chunks { .. } => false,
		})
	}

	pub(crate) fn do_post_chunks(
		account: T::AccountId,
		id: JobId,
		posted: &Bounded<Bounded<u8, CHUNK_BYTES>, DRAWN_CHUNKS>,
		proof: &RangesProof,
	) -> DispatchResult {
		Self::post(account, id, |answer, seed| match answer {
			Sealed::Whole { .. } => false,
			Sealed::Chunks { bytes, chunks } => are_chunks(*bytes, chunks, seed, posted, proof),
		})
	}
}

/// Whether these are the drawn chunks, each as long as its place says.
fn are_chunks(
	bytes: u64,
	chunks: &Commitment,
	seed: &Digest,
	posted: &Bounded<Bounded<u8, CHUNK_BYTES>, DRAWN_CHUNKS>,
	proof: &RangesProof,
) -> bool {
	let places = drawn(seed, chunks.count);
	let length = |place: u64| {
		let before = place.saturating_mul(CHUNK_BYTES as u64);
		bytes.saturating_sub(before).min(CHUNK_BYTES as u64)
	};
	let whole = places
		.iter()
		.zip(posted)
		.all(|(place, chunk)| u64::try_from(chunk.len()) == Ok(length(*place)));
	let Ok(ranges) = Ranges::covering(places) else {
		return false;
	};
	let posted: Vec<&[u8]> = posted.iter().map(|chunk| &**chunk).collect();
	whole && proof.verify::<HostHash>(chunks, &ranges, &posted).is_ok()
}
