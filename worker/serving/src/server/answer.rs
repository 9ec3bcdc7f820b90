// SPDX-License-Identifier: Apache-2.0

//! How an answer is made, from the order to its receipt.
//!
//! 1. What is wrong with the request is said before anything is computed.
//! 2. The same request again is the same answer: it is followed from where the requester is, and paid once.
//! 3. Every answer that has begun ends with a receipt of all tokens that there are by then. One that is cut - by its requester,
//!    since nobody reads it any more, since the model failed in its middle, or since the worker stops - is an answer to the same
//!    request with a lower limit, and that is what is claimed. Were it unpaid, a requester could cut every answer just before
//!    its end. Before its first token an answer is not cut: whoever gives a long input and goes would have it read for nothing.
//! 4. A receipt is in the book before the requester is told that the answer has ended.

use super::{
	Inner,
	counts::Counted,
	live::{Live, NoRoom, Room},
	tape::{End, Tape, refusal_of},
};
use crate::{
	checks::{Check, on},
	desk::{DeskError, Event, Making, Order},
	ledger::{Answered, Evidence, Kept, Output},
};
use atelier_primitives::work::{named, named_version, price::units};
use atelier_referee::{
	claim::{Claim, Origin, Request, StopReason, token_tree},
	commit::{Commitment, Kind},
	hash::{Digest, Portable},
};
use atelier_wire::{Ask, Done, Offered, Refusal};
use std::{future::poll_fn, pin::pin, sync::Arc, time::Duration};
use tokio::{sync::OwnedSemaphorePermit, task::coop::consume_budget};

/// Why an answer does not begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum NotBegun {
	Refused(Refusal, String),
	/// It may after so long.
	Later(Duration),
}

impl NotBegun {
	pub fn refused(refusal: Refusal) -> Self {
		Self::Refused(refusal, String::new())
	}
}

impl From<NoRoom> for NotBegun {
	fn from(no: NoRoom) -> Self {
		Self::Refused(no.refusal, no.fact)
	}
}

/// An answer, and most units that it can cost if it is new.
pub(super) type Begun = (Arc<Tape>, u64);

/// For how long who comes when the engine is full should wait.
const ENGINE_FULL: Duration = Duration::from_millis(500);

/// An answer that is to be made.
struct Task {
	inner: Arc<Inner>,
	live: Arc<Live>,
	tape: Arc<Tape>,
	order: Order,
	/// Of the request.
	root: Digest,
	/// Units that are kept for it.
	most: u64,
}

impl Inner {
	/// Begins an answer, or finds the one that was begun.
	pub(super) async fn begin(self: &Arc<Self>, live: &Arc<Live>, ask: Ask) -> Result<Begun, NotBegun> {
		if *self.draining.borrow() {
			return Err(NotBegun::refused(Refusal::ShuttingDown));
		}
		live.take(self.limits.session).map_err(NotBegun::Later)?;
		let terms = self.terms(live).await?;
		let Ask { request, input, .. } = ask;
		let mut named = terms.version;
		if request.version != named_version(terms.version) {
			if on(Check::Version) {
				return Err(NotBegun::refused(Refusal::AnotherVersion));
			}
			let offers = self.desk.offers();
			let other = offers
				.iter()
				.find(|offer| named_version(offer.version) == request.version);
			named = other.map_or(named, |offer| offer.version);
		}
		let offer = self.desk.offer(named);
		let offer = offer.ok_or_else(|| NotBegun::refused(Refusal::UnknownVersion))?;
		self.check_request(&request, &input, &offer)?;
		if request.sealed.is_some() && !terms.sealed {
			return Err(NotBegun::refused(Refusal::SealMismatch));
		}
		let written = if offer.embeds { 0 } else { request.limit };
		let most = units(request.input_count, written);
		let root = request.root::<Portable>();
		let order = Order {
			version: offer.version,
			request,
			input: input.into_inner(),
		};
		match live.reserve(root, most, self.limits.answers_of_session)? {
			Room::Same(tape) => {
				self.counts.count(Counted::Rejoined);
				Ok((tape, 0))
			}
			Room::Made(tape) => {
				let task = Task {
					inner: self.clone(),
					live: live.clone(),
					tape: tape.clone(),
					order,
					root,
					most,
				};
				task.start(offer.embeds)?;
				Ok((tape, most))
			}
		}
	}

	/// What is wrong with a request, cheapest first.
	fn check_request(&self, request: &Request, input: &[u32], offer: &Offered) -> Result<(), NotBegun> {
		let no = |refusal| Err(NotBegun::refused(refusal));
		if request.genesis != self.worker.genesis || input.len() != request.input_count as usize {
			return no(Refusal::AnotherRequest);
		}
		if input.is_empty() || (request.limit == 0 && !offer.embeds) {
			return no(Refusal::NothingWanted);
		}
		let written = if offer.embeds { 0 } else { request.limit };
		if request.input_count.saturating_add(written) > offer.positions {
			let fact = format!("{} tokens at most", offer.positions);
			return Err(NotBegun::Refused(Refusal::TooLong, fact));
		}
		if input.iter().any(|token| *token >= offer.vocabulary) {
			return no(Refusal::UnknownToken);
		}
		if !request.stops.is_empty() && !offer.stops {
			return no(Refusal::BadStops);
		}
		match token_tree::<Portable>(Kind::Input, input) {
			Ok(tree) if tree.commitment() == request.input => Ok(()),
			_ => no(Refusal::AnotherRequest),
		}
	}
}

impl Task {
	fn start(self, embeds: bool) -> Result<(), NotBegun> {
		match self.making(embeds) {
			Ok((permit, making)) => {
				self.inner.counts.count(Counted::Begun);
				let running = Running::new(self.inner.clone(), self.tape.clone());
				tokio::spawn(async move {
					let _held = (permit, running);
					match making {
						Some(making) => self.make(making).await,
						None => self.embed().await,
					}
				});
				Ok(())
			}
			Err(not) => {
				self.live.release(&self.root, self.most);
				// Somebody may have asked for the same meanwhile.
				self.tape.end(End::Refused(Refusal::EngineFailed));
				Err(not)
			}
		}
	}

	/// Room for it, and who makes it if it is not a vector.
	#[allow(clippy::type_complexity)]
	fn making(&self, embeds: bool) -> Result<(OwnedSemaphorePermit, Option<Box<dyn Making>>), NotBegun> {
		let permit = self.inner.answers.clone().try_acquire_owned();
		let permit = permit.map_err(|_| NotBegun::Later(ENGINE_FULL))?;
		if embeds {
			return Ok((permit, None));
		}
		match self.inner.desk.answer(&self.order) {
			Ok(making) => Ok((permit, Some(making))),
			Err(DeskError::Refused { refusal, fact }) => Err(NotBegun::Refused(refusal, fact)),
			Err(DeskError::Full) => Err(NotBegun::Later(ENGINE_FULL)),
			Err(DeskError::Cancelled | DeskError::Failed) => Err(NotBegun::refused(Refusal::EngineFailed)),
		}
	}

	async fn make(mut self, mut making: Box<dyn Making>) {
		let stop = match self.grow(&mut *making).await {
			Ok(stop) => stop,
			Err(refusal) => return self.nothing(refusal),
		};
		let tokens = self.tape.tokens();
		let committed = match making.finish(&self.order.input, &tokens) {
			Ok(committed) => committed,
			Err(_) => return self.nothing(Refusal::EngineFailed),
		};
		let output = u32::try_from(tokens.len()).unwrap_or(u32::MAX);
		let claim = self.claim(committed.answer, committed.state, output, stop);
		let evidence = committed.evidence;
		self.enter(claim, Output::Tokens(tokens), evidence).await;
	}

	/// Takes what the desk says until the answer has ended.
	async fn grow(&mut self, making: &mut dyn Making) -> Result<StopReason, Refusal> {
		let tape = self.tape.clone();
		let mut unwanted = pin!(tape.unwanted(self.inner.limits.linger));
		let (mut wanted, mut cancelled) = (true, false);
		loop {
			// A desk that always has something to say must not keep others from being heard.
			consume_budget().await;
			if !wanted && !cancelled && tape.made() > 0 {
				making.cancel();
				cancelled = true;
			}
			let event = tokio::select! {
				event = poll_fn(|context| making.poll_event(context)) => event,
				() = &mut unwanted, if wanted => {
					wanted = false;
					continue;
				}
			};
			match event {
				Ok(Event::Token { token, text }) => tape.push(token, &text),
				Ok(Event::Done(stop)) => return Ok(stop),
				Err(DeskError::Refused { refusal, .. }) if tape.made() == 0 => return Err(refusal),
				Err(_) if tape.made() == 0 => return Err(Refusal::EngineFailed),
				Err(_) if cancelled && !on(Check::CutIsPaid) => return Err(Refusal::EngineFailed),
				Err(_) => {
					self.inner.counts.count(Counted::Cut);
					self.order.request.limit = u32::try_from(tape.made()).unwrap_or(u32::MAX);
					return Ok(StopReason::Limit);
				}
			}
		}
	}

	async fn embed(self) {
		let embedded = match self.inner.desk.embed(&self.order).await {
			Ok(embedded) => embedded,
			Err(DeskError::Refused { refusal, .. }) => return self.nothing(refusal),
			Err(_) => return self.nothing(Refusal::EngineFailed),
		};
		let committed = embedded.committed;
		let claim = self.claim(committed.answer, committed.state, 0, StopReason::Embedded);
		self.tape.set_vector(embedded.vector.clone());
		self.enter(claim, Output::Vector(embedded.vector), committed.evidence)
			.await;
	}

	/// A claim whose place is not known yet.
	fn claim(&self, answer: Commitment, state: Commitment, output_count: u32, stop: StopReason) -> Claim {
		let session = self.live.terms().session.0;
		Claim {
			genesis: self.inner.worker.genesis,
			origin: Origin::Session { session, index: 0 },
			worker: named(self.inner.worker.number),
			version: self.order.request.version,
			request: self.order.request.root::<Portable>(),
			answer,
			state,
			input_count: self.order.request.input_count,
			output_count,
			stop,
		}
	}

	/// Puts the receipt into the book, and then says that the answer has ended.
	async fn enter(self, mut claim: Claim, output: Output, evidence: Evidence) {
		let session = self.live.terms().session;
		let appending = self.live.appending.lock().await;
		let kept = self.live.kept();
		claim.origin = Origin::Session {
			session: session.0,
			index: kept.root.receipts,
		};
		let answered = Answered {
			claim,
			request: self.order.request.clone(),
			input: self.order.input.clone(),
			output,
			evidence,
		};
		match self.inner.ledger.append(session, answered).await {
			Ok(root) => {
				self.live.enter(&self.root, self.most, Kept { root, ..kept });
				drop(appending);
				self.inner.counts.count(Counted::Done);
				self.tape.end(End::Done(Done {
					claim,
					units: units(claim.input_count, claim.output_count),
					root,
				}));
			}
			Err(error) => {
				self.live.lose(&self.root);
				drop(appending);
				self.tape.end(End::Refused(refusal_of(&error)));
			}
		}
		self.inner.forget_idle(session);
	}

	/// Nothing of it is claimed. What was given away of it all the same stays taken of the window.
	fn nothing(self, refusal: Refusal) {
		match self.tape.made() > 0 && on(Check::CutIsPaid) {
			true => self.live.lose(&self.root),
			false => self.live.release(&self.root, self.most),
		}
		self.tape.end(End::Refused(refusal));
		self.inner.forget_idle(self.live.terms().session);
	}
}

/// One answer less is being made when it is dropped, and whoever waits for it waits no longer.
struct Running {
	inner: Arc<Inner>,
	tape: Arc<Tape>,
}

impl Running {
	fn new(inner: Arc<Inner>, tape: Arc<Tape>) -> Self {
		inner
			.running
			.send_modify(|running| *running = running.saturating_add(1));
		Self { inner, tape }
	}
}

impl Drop for Running {
	fn drop(&mut self) {
		self.tape.end(End::Refused(Refusal::EngineFailed));
		self.inner
			.running
			.send_modify(|running| *running = running.saturating_sub(1));
	}
}
