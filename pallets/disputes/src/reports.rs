// SPDX-License-Identifier: Apache-2.0

//! What auditors say, and how it is seen whether they looked.
//!
//! | when | who | does |
//! | --- | --- | --- |
//! | after the seed is known | an auditor that is drawn | computes the drawn answers again; what is wrong it accuses |
//! | until the seed's time to commit is over | it | commits to its proofs |
//! | until the time to reveal is over | it | reveals its lot and all proofs, and is paid |
//! | until the work is final | anybody who has the numbers | shows that a proof is false; the auditor is slashed |
//!
//! A proof is a hash over the final numbers of one position of each drawn answer. Which position, and the hash, follow from
//! the auditor's lot, so that nobody's proof is of use to another. The numbers are not on the chain: whoever computed the
//! answer has them, the worker itself for one, and earns by showing them.

use crate::{
	checks::{on, Check},
	types::{Exhibit, HostHash, Leaves, Report, Said, Shown, Unserved},
	BalanceOf, Clock, Config, Duties, Error, Event, Faults, OpenDuties, Pallet, Reports, TicketOf,
};
use alloc::vec::Vec;
use atelier_primitives::{
	ids::WorkerId,
	work::{
		audits::Works,
		draw::{self, Lot},
		workers::{Accused, Fault},
		Tier, Work,
	},
};
use atelier_referee::{
	claim::{State, STATES_OF_LEAF},
	commit::Ranges,
	hash::{Blake2b256, Digest},
	trace::{Counts, Graph},
};
use codec::Encode;
use frame_support::{
	ensure,
	traits::{Consideration, Footprint},
};
use sp_runtime::{traits::CheckedMul, DispatchResult};

/// The hash of proofs, by which they are kept.
fn hash_of(proofs: &[Digest]) -> Digest {
	HostHash::hash(&proofs.encode())
}

impl<T: Config> Pallet<T> {
	pub(crate) fn do_commit_audit(who: T::AccountId, work: Work, sealed: Digest) -> DispatchResult {
		let pending = Self::open(work)?;
		// Whoever reports on floats could never be shown not to have looked.
		ensure!(pending.tier == Tier::Exact, Error::<T>::NotAudited);
		let auditor = T::Workers::of(&who).ok_or(Error::<T>::NotAuditor)?;
		ensure!(auditor != pending.worker, Error::<T>::OwnWork);
		ensure!(
			T::Workers::standing(auditor, pending.at).is_some(),
			Error::<T>::NotAuditor
		);
		let seed = Self::seed(&pending.drawing, pending.at).ok_or(Error::<T>::SeedUnknown)?;
		ensure!(Clock::<T>::get() <= seed.commit, Error::<T>::TooLateToCommit);
		ensure!(!Reports::<T>::contains_key(work, auditor), Error::<T>::AlreadyReported);
		let ticket = TicketOf::<T>::new(&who, Footprint::from_mel::<crate::ReportOf<T>>())?;
		let said = Said::Sealed(sealed);
		Reports::<T>::insert(
			work,
			auditor,
			Report {
				payer: who,
				ticket,
				said,
			},
		);
		Self::deposit_event(Event::AuditCommitted { work, auditor });
		Ok(())
	}

	pub(crate) fn do_reveal_audit(
		who: T::AccountId,
		work: Work,
		lot: Lot,
		salt: Digest,
		proofs: Vec<Digest>,
	) -> DispatchResult {
		// Of a worker that was convicted meanwhile, too: who looked has looked.
		let pending = T::Works::pending(work).ok_or(Error::<T>::UnknownWork)?;
		let (auditor, output, count, seed) = Self::auditor(&who, work, &pending, &lot)?;
		let now = Clock::<T>::get();
		let report = Reports::<T>::get(work, auditor).ok_or(Error::<T>::NotCommitted)?;
		let Said::Sealed(sealed) = report.said else {
			return Err(Error::<T>::AlreadyReported.into());
		};
		ensure!(now > seed.commit || !on(Check::Sealed), Error::<T>::TooEarlyToReveal);
		ensure!(now <= seed.reveal, Error::<T>::TooLateToReveal);
		let right = draw::sealed::<HostHash>(auditor, work, &salt, &proofs) == sealed;
		ensure!(right || !on(Check::Sealed), Error::<T>::NotTheSealed);
		let all = proofs.len() == count as usize;
		ensure!(all || !on(Check::AllDrawn), Error::<T>::NotAllDrawn);
		let wanted = seed.fee.checked_mul(&count.into()).ok_or(Error::<T>::Overflow)?;
		let said = Said::Revealed {
			proofs: hash_of(&proofs),
			output,
		};
		Reports::<T>::insert(work, auditor, Report { said, ..report });
		let paid: BalanceOf<T> = Self::pay(&who, wanted);
		T::Workers::audited(auditor, count);
		Self::deposit_event(Event::Audited {
			work,
			auditor,
			audits: count,
			paid,
		});
		Ok(())
	}

	/// The revealed proofs of an auditor, with the output that drew it.
	fn revealed(work: Work, auditor: WorkerId, proofs: &[Digest]) -> Result<Digest, Error<T>> {
		let report = Reports::<T>::get(work, auditor).ok_or(Error::<T>::NotCommitted)?;
		match report.said {
			Said::Revealed { proofs: hash, output } if hash == hash_of(proofs) => Ok(output),
			Said::Revealed { .. } => Err(Error::<T>::NotTheProofs),
			Said::Sealed(_) => Err(Error::<T>::NotRevealed),
		}
	}

	/// Shows the numbers that a proof should have been made with.
	pub(crate) fn do_expose(who: T::AccountId, work: Work, auditor: WorkerId, exhibit: Exhibit) -> DispatchResult {
		let Exhibit {
			proofs,
			number,
			shown,
			numbers,
			state,
		} = exhibit;
		let pending = T::Works::pending(work).ok_or(Error::<T>::UnknownWork)?;
		let output = Self::revealed(work, auditor, &proofs)?;
		let proof = proofs.get(number as usize).ok_or(Error::<T>::NoSuchProof)?;
		let interval = Self::located(&pending, &shown)?;
		let (from, to) = pending.claims.units();
		let unit = draw::unit::<HostHash>(&output, number, from, to);
		ensure!(interval.contains(unit), Error::<T>::NotTheDrawnClaim);
		let model = Self::model(pending.version).ok_or(Error::<T>::UnknownVersion)?;
		let counts = Counts {
			input: shown.claim.input_count,
			output: shown.claim.output_count,
		};
		let graph = Graph::new(model.shape, counts).map_err(|_| Error::<T>::NotTheDrawnClaim)?;
		let position = draw::position::<HostHash>(&output, number, graph.positions());
		let held = Self::state(&shown, position, &state)?;
		let right = State::of::<HostHash>(held.token, &numbers) == held;
		ensure!(right, Error::<T>::NotTheNumbers);
		let made = draw::proof::<HostHash>(auditor, &output, number, &numbers) == *proof;
		ensure!(!made || !on(Check::Proof), Error::<T>::ProofIsRight);
		Self::lazy(work, auditor, who);
		Ok(())
	}

	/// The state of a position, as a claim has committed to it.
	fn state(shown: &Shown, position: u32, opened: &Leaves) -> Result<State, Error<T>> {
		let leaf = u64::from(position).checked_div(STATES_OF_LEAF as u64).unwrap_or(0);
		let place = (position as usize).checked_rem(STATES_OF_LEAF).unwrap_or(0);
		let ranges = Ranges::covering([leaf]).map_err(|_| Error::<T>::NotTheLeaves)?;
		let leaves: Vec<&[u8]> = opened.leaves.iter().map(|leaf| &**leaf).collect();
		opened
			.proof
			.verify::<HostHash>(&shown.claim.state, &ranges, &leaves)
			.map_err(|_| Error::<T>::NotTheLeaves)?;
		let bytes = leaves.first().copied().unwrap_or_default();
		let (states, _) = bytes.as_chunks::<{ State::BYTES }>();
		states
			.get(place)
			.copied()
			.map(State::read)
			.ok_or(Error::<T>::NotTheLeaves)
	}

	/// Shows that an auditor reported on a claim that was wrong on purpose.
	pub(crate) fn do_expose_blind(
		who: T::AccountId,
		work: Work,
		auditor: WorkerId,
		proofs: Vec<Digest>,
		number: u32,
	) -> DispatchResult {
		let fault = Faults::<T>::get(work).ok_or(Error::<T>::NoCanary)?;
		ensure!(fault.proved, Error::<T>::NotProvedYet);
		let output = Self::revealed(work, auditor, &proofs)?;
		ensure!((number as usize) < proofs.len(), Error::<T>::NoSuchProof);
		let (from, to) = fault.units;
		let unit = draw::unit::<HostHash>(&output, number, from, to);
		let (before, last) = fault.wrong;
		let looked_at = before < unit && unit <= last && on(Check::Canaries);
		ensure!(looked_at, Error::<T>::NotTheDrawnClaim);
		Self::lazy(work, auditor, who);
		Ok(())
	}

	/// An auditor did not look.
	fn lazy(work: Work, auditor: WorkerId, prover: T::AccountId) {
		// Once for each piece of work.
		if let Some(report) = Reports::<T>::take(work, auditor) {
			let _ = report.ticket.drop(&report.payer);
		}
		T::Workers::convict(auditor, Fault::LazyAudit, Some(prover.clone()));
		Self::deposit_event(Event::LazyAudit { work, auditor, prover });
	}

	/// Forgets a report on work that is final, and what its auditor asked for.
	pub(crate) fn do_clear_report(work: Work, auditor: WorkerId) -> DispatchResult {
		ensure!(T::Works::pending(work).is_none(), Error::<T>::WorkIsNotFinal);
		match Faults::<T>::get(work) {
			Some(fault) if Clock::<T>::get() <= fault.until => return Err(Error::<T>::WorkIsNotFinal.into()),
			Some(_) => Faults::<T>::remove(work),
			None => {}
		}
		for kind in 0..Unserved::KINDS {
			// A duty that is owed ends by itself.
			if OpenDuties::<T>::get((work, auditor, kind)).is_some_and(|duty| !Duties::<T>::contains_key(duty)) {
				OpenDuties::<T>::remove((work, auditor, kind));
			}
		}
		if let Some(report) = Reports::<T>::get(work, auditor) {
			report.ticket.drop(&report.payer)?;
			Reports::<T>::remove(work, auditor);
		}
		Ok(())
	}
}
