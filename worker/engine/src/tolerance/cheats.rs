// SPDX-License-Identifier: Apache-2.0

//! What workers may do instead of computing what they are paid for.

use super::{
	Asked, Proved,
	folders::{self, Numbers},
};
use crate::{
	Error,
	backend::{Admission, Admit, Backend, Part, Wanted},
	fingerprint::{Fingerprint, Layout, Prints},
	load::{Folder, checkpoint::Float, config::Config},
	verify::Pieces,
};
use atelier_referee::ops::sampling::philox;
use std::path::{Path, PathBuf};

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cheat {
	/// Everything is computed with other weights.
	Weights(Weights),
	/// Everything is computed in smaller floats than is said.
	Precision(Float),
	/// The input had another token in it.
	Prompt,
	/// A token of the answer was replaced after it was made.
	Token,
	/// The same, and the states are those of the new answer.
	TokenRead,
	/// The choices are those of another seed.
	Seed,
	/// The choices are those of another temperature.
	Temperature,
	/// The likeliest token is taken always.
	Greedy,
	/// Other weights write the answer, the right ones read it.
	Written(Weights),
	/// The states are those of another answer.
	Copied,
	/// The fingerprint says the same of every place, a number that is often among the largest.
	Guessed,
}

/// Weights in place of the model's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Weights {
	/// Of one layer, each moved at random by this part of its row's size.
	Moved(f32),
	/// With as many levels up and down in each row.
	Rounded { levels: f32 },
	/// Levels for each 32 numbers of a row.
	Grouped { levels: f32 },
	/// Another fine-tune: a random matrix of rank 4 is added to each query and value, of this part of its size.
	Tuned(f32),
	/// The last layer is left out.
	Fewer,
}

/// Numbers of a row that share a scale.
const GROUPED: usize = 32;
const RANK: usize = 4;

impl Weights {
	pub fn name(self) -> String {
		match self {
			Self::Moved(by) => format!("a layer's weights moved by {}%", by * 100.0),
			Self::Rounded { levels } => format!("weights of int8 ({levels} levels a row)"),
			Self::Grouped { levels } => format!("weights of 4 bits ({levels} levels in groups of {GROUPED})"),
			Self::Tuned(by) => format!("another fine-tune (rank {RANK}, {}%)", by * 100.0),
			Self::Fewer => "the last layer left out".into(),
		}
	}

	/// A folder with these.
	pub fn folder(self, from: &Folder, to: &Path) -> Result<PathBuf, Error> {
		let Config::Decoder(config) = from.config()? else {
			return Err(Error::WrongUse);
		};
		let last = config.layers.saturating_sub(1);
		let layers = (self == Self::Fewer).then_some(last);
		let mut tensor = 0;
		folders::copy(from, to, layers, &mut |numbers| {
			tensor += 1;
			match self {
				Self::Fewer => return numbers.layer() != Some(last),
				Self::Moved(by) if numbers.layer() == Some(last / 2) => moved(numbers, by, tensor),
				Self::Moved(_) => (),
				Self::Rounded { levels } => numbers.rows().into_iter().flatten().for_each(|row| round(row, levels)),
				Self::Grouped { levels } => {
					let groups = numbers.rows().into_iter().flatten();
					groups
						.flat_map(|row| row.chunks_mut(GROUPED))
						.for_each(|group| round(group, levels));
				}
				Self::Tuned(by) if ["q_proj", "v_proj"].iter().any(|name| numbers.name.contains(name)) => {
					tuned(numbers, by, tensor);
				}
				Self::Tuned(_) => (),
			}
			true
		})
	}
}

/// Of mean 0 and variance 1.
fn noise(tensor: u32, place: usize) -> f32 {
	let [random, ..] = philox([place as u32, (place >> 32) as u32, tensor, 9], [1, 1]);
	(random as f32 / u32::MAX as f32 - 0.5) * 12_f32.sqrt()
}

fn size(row: &[f32]) -> f32 {
	(row.iter().map(|value| value * value).sum::<f32>() / row.len().max(1) as f32).sqrt()
}

fn moved(numbers: &mut Numbers, by: f32, tensor: u32) {
	let mut place = 0;
	for row in numbers.rows().into_iter().flatten() {
		let step = by * size(row);
		for value in row {
			*value += step * noise(tensor, place);
			place += 1;
		}
	}
}

fn round(row: &mut [f32], levels: f32) {
	let largest = row.iter().fold(0_f32, |most, value| most.max(value.abs()));
	let scale = (largest / levels).max(f32::MIN_POSITIVE);
	row.iter_mut()
		.for_each(|value| *value = (*value / scale).round() * scale);
}

fn tuned(numbers: &mut Numbers, by: f32, tensor: u32) {
	// A product of two such has variance `RANK`.
	let scale = by * size(&numbers.values) / (RANK as f32).sqrt();
	for (line, row) in numbers.rows().into_iter().flatten().enumerate() {
		for (column, value) in row.iter_mut().enumerate() {
			let product = |rank| noise(tensor, line * RANK + rank) * noise(tensor + 10_000, column * RANK + rank);
			*value += scale * (0..RANK).map(product).sum::<f32>();
		}
	}
}

impl Cheat {
	/// All that are tried on a model that is said to compute in these floats.
	pub fn all(claimed: Float) -> Vec<Self> {
		let int8 = Weights::Rounded { levels: 127.0 };
		let int4 = Weights::Grouped { levels: 7.0 };
		let lower: &[Float] = match claimed {
			Float::F32 => &[Float::F16, Float::BF16],
			Float::F16 => &[Float::BF16],
			Float::BF16 => &[],
		};
		let weights = [
			Weights::Moved(0.01),
			Weights::Moved(0.05),
			int8,
			int4,
			Weights::Tuned(0.02),
			Weights::Tuned(0.1),
			Weights::Fewer,
		];
		let others = [
			Self::Prompt,
			Self::Token,
			Self::TokenRead,
			Self::Seed,
			Self::Temperature,
			Self::Greedy,
			Self::Written(int4),
			Self::Written(Weights::Fewer),
			Self::Copied,
			Self::Guessed,
		];
		weights
			.into_iter()
			.map(Self::Weights)
			.chain(lower.iter().copied().map(Self::Precision))
			.chain(others)
			.collect()
	}

	pub fn name(self) -> String {
		match self {
			Self::Weights(weights) => weights.name(),
			Self::Precision(float) => format!("computed in {}", float.name()),
			Self::Prompt => "a token of the input replaced".into(),
			Self::Token => "a token of the answer replaced, the states as they were".into(),
			Self::TokenRead => "a token of the answer replaced, the states of the new answer".into(),
			Self::Seed => "another seed".into(),
			Self::Temperature => "a temperature lower by a tenth".into(),
			Self::Greedy => "always the likeliest token".into(),
			Self::Written(weights) => format!("written with {}, read with the right ones", weights.name()),
			Self::Copied => "the states of another answer".into(),
			Self::Guessed => "a fingerprint that says the same of every place".into(),
		}
	}

	/// What the worker computes where that is another request than the one it was asked.
	pub fn asks(self, asked: &Asked, vocabulary: u32) -> Asked {
		let mut other = asked.clone();
		match self {
			Self::Prompt => {
				let middle = other.input.len() / 2;
				if let Some(token) = other.input.get_mut(middle) {
					*token = (*token + vocabulary / 2) % vocabulary.max(1);
				}
			}
			Self::Seed => other.settings.seed ^= 1 << 40,
			Self::Temperature => other.settings.temperature *= 0.9,
			Self::Greedy => other.settings.temperature = 0.0,
			_ => (),
		}
		other
	}
}

/// The fingerprint of an answer that somebody else made, by reading it.
pub fn read(
	backend: &mut dyn Backend,
	layout: Layout,
	input: &[u32],
	answer: &[u32],
	pieces: Pieces,
) -> Result<Fingerprint, Error> {
	let prints = Prints::of(layout, &backend.facts())?;
	let mut watch = prints.watch();
	let but_last = answer.split_last().map_or(&[][..], |(_, said)| said);
	let tokens = [input, but_last].concat();
	let sequence = admitted(backend, &tokens)?;
	let mut position = 0;
	for tokens in tokens.chunks(pieces.input.max(1)) {
		let part = Part {
			sequence,
			tokens,
			wanted: Wanted::Nothing,
			states: true,
		};
		let outcome = backend.step(&[part])?.pop().ok_or(Error::NoRoom)??;
		watch(position, &outcome.states.ok_or(Error::WrongUse)?);
		position += tokens.len() as u32;
	}
	backend.release(sequence);
	prints.fingerprint(input.len(), answer.len())
}

/// An answer with another token in the middle, one that might have been chosen there.
pub fn replaced(backend: &mut dyn Backend, asked: &Asked, answer: &[u32]) -> Result<Vec<u32>, Error> {
	let mut answer = answer.to_vec();
	let middle = answer.len() / 2;
	let before = [asked.input.as_slice(), answer.get(..middle).unwrap_or_default()].concat();
	let sequence = admitted(backend, &before)?;
	let part = Part {
		sequence,
		tokens: &before,
		wanted: Wanted::Logits,
		states: false,
	};
	let outcome = backend.step(&[part])?.pop().ok_or(Error::NoRoom)??;
	backend.release(sequence);
	let logits = outcome.logits.ok_or(Error::WrongUse)?;
	let was = answer.get(middle).copied();
	// The likeliest other one: what is hardest to see.
	let others = (0_u32..).zip(&logits).filter(|(token, _)| Some(*token) != was);
	let token = others.max_by_key(|(_, logit)| **logit).map(|(token, _)| token);
	if let (Some(place), Some(token)) = (answer.get_mut(middle), token) {
		*place = token;
	}
	Ok(answer)
}

fn admitted(backend: &mut dyn Backend, tokens: &[u32]) -> Result<crate::backend::Sequence, Error> {
	let admit = Admit {
		input: tokens,
		limit: 0,
		scope: None,
	};
	match backend.admit(&admit)? {
		Admission::Now { sequence, .. } => Ok(sequence),
		Admission::Later => Err(Error::NoRoom),
	}
}

/// A fingerprint that says one code of every place: an entry stands for half of the places, so all of them are equal or 0.
pub fn guessed(of: &Fingerprint) -> Result<Fingerprint, Error> {
	// Of a number between 4 and 5, as final states' largest often are, in whatever layout it is.
	let code = of.layout().code(4.5);
	let mut bytes = of.encode();
	let bits = usize::from(of.layout().bits);
	let mut group = crate::fingerprint::wire::HEAD;
	for table in of.groups() {
		let length = (table.codes() * bits).div_ceil(8);
		for place in 0..table.codes() * bits {
			let (byte, bit) = (group + 1 + place / 8, place % 8);
			// Only the first entry: places whose row has its bit say the code, the others 0.
			let set = place < bits && code >> place & 1 == 1;
			if let Some(byte) = bytes.get_mut(byte) {
				*byte = *byte & !(1 << bit) | u8::from(set) << bit;
			}
		}
		group += 1 + length;
	}
	Ok(Fingerprint::decode(&bytes)?)
}

/// Of an answer.
pub(super) fn proved(answer: Vec<u32>, fingerprint: &Fingerprint) -> Proved {
	Proved::new(answer, fingerprint)
}
