// SPDX-License-Identifier: Apache-2.0

//! Models that are loaded on this machine.
//!
//! Exact answers commit to the states of all positions, those in floats to their fingerprint (docs/float-class.md). Where a
//! model's states are too narrow to have one, the claim commits to no states, and nobody can hold it to them. Nothing of one
//! answer is used for another, since every state is computed for the claim.

use super::{Committed, Desk, DeskError, Embedded, Event, Making, Order};
use crate::ledger::Evidence;
use atelier_engine::{
	Error,
	backend::{Answers, Class, Facts, Numbers},
	claim::States,
	fingerprint::{Layout, Prints},
	serve::{self, Answering, Engine, Input},
	text::Message,
};
use atelier_primitives::{ids::VersionId, work::Tier};
use atelier_referee::{
	claim::{Request, token_tree},
	commit::{Bounded, Commitment, Kind, Tree},
	hash::Portable,
};
use atelier_wire::{Balance, Lump, Offered, Refusal, Source, Text, Tokens, Vector};
use futures::{FutureExt, StreamExt, future::BoxFuture};
use std::{
	collections::BTreeMap,
	future::ready,
	sync::Arc,
	task::{Context, Poll},
};
use tokio::{sync::Semaphore, task::spawn_blocking};

/// Texts that are tokenized at once: it is work for the CPU, which answers need too.
const TOKENIZING: usize = 2;

/// Numbers of a vector in a leaf.
const NUMBERS_OF_LEAF: usize = 256;

/// A model that is offered.
pub struct Hosted {
	pub engine: Arc<Engine>,
	/// For each unit.
	pub price: Balance,
	/// Tokens that end its answers.
	pub ends: Vec<u32>,
	/// Whether it has a way of writing a chat.
	pub chat: bool,
	/// Whether the chain knows the texts of its tokens: nobody could judge an answer that a string ended otherwise.
	pub stops: bool,
}

/// All models of a worker.
pub struct Engines {
	hosted: BTreeMap<VersionId, Hosted>,
	tokenizing: Semaphore,
}

impl Engines {
	pub fn new(hosted: BTreeMap<VersionId, Hosted>) -> Self {
		Self {
			hosted,
			tokenizing: Semaphore::new(TOKENIZING),
		}
	}

	fn hosted(&self, version: VersionId) -> Result<&Hosted, DeskError> {
		self.hosted
			.get(&version)
			.ok_or_else(|| refused(Refusal::UnknownVersion, "it is not loaded"))
	}
}

fn refused(refusal: Refusal, fact: &str) -> DeskError {
	DeskError::Refused {
		refusal,
		fact: fact.into(),
	}
}

/// Errors quote what they are about, and that may be somebody's; so only their kind is said.
fn of_engine(error: Error) -> DeskError {
	match error {
		Error::QueueFull { .. } => DeskError::Full,
		Error::Cancelled => DeskError::Cancelled,
		Error::WrongUse => refused(Refusal::WrongUse, ""),
		Error::EmptyInput | Error::NoAnswerWanted => refused(Refusal::NothingWanted, ""),
		Error::InputTooLong { .. } | Error::NeverFits { .. } => refused(Refusal::TooLong, "there is no memory for it"),
		_ => DeskError::Failed,
	}
}

fn offered(version: VersionId, hosted: &Hosted) -> Offered {
	let facts = hosted.engine.facts();
	Offered {
		version,
		tier: match facts.class {
			Class::Exact => Tier::Exact,
			Class::Float(_) => Tier::Float,
		},
		price: hosted.price,
		embeds: facts.answers == Answers::Embedding,
		vocabulary: facts.vocabulary,
		positions: facts.positions,
		chat: hosted.chat,
		stops: hosted.stops,
		ends: Bounded::try_from(hosted.ends.clone()).unwrap_or_default(),
	}
}

/// How an answer is committed to.
enum Watched {
	Exact(States),
	Float(Prints),
	Nothing,
}

impl Watched {
	fn of(facts: &Facts) -> Self {
		match facts.class {
			Class::Exact => Self::Exact(States::of(facts)),
			Class::Float(float) => Prints::of(Layout::of(float), facts).map_or(Self::Nothing, Self::Float),
		}
	}

	fn watch(&self) -> Option<serve::Watch> {
		match self {
			Self::Exact(states) => Some(states.watch()),
			Self::Float(prints) => Some(prints.watch()),
			Self::Nothing => None,
		}
	}

	fn committed(&self, input: &[u32], tokens: &[u32]) -> Result<Committed, Error> {
		let tree = |source| Error::Commitment { source };
		let (state, evidence) = match self {
			Self::Exact(states) => {
				let committed = states.committed_to(input, tokens)?;
				(committed.state, Evidence::States(states.states(input, tokens)?))
			}
			Self::Float(prints) => {
				let fingerprint = prints.fingerprint(input.len(), tokens.len())?;
				let state = fingerprint.commitment().map_err(tree)?;
				(state, Evidence::Fingerprint(fingerprint.encode()))
			}
			Self::Nothing => (no_states().map_err(tree)?, Evidence::Nothing),
		};
		Ok(Committed {
			answer: token_tree::<Portable>(Kind::Tokens, tokens).map_err(tree)?.commitment(),
			state,
			evidence,
		})
	}
}

/// The commitment to none.
fn no_states() -> Result<Commitment, atelier_referee::commit::Error> {
	Ok(Tree::from_leaves::<Portable>(Kind::State, <[Vec<u8>; 0]>::default())?.commitment())
}

struct Made {
	answering: Answering,
	watched: Watched,
}

impl Making for Made {
	fn poll_event(&mut self, context: &mut Context<'_>) -> Poll<Result<Event, DeskError>> {
		self.answering.poll_next_unpin(context).map(|event| match event {
			Some(Ok(serve::Event::Token { token, text })) => Ok(Event::Token { token, text }),
			Some(Ok(serve::Event::Done(answer))) => Ok(Event::Done(answer.stop)),
			Some(Err(error)) => Err(of_engine(error)),
			None => Err(DeskError::Failed),
		})
	}

	fn cancel(&mut self) {
		self.answering.cancel();
	}

	fn finish(self: Box<Self>, input: &[u32], tokens: &[u32]) -> Result<Committed, DeskError> {
		self.watched.committed(input, tokens).map_err(of_engine)
	}
}

/// The strings that end an answer, as the engine takes them.
fn stops(request: &Request) -> Result<Vec<String>, DeskError> {
	let texts = request.stops.iter().map(|stop| String::from_utf8(stop.to_vec()));
	let texts = texts.collect::<Result<Vec<_>, _>>();
	texts
		.ok()
		.filter(|texts| texts.iter().all(|text| !text.is_empty()))
		.ok_or_else(|| refused(Refusal::BadStops, "one is empty, or not UTF-8"))
}

fn string<const MAX: usize>(text: Text<MAX>) -> Result<String, DeskError> {
	String::from_utf8(text.into_inner()).map_err(|_| refused(Refusal::NotTokenizable, "it is not UTF-8"))
}

fn input(source: Source) -> Result<Input, DeskError> {
	Ok(match source {
		Source::Text(text) => Input::Text(string(text)?),
		Source::Chat(said) => {
			let messages = said.into_inner().into_iter().map(|said| {
				Ok(Message {
					role: string(said.role)?,
					content: string(said.content)?,
				})
			});
			Input::Chat(messages.collect::<Result<_, DeskError>>()?)
		}
	})
}

impl Desk for Engines {
	fn offers(&self) -> Vec<Offered> {
		let offers = self.hosted.iter();
		offers.map(|(version, hosted)| offered(*version, hosted)).collect()
	}

	fn offer(&self, version: VersionId) -> Option<Offered> {
		self.hosted.get(&version).map(|hosted| offered(version, hosted))
	}

	fn tokenize(&self, version: VersionId, source: Source) -> BoxFuture<'_, Result<Vec<u32>, DeskError>> {
		async move {
			let engine = self.hosted(version)?.engine.clone();
			let input = input(source)?;
			// Never closed.
			let _turn = self.tokenizing.acquire().await;
			let tokens = spawn_blocking(move || engine.tokens(input)).await;
			tokens
				.map_err(|_| DeskError::Failed)?
				.map_err(|_| refused(Refusal::NotTokenizable, "tokenizer or template refuse it"))
		}
		.boxed()
	}

	fn answer(&self, order: &Order) -> Result<Box<dyn Making>, DeskError> {
		let hosted = self.hosted(order.version)?;
		let watched = Watched::of(&hosted.engine.facts());
		let request = serve::Request {
			input: Input::Tokens(order.input.clone()),
			sampler: order.request.sampler,
			limit: order.request.limit,
			ends: Some(order.request.ends.to_vec()),
			stops: stops(&order.request)?,
			scope: None,
			watch: watched.watch(),
		};
		let answering = hosted.engine.answer(request).map_err(of_engine)?;
		Ok(Box::new(Made { answering, watched }))
	}

	fn embed(&self, order: &Order) -> BoxFuture<'_, Result<Embedded, DeskError>> {
		let hosted = match self.hosted(order.version) {
			Ok(hosted) => hosted,
			Err(error) => return ready(Err(error)).boxed(),
		};
		// Its claim must commit to states that the engine does not give away; one without them is wrong by itself.
		if hosted.engine.facts().class == Class::Exact {
			let error = refused(Refusal::NotClaimable, "exact vectors have no states yet");
			return ready(Err(error)).boxed();
		}
		let embedding = match hosted.engine.embed(vec![Input::Tokens(order.input.clone())]) {
			Ok(embedding) => embedding,
			Err(error) => return ready(Err(of_engine(error))).boxed(),
		};
		async move {
			let vectors = embedding.await.map_err(of_engine)?;
			let numbers = vectors.into_iter().next().ok_or(DeskError::Failed)?;
			embedded(numbers).ok_or(DeskError::Failed)
		}
		.boxed()
	}
}

/// A vector and its claim's commitments: 256 numbers a leaf, little-endian.
fn embedded(numbers: Numbers) -> Option<Embedded> {
	let (leaves, vector) = match numbers {
		Numbers::Exact(numbers) => {
			let numbers: Vec<u16> = numbers.into_iter().map(|number| number as u16).collect();
			let leaves = leaves(&numbers, |number| number.to_le_bytes());
			(leaves, Vector::Exact(Lump::try_from(numbers).ok()?))
		}
		Numbers::Float(numbers) => {
			let bits: Vec<u32> = numbers.into_iter().map(f32::to_bits).collect();
			let leaves = leaves(&bits, |bits| bits.to_le_bytes());
			(leaves, Vector::Float(Tokens::try_from(bits).ok()?))
		}
	};
	let committed = Committed {
		answer: Tree::from_leaves::<Portable>(Kind::Output, leaves).ok()?.commitment(),
		state: no_states().ok()?,
		evidence: Evidence::Nothing,
	};
	Some(Embedded { vector, committed })
}

fn leaves<T: Copy, const N: usize>(numbers: &[T], bytes: impl Fn(T) -> [u8; N]) -> Vec<Vec<u8>> {
	let leaf = |numbers: &[T]| numbers.iter().flat_map(|number| bytes(*number)).collect();
	numbers.chunks(NUMBERS_OF_LEAF).map(leaf).collect()
}
