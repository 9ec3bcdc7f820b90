// SPDX-License-Identifier: Apache-2.0

//! Audits, duties and disputes: who looks whether work is right, and what both sides do if they do not agree (docs/disputes.md).

use crate::{
	AccountId, Acting, At, Balance, Error,
	asking::{Plain, ask},
	events::Event,
	runtime::{disputes::events, transactions, view_functions},
};
use atelier_primitives::{
	ids::{DisputeId, WorkerId},
	views::disputes as views,
	work::{
		Work,
		draw::{Lot, MOST_DRAWS},
	},
};
use atelier_referee::{
	claim::{Claim, Request},
	commit::{Bounded, Commitment, MAX_RANGES, RangesProof, mountain::Inclusion},
	dispute::{Charge, Evidence, Game, Move},
	hash::Digest,
	model::CHUNK,
};
use codec::{Decode, Encode};

pub use atelier_primitives::views::disputes::{DisputeStage, OwedView, ReportView};
pub use atelier_referee::dispute::Party;

pub type AuditView = views::AuditView<AccountId, Balance>;
pub type CourtView = views::CourtView<Balance>;
pub type DisputeView = views::DisputeView<AccountId, Balance>;
pub type DutyView = views::DutyView<AccountId, Balance>;
pub type InquiryView = views::InquiryView<AccountId, Balance>;

/// The proofs of one report.
pub type Proofs = Bounded<Digest, { MOST_DRAWS as usize }>;
/// Most numbers of the states at one position.
pub const MOST_NUMBERS: usize = 1 << 16;

/// Where a claim is in a piece of work.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Place {
	/// It is the work.
	Job,
	/// It is a receipt of a session.
	Receipt {
		index: u64,
		units: u64,
		inclusion: Inclusion,
	},
}

/// A claim with its request and its place.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Shown {
	pub claim: Claim,
	pub request: Request,
	pub place: Place,
}

/// Leaves of a tree.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Leaves {
	pub leaves: Bounded<Bounded<u8, { CHUNK as usize }>, MAX_RANGES>,
	pub proof: RangesProof,
}

/// What shows that a revealed proof is false.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Exhibit {
	/// All of the report.
	pub proofs: Proofs,
	/// Which of them.
	pub number: u32,
	pub shown: Shown,
	/// The final numbers at the position that the auditor's lot draws.
	pub numbers: Bounded<i32, MOST_NUMBERS>,
	pub state: Leaves,
}

/// What an auditor was not served.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Unserved {
	/// The claim and the request that cover the drawn unit.
	Receipt,
	/// The tokens of the input, from this leaf on.
	Input(Box<Shown>, u64),
	/// The tokens of the answer, or its vector, from this leaf on.
	Answer(Box<Shown>, u64),
	/// The final states, from this leaf on.
	States(Box<Shown>, u64),
	/// The package of the version.
	Weights,
}

/// What a worker owes to an auditor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Owed {
	/// The claim that covers this unit, with its request.
	Receipt { unit: u64 },
	/// Leaves that this seed draws.
	Drawn { of: Commitment, seed: Digest },
	/// Leaves from the first up to the end.
	Range { of: Commitment, first: u64, end: u64 },
}

/// What a worker serves.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Served {
	Receipt(Box<Shown>),
	Leaves(Box<Leaves>),
}

/// What a committee thinks of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Opinion {
	Right,
	Wrong,
	/// Too few have voted, or as many for as against.
	None,
}

/// What a challenge began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Challenge {
	/// Nothing: the claim was wrong by itself.
	Upheld,
	/// A dispute, which waits if the worker has enough of them.
	Dispute { dispute: DisputeId, queued: bool },
	/// A committee is asked.
	Inquiry(DisputeId),
}

/// A duty that was noted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Duty {
	pub duty: u64,
	pub owed: Owed,
	/// The last tick of the court's clock to serve in.
	pub until: u32,
}

/// What the court says in one block.
#[derive(Clone, Copy)]
pub struct Court<'a>(pub &'a At);

impl Court<'_> {
	/// The court's clock and its fund.
	pub async fn now(self) -> Result<CourtView, Error> {
		Ok(ask(self.0, view_functions().disputes().court()).await?.0)
	}

	/// All that an auditor needs to know of work that is not final.
	pub async fn audit(self, work: Work) -> Result<Option<AuditView>, Error> {
		Ok(ask(self.0, view_functions().disputes().audit(work.into()))
			.await?
			.plain())
	}

	/// An auditor's report about work.
	pub async fn report(self, work: Work, auditor: WorkerId) -> Result<Option<ReportView>, Error> {
		let asked = view_functions().disputes().report(work.into(), auditor.into());
		Ok(ask(self.0, asked).await?.plain())
	}

	/// What a challenge of a claim with so many tokens costs now.
	pub async fn challenge_bond(self, work: Work, input: u32, output: u32) -> Result<Option<Balance>, Error> {
		let asked = view_functions().disputes().challenge_bond(work.into(), input, output);
		ask(self.0, asked).await
	}

	pub async fn dispute(self, dispute: DisputeId) -> Result<Option<DisputeView>, Error> {
		let asked = view_functions().disputes().dispute(dispute.into());
		Ok(ask(self.0, asked).await?.plain())
	}

	/// How far the game of a dispute is.
	pub async fn game(self, dispute: DisputeId) -> Result<Option<Game>, Error> {
		let asked = view_functions().disputes().game(dispute.into());
		Ok(ask(self.0, asked).await?.plain())
	}

	/// The disputes of a worker: those that go on, and then those that wait.
	pub async fn disputes_of(self, worker: WorkerId) -> Result<Vec<DisputeId>, Error> {
		let asked = view_functions().disputes().disputes_of(worker.into());
		Ok(ask(self.0, asked).await?.plain())
	}

	pub async fn duty(self, duty: u64) -> Result<Option<DutyView>, Error> {
		Ok(ask(self.0, view_functions().disputes().duty(duty)).await?.plain())
	}

	pub async fn inquiry(self, dispute: DisputeId) -> Result<Option<InquiryView>, Error> {
		let asked = view_functions().disputes().inquiry(dispute.into());
		Ok(ask(self.0, asked).await?.plain())
	}
}

/// Audits.
impl Acting<'_> {
	/// Gives to the auditors' fund.
	pub async fn endow(&self, amount: Balance) -> Result<(), Error> {
		self.done(&transactions().disputes().endow(amount)).await
	}

	/// Commits to a report: [`draw::sealed`](atelier_primitives::work::draw::sealed).
	pub async fn commit_audit(&self, work: Work, sealed: Digest) -> Result<(), Error> {
		self.done(&transactions().disputes().commit_audit(work.into(), sealed))
			.await
	}

	/// Reveals it, with the lot. What the auditor was paid.
	pub async fn reveal_audit(&self, work: Work, lot: Lot, salt: Digest, proofs: Proofs) -> Result<Balance, Error> {
		let call = transactions()
			.disputes()
			.reveal_audit(work.into(), lot.into(), salt, proofs.into_inner());
		let audited: events::Audited = self.call(&call).await?.event()?;
		Ok(audited.paid)
	}

	/// Shows that an auditor's proof is false.
	pub async fn expose(&self, work: Work, auditor: WorkerId, exhibit: Exhibit) -> Result<(), Error> {
		let call = transactions()
			.disputes()
			.expose(work.into(), auditor.into(), exhibit.into());
		self.done(&call).await
	}

	/// Shows that an auditor reported on a wrong claim as if it were right.
	pub async fn expose_blind(&self, work: Work, auditor: WorkerId, proofs: Proofs, number: u32) -> Result<(), Error> {
		let proofs = proofs.into_inner();
		let call = transactions()
			.disputes()
			.expose_blind(work.into(), auditor.into(), proofs, number);
		self.done(&call).await
	}

	/// Gets the deposit of a report about final work back.
	pub async fn clear_report(&self, work: Work, auditor: WorkerId) -> Result<(), Error> {
		let call = transactions().disputes().clear_report(work.into(), auditor.into());
		self.done(&call).await
	}
}

/// Duties.
impl Acting<'_> {
	/// Says before everybody that the worker does not serve one of this auditor's audits.
	pub async fn not_served(&self, work: Work, lot: Lot, number: u32, what: Unserved) -> Result<Duty, Error> {
		let call = transactions()
			.disputes()
			.not_served(work.into(), lot.into(), number, what.into());
		let noted: events::NotServed = self.call(&call).await?.event()?;
		Ok(Duty {
			duty: noted.duty,
			owed: noted.owed.0,
			until: noted.until,
		})
	}

	/// Serves what is owed.
	pub async fn serve(&self, duty: u64, served: Served) -> Result<(), Error> {
		self.done(&transactions().disputes().serve(duty, served.into())).await
	}

	/// Ends a duty whose time is over.
	pub async fn expire_duty(&self, duty: u64) -> Result<(), Error> {
		self.done(&transactions().disputes().expire_duty(duty)).await
	}
}

/// Disputes.
impl Acting<'_> {
	/// Says that a claim is wrong. Of sealed work an auditor shows its lot.
	pub async fn challenge(&self, work: Work, shown: Shown, lot: Option<Lot>) -> Result<Challenge, Error> {
		let call = transactions()
			.disputes()
			.challenge(work.into(), shown.into(), lot.map(Into::into));
		let included = self.call(&call).await?;
		let began = included.work()?.into_iter().find_map(|event| match event {
			Event::WrongByItself { .. } => Some(Challenge::Upheld),
			Event::Challenged { dispute, queued, .. } => Some(Challenge::Dispute { dispute, queued }),
			Event::InquiryBegan { dispute, .. } => Some(Challenge::Inquiry(dispute)),
			_ => None,
		});
		began.ok_or_else(|| included.lacks("Challenged"))
	}

	/// Commits the worker to its trace.
	pub async fn post_trace(&self, dispute: DisputeId, trace: Commitment) -> Result<(), Error> {
		let call = transactions().disputes().post_trace(dispute.into(), trace.into());
		self.done(&call).await
	}

	/// Proves a fraud in one step.
	pub async fn prove(&self, dispute: DisputeId, charge: Charge, evidence: Evidence) -> Result<(), Error> {
		let call = transactions()
			.disputes()
			.prove(dispute.into(), charge.into(), evidence.into());
		self.done(&call).await
	}

	/// Asks for the game.
	pub async fn descend(&self, dispute: DisputeId) -> Result<(), Error> {
		self.done(&transactions().disputes().descend(dispute.into())).await
	}

	/// Makes a move in the game.
	pub async fn play(&self, dispute: DisputeId, played: Move) -> Result<(), Error> {
		let call = transactions().disputes().play(dispute.into(), played.into());
		self.done(&call).await
	}

	/// Gives a dispute up, as either side.
	pub async fn concede(&self, dispute: DisputeId) -> Result<(), Error> {
		self.done(&transactions().disputes().concede(dispute.into())).await
	}

	/// Ends a dispute in which somebody has not moved in time, or nothing is left to decide.
	pub async fn expire(&self, dispute: DisputeId) -> Result<(), Error> {
		self.done(&transactions().disputes().expire(dispute.into())).await
	}
}

/// Committees, about work in floats.
impl Acting<'_> {
	/// Commits to a vote: [`draw::ballot`](atelier_primitives::work::draw::ballot).
	pub async fn commit_vote(&self, dispute: DisputeId, lot: Lot, ballot: Digest) -> Result<(), Error> {
		let call = transactions()
			.disputes()
			.commit_vote(dispute.into(), lot.into(), ballot);
		self.done(&call).await
	}

	pub async fn reveal_vote(&self, dispute: DisputeId, wrong: bool, salt: Digest) -> Result<(), Error> {
		let call = transactions().disputes().reveal_vote(dispute.into(), wrong, salt);
		self.done(&call).await
	}

	pub async fn conclude_inquiry(&self, dispute: DisputeId) -> Result<(), Error> {
		self.done(&transactions().disputes().conclude_inquiry(dispute.into()))
			.await
	}

	/// Has a larger committee asked.
	pub async fn appeal(&self, dispute: DisputeId) -> Result<(), Error> {
		self.done(&transactions().disputes().appeal(dispute.into())).await
	}

	/// Clears away that a claim was inquired about, once its work is final.
	pub async fn clear_inquiry(&self, work: Work, claim: Digest) -> Result<(), Error> {
		let call = transactions().disputes().clear_inquiry(work.into(), claim);
		self.done(&call).await
	}
}
