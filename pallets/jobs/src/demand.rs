// SPDX-License-Identifier: Apache-2.0

//! Fair exchange: a payer that was not sent its answer has it posted.
//!
//! In the clear that is what the claim commits to: the worker is paid for no other answer than the one that it can show. Of
//! an encrypted answer the worker stated in its delivery by what it can be known; the chain sees its length and nothing of
//! what it is, so only the payer knows whether it was the answer. A short one is posted whole. Of a long one the chain draws
//! four chunks, by a hash that nobody knew when it was delivered: a worker that does not have all of it is found out by each
//! chunk that it lacks.
//!
//! The worker gets of the payer's bond what posting costs; the rest returns. So neither gains by making the other do it.

use crate::{
	checks::{on, Check},
	types::leaf_bytes,
	Config, Error, Event, HoldReason, HostHash, Jobs, Owed, Pallet, Sealed, Stage, WeightInfo, CHUNK_BYTES,
	DRAWN_CHUNKS,
};
use alloc::vec::Vec;
use atelier_primitives::ids::JobId;
use atelier_referee::{
	commit::{Bounded, Builder, Commitment, Ranges, RangesProof},
	hash::{Blake2b256, Digest},
};
use codec::Encode;
use frame_support::{ensure, weights::Weight};
use sp_runtime::{
	traits::{Convert, Saturating},
	DispatchResult,
};

/// What signing and framing a call add to its bytes.
const CALL_BYTES: u32 = 150;

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
		let chunks = delivery.answer.chunks().map(|chunks| drawn(&seed, chunks.count));
		let chunks = chunks.unwrap_or_default();
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

	/// The worker posts what passes `check`, by a call of such a weight and so many bytes.
	fn post(
		account: T::AccountId,
		id: JobId,
		(weight, bytes): (Weight, usize),
		check: impl FnOnce(&Owed, &Digest) -> bool,
	) -> DispatchResult {
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
		let bond = job.rules.bond;
		let length = u32::try_from(bytes).unwrap_or(u32::MAX).saturating_add(CALL_BYTES);
		let cost = match on(Check::Posting) {
			true => T::PostingCost::convert((weight, length)).min(bond),
			false => bond,
		};
		let paid = Self::take(HoldReason::Demand, &job.payer, cost);
		Self::give_back(HoldReason::Demand, &job.payer, bond.saturating_sub(cost));
		Self::pay_worker(worker, paid);
		job.stage = Stage::Delivered { worker, delivery };
		Self::store_job(id, job);
		Self::deposit_event(Event::AnswerPosted { job: id, cost });
		Ok(())
	}

	pub(crate) fn do_post_answer(account: T::AccountId, id: JobId, posted: &[u8]) -> DispatchResult {
		let weight = T::WeightInfo::post_answer(posted.len() as u32);
		Self::post(account, id, (weight, posted.len()), |answer, _| match answer {
			Owed::Sealed(Sealed::Whole { bytes, hash }) => {
				u32::try_from(posted.len()) == Ok(*bytes) && HostHash::hash(posted) == *hash
			}
			Owed::Clear(answer) => is_answer(answer, posted),
			Owed::Sealed(Sealed::Chunks { .. }) => false,
		})
	}

	pub(crate) fn do_post_chunks(
		account: T::AccountId,
		id: JobId,
		posted: &Bounded<Bounded<u8, CHUNK_BYTES>, DRAWN_CHUNKS>,
		proof: &RangesProof,
	) -> DispatchResult {
		let bytes = posted.encoded_size().saturating_add(proof.encoded_size());
		Self::post(account, id, (T::WeightInfo::post_chunks(), bytes), |answer, seed| {
			let Some(chunks) = answer.chunks() else { return false };
			match answer {
				Owed::Sealed(Sealed::Chunks { bytes, .. }) if !have_lengths(*bytes, chunks, seed, posted) => false,
				_ => are_chunks(chunks, seed, posted, proof),
			}
		})
	}
}

/// Whether these bytes are what a claim commits to.
fn is_answer(answer: &Commitment, posted: &[u8]) -> bool {
	let mut builder = Builder::<HostHash>::new(answer.kind);
	let pushed = posted
		.chunks(leaf_bytes(answer.kind).max(1))
		.all(|leaf| builder.push(leaf).is_ok());
	pushed && builder.commitment() == *answer
}

/// Whether each drawn chunk is as long as its place says.
fn have_lengths(
	bytes: u64,
	chunks: &Commitment,
	seed: &Digest,
	posted: &Bounded<Bounded<u8, CHUNK_BYTES>, DRAWN_CHUNKS>,
) -> bool {
	let length = |place: u64| {
		let before = place.saturating_mul(CHUNK_BYTES as u64);
		bytes.saturating_sub(before).min(CHUNK_BYTES as u64)
	};
	drawn(seed, chunks.count)
		.into_iter()
		.zip(posted)
		.all(|(place, chunk)| u64::try_from(chunk.len()) == Ok(length(place)))
}

/// Whether these are the drawn chunks.
fn are_chunks(
	chunks: &Commitment,
	seed: &Digest,
	posted: &Bounded<Bounded<u8, CHUNK_BYTES>, DRAWN_CHUNKS>,
	proof: &RangesProof,
) -> bool {
	let Ok(ranges) = Ranges::covering(drawn(seed, chunks.count)) else {
		return false;
	};
	let posted: Vec<&[u8]> = posted.iter().map(|chunk| &**chunk).collect();
	proof.verify::<HostHash>(chunks, &ranges, &posted).is_ok()
}
