// SPDX-License-Identifier: Apache-2.0

//! How an answer is delivered: what a claim must be to be one about its job.

use crate::{
	checks::{on, Check},
	Config, Delivery, Error, Event, HostHash, JobOf, Pallet, Sealed, Stage, CHUNK_BYTES, MAX_POSTED,
};
use atelier_primitives::{
	ids::{JobId, WorkerId},
	work::{self, audits::Audits, price::units, workers::Workers, Tier},
};
use atelier_referee::{
	claim::{Claim, Origin, StopReason},
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

	/// Whether an answer is committed to in the one way that its length allows.
	fn check_answer(answer: &Sealed) -> Result<(), Error<T>> {
		let fits = match answer {
			Sealed::Whole { bytes, .. } => *bytes <= MAX_POSTED,
			Sealed::Chunks { bytes, chunks } => {
				*bytes > MAX_POSTED.into()
					&& chunks.kind == Kind::Output
					&& chunks.count == bytes.div_ceil(CHUNK_BYTES as u64)
			}
		};
		ensure!(fits, Error::<T>::WrongAnswerLength);
		Ok(())
	}

	pub(crate) fn do_deliver(account: T::AccountId, id: JobId, claim: &Claim, answer: Sealed) -> DispatchResult {
		let (mut job, worker) = Self::job_of(&account, id)?;
		let Stage::Started { .. } = job.stage else {
			return Err(Error::<T>::WrongStage.into());
		};
		Self::in_time(Self::job_until(&job))?;
		// Nobody can accuse it any more. While governance may undo the verdict it delivers, and the money waits for that.
		ensure!(!Self::condemned(worker) || !on(Check::Condemned), Error::<T>::Convicted);
		Self::check_claim(id, &job, worker, claim)?;
		Self::check_answer(&answer)?;
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
		let drawing = T::Audits::drawing(worker, price, job.order.audits);
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
			until,
			drawing,
		});
		Ok(())
	}
}
