// SPDX-License-Identifier: Apache-2.0

//! Sessions and jobs: how answers are ordered, settled and paid (docs/jobs.md).
//!
//! A worker signs a [`Quote`] with the key that its record names ([`Key::sign_quote`]); whoever it is for opens a session with
//! it; the voucher key signs a [`Voucher`] after each answer ([`Key::sign_voucher`]); the worker settles the newest.

use crate::{
	AccountId, Acting, At, Balance, Error, Hash, Key, Refusal, Signature,
	asking::{Plain, ask, page},
	events::Event,
	listing::{Listing, whole},
	runtime::{
		jobs::events, runtime_types::bounded_collections::bounded_vec::BoundedVec, transactions, view_functions,
	},
};
use atelier_primitives::{
	ids::{JobId, SessionId, VersionId, WorkerId},
	terms::Use,
	views::{MAX_PAGE, jobs as views},
	work::voucher,
};
use atelier_referee::{
	claim::Claim,
	commit::{Commitment, RangesProof, mountain},
	hash::Digest,
};
use codec::{Decode, Encode};

pub use atelier_primitives::{
	views::jobs::{JobStage, SessionPhase},
	work::voucher::Voucher,
};

pub type SessionView = views::SessionView<AccountId, Balance>;
pub type JobView = views::JobView<AccountId, Balance>;
pub type GrantView = views::GrantView<Balance>;
/// What a worker signs before a session.
pub type Quote = voucher::Quote<AccountId, Balance>;

/// What a payer decides when it opens a session, beside what the worker quoted.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Opening {
	pub deposit: Balance,
	/// The last block in which the session serves.
	pub expiry: u32,
	pub wanted: Use,
	/// The key that signs vouchers. It needs no account, and never changes.
	pub voucher_key: AccountId,
	/// Prompts and answers are encrypted: only the payer and drawn auditors may accuse.
	pub sealed: bool,
}

/// A voucher with what shows that it is one.
#[derive(Clone, Debug, Encode, Decode)]
pub struct SignedVoucher {
	pub voucher: Voucher,
	pub signature: Signature,
	/// That its root has the receipts of the one settled last.
	pub extension: mountain::Extension,
}

/// What a payer asks for in a job.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Order {
	pub version: VersionId,
	/// The root of the request.
	pub request: Digest,
	pub wanted: Use,
	/// Prompts and answers are encrypted: only the payer and drawn auditors may accuse.
	pub sealed: bool,
	/// Most tokens that are read and written.
	pub input: u32,
	pub output: u32,
	/// Most that the worker may ask for each unit.
	pub most: Balance,
	/// By whom. None: by whom the chain draws.
	pub worker: Option<WorkerId>,
	/// Audits beside those that the chain draws.
	pub audits: u32,
	/// Blocks from the start to the delivery.
	pub time: u32,
}

/// An encrypted answer as it was sent to the payer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Sealed {
	/// A short one, by its hash.
	Whole { bytes: u32, hash: Digest },
	/// A long one, in chunks.
	Chunks { bytes: u64, chunks: Commitment },
}

/// How a job ended (docs/jobs.md, "States of a job").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Ending {
	/// The payer took it back.
	Cancelled,
	/// Nobody could be drawn in time.
	Unassigned,
	/// The chosen worker did not accept.
	Unaccepted,
	/// The drawn worker did not accept, or a worker accepted and did not start.
	Refused,
	/// The input was missing.
	Void,
	/// It was begun and not delivered, or not handed over.
	Failed,
	/// The worker was paid.
	Paid,
	/// The worker's work was proved wrong.
	Overturned,
	/// The worker could not accept.
	Forbidden,
}

/// A voucher that was settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settled {
	pub session: SessionId,
	/// Among the settlements of its session.
	pub number: u32,
	/// What waits for audits.
	pub price: Balance,
	/// The last block in which somebody can accuse, if all blocks count.
	pub until: u32,
	/// Its place below the root of all that the block settles.
	pub index: u64,
}

/// What became of a batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
	pub settled: Vec<Settled>,
	/// What was left out, and why. It stays good unless the reason is final.
	pub skipped: Vec<(SessionId, Refusal)>,
}

impl Key {
	/// Signs a quote for a chain with this first block.
	pub fn sign_quote(&self, genesis: &Hash, quote: &Quote) -> Signature {
		self.sign(&quote.message(&genesis.0))
	}

	/// Signs a voucher for a session with this worker.
	pub fn sign_voucher(&self, genesis: &Hash, worker: WorkerId, voucher: &Voucher) -> Signature {
		self.sign(&voucher.message(&genesis.0, worker))
	}
}

/// What the chain says of sessions and jobs in one block.
#[derive(Clone, Copy)]
pub struct Jobs<'a>(pub &'a At);

impl Jobs<'_> {
	pub async fn session(self, session: SessionId) -> Result<Option<SessionView>, Error> {
		let asked = view_functions().jobs().session(session.into());
		Ok(ask(self.0, asked).await?.plain())
	}

	/// All sessions of a payer. Their order says nothing.
	pub async fn sessions_of(self, payer: AccountId) -> Result<Listing<SessionView>, Error> {
		whole(async |after: Option<SessionId>| {
			let asked = view_functions().jobs();
			let asked = asked.sessions_of(payer, after.map(Into::into), MAX_PAGE);
			Ok(page(ask(self.0, asked).await?))
		})
		.await
	}

	/// All sessions of a worker. Their order says nothing.
	pub async fn sessions_by(self, worker: WorkerId) -> Result<Listing<SessionView>, Error> {
		whole(async |after: Option<SessionId>| {
			let asked = view_functions().jobs();
			let asked = asked.sessions_by(worker.into(), after.map(Into::into), MAX_PAGE);
			Ok(page(ask(self.0, asked).await?))
		})
		.await
	}

	pub async fn job(self, job: JobId) -> Result<Option<JobView>, Error> {
		Ok(ask(self.0, view_functions().jobs().job(job.into())).await?.plain())
	}

	/// All jobs of a payer. Their order says nothing.
	pub async fn jobs_of(self, payer: AccountId) -> Result<Listing<JobView>, Error> {
		whole(async |after: Option<JobId>| {
			let asked = view_functions().jobs();
			let asked = asked.jobs_of(payer, after.map(Into::into), MAX_PAGE);
			Ok(page(ask(self.0, asked).await?))
		})
		.await
	}

	/// All jobs that a worker has, or is asked to take. Their order says nothing.
	pub async fn jobs_by(self, worker: WorkerId) -> Result<Listing<JobView>, Error> {
		whole(async |after: Option<JobId>| {
			let asked = view_functions().jobs();
			let asked = asked.jobs_by(worker.into(), after.map(Into::into), MAX_PAGE);
			Ok(page(ask(self.0, asked).await?))
		})
		.await
	}

	/// What a spending key may do with an account's money.
	pub async fn granted(self, owner: AccountId, spender: AccountId) -> Result<Option<GrantView>, Error> {
		let asked = view_functions().jobs().granted(owner, spender);
		Ok(ask(self.0, asked).await?.plain())
	}

	/// What waits for an account that could not be paid.
	pub async fn claimable(self, who: AccountId) -> Result<Balance, Error> {
		ask(self.0, view_functions().jobs().claimable(who)).await
	}

	/// How many blocks the agenda is behind.
	pub async fn agenda_behind(self) -> Result<u32, Error> {
		ask(self.0, view_functions().jobs().agenda_behind()).await
	}
}

/// Sessions.
impl Acting<'_> {
	/// Opens a session with a worker's quote.
	pub async fn open_session(&self, quote: Quote, signature: Signature, opening: Opening) -> Result<SessionId, Error> {
		let call = transactions().jobs().open(quote.into(), signature, opening.into());
		let opened: events::SessionOpened = self.call(&call).await?.event()?;
		Ok(opened.session.0)
	}

	/// The same with the money of an account that granted it to this one.
	pub async fn open_session_for(
		&self,
		owner: AccountId,
		quote: Quote,
		signature: Signature,
		opening: Opening,
	) -> Result<SessionId, Error> {
		let call = transactions()
			.jobs()
			.open_for(owner, quote.into(), signature, opening.into());
		let opened: events::SessionOpened = self.call(&call).await?.event()?;
		Ok(opened.session.0)
	}

	pub async fn top_up(&self, session: SessionId, amount: Balance) -> Result<(), Error> {
		self.done(&transactions().jobs().top_up(session.into(), amount)).await
	}

	/// Settles a voucher of one of the worker's sessions.
	pub async fn settle(&self, signed: SignedVoucher) -> Result<Settled, Error> {
		let call = transactions().jobs().settle(signed.into());
		let settled: events::SessionSettled = self.call(&call).await?.event()?;
		Ok(Settled {
			session: settled.session.0,
			number: settled.number,
			price: settled.price,
			until: settled.until,
			index: settled.index,
		})
	}

	/// Settles vouchers of many sessions. One that cannot be settled is left out.
	pub async fn settle_batch(&self, batch: Vec<SignedVoucher>) -> Result<Batch, Error> {
		let batch = BoundedVec(batch.into_iter().map(Into::into).collect());
		let included = self.call(&transactions().jobs().settle_batch(batch)).await?;
		let mut batch = Batch::default();
		for event in included.work()? {
			match event {
				Event::SessionSettled {
					session,
					number,
					price,
					until,
					index,
					..
				} => batch.settled.push(Settled {
					session,
					number,
					price,
					until,
					index,
				}),
				Event::SettlementSkipped { session, why } => batch.skipped.push((session, why)),
				_ => {}
			}
		}
		Ok(batch)
	}

	/// Ends a session. The last block in which what was signed can be settled.
	pub async fn close_session(&self, session: SessionId) -> Result<u32, Error> {
		let call = transactions().jobs().close(session.into());
		let closed: events::SessionClosed = self.call(&call).await?.event()?;
		Ok(closed.until)
	}

	/// Has done for a session what is due.
	pub async fn conclude_session(&self, session: SessionId) -> Result<(), Error> {
		self.done(&transactions().jobs().conclude_session(session.into())).await
	}

	/// Lets another account open sessions with this one's money, up to a cap and a block.
	pub async fn grant(&self, spender: AccountId, cap: Balance, until: u32) -> Result<(), Error> {
		self.done(&transactions().jobs().grant(spender, cap, until)).await
	}

	pub async fn revoke_grant(&self, spender: AccountId) -> Result<(), Error> {
		self.done(&transactions().jobs().revoke(spender)).await
	}

	/// Gets an account what could not be paid to it before. How much it was.
	pub async fn claim_pay(&self, who: AccountId) -> Result<Balance, Error> {
		let claimed: events::Claimed = self.call(&transactions().jobs().claim(who)).await?.event()?;
		Ok(claimed.amount)
	}
}

/// Jobs, for their payers.
impl Acting<'_> {
	pub async fn submit_job(&self, order: Order) -> Result<JobId, Error> {
		let call = transactions().jobs().submit(order.into());
		let submitted: events::JobSubmitted = self.call(&call).await?.event()?;
		Ok(submitted.job.0)
	}

	/// Has a worker drawn where nobody could be before.
	pub async fn assign_job(&self, job: JobId) -> Result<WorkerId, Error> {
		let call = transactions().jobs().assign(job.into());
		let assigned: events::JobAssigned = self.call(&call).await?.event()?;
		Ok(assigned.worker.0)
	}

	pub async fn cancel_job(&self, job: JobId) -> Result<(), Error> {
		self.done(&transactions().jobs().cancel(job.into())).await
	}

	/// Demands the answer before everybody, once. The last block in which the worker can post it.
	pub async fn demand_answer(&self, job: JobId) -> Result<u32, Error> {
		let call = transactions().jobs().demand(job.into());
		let demanded: events::AnswerDemanded = self.call(&call).await?.event()?;
		Ok(demanded.until)
	}

	/// Has done for a job what is due.
	pub async fn conclude_job(&self, job: JobId) -> Result<(), Error> {
		self.done(&transactions().jobs().conclude_job(job.into())).await
	}
}

/// Jobs, for their workers.
impl Acting<'_> {
	/// Takes a job on. The last block in which it can be started; None: it may not be done any more, and is over.
	pub async fn accept_job(&self, job: JobId) -> Result<Option<u32>, Error> {
		let included = self.call(&transactions().jobs().accept(job.into())).await?;
		let accepted = included.events.find_first::<events::JobAccepted>();
		Ok(accepted.transpose()?.map(|accepted| accepted.until))
	}

	pub async fn decline_job(&self, job: JobId) -> Result<(), Error> {
		self.done(&transactions().jobs().decline(job.into())).await
	}

	/// Says that the input is there. The last block in which the answer can be delivered.
	pub async fn start_job(&self, job: JobId) -> Result<u32, Error> {
		let call = transactions().jobs().start(job.into());
		let started: events::JobStarted = self.call(&call).await?.event()?;
		Ok(started.until)
	}

	/// Says that the input cannot be had.
	pub async fn input_missing(&self, job: JobId) -> Result<(), Error> {
		self.done(&transactions().jobs().input_missing(job.into())).await
	}

	/// Delivers a claim; of a sealed job also what the answer was sent as.
	pub async fn deliver(&self, job: JobId, claim: Claim, answer: Option<Sealed>) -> Result<(), Error> {
		let call = transactions()
			.jobs()
			.deliver(job.into(), claim.into(), answer.map(Into::into));
		self.done(&call).await
	}

	/// Posts a short answer that was demanded.
	pub async fn post_answer(&self, job: JobId, bytes: Vec<u8>) -> Result<(), Error> {
		let call = transactions().jobs().post_answer(job.into(), BoundedVec(bytes));
		self.done(&call).await
	}

	/// Posts the drawn chunks of a long answer that was demanded.
	pub async fn post_chunks(&self, job: JobId, chunks: Vec<Vec<u8>>, proof: RangesProof) -> Result<(), Error> {
		let call = transactions().jobs().post_chunks(job.into(), chunks, proof.into());
		self.done(&call).await
	}
}
