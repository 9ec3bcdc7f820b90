// SPDX-License-Identifier: Apache-2.0

//! The answers of one-shot jobs: in the book before their claims are delivered, until nobody can ask for them any more.

use crate::{
	Book, Error,
	answer::{Answered, Packed, States},
	checks::{Check, on},
	session::undisputed,
	store::Pending,
};
use atelier_primitives::{
	ids::JobId,
	work::{Work, named},
};
use atelier_referee::claim::Origin;

impl Book {
	/// The answer of a job, before its claim is delivered. A job has one claim: the same once more changes nothing, another is
	/// refused.
	pub fn deliver(&self, job: JobId, answered: Answered) -> Pending<()> {
		let packed = self.of_job(job, &answered).and_then(|()| Packed::new(&answered));
		let packed = match packed {
			Ok(packed) => packed,
			Err(error) => return Pending::known(Err(error)),
		};
		self.store.write(move |draft| {
			let known = crate::answer::claim(draft, Origin::Job(job.0))?;
			match known {
				Some((claim, _)) if claim == answered.claim => return Ok(()),
				Some(_) if on(Check::OneClaim) => return Err(Error::OtherClaim(job)),
				Some(_) => {
					crate::answer::remove(draft, Origin::Job(job.0))?;
				}
				None => {}
			}
			packed.write(draft);
			Ok(())
		})
	}

	/// The answer of a job, whole.
	pub fn delivered(&self, job: JobId) -> Result<Answered, Error> {
		let answer = crate::answer::whole(&self.store, Origin::Job(job.0))?;
		answer.ok_or(Error::UnknownJob(job))
	}

	/// A final block says that nobody can ask for a job's answer any more.
	pub fn release_job(&self, job: JobId) -> Pending<()> {
		self.store.write(move |draft| {
			undisputed(draft, Work::Job(job))?;
			crate::answer::remove(draft, Origin::Job(job.0))?;
			Ok(())
		})
	}

	fn of_job(&self, job: JobId, answered: &Answered) -> Result<(), Error> {
		let worker = self.worker()?;
		let claim = &answered.claim;
		if on(Check::Claim) {
			if claim.genesis != self.genesis {
				return Err(Error::ClaimOfOtherChain);
			}
			if claim.worker != named(worker) {
				return Err(Error::ClaimOfOtherWorker);
			}
		}
		if claim.origin != Origin::Job(job.0) {
			return Err(Error::ClaimOfOtherOrigin);
		}
		if matches!(answered.contents.states, States::Unknown) {
			return Err(Error::NotCommitted("what is known of the states"));
		}
		answered.check()
	}
}
