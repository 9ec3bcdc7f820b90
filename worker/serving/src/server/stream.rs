// SPDX-License-Identifier: Apache-2.0

//! A stream: one question after the other, each with its replies. Nothing is read ahead, so who does not take its replies is
//! not heard either, and has nothing but this stream for it.

use super::{
	answer::NotBegun,
	connection::Connection,
	counts::Counted,
	live::Live,
	tape::{End, Tape, refusal_of},
};
use crate::{
	checks::{Check, on},
	keys,
};
use atelier_primitives::ids::SessionId;
use atelier_wire::{
	Ask, Attach, Attached, Begun, FrameError, FrameReader, Hello, Kind, MAX_INPUT, Malformed, Offers, Overloaded,
	Question, Refusal, Reply, Side, Tokenize, Tokenized, Tokens, VERSION, Vouch, Vouched, Welcome, WriteError,
	write_reply,
};
use std::{
	sync::{Arc, atomic::Ordering},
	time::Duration,
};
use tokio::{
	io::{AsyncRead, AsyncWrite, AsyncWriteExt},
	time::timeout,
};

/// Bodies above this many bytes are counted against what may be read at once.
const LARGE: u32 = 1_024;

/// The stream is over.
pub(super) struct Over;

/// What is said to a question.
pub(super) enum Said {
	/// This, and nothing more.
	One(Box<Reply>),
	/// What had to be said was.
	All,
}

/// Why not.
pub(super) enum No {
	Refused(Refusal, String),
	Later(Duration),
	Over,
}

impl From<Refusal> for No {
	fn from(refusal: Refusal) -> Self {
		Self::Refused(refusal, String::new())
	}
}

impl From<NotBegun> for No {
	fn from(not: NotBegun) -> Self {
		match not {
			NotBegun::Refused(refusal, fact) => Self::Refused(refusal, fact),
			NotBegun::Later(after) => Self::Later(after),
		}
	}
}

impl From<Over> for No {
	fn from(_: Over) -> Self {
		Self::Over
	}
}

pub(super) struct Stream<'a, R, W> {
	pub connection: &'a Connection,
	reader: FrameReader<R>,
	writer: W,
}

impl<'a, R: AsyncRead + Unpin + Send, W: AsyncWrite + Unpin + Send> Stream<'a, R, W> {
	pub fn new(connection: &'a Connection, read: R, write: W) -> Self {
		Self {
			connection,
			reader: FrameReader::new(read),
			writer: write,
		}
	}

	pub async fn serve(&mut self) {
		while let Ok(Some(question)) = self.question().await {
			let said = match self.heard(&question) {
				Ok(()) => self.answer(question).await,
				Err(after) => Err(No::Later(after)),
			};
			let said = match said {
				Ok(Said::All) => Ok(()),
				Ok(Said::One(reply)) => self.write(&reply).await,
				Err(No::Refused(refusal, fact)) => {
					self.connection.inner.counts.refuse(refusal);
					self.write(&Reply::refused(refusal, &fact)).await
				}
				Err(No::Later(after)) => {
					self.connection.inner.counts.count(Counted::Overloaded);
					// Rounded up, so that nobody comes too early.
					let after = u32::try_from(after.as_millis().saturating_add(1)).unwrap_or(u32::MAX);
					self.write(&Reply::Overloaded(Overloaded { after })).await
				}
				Err(No::Over) => Err(Over),
			};
			if said.is_err() {
				break;
			}
		}
		let _ = timeout(self.connection.inner.limits.message, self.writer.shutdown()).await;
	}

	/// The next question; none at the end. What cannot be read ends the stream.
	async fn question(&mut self) -> Result<Option<Question>, Over> {
		let connection = self.connection;
		let limits = &connection.inner.limits;
		let greeted = connection.greeted.load(Ordering::Acquire);
		let attached = connection.has_sessions();
		let takes = |kind: Kind| match kind {
			_ if kind.side() == Side::Worker => None,
			Kind::Hello => Some(kind.limit()),
			_ if !greeted => None,
			// A long message of somebody who may not say it is not even read.
			Kind::Ask | Kind::Voucher | Kind::Resume | Kind::Recall if !attached => None,
			_ => Some(kind.limit()),
		};
		let header = match timeout(limits.idle, self.reader.header(takes)).await {
			Ok(Ok(Some(header))) => header,
			Ok(Ok(None)) => return Ok(None),
			Ok(Err(FrameError::NotTaken { kind })) if kind.side() == Side::Requester => {
				let refusal = if greeted {
					Refusal::NotAttached
				} else {
					Refusal::NotGreeted
				};
				self.refuse(refusal, kind.name()).await;
				return Err(Over);
			}
			Ok(Err(error)) => return Err(self.unreadable(error).await),
			Err(_) => {
				if self.reader.begun() {
					self.refuse(Refusal::TooSlow, "").await;
				}
				return Err(Over);
			}
		};
		let reading = match attached {
			true => connection.inner.reading.clone(),
			false => connection.inner.reading_of_strangers.clone(),
		};
		let _room = match header.length {
			0..=LARGE => None,
			length => match timeout(limits.message, reading.acquire_many_owned(length >> 10)).await {
				Ok(Ok(room)) => Some(room),
				_ => {
					connection.inner.counts.count(Counted::Overloaded);
					let after = limits.message.as_millis().try_into().unwrap_or(u32::MAX);
					let _ = self.write(&Reply::Overloaded(Overloaded { after })).await;
					return Err(Over);
				}
			},
		};
		match timeout(limits.time_for(header.length), self.reader.body()).await {
			Ok(Ok((kind, body))) => match Question::read(kind, &body) {
				Ok(question) => Ok(Some(question)),
				Err(malformed) => Err(self.unreadable(malformed.into()).await),
			},
			Ok(Err(error)) => Err(self.unreadable(error).await),
			Err(_) => {
				self.refuse(Refusal::TooSlow, "").await;
				Err(Over)
			}
		}
	}

	/// Whether the peer may say this now.
	fn heard(&self, question: &Question) -> Result<(), Duration> {
		let weight = match question.kind() {
			Kind::Cancel => return Ok(()),
			Kind::Quote => 20,
			Kind::Tokenize | Kind::Attach | Kind::Audit | Kind::Hand => 10,
			Kind::Voucher | Kind::Recall | Kind::Collect => 2,
			_ => 1,
		};
		let inner = &self.connection.inner;
		let mut buckets = crate::locked(&inner.buckets);
		buckets.take(self.connection.peer, inner.limits.peer, weight)
	}

	async fn unreadable(&mut self, error: FrameError) -> Over {
		let refusal = match &error {
			FrameError::Malformed(Malformed::TooLong { .. }) => Refusal::TooLarge,
			FrameError::Malformed(_) | FrameError::NotTaken { .. } => Refusal::Unreadable,
			FrameError::Cut | FrameError::Stream(_) => return Over,
		};
		self.connection.strike();
		self.refuse(refusal, &error.to_string()).await;
		Over
	}

	/// Says no, and counts it.
	pub async fn refuse(&mut self, refusal: Refusal, fact: &str) {
		self.connection.inner.counts.refuse(refusal);
		let _ = self.write(&Reply::refused(refusal, fact)).await;
	}

	/// Says something, to somebody who takes it in time.
	pub async fn write(&mut self, reply: &Reply) -> Result<(), Over> {
		let inner = &self.connection.inner;
		let time = inner.limits.time_for(reply.kind().limit());
		match timeout(time, write_reply(&mut self.writer, reply)).await {
			Ok(Ok(())) => Ok(()),
			Ok(Err(WriteError::Stream(_))) => Err(Over),
			// Nothing that is said is longer than it may be: everything in it is bounded.
			Ok(Err(WriteError::TooLong { .. })) => Err(Over),
			Err(_) => {
				inner.counts.refuse(Refusal::TooSlow);
				Err(Over)
			}
		}
	}

	async fn answer(&mut self, question: Question) -> Result<Said, No> {
		let one = |reply| Ok(Said::One(Box::new(reply)));
		match question {
			Question::Hello(hello) => one(self.hello(hello)?),
			Question::Models => {
				let mut offers = self.connection.inner.desk.offers();
				offers.truncate(atelier_wire::MAX_OFFERS);
				one(Reply::Offers(Offers(offers.try_into().unwrap_or_default())))
			}
			Question::Quote(wanted) => one(self.quote(wanted).await?),
			Question::Attach(attach) => one(self.attach(attach).await?),
			Question::Tokenize(tokenize) => one(self.tokenize(tokenize).await?),
			Question::Ask(ask) => self.ask(*ask).await,
			// It came when the answer had ended.
			Question::Cancel => Ok(Said::All),
			Question::Voucher(vouch) => one(self.vouch(vouch).await?),
			Question::Resume(resume) => one(self.resume(resume).await?),
			Question::Recall(recall) => self.recall(recall).await,
			Question::Audit(audit) => self.audit(audit).await,
			Question::Hand(hand) => one(self.hand(*hand).await?),
			Question::Collect(collect) => self.collect(collect).await,
		}
	}

	fn hello(&self, hello: Hello) -> Result<Reply, Refusal> {
		let inner = &self.connection.inner;
		if hello.genesis != inner.worker.genesis {
			return Err(Refusal::AnotherChain);
		}
		if hello.protocol != VERSION {
			return Err(Refusal::AnotherProtocol);
		}
		self.connection.greeted.store(true, Ordering::Release);
		let few = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
		Ok(Reply::Welcome(Welcome {
			worker: inner.worker.number,
			nonce: self.connection.nonce,
			streams: few(inner.limits.streams),
			answers: few(inner.limits.answers_of_session),
		}))
	}

	async fn attach(&mut self, attach: Attach) -> Result<Reply, Refusal> {
		let Attach { session, signature } = attach;
		let connection = self.connection;
		let inner = &connection.inner;
		if *inner.draining.borrow() {
			return Err(Refusal::ShuttingDown);
		}
		let terms = inner
			.sessions
			.session(session)
			.await
			.map_err(|_| Refusal::ChainUnknown)?;
		let terms = terms.ok_or(Refusal::UnknownSession)?;
		if terms.worker != inner.worker.number {
			return Err(Refusal::AnotherWorker);
		}
		let message = connection.between().attach(session);
		if !keys::verify(&signature, &message, &terms.voucher_key) && on(Check::Proof) {
			connection.strike();
			return Err(Refusal::BadProof);
		}
		let live = inner.open(&terms).await?;
		connection.keep(session, live.clone())?;
		let kept = live.kept();
		Ok(Reply::Attached(Attached {
			session,
			root: kept.root,
			signed: kept.signed,
			sequence: kept.sequence,
			window: terms.window,
		}))
	}

	async fn tokenize(&mut self, tokenize: Tokenize) -> Result<Reply, No> {
		let desk = &self.connection.inner.desk;
		if desk.offer(tokenize.version).is_none() {
			return Err(Refusal::UnknownVersion.into());
		}
		let tokens = match desk.tokenize(tokenize.version, tokenize.source).await {
			Ok(tokens) => tokens,
			Err(crate::desk::DeskError::Refused { refusal, fact }) => return Err(No::Refused(refusal, fact)),
			Err(_) => return Err(Refusal::NotTokenizable.into()),
		};
		let tokens = Tokens::<MAX_INPUT>::try_from(tokens).map_err(|_| Refusal::TooLong)?;
		Ok(Reply::Tokenized(Tokenized { tokens }))
	}

	pub fn attached(&self, session: SessionId) -> Result<Arc<Live>, Refusal> {
		self.connection.session(session).ok_or(Refusal::NotAttached)
	}

	async fn ask(&mut self, ask: Ask) -> Result<Said, No> {
		let live = self.attached(ask.session)?;
		let (from, text) = (ask.from, ask.text);
		let (tape, kept) = self.connection.inner.begin(&live, ask).await?;
		let made = u32::try_from(tape.made()).unwrap_or(u32::MAX);
		let reading = tape.read();
		self.write(&Reply::Begun(Begun { made, kept })).await?;
		let followed = self.follow(&tape, from, text).await;
		drop(reading);
		if matches!(followed, Err(No::Over)) {
			self.connection.inner.counts.count(Counted::Lost);
		}
		followed
	}

	/// Says what is on a tape until its end. Only a cancellation is heard meanwhile.
	async fn follow(&mut self, tape: &Tape, from: u32, text: bool) -> Result<Said, No> {
		let mut news = tape.news();
		let mut at = None;
		let mut open = true;
		loop {
			news.mark_unchanged();
			let end = tape.ended();
			// Who has so many tokens already waits until they are there again.
			at = at.or_else(|| tape.at(from, text));
			if let Some(at) = &mut at {
				while let Some(piece) = tape.next(at) {
					self.write(&Reply::Piece(piece)).await?;
				}
			}
			match end {
				Some(End::Done(done)) => {
					if let Some(vector) = tape.vector() {
						self.write(&Reply::Vector(vector)).await?;
					}
					return Ok(Said::One(Box::new(Reply::Done(Box::new(done)))));
				}
				Some(End::Refused(refusal)) => return Err(refusal.into()),
				None => (),
			}
			let takes = |kind: Kind| (kind == Kind::Cancel).then_some(0);
			tokio::select! {
				_ = news.changed() => (),
				header = self.reader.header(takes), if open => match header {
					Ok(Some(_)) => {
						if self.reader.body().await.is_err() {
							return Err(No::Over);
						}
						tape.cut();
					}
					// It has nothing more to say; it may still want to hear.
					Ok(None) => open = false,
					Err(FrameError::NotTaken { kind }) => {
						self.refuse(Refusal::OutOfTurn, kind.name()).await;
						return Err(No::Over);
					}
					Err(error) => {
						self.unreadable(error).await;
						return Err(No::Over);
					}
				},
			}
		}
	}

	async fn vouch(&mut self, vouch: Vouch) -> Result<Reply, No> {
		let Vouch { voucher, signature } = vouch;
		let live = self.attached(voucher.session)?;
		let inner = &self.connection.inner;
		let message = voucher.message(&inner.worker.genesis, inner.worker.number);
		if !keys::verify(&signature, &message, &live.terms().voucher_key) && on(Check::Signature) {
			self.connection.strike();
			return Err(Refusal::BadSignature.into());
		}
		let kept = match inner.ledger.voucher(voucher, signature).await {
			Ok(kept) => kept,
			Err(error) => {
				let refusal = refusal_of(&error);
				let fact = if refusal == Refusal::LedgerFailed {
					String::new()
				} else {
					error.to_string()
				};
				return Err(No::Refused(refusal, fact));
			}
		};
		live.pay(kept);
		inner.counts.count(Counted::Vouchers);
		Ok(Reply::Vouched(Vouched {
			session: voucher.session,
			sequence: voucher.sequence,
			unsigned: live.unsigned(),
		}))
	}
}
