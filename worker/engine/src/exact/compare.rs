// SPDX-License-Identifier: Apache-2.0

//! Counts the bits in which an engine's values differ from those of a reference. 0 is the only good answer.
//!
//! 1. A pool of random inputs, with what the reference says after each of their tokens, is computed once for each model.
//! 2. The engine gets them in batches of different sizes, and in four [`Mode`]s. Every final state and every logit that it gives
//!    is compared, bit by bit.

use crate::{
	Error,
	backend::{Admission, Admit, Backend, Numbers, Part, Sequence, Wanted},
};
use atelier_referee::{
	forward::{self, InputError, Nobody},
	model::{Package, Use},
};

/// How the tokens of an input come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
	/// All at once.
	Prefill,
	/// In pieces of random lengths.
	Pieces,
	/// One by one.
	Decode,
	/// From where the engine still knows the beginning.
	Resumed,
	/// Texts of a model that embeds.
	Embed,
}

impl Mode {
	pub const ALL: [Self; 5] = [Self::Prefill, Self::Pieces, Self::Decode, Self::Resumed, Self::Embed];
}

/// What was compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counted {
	pub values: u64,
	/// Values that are not the reference's.
	pub different: u64,
	/// Bits of them.
	pub bits: u64,
}

impl Counted {
	fn compare(&mut self, found: &[i32], right: &[i32]) {
		self.values += found.len().max(right.len()) as u64;
		// What is missing differs in every bit.
		let missing = found.len().abs_diff(right.len()) as u64;
		self.different += missing;
		self.bits += missing * 32;
		for (found, right) in found.iter().zip(right).filter(|(found, right)| found != right) {
			self.different += 1;
			self.bits += u64::from((found ^ right).count_ones());
		}
	}

	pub fn add(&mut self, other: Self) {
		self.values += other.values;
		self.different += other.different;
		self.bits += other.bits;
	}
}

/// An input, and what is right about it.
pub struct Known {
	pub tokens: Vec<u32>,
	/// Of each position, or of a model that embeds the vector alone.
	pub states: Vec<Vec<i32>>,
	pub logits: Vec<Vec<i32>>,
}

impl Known {
	/// By the referee.
	pub fn by_referee(package: Package<'_>, tokens: &[u32]) -> Result<Self, InputError> {
		let mut known = Self {
			tokens: tokens.to_vec(),
			states: Vec::new(),
			logits: Vec::new(),
		};
		if package.shape().answers == Use::Embedding {
			let vector = forward::embed(&package, tokens, &mut Nobody)?;
			known.states.push(vector.into_iter().map(i32::from).collect());
			return Ok(known);
		}
		let mut decoder = forward::Decoder::new(package)?;
		for token in tokens {
			decoder.push(*token, &mut Nobody)?;
			known.states.push(decoder.state().to_vec());
			known.logits.push(decoder.logits(&mut Nobody)?);
		}
		Ok(known)
	}

	/// By another engine, one token after another.
	pub fn by_engine(engine: &mut dyn Backend, tokens: &[u32]) -> Result<Self, Error> {
		let mut known = Self {
			tokens: tokens.to_vec(),
			states: Vec::new(),
			logits: Vec::new(),
		};
		if engine.facts().answers == crate::backend::Answers::Embedding {
			let vector = engine.embed(&[tokens]).pop().unwrap_or(Err(Error::EmptyInput))?;
			known.states.push(exact(Some(vector)));
			return Ok(known);
		}
		let sequence = match admit(engine, tokens, None)? {
			Some((sequence, _)) => sequence,
			None => return Err(Error::NoRoom),
		};
		for token in tokens {
			let part = Part {
				sequence,
				tokens: std::slice::from_ref(token),
				wanted: Wanted::Logits,
				states: true,
			};
			let outcome = engine.step(&[part])?.pop().unwrap_or(Err(Error::NoRoom))?;
			known.states.push(exact(outcome.states));
			known.logits.push(outcome.logits.unwrap_or_default());
		}
		engine.release(sequence);
		Ok(known)
	}
}

/// An engine that is compared.
pub struct Comparison<'a> {
	pub engine: &'a mut dyn Backend,
	pub pool: &'a [Known],
	/// Most tokens of a step.
	pub step_tokens: usize,
	/// Random numbers: which inputs, and how long pieces are.
	pub random: &'a mut dyn FnMut(usize) -> usize,
}

/// An input on its way.
struct Run<'a> {
	sequence: Sequence,
	known: &'a Known,
	done: usize,
}

impl Comparison<'_> {
	/// A batch of so many random inputs of the pool in one mode.
	pub fn batch(&mut self, size: usize, mode: Mode) -> Result<Counted, Error> {
		let pool = self.pool;
		let some: Vec<_> = (0..size).filter_map(|_| pool.get((self.random)(pool.len()))).collect();
		match mode {
			Mode::Embed => self.embed(&some),
			Mode::Resumed => {
				// Read once, so that the engine knows the beginnings.
				let mut counted = self.tokens(&some, Mode::Prefill, Some(7))?;
				counted.add(self.tokens(&some, Mode::Pieces, Some(7))?);
				Ok(counted)
			}
			mode => self.tokens(&some, mode, None),
		}
	}

	fn embed(&mut self, some: &[&Known]) -> Result<Counted, Error> {
		let texts: Vec<&[u32]> = some.iter().map(|known| known.tokens.as_slice()).collect();
		let mut counted = Counted::default();
		for (known, vector) in some.iter().zip(self.engine.embed(&texts)) {
			counted.compare(&exact(Some(vector?)), known.states.first().map_or(&[], Vec::as_slice));
		}
		Ok(counted)
	}

	fn tokens(&mut self, some: &[&Known], mode: Mode, scope: Option<u64>) -> Result<Counted, Error> {
		let mut runs = Vec::new();
		let mut counted = Counted::default();
		for known in some {
			match admit(self.engine, &known.tokens, scope)? {
				Some((sequence, done)) => runs.push(Run { sequence, known, done }),
				// As many at once as there is room for.
				None => {
					counted.add(self.finish(std::mem::take(&mut runs), mode)?);
					let (sequence, done) = admit(self.engine, &known.tokens, scope)?.ok_or(Error::NoRoom)?;
					runs.push(Run { sequence, known, done });
				}
			}
		}
		counted.add(self.finish(runs, mode)?);
		Ok(counted)
	}

	/// Computes all tokens of some runs.
	fn finish(&mut self, mut runs: Vec<Run<'_>>, mode: Mode) -> Result<Counted, Error> {
		let mut counted = Counted::default();
		loop {
			let mut room = self.step_tokens;
			let mut taken = Vec::new();
			for (number, run) in runs.iter().enumerate() {
				let left = run.known.tokens.len().saturating_sub(run.done).min(room);
				let count = match mode {
					Mode::Decode => left.min(1),
					Mode::Pieces if left > 0 => (self.random)(left) + 1,
					_ => left,
				};
				if count > 0 {
					room -= count;
					taken.push((number, count));
				}
			}
			if taken.is_empty() {
				break;
			}
			let parts: Vec<_> = taken
				.iter()
				.filter_map(|(number, count)| {
					let run = runs.get(*number)?;
					Some(Part {
						sequence: run.sequence,
						tokens: run.known.tokens.get(run.done..run.done + count)?,
						wanted: Wanted::Logits,
						states: true,
					})
				})
				.collect();
			let outcomes = self.engine.step(&parts)?;
			for ((number, count), outcome) in taken.into_iter().zip(outcomes) {
				let (Some(run), outcome) = (runs.get_mut(number), outcome?) else {
					continue;
				};
				let end = run.done + count;
				let states = run.known.states.get(run.done..end).unwrap_or_default();
				counted.compare(&exact(outcome.states), &states.concat());
				let logits = run.known.logits.get(end - 1).map_or(&[][..], Vec::as_slice);
				counted.compare(&outcome.logits.unwrap_or_default(), logits);
				run.done = end;
			}
		}
		for run in runs {
			self.engine.release(run.sequence);
		}
		Ok(counted)
	}
}

/// A sequence with all the room that an input needs, and how much of it is known. None: not while others have the room.
fn admit(engine: &mut dyn Backend, input: &[u32], scope: Option<u64>) -> Result<Option<(Sequence, usize)>, Error> {
	let admit = Admit { input, limit: 0, scope };
	Ok(match engine.admit(&admit)? {
		Admission::Now { sequence, known } => Some((sequence, known as usize)),
		Admission::Later => None,
	})
}

fn exact(numbers: Option<Numbers>) -> Vec<i32> {
	match numbers {
		Some(Numbers::Exact(numbers)) => numbers,
		_ => Vec::new(),
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{
		exact::{Plan, load_bytes},
		serve::Limits,
	};
	use atelier_kernels::{Kernels, Path};
	use atelier_referee::samples::{self, Random, Values};

	/// Every mode of a model of this use, by these kernels.
	fn compared(answers: Use, kernels: Kernels) -> Counted {
		let mut random = Random(8);
		let shape = loop {
			let shape = samples::shape(&mut random);
			if shape.answers == answers && shape.positions > 30 {
				break shape;
			}
		};
		let bytes = samples::package(shape, Values::Ordinary, &mut random);
		let plan = Plan {
			threads: 2,
			memory: 64 << 20,
			limits: Limits::default(),
		};
		let mut engine = load_bytes(shape, &bytes, kernels, &plan).unwrap();
		let pool: Vec<_> = (0..6)
			.map(|_| {
				let tokens = samples::tokens(&shape, 20, &mut random);
				Known::by_referee(Package::new(shape, &bytes).unwrap(), &tokens).unwrap()
			})
			.collect();
		let mut counted = Counted::default();
		for size in [1, 2, 17, 64] {
			for mode in Mode::ALL {
				if (mode == Mode::Embed) == (answers == Use::Embedding) {
					let mut comparison = Comparison {
						engine: &mut *engine,
						pool: &pool,
						step_tokens: 100,
						random: &mut |count| random.between(0, count as i64 - 1) as usize,
					};
					counted.add(comparison.batch(size, mode).unwrap());
				}
			}
		}
		counted
	}

	#[test]
	fn right_kernels_differ_in_no_bit() {
		for answers in [Use::Tokens, Use::Embedding] {
			let counted = compared(answers, Kernels::detect().unwrap());
			assert_eq!((counted.different, counted.bits), (0, 0));
			assert!(counted.values > 1_000, "{counted:?}");
		}
	}

	#[test]
	fn wrong_kernels_are_counted() {
		for answers in [Use::Tokens, Use::Embedding] {
			let counted = compared(answers, Kernels::unchecked(Path::PLAIN.broken()));
			assert!(
				counted.different > 0 && counted.bits >= counted.different,
				"{counted:?}"
			);
		}
	}

	#[test]
	fn what_is_missing_differs() {
		let mut counted = Counted::default();
		counted.compare(&[1, 2], &[1, 3, 4]);
		let expected = Counted {
			values: 3,
			different: 2,
			bits: 33,
		};
		assert_eq!(counted, expected);
	}
}
