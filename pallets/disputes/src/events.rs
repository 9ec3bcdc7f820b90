// SPDX-License-Identifier: Apache-2.0

//! What has happened.

use frame_support::pallet_macros::pallet_section;

/// A part of the pallet's declarations.
#[pallet_section]
mod events {
	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// Somebody gave to the auditors' fund.
		Endowed {
			from: T::AccountId,
			amount: BalanceOf<T>,
		},
		/// There is new randomness: it draws what was put on the chain while the seed before the last was the last.
		Seeded {
			number: u32,
			commit: u32,
			reveal: u32,
		},
		/// An auditor will report.
		AuditCommitted {
			work: Work,
			auditor: WorkerId,
		},
		/// An auditor has reported.
		Audited {
			work: Work,
			auditor: WorkerId,
			audits: u32,
			paid: BalanceOf<T>,
		},
		/// An auditor has reported without looking.
		LazyAudit {
			work: Work,
			auditor: WorkerId,
			prover: T::AccountId,
		},
		/// A worker must serve an auditor before everybody.
		NotServed {
			duty: u64,
			work: Work,
			worker: WorkerId,
			owed: Owed,
			until: u32,
		},
		/// It has.
		Served {
			duty: u64,
		},
		/// It has not.
		Withheld {
			duty: u64,
			work: Work,
			worker: WorkerId,
		},
		/// A claim was wrong by itself.
		WrongByItself {
			work: Work,
			worker: WorkerId,
			challenger: T::AccountId,
		},
		/// A dispute began, or waits for others to end.
		Challenged {
			dispute: DisputeId,
			work: Work,
			worker: WorkerId,
			challenger: T::AccountId,
			bond: BalanceOf<T>,
			queued: bool,
		},
		/// A worker must commit to its trace until a tick.
		TraceDue {
			dispute: DisputeId,
			worker: WorkerId,
			until: u32,
		},
		/// It has; the challenger must prove a fraud or ask for the game.
		TracePosted {
			dispute: DisputeId,
			trace: Commitment,
			until: u32,
		},
		/// Somebody must move until a tick.
		Turn {
			dispute: DisputeId,
			by: Party,
			until: u32,
		},
		/// The accused was wrong.
		Upheld {
			dispute: DisputeId,
			worker: WorkerId,
			challenger: T::AccountId,
			canary: bool,
		},
		/// The accused was not shown to be wrong.
		Rejected {
			dispute: DisputeId,
			worker: WorkerId,
		},
		/// Nothing was left to decide.
		Moot {
			dispute: DisputeId,
		},
		/// A committee is asked.
		InquiryBegan {
			dispute: DisputeId,
			work: Work,
			worker: WorkerId,
			accuser: T::AccountId,
		},
		VoteCommitted {
			dispute: DisputeId,
			voter: WorkerId,
			seats: u32,
		},
		Voted {
			dispute: DisputeId,
			voter: WorkerId,
			wrong: bool,
			seats: u32,
			paid: BalanceOf<T>,
		},
		/// The first committee has an opinion.
		InquiryDecided {
			dispute: DisputeId,
			opinion: Opinion,
			until: u32,
		},
		Appealed {
			dispute: DisputeId,
			by: T::AccountId,
		},
		InquiryEnded {
			dispute: DisputeId,
			opinion: Opinion,
		},
		/// The court's clock stands still.
		Paused {
			until: u32,
		},
		Resumed,
		/// Some work will be wrong on purpose.
		CanaryArmed {
			secret: Digest,
		},
		/// A claim in dispute is wrong on purpose.
		CanarySprung {
			dispute: DisputeId,
		},
		/// It was found.
		CanaryFound {
			work: Work,
			by: T::AccountId,
			paid: BalanceOf<T>,
		},
	}
}
