// SPDX-License-Identifier: Apache-2.0

//! A model that nobody trained, in plain Rust, for tests of what stands above a backend.
//!
//! Its logits depend on every token of a sequence in its place: each position remembers a hash of all tokens up to it, in
//! pages as a real model's keys and values. A serving core that mixes sequences up, loses a token, reads a page that is
//! not its own or shares a wrong prefix gets another answer than [`Double::answer`], which computes it from the start.

use super::{
	Admission, Admit, Answers, Backend, Class, Facts, Memory, Numbers, Outcome, Part, Sequence, Wanted, pages::Pages,
};
use crate::{Error, load::checkpoint::Float, text::Text};
use atelier_referee::ops::sampling::{Sampler, philox};
use tokenizers::{
	Tokenizer, decoders::byte_level::ByteLevel, models::bpe::BPE, pre_tokenizers::byte_level::ByteLevel as Bytes,
};

pub struct Double {
	facts: Facts,
	pages: Pages,
	/// What each slot of each page remembers.
	memory: Vec<u64>,
	/// A sequence that contains it fails, as one whose numbers overflow would.
	pub poison: Option<u32>,
	/// A batch that contains it fails as a whole, and so does the part alone.
	pub bane: Option<u32>,
	/// Steps that were asked for, and parts in the largest.
	pub steps: u64,
	pub widest: usize,
}

/// Tokens of a page: few, so that tests cross their ends.
const PAGE: u32 = 4;
/// Every byte, and one that ends an answer.
pub const VOCABULARY: u32 = 257;
pub const END: u32 = 256;
/// The first tokens are the characters of ASCII that have a shape.
const READABLE: u32 = 94;
const WIDTH: u32 = 4;

impl Double {
	/// Answers with tokens.
	pub fn new(pages: u32, positions: u32) -> Self {
		Self::that(Answers::Tokens, pages, positions)
	}

	/// Answers with vectors.
	pub fn encoder(positions: u32) -> Self {
		Self::that(Answers::Embedding, 0, positions)
	}

	fn that(answers: Answers, pages: u32, positions: u32) -> Self {
		Self {
			facts: Facts {
				vocabulary: VOCABULARY,
				positions,
				width: WIDTH,
				answers,
				class: Class::Float(Float::F32),
			},
			pages: Pages::new(pages, PAGE),
			memory: vec![0; (pages * PAGE) as usize],
			poison: None,
			bane: None,
			steps: 0,
			widest: 0,
		}
	}

	/// A tokenizer whose tokens are the bytes of a text.
	pub fn text(positions: u32) -> Result<Text, Error> {
		let mut names: Vec<_> = Bytes::alphabet().into_iter().collect();
		names.sort_unstable();
		let vocabulary = names.into_iter().map(String::from).chain(["</s>".to_owned()]);
		let vocabulary = vocabulary.zip(0..).collect::<tokenizers::models::bpe::Vocab>();
		let broken = |source| atelier_models::Error::BrokenTokenizer {
			path: Default::default(),
			source,
		};
		let model = BPE::builder()
			.vocab_and_merges(vocabulary, Vec::new())
			.build()
			.map_err(broken)?;
		let mut tokenizer = Tokenizer::new(model);
		tokenizer.with_pre_tokenizer(Some(Bytes::new(false, true, false)));
		tokenizer.with_decoder(Some(ByteLevel::default()));
		Ok(Text::new(tokenizer, VOCABULARY, positions)?)
	}

	/// The answer to an input, computed on its own.
	pub fn answer(input: &[u32], sampler: Sampler, limit: usize) -> Vec<u32> {
		let mut tokens = input.to_vec();
		while tokens.len() < input.len() + limit && tokens[input.len()..].last() != Some(&END) {
			let all = tokens.iter().fold(0, |before, token| remembered(before, *token));
			tokens.push(sampler.choose(&logits(all), tokens.len() as u32 - 1).token);
		}
		tokens.split_off(input.len())
	}

	fn slot(pages: &[u32], position: u32) -> Option<usize> {
		let page = pages.get((position / PAGE) as usize)?;
		Some((page * PAGE + position % PAGE) as usize)
	}

	fn part(&mut self, part: &Part<'_>) -> Result<Outcome, Error> {
		let (pages, first) = self.pages.room(part.sequence, part.tokens.len())?;
		let mut all = match first.checked_sub(1) {
			None => 0,
			Some(last) => *Self::slot(pages, last)
				.and_then(|slot| self.memory.get(slot))
				.ok_or(Error::NoRoom)?,
		};
		let (mut states, mut rows) = (Vec::new(), Vec::new());
		for (position, &token) in (first..).zip(part.tokens) {
			if Some(token) == self.poison || Some(token) == self.bane {
				return Err(Error::NotFiniteOutput);
			}
			all = remembered(all, token);
			let slot = Self::slot(pages, position).and_then(|slot| self.memory.get_mut(slot));
			*slot.ok_or(Error::NoRoom)? = all;
			states.extend(vector(all));
			if part.wanted == Wanted::AllLogits {
				rows.extend(logits(all));
			}
		}
		let last = first + (part.tokens.len() as u32).saturating_sub(1);
		self.pages.computed(part.sequence, part.tokens);
		Ok(Outcome {
			token: match part.wanted {
				Wanted::Token(sampler) => Some(sampler.choose(&logits(all), last).token),
				Wanted::Nothing | Wanted::Logits | Wanted::AllLogits => None,
			},
			logits: match part.wanted {
				Wanted::Logits => Some(logits(all)),
				Wanted::AllLogits => Some(rows),
				Wanted::Nothing | Wanted::Token(_) => None,
			},
			states: part.states.then_some(Numbers::Float(states)),
		})
	}
}

impl Backend for Double {
	fn facts(&self) -> Facts {
		self.facts
	}

	fn memory(&self) -> Memory {
		self.pages.memory(self.memory.len() as u64 * 8)
	}

	fn admit(&mut self, admit: &Admit<'_>) -> Result<Admission, Error> {
		self.pages.admit(admit)
	}

	fn step(&mut self, parts: &[Part<'_>]) -> Result<Vec<Result<Outcome, Error>>, Error> {
		self.steps += 1;
		self.widest = self.widest.max(parts.len());
		let mut tokens = parts.iter().flat_map(|part| part.tokens);
		if tokens.any(|token| Some(*token) == self.bane) {
			return Err(Error::Libtorch {
				doing: "computing a batch",
				reason: "a bane was in it".into(),
			});
		}
		Ok(parts.iter().map(|part| self.part(part)).collect())
	}

	fn release(&mut self, sequence: Sequence) {
		self.pages.release(sequence);
	}

	fn embed(&mut self, inputs: &[&[u32]]) -> Vec<Result<Numbers, Error>> {
		let one = |input: &&[u32]| {
			if self.facts.answers != Answers::Embedding {
				return Err(Error::WrongUse);
			}
			self.facts.check(input, 0)?;
			let all = input.iter().fold(0, |before, token| remembered(before, *token));
			let vector: Vec<_> = vector(all).collect();
			let length = vector.iter().map(|number| number * number).sum::<f32>().sqrt();
			Ok(Numbers::Float(vector.iter().map(|number| number / length).collect()))
		};
		inputs.iter().map(one).collect()
	}
}

/// A hash of all tokens so far.
fn remembered(before: u64, token: u32) -> u64 {
	let [a, b, _, _] = philox([before as u32, (before >> 32) as u32, token, 1], [7, 7]);
	u64::from(a) << 32 | u64::from(b)
}

/// Between -8 and 8, the end less likely than others, what can be read in ASCII likelier.
fn logits(all: u64) -> Vec<i32> {
	let key = [all as u32, (all >> 32) as u32];
	let random = (0..VOCABULARY.div_ceil(4)).flat_map(|block| philox([block, 0, 0, 2], key));
	let bias = |token| match token {
		0..READABLE => 1 << 16,
		END => -1 << 16,
		_ => 0,
	};
	(0..VOCABULARY)
		.zip(random)
		.map(|(token, random)| (random >> 12) as i32 - (8 << 16) + bias(token))
		.collect()
}

fn vector(all: u64) -> impl Iterator<Item = f32> {
	let random = philox([0, 0, 0, 3], [all as u32, (all >> 32) as u32]);
	random.into_iter().map(|random| random as f32 / u32::MAX as f32 + 0.1)
}
