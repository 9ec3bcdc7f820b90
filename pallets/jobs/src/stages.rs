// SPDX-License-Identifier: Apache-2.0

//! What workers do with a job before they deliver.

use crate::{
	checks::{on, Check},
	BalanceOf, Config, Ending, Error, Event, Item, JobOf, Jobs, Pallet, Stage, WeightInfo,
};
use atelier_primitives::{
	ids::{JobId, WorkerId},
	work::workers::Workers,
};
use frame_support::{ensure, weights::Weight};
use sp_runtime::{DispatchError, DispatchResult};

impl<T: Config> Pallet<T> {
	/// A job, and that this account speaks for its worker.
	pub(crate) fn job_of(account: &T::AccountId, id: JobId) -> Result<(JobOf<T>, WorkerId), Error<T>> {
		let job = Jobs::<T>::get(id).ok_or(Error::<T>::UnknownJob)?;
		let worker = job.worker().ok_or(Error::<T>::WrongStage)?;
		ensure!(T::Workers::of(account) == Some(worker), Error::<T>::NotTheWorker);
		Ok((job, worker))
	}

	/// A job's next stage begins.
	pub(crate) fn enter(job: &mut JobOf<T>, stage: Stage<BalanceOf<T>>) {
		job.stage = stage;
		job.stopped = Self::stopped();
	}

	pub(crate) fn store_job(id: JobId, mut job: JobOf<T>) {
		job.due = Self::remind(Item::Job(id), job.due, Self::job_wanted(&job));
		Jobs::<T>::insert(id, job);
	}

	/// How a job ends that its worker does not take on, and what finding out did weigh. Only who was drawn had given its word,
	/// and nobody breaks its word where the chain would not let it keep it: otherwise a version's owner could have workers
	/// drawn, withdraw the version, and have them fined.
	pub(crate) fn unaccepted(job: &JobOf<T>, worker: WorkerId, drawn: bool) -> (Ending, Weight) {
		if !drawn {
			return (Ending::Unaccepted, Weight::zero());
		}
		let (permitted, walked) = Self::permitted(job.order.version, job.order.wanted);
		let could = permitted.is_ok() && !T::Workers::convicted(worker);
		match could || !on(Check::Blameless) {
			true => (Ending::Refused, walked),
			false => (Ending::Forbidden, walked),
		}
	}

	/// Where the version may not be used any more the job is over. Returns what it did weigh.
	pub(crate) fn do_accept(account: T::AccountId, id: JobId) -> Result<Weight, DispatchError> {
		let (mut job, worker) = Self::job_of(&account, id)?;
		let Stage::Assigned { drawn, .. } = job.stage else {
			return Err(Error::<T>::WrongStage.into());
		};
		Self::in_time(Self::job_until(&job))?;
		let (permitted, walked) = Self::permitted(job.order.version, job.order.wanted);
		if let Some(why) = permitted.err().filter(|_| on(Check::TermsAtAcceptance)) {
			ensure!(on(Check::Blameless), why);
			Self::end_job(id, job, Ending::Forbidden);
			return Ok(T::WeightInfo::conclude_job().saturating_add(walked));
		}
		// Nothing that it does from now on would be paid; the payer shall not wait for it.
		ensure!(!T::Workers::convicted(worker), Error::<T>::Convicted);
		let until = Self::after(job.rules.start)?;
		if !drawn {
			// Whoever is chosen has not agreed to anything yet: only now does the job count.
			T::Workers::fit(worker, job.order.version, job.tier).map_err(Error::<T>::from)?;
			let value = job.most().ok_or(Error::<T>::PriceTooHigh)?;
			T::Workers::engage(worker, value).map_err(Error::<T>::from)?;
			T::Workers::occupy(worker, job.order.version).map_err(Error::<T>::from)?;
		}
		Self::enter(&mut job, Stage::Accepted { worker, until });
		Self::store_job(id, job);
		Self::deposit_event(Event::JobAccepted { job: id, worker, until });
		Ok(T::WeightInfo::accept().saturating_add(walked))
	}

	/// Returns what looking at the version did weigh.
	pub(crate) fn do_decline(account: T::AccountId, id: JobId) -> Result<Weight, DispatchError> {
		let (job, worker) = Self::job_of(&account, id)?;
		let Stage::Assigned { drawn, .. } = job.stage else {
			return Err(Error::<T>::WrongStage.into());
		};
		let (ending, walked) = Self::unaccepted(&job, worker, drawn);
		Self::end_job(id, job, ending);
		Ok(walked)
	}

	pub(crate) fn do_start(account: T::AccountId, id: JobId) -> DispatchResult {
		let (mut job, worker) = Self::job_of(&account, id)?;
		let Stage::Accepted { .. } = job.stage else {
			return Err(Error::<T>::WrongStage.into());
		};
		Self::in_time(Self::job_until(&job))?;
		ensure!(!Self::condemned(worker) || !on(Check::Condemned), Error::<T>::Convicted);
		let until = Self::after(job.order.time)?;
		Self::enter(&mut job, Stage::Started { worker, until });
		Self::store_job(id, job);
		Self::deposit_event(Event::JobStarted { job: id, worker, until });
		Ok(())
	}

	pub(crate) fn do_input_missing(account: T::AccountId, id: JobId) -> DispatchResult {
		let (job, _) = Self::job_of(&account, id)?;
		let Stage::Accepted { .. } = job.stage else {
			return Err(Error::<T>::WrongStage.into());
		};
		Self::in_time(Self::job_until(&job))?;
		Self::end_job(id, job, Ending::Void);
		Ok(())
	}

	pub(crate) fn do_cancel(payer: T::AccountId, id: JobId) -> DispatchResult {
		let job = Jobs::<T>::get(id).ok_or(Error::<T>::UnknownJob)?;
		ensure!(job.payer == payer, Error::<T>::NotThePayer);
		ensure!(
			matches!(job.stage, Stage::Submitted { .. } | Stage::Assigned { .. }),
			Error::<T>::WrongStage
		);
		Self::end_job(id, job, Ending::Cancelled);
		Ok(())
	}
}
