// SPDX-License-Identifier: Apache-2.0

//! What happened to workers, sessions, jobs and disputes: in a final block ([`Block::work`](crate::Block::work)), in a block that
//! may still be abandoned ([`at`]), or by a call ([`Included::work`](crate::Included::work)).
//!
//! Most name the worker that they are about ([`Event::worker`]), or the auditor ([`Event::auditor`]). Those that name only a
//! session, a job or a dispute are for who keeps a list of its own; what else there is to know of these is in the views of the
//! block.

use crate::{
	AccountId, At, Balance, Config, Error, Refusal,
	asking::Plain,
	disputes::{Opinion, Owed},
	error::told,
	jobs::Ending,
	runtime,
	workers::Offer,
};
use atelier_primitives::{
	ids::{DisputeId, JobId, SessionId, VersionId, WorkerId},
	work::{Work, audits, workers::Fault},
};
use atelier_referee::{
	commit::{Commitment, mountain::Root},
	dispute::Party,
	hash::Digest,
};
use codec::Decode;
use subxt::{
	error::{DispatchError, EventsError},
	events,
	metadata::ArcMetadata,
};

pub type Drawing = audits::Drawing<Balance>;

/// Each as it is, with its fields, in the runtime's metadata.
macro_rules! events {
	($($pallet:ident $name:literal { $(
		$(#[$doc:meta])*
		$event:ident { $($field:ident: $type:ty),* },
	)* })*) => {
		/// Something happened.
		#[derive(Clone, Debug, PartialEq, Eq)]
		#[allow(missing_docs, reason = "fields are called what they are")]
		pub enum Event {
			$($($(#[$doc])* $event { $($field: $type),* },)*)*
			/// A voucher of a batch was left out.
			SettlementSkipped { session: SessionId, why: Refusal },
			/// Somebody cannot be paid; so much now waits for it.
			PaymentWaits { who: AccountId, amount: Balance },
		}

		/// None: it is about something else.
		fn known(event: &events::Event<'_, Config>, metadata: &ArcMetadata) -> Result<Option<Event>, Error> {
			Ok(Some(match (event.pallet_name(), event.event_name()) {
				$($(($name, stringify!($event)) => {
					let _read: runtime::$pallet::events::$event = event.decode_fields_unchecked_as()?;
					Event::$event { $($field: _read.$field.plain()),* }
				})*)*
				("Jobs", "SettlementSkipped") => {
					let mut fields = event.field_bytes();
					let session = SessionId::decode(&mut fields).map_err(|error| Error::Nonsense {
						told: format!("it skipped no session: {error}"),
					})?;
					let why = match DispatchError::decode_from(fields, metadata.clone()) {
						Ok(error) => Refusal::from(&error),
						Err(error) => Refusal::Other(told(&error)),
					};
					Event::SettlementSkipped { session, why }
				}
				("Jobs", "PaymentWaits") => {
					let read: runtime::jobs::events::PaymentWaits = event.decode_fields_unchecked_as()?;
					Event::PaymentWaits { who: read.who, amount: read.amount }
				}
				("Workers", "PaymentWaits") => {
					let read: runtime::workers::events::PaymentWaits = event.decode_fields_unchecked_as()?;
					Event::PaymentWaits { who: read.who, amount: read.amount }
				}
				_ => return Ok(None),
			}))
		}
	};
}

events! {
	workers "Workers" {
		Registered { worker: WorkerId, account: AccountId, bond: Balance },
		KeysChanged { worker: WorkerId },
		AuditingChanged { worker: WorkerId, auditing: bool },
		BondAdded { worker: WorkerId, amount: Balance },
		/// A part of a bond is on its way out, at least until that block.
		UnbondingBegan { worker: WorkerId, amount: Balance, until: u32 },
		Withdrawn { worker: WorkerId, amount: Balance },
		Left { worker: WorkerId },
		OfferSet { worker: WorkerId, version: VersionId, offer: Offer },
		OfferRemoved { worker: WorkerId, version: VersionId },
		RotationOffered { worker: WorkerId, to: Option<AccountId> },
		Rotated { worker: WorkerId, from: AccountId, to: AccountId },
		/// The worker has one accusation more.
		AccusationBegan { worker: WorkerId },
		/// The worker has one accusation less.
		AccusationEnded { worker: WorkerId },
		/// The slash of this number is applied in that block or later, unless it is cancelled.
		FaultProved { worker: WorkerId, fault: Fault, number: u64, due: u32 },
		SlashCancelled { worker: WorkerId, number: u64 },
		/// So much was taken, and `reward` of it is the prover's.
		Slashed { worker: WorkerId, number: u64, taken: Balance, reward: Balance },
		/// So much was taken for a word that was not kept.
		Fined { worker: WorkerId, amount: Balance },
	}
	jobs "Jobs" {
		SessionOpened {
			session: SessionId,
			payer: AccountId,
			spender: Option<AccountId>,
			worker: WorkerId,
			version: VersionId,
			deposit: Balance,
			expiry: u32
		},
		SessionToppedUp { session: SessionId, amount: Balance },
		/// A voucher was settled; its price waits for audits. `index` is its place below the block's settled root.
		SessionSettled { session: SessionId, number: u32, root: Root, price: Balance, until: u32, index: u64 },
		/// What was signed can be settled up to that block.
		SessionClosed { session: SessionId, until: u32 },
		/// A settlement is final, and was paid.
		SettlementPaid { session: SessionId, number: u32, worker: WorkerId, paid: Balance },
		/// A settlement came to nothing.
		SettlementReturned { session: SessionId, number: u32, amount: Balance },
		/// What nobody settled went back to the payer.
		SessionEnded { session: SessionId, returned: Balance },
		/// Nothing of it is left.
		SessionRemoved { session: SessionId },
		Granted { owner: AccountId, spender: AccountId, cap: Balance, until: u32 },
		Revoked { owner: AccountId, spender: AccountId },
		/// Somebody got what waited for it.
		Claimed { who: AccountId, amount: Balance },
		JobSubmitted { job: JobId, payer: AccountId, version: VersionId, escrow: Balance },
		JobAssigned { job: JobId, worker: WorkerId, drawn: bool, until: u32 },
		JobAccepted { job: JobId, worker: WorkerId, until: u32 },
		JobStarted { job: JobId, worker: WorkerId, until: u32 },
		JobDelivered {
			job: JobId,
			worker: WorkerId,
			claim: Digest,
			units: u64,
			price: Balance,
			until: u32,
			drawing: Drawing
		},
		/// The worker must post the answer, or these chunks of it.
		AnswerDemanded { job: JobId, worker: WorkerId, chunks: Vec<u64>, until: u32 },
		/// The answer is in the block, in the call that this came from.
		AnswerPosted { job: JobId, cost: Balance },
		/// The job is over. What it paid, what went back to the payer, what the worker was fined.
		JobEnded {
			job: JobId,
			worker: Option<WorkerId>,
			how: Ending,
			paid: Balance,
			returned: Balance,
			fined: Balance
		},
	}
	disputes "Disputes" {
		/// There is new randomness: it draws what was put on the chain while the seed before the last was the last.
		Seeded { number: u32, commit: u32, reveal: u32 },
		/// An auditor will report.
		AuditCommitted { work: Work, auditor: WorkerId },
		/// An auditor has reported.
		Audited { work: Work, auditor: WorkerId, audits: u32, paid: Balance },
		/// An auditor has reported without looking.
		LazyAudit { work: Work, auditor: WorkerId, prover: AccountId },
		/// A worker must serve an auditor before everybody, until that tick of the court's clock.
		NotServed { duty: u64, work: Work, worker: WorkerId, owed: Owed, until: u32 },
		/// It has.
		Served { duty: u64 },
		/// It has not.
		Withheld { duty: u64, work: Work, worker: WorkerId },
		/// A claim was wrong by itself.
		WrongByItself { work: Work, worker: WorkerId, challenger: AccountId },
		/// A dispute began, or waits for others to end.
		Challenged {
			dispute: DisputeId,
			work: Work,
			worker: WorkerId,
			challenger: AccountId,
			bond: Balance,
			queued: bool
		},
		/// A worker must commit to its trace until a tick.
		TraceDue { dispute: DisputeId, worker: WorkerId, until: u32 },
		/// It has; the challenger must prove a fraud or ask for the game.
		TracePosted { dispute: DisputeId, trace: Commitment, until: u32 },
		/// Somebody must move until a tick.
		Turn { dispute: DisputeId, by: Party, until: u32 },
		/// The accused was wrong.
		Upheld { dispute: DisputeId, worker: WorkerId, challenger: AccountId, canary: bool },
		/// The accused was not shown to be wrong.
		Rejected { dispute: DisputeId, worker: WorkerId },
		/// Nothing was left to decide.
		Moot { dispute: DisputeId },
		/// A committee is asked.
		InquiryBegan { dispute: DisputeId, work: Work, worker: WorkerId, accuser: AccountId },
		VoteCommitted { dispute: DisputeId, voter: WorkerId, seats: u32 },
		Voted { dispute: DisputeId, voter: WorkerId, wrong: bool, seats: u32, paid: Balance },
		/// The first committee has an opinion; it can be appealed against until that block.
		InquiryDecided { dispute: DisputeId, opinion: Opinion, until: u32 },
		Appealed { dispute: DisputeId, by: AccountId },
		InquiryEnded { dispute: DisputeId, opinion: Opinion },
		/// The court's clock stands still.
		Paused { until: u32 },
		Resumed {},
	}
}

impl Event {
	/// The worker whose work, bond or duty it is about.
	pub fn worker(&self) -> Option<WorkerId> {
		match self {
			Self::Registered { worker, .. }
			| Self::KeysChanged { worker }
			| Self::AuditingChanged { worker, .. }
			| Self::BondAdded { worker, .. }
			| Self::UnbondingBegan { worker, .. }
			| Self::Withdrawn { worker, .. }
			| Self::Left { worker }
			| Self::OfferSet { worker, .. }
			| Self::OfferRemoved { worker, .. }
			| Self::RotationOffered { worker, .. }
			| Self::Rotated { worker, .. }
			| Self::AccusationBegan { worker }
			| Self::AccusationEnded { worker }
			| Self::FaultProved { worker, .. }
			| Self::SlashCancelled { worker, .. }
			| Self::Slashed { worker, .. }
			| Self::Fined { worker, .. }
			| Self::SessionOpened { worker, .. }
			| Self::SettlementPaid { worker, .. }
			| Self::JobAssigned { worker, .. }
			| Self::JobAccepted { worker, .. }
			| Self::JobStarted { worker, .. }
			| Self::JobDelivered { worker, .. }
			| Self::AnswerDemanded { worker, .. }
			| Self::NotServed { worker, .. }
			| Self::Withheld { worker, .. }
			| Self::WrongByItself { worker, .. }
			| Self::Challenged { worker, .. }
			| Self::TraceDue { worker, .. }
			| Self::Upheld { worker, .. }
			| Self::Rejected { worker, .. }
			| Self::InquiryBegan { worker, .. } => Some(*worker),
			Self::JobEnded { worker, .. } => *worker,
			_ => None,
		}
	}

	/// The worker that audits or votes.
	pub fn auditor(&self) -> Option<WorkerId> {
		match self {
			Self::AuditCommitted { auditor, .. } | Self::Audited { auditor, .. } | Self::LazyAudit { auditor, .. } => {
				Some(*auditor)
			}
			Self::VoteCommitted { voter, .. } | Self::Voted { voter, .. } => Some(*voter),
			_ => None,
		}
	}

	/// The session that it is about.
	pub fn session(&self) -> Option<SessionId> {
		match self {
			Self::SessionOpened { session, .. }
			| Self::SessionToppedUp { session, .. }
			| Self::SessionSettled { session, .. }
			| Self::SettlementSkipped { session, .. }
			| Self::SessionClosed { session, .. }
			| Self::SettlementPaid { session, .. }
			| Self::SettlementReturned { session, .. }
			| Self::SessionEnded { session, .. }
			| Self::SessionRemoved { session } => Some(*session),
			_ => None,
		}
	}

	/// The job that it is about.
	pub fn job(&self) -> Option<JobId> {
		match self {
			Self::JobSubmitted { job, .. }
			| Self::JobAssigned { job, .. }
			| Self::JobAccepted { job, .. }
			| Self::JobStarted { job, .. }
			| Self::JobDelivered { job, .. }
			| Self::AnswerDemanded { job, .. }
			| Self::AnswerPosted { job, .. }
			| Self::JobEnded { job, .. } => Some(*job),
			_ => None,
		}
	}

	/// The dispute or inquiry that it is about.
	pub fn dispute(&self) -> Option<DisputeId> {
		match self {
			Self::Challenged { dispute, .. }
			| Self::TraceDue { dispute, .. }
			| Self::TracePosted { dispute, .. }
			| Self::Turn { dispute, .. }
			| Self::Upheld { dispute, .. }
			| Self::Rejected { dispute, .. }
			| Self::Moot { dispute }
			| Self::InquiryBegan { dispute, .. }
			| Self::VoteCommitted { dispute, .. }
			| Self::Voted { dispute, .. }
			| Self::InquiryDecided { dispute, .. }
			| Self::Appealed { dispute, .. }
			| Self::InquiryEnded { dispute, .. } => Some(*dispute),
			_ => None,
		}
	}
}

/// What happened in a block.
pub async fn at(at: &At) -> Result<Vec<Event>, Error> {
	read(at.events().fetch().await?.iter(), &at.metadata())
}

pub(crate) fn read<'a>(
	all: impl Iterator<Item = Result<events::Event<'a, Config>, EventsError>>,
	metadata: &ArcMetadata,
) -> Result<Vec<Event>, Error> {
	let mut read = Vec::new();
	for event in all {
		read.extend(known(&event?, metadata)?);
	}
	Ok(read)
}
