// SPDX-License-Identifier: Apache-2.0

//! How an answer is delivered: what a claim must be to be one about its job.

use crate::{
	checks::{on, Check},
	types::clear_bytes,
	Config, Delivery, Error, Event, HostHash, JobOf, Owed, Pallet, Sealed, Stage, CHUNK_BYTES, MAX_POSTED,
	MAX_VECTOR_LEAVES, SEALED_BESIDES, SEALED_TIMES,
};
use atelier_primitives::{
	ids::{JobId, WorkerId},
	work::{self, audits::Audits, price::units, workers::Workers, Tier},
};
use atelier_referee::{
	claim::{Claim, Origin, StopReason, TOKENS_OF_LEAF},
	commit::Kind,
};
use frame_support::ensure;
use sp_runtime::{traits::Saturating, DispatchResult};

impl<T: Config> Pallet<T> {
	/// Whether a claim is about this job, by this worker, within its limits.
	fn check_claim(id: JobId, job: &JobOf<T>, worker: WorkerId, claim: &Claim) -> Result<(), Error<T>> {
		if on(Check::Claim) {
			ensure!(claim.genesis == Self::genesis(), Error::<T>::ClaimOfOtherChain);
			ensure!(claim.origin == Origin::Job(id.0), Error::<T>::ClaimOfOtherJob);
			ensure!(claim.worker == work::named(worker), Error::<T>::ClaimOfOtherWorker);
			ensure!(
				claim.version == work::named_version(job.order.version),
				Error::<T>::ClaimOfOtherVersion
			);
			ensure!(claim.request == job.order.request, Error::<T>::ClaimOfOtherRequest);
		}
		let within = claim.input_count <= job.order.input && claim.output_count <= job.order.output;
		ensure!(within || !on(Check::Limits), Error::<T>::AboveLimits);
		// What the chain cannot judge may answer with a vector, whose numbers are not counted.
		let vector = job.tier == Tier::Float && claim.stop == StopReason::Embedded;
		let empty = job.order.output > 0 && claim.output_count == 0 && !vector;
		ensure!(!empty || !on(Check::Empty), Error::<T>::EmptyAnswer);
		Ok(())
	}

	/// How many leaves the claim's commitment to its answer has, by what it says of it. Whether they are right is for the
	/// court.
	fn check_commitment(claim: &Claim) -> Result<(), Error<T>> {
		let fits = match claim.answer.kind {
			Kind::Tokens => claim.answer.count == u64::from(claim.output_count).div_ceil(TOKENS_OF_LEAF as u64),
			Kind::Output => claim.output_count == 0 && (1..=MAX_VECTOR_LEAVES).contains(&claim.answer.count),
			_ => false,
		};
		ensure!(fits, Error::<T>::WrongAnswerLength);
		Ok(())
	}

	/// Whether an encrypted answer is committed to in the one way that its length allows, and has a length that the claimed
	/// one can have: not padded until none of it is posted, and a byte for each token at the least.
	fn check_sealed(claim: &Claim, answer: &Sealed) -> Result<(), Error<T>> {
		let (bytes, fits) = match answer {
			Sealed::Whole { bytes, .. } => (u64::from(*bytes), *bytes <= MAX_POSTED),
			Sealed::Chunks { bytes, chunks } => {
				let whole = chunks.kind == Kind::Output && chunks.count == bytes.div_ceil(CHUNK_BYTES as u64);
				(*bytes, *bytes > MAX_POSTED.into() && whole)
			}
		};
		ensure!(fits, Error::<T>::WrongAnswerLength);
		let clear = match claim.answer.kind {
			Kind::Output => clear_bytes(&claim.answer),
			_ => u64::from(claim.output_count).saturating_mul(4),
		};
		let most = clear.saturating_mul(SEALED_TIMES).saturating_add(SEALED_BESIDES);
		let possible = (u64::from(claim.output_count)..=most).contains(&bytes);
		ensure!(possible || !on(Check::Padding), Error::<T>::WrongAnswerLength);
		Ok(())
	}

	/// What the worker has to post if the payer demands the answer. In the clear it is what the claim commits to, and nothing
	/// that the worker chooses.
	fn owed(job: &JobOf<T>, claim: &Claim, answer: Option<Sealed>) -> Result<Owed, Error<T>> {
		Self::check_commitment(claim)?;
		let Some(answer) = answer else {
			ensure!(!job.order.sealed, Error::<T>::WrongAnswerKind);
			return Ok(Owed::Clear(claim.answer));
		};
		ensure!(job.order.sealed || !on(Check::Owed), Error::<T>::WrongAnswerKind);
		Self::check_sealed(claim, &answer)?;
		Ok(Owed::Sealed(answer))
	}

	pub(crate) fn do_deliver(
		account: T::AccountId,
		id: JobId,
		claim: &Claim,
		answer: Option<Sealed>,
	) -> DispatchResult {
		let (mut job, worker) = Self::job_of(&account, id)?;
		let Stage::Started { .. } = job.stage else {
			return Err(Error::<T>::WrongStage.into());
		};
		Self::in_time(Self::job_until(&job))?;
		// Nobody can accuse it any more. While governance may undo the verdict it delivers, and the money waits for that.
		ensure!(!Self::condemned(worker) || !on(Check::Condemned), Error::<T>::Convicted);
		Self::check_claim(id, &job, worker, claim)?;
		let answer = Self::owed(&job, claim, answer)?;
		let units = units(claim.input_count, claim.output_count);
		let most = job.most().ok_or(Error::<T>::AboveLimits)?;
		let price = job.rates.price(units).ok_or(Error::<T>::AboveLimits)?;
		// The escrow covers nothing above it, even where limits were not looked at.
		let price = price.min(most);
		// It could be counted when the job was submitted; a window that has grown since must not make it a failure.
		let until = Self::now().saturating_add(T::Audits::window());
		let leaf = claim.leaf::<HostHash>();

		// Only the difference is given up, so that exposure that somebody else waits for is not lost between.
		T::Workers::discharge(worker, most.saturating_sub(price));
		T::Workers::vacate(worker, job.order.version);
		let (audits, drawn) = Self::fund_audits(&mut job);
		let returned = Self::return_rest(&mut job, price);
		let drawing = T::Audits::drawing(worker, price, drawn);
		let delivery = Delivery {
			claim: leaf,
			units,
			price,
			answer,
			at: Self::now(),
			until,
			paused: Self::paused(worker),
			drawing,
			posted: false,
		};
		Self::enter(&mut job, Stage::Delivered { worker, delivery });
		Self::store_job(id, job);
		Self::deposit_event(Event::JobDelivered {
			job: id,
			worker,
			claim: leaf,
			units,
			price,
			audits,
			returned,
			until,
			drawing,
		});
		Ok(())
	}
}
