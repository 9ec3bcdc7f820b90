// SPDX-License-Identifier: Apache-2.0

//! The requester's side: gateways, command lines, auditors.
//!
//! 1. [`Asker`] is a connection to one worker. It may have any number of sessions.
//! 2. [`Session`] is attached with its voucher key. What the worker has received more than the requester's notes is looked at
//!    first, and paid if it is what was asked.
//! 3. [`Answer`] gives tokens as they come. Its end is looked at, noted, and signed for.
//! 4. After a cut the same request is asked again ([`Session::again`]): while the worker still makes it, or has just ended it, it
//!    goes on from the token where it was; if the notes have its receipt by then, it is recalled. It is paid once.
//!
//! What is wrong is never signed. One forged receipt stops the session: the worker gets nothing for it, nor for what it would
//! put after it.

mod answer;
mod auditing;
mod error;
mod line;
mod looking;
mod notes;
mod session;

pub use answer::{Answer, Received, Step};
pub use auditing::Material;
pub use error::{Error, Wrong};
pub use line::{Opener, Read, Write};
pub use notes::{Asked, Jotter, Looked, Notes, NotesError, Ours};
pub use session::Session;

use crate::{Signer, Terms, keys, ledger::Output};
use atelier_primitives::{
	ids::{JobId, VersionId, WorkerId},
	work::{named, named_version},
};
use atelier_referee::{
	claim::{Claim, Origin, Request},
	hash::Digest,
};
use atelier_wire::{
	Attach, Attached, Collect, Hand, Hello, Key, Offered, Question, QuoteWanted, Quoted, Reply, Source, Tokenize,
	Tokens, VERSION, Welcome, proofs::Between,
};
use line::Line;
use std::{sync::Arc, time::Duration};

/// Both ends of a connection, before the worker has said anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ends {
	/// The chain, by the hash of its first block.
	pub genesis: Digest,
	/// Which worker it must be.
	pub worker: WorkerId,
	/// Both names in the network (`EndpointId`), as the transport has proved them.
	pub requester_endpoint: Digest,
	pub worker_endpoint: Digest,
}

/// A connection to a worker.
pub struct Asker {
	opener: Arc<dyn Opener>,
	between: Between,
	welcome: Welcome,
	/// For how long a worker may say nothing.
	patience: Duration,
}

impl Asker {
	pub async fn connect(opener: Arc<dyn Opener>, ends: Ends, patience: Duration) -> Result<Arc<Self>, Error> {
		let mut line = Line::open(&*opener, patience).await?;
		let hello = Hello {
			genesis: ends.genesis,
			protocol: VERSION,
		};
		let Reply::Welcome(welcome) = line.ask(&Question::Hello(hello)).await? else {
			return Err(Error::OutOfTurn);
		};
		if welcome.worker != ends.worker {
			return Err(Wrong::AnotherOrigin.into());
		}
		let between = Between {
			genesis: ends.genesis,
			worker: ends.worker,
			requester_endpoint: ends.requester_endpoint,
			worker_endpoint: ends.worker_endpoint,
			nonce: welcome.nonce,
		};
		Ok(Arc::new(Self {
			opener,
			between,
			welcome,
			patience,
		}))
	}

	/// What the worker said first.
	pub fn welcome(&self) -> &Welcome {
		&self.welcome
	}

	async fn line(&self) -> Result<Line, Error> {
		Line::open(&*self.opener, self.patience).await
	}

	async fn ask(&self, question: &Question) -> Result<Reply, Error> {
		self.line().await?.ask(question).await
	}

	/// What the worker offers.
	pub async fn offers(&self) -> Result<Vec<Offered>, Error> {
		match self.ask(&Question::Models).await? {
			Reply::Offers(offers) => Ok(offers.0.into_inner()),
			_ => Err(Error::OutOfTurn),
		}
	}

	/// A quote that this key of the worker's has signed.
	pub async fn quote(&self, wanted: QuoteWanted, signer: &Key) -> Result<Quoted, Error> {
		let Reply::Quoted(quoted) = self.ask(&Question::Quote(wanted)).await? else {
			return Err(Error::OutOfTurn);
		};
		let quote = &quoted.quote;
		let asked =
			quote.worker == self.between.worker && quote.version == wanted.version && quote.payer == wanted.payer;
		let message = quote.message(&self.between.genesis);
		match asked && keys::verify(&quoted.signature, &message, signer) {
			true => Ok(quoted),
			false => Err(Wrong::Quote.into()),
		}
	}

	/// The tokens of a text, by the worker's word: who does not trust it has its own tokenizer.
	pub async fn tokenize(&self, version: VersionId, source: Source) -> Result<Vec<u32>, Error> {
		let question = Question::Tokenize(Tokenize { version, source });
		match self.ask(&question).await? {
			Reply::Tokenized(tokenized) => Ok(tokenized.tokens.into_inner()),
			_ => Err(Error::OutOfTurn),
		}
	}

	/// Attaches a session. What is missing in the notes is looked at and paid.
	pub async fn attach(
		self: &Arc<Self>,
		terms: Terms,
		signer: Arc<dyn Signer>,
		notes: Arc<dyn Notes>,
	) -> Result<Arc<Session>, Error> {
		if terms.worker != self.between.worker {
			return Err(Wrong::AnotherOrigin.into());
		}
		let message = self.between.attach(terms.session);
		let attach = Attach {
			session: terms.session,
			signature: signer.sign(&message),
		};
		let Reply::Attached(attached) = self.ask(&Question::Attach(attach)).await? else {
			return Err(Error::OutOfTurn);
		};
		let session = Session::new(self.clone(), terms, signer, notes);
		session.compare(&attached).await?;
		Ok(session)
	}

	/// Hands over what a job asks.
	pub async fn hand(&self, job: JobId, request: Request, input: Vec<u32>) -> Result<(), Error> {
		let input = Tokens::try_from(input).map_err(|_| Error::NotTheInput)?;
		let hand = Hand { job, request, input };
		match self.ask(&Question::Hand(Box::new(hand))).await? {
			Reply::Handed => Ok(()),
			_ => Err(Error::OutOfTurn),
		}
	}

	/// The answer of a job whose request this is.
	pub async fn collect(&self, job: JobId, request: &Request, terms: &JobTerms) -> Result<(Claim, Output), Error> {
		let mut line = self.line().await?;
		let question = Question::Collect(Collect {
			job,
			salt: request.salt,
		});
		let Reply::JobAnswer(answer) = line.ask(&question).await? else {
			return Err(Error::OutOfTurn);
		};
		let claim = answer.claim;
		let own = claim.origin == Origin::Job(job.0) && claim.worker == named(self.between.worker);
		if !own || claim.version != named_version(terms.version) {
			return Err(Wrong::AnotherOrigin.into());
		}
		let output = line.output(&claim, 0).await?;
		// A job is not cut.
		if !claim.is_about::<atelier_referee::hash::Portable>(request) {
			return Err(Wrong::AnotherRequest.into());
		}
		looking::check(&claim, request, &output, terms.tier)?;
		Ok((claim, output))
	}
}

/// What must be known of a job to look at its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JobTerms {
	pub version: VersionId,
	pub tier: atelier_primitives::work::Tier,
}

/// What the worker has of a session, beside what its requester has.
fn missing(attached: &Attached, ours: &Ours) -> Result<bool, Wrong> {
	if attached.root.receipts < ours.root.receipts {
		return Err(Wrong::Forgot);
	}
	if attached.root.receipts == ours.root.receipts && attached.root != ours.root {
		return Err(Wrong::AnotherRoot);
	}
	Ok(attached.root.receipts > ours.root.receipts)
}

/// The look at a claim of exact work, for tests of it alone.
#[cfg(test)]
pub(crate) fn look(claim: &Claim, request: &Request, output: &Output) -> Result<(), Wrong> {
	looking::check(claim, request, output, atelier_primitives::work::Tier::Exact).map(drop)
}
