// SPDX-License-Identifier: Apache-2.0

//! Work that is wrong on purpose, so that it is seen who audits without looking.
//!
//! An operator whom governance trusts with it serves a wrong answer through a worker and a session of its own, and has
//! committed to that before: to the hash of the claim and a salt. When somebody accuses the worker, the operator says so,
//! before it shows its trace. The dispute goes on as any other, and its worker is not slashed. If the referee finds the claim
//! wrong (silence is not enough), the challenger gets a bounty from the auditors' fund, and whoever reported on the claim can
//! be slashed. If nobody accuses, the operator does so itself.

use crate::{
	types::{Canary, Faulty, HostHash, Stage},
	Canaries, Clock, Config, DisputeOf, Disputes, Error, Event, Faults, Pallet,
};
use atelier_primitives::{
	ids::DisputeId,
	work::audits::{Audits, Works},
};
use atelier_referee::hash::{Blake2b256, Digest};
use codec::Encode;
use frame_support::{ensure, traits::Get};
use sp_runtime::DispatchResult;

/// What an operator commits to.
pub fn secret(claim: &Digest, salt: &Digest) -> Digest {
	HostHash::hash(&(b"atelier/canary", claim, salt).encode())
}

impl<T: Config> Pallet<T> {
	pub(crate) fn do_arm(operator: T::AccountId, secret: Digest) -> DispatchResult {
		ensure!(!Canaries::<T>::contains_key(secret), Error::<T>::AlreadyArmed);
		let at = Self::now();
		Canaries::<T>::insert(secret, Canary { operator, at });
		Self::deposit_event(Event::CanaryArmed { secret });
		Ok(())
	}

	pub(crate) fn do_spring(operator: T::AccountId, id: DisputeId, salt: Digest) -> DispatchResult {
		let dispute = Disputes::<T>::get(id).ok_or(Error::<T>::UnknownDispute)?;
		ensure!(
			matches!(dispute.stage, Stage::Queued | Stage::Trace { .. }),
			Error::<T>::WrongStage
		);
		let secret = secret(&dispute.claim.leaf::<HostHash>(), &salt);
		let canary = Canaries::<T>::get(secret).ok_or(Error::<T>::NoCanary)?;
		ensure!(canary.operator == operator, Error::<T>::NotParty);
		let pending = T::Works::pending(dispute.work).ok_or(Error::<T>::UnknownWork)?;
		// Whoever could commit later would call every cheat that was found a canary.
		ensure!(canary.at < pending.at, Error::<T>::NoCanary);
		let units = pending.claims.units();
		let wrong = dispute.interval;
		let until = Clock::<T>::get().saturating_add(Self::window().saturating_mul(2));
		Faults::<T>::insert(
			dispute.work,
			Faulty {
				units,
				wrong,
				until,
				proved: false,
			},
		);
		Canaries::<T>::remove(secret);
		let canary = true;
		Disputes::<T>::insert(id, crate::Dispute { canary, ..dispute });
		Self::deposit_event(Event::CanarySprung { dispute: id });
		Ok(())
	}

	/// The referee has found a claim wrong: whoever reported on it did not look.
	pub(crate) fn found(dispute: &DisputeOf<T>, canary: bool) {
		let Some(pending) = T::Works::pending(dispute.work) else {
			return;
		};
		let before = Faults::<T>::get(dispute.work).is_some_and(|fault| fault.proved);
		let fault = Faulty {
			units: pending.claims.units(),
			wrong: dispute.interval,
			until: Clock::<T>::get().saturating_add(Self::window().saturating_mul(2)),
			proved: true,
		};
		Faults::<T>::insert(dispute.work, fault);
		if !canary || before {
			return;
		}
		let paid = Self::pay(&dispute.challenger, T::CanaryBounty::get());
		Self::deposit_event(Event::CanaryFound {
			work: dispute.work,
			by: dispute.challenger.clone(),
			paid,
		});
	}
}
