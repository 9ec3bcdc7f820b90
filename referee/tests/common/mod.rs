// SPDX-License-Identifier: Apache-2.0

//! Random models, their answers and the traces of these.
#![allow(dead_code, reason = "each test file uses a part")]

use atelier_referee::{
	claim::{state_leaves, state_tree, token_leaves, token_tree, vocabulary_tree, State, StopReason},
	commit::{decode_exact, Kind, Ranges, RangesProof, Tree},
	dispute::{
		gather, is_fraud, is_fraud_in_parts, Case, Charge, Ends, Evidence, Holder, InParts, Records, Registered, Stops,
		VerdictError,
	},
	forward::{embed, Decoder, Observer},
	hash::{Blake2b256, Portable},
	model::{Package, Shape, Use},
	ops::sampling::{Choice, Sampler},
	samples::{self, Random},
	trace::{
		step::{all_parts, final_numbers, holds, joined, part_holds, parts, Doubt, Missing, Part, Source},
		At, Counts, Graph, Leaf, Place, Size, Stage, Values,
	},
};
use codec::{Encode, MaxEncodedLen};
use std::ops::Range;

/// A random model with an input.
pub struct Sample {
	pub shape: Shape,
	pub bytes: Vec<u8>,
	pub tokens: Vec<u32>,
	pub random: Random,
}

impl Sample {
	pub fn new(seed: u64, values: samples::Values) -> Self {
		let mut random = Random(seed);
		let shape = samples::shape(&mut random)
			.checked()
			.expect("samples are within the limits");
		let bytes = samples::package(shape, values, &mut random);
		let count = random.between(1, 7) as u32;
		let tokens = samples::tokens(&shape, count, &mut random);
		Self {
			shape,
			bytes,
			tokens,
			random,
		}
	}

	pub fn package(&self) -> Package<'_> {
		Package::new(self.shape, &self.bytes).expect("the package has the bytes of its shape")
	}

	/// So many of each kind.
	pub fn all(each: u64) -> impl Iterator<Item = Self> {
		let kinds = [
			samples::Values::Ordinary,
			samples::Values::Extreme,
			samples::Values::Bytes,
		];
		kinds
			.into_iter()
			.flat_map(move |values| (0..each).map(move |seed| Self::new(seed, values)))
	}
}

/// An answer, with its whole trace.
#[derive(Clone)]
pub struct Answer {
	pub graph: Graph,
	pub package: Vec<u8>,
	/// Of the input and the answer.
	pub tokens: Vec<u32>,
	pub sampler: Sampler,
	pub leaves: Vec<(At, Leaf)>,
}

#[derive(Default)]
struct Recorder(Vec<(At, Leaf)>);

impl Observer for Recorder {
	fn see(&mut self, place: Place, values: Values<'_>) {
		let leaves = Leaf::of(values).into_iter();
		self.0
			.extend((0..).zip(leaves).map(|(leaf, values)| (At { place, leaf }, values)));
	}
}

impl Answer {
	/// The answer of a model to its input.
	pub fn of(sample: &Sample) -> Self {
		let mut random = sample.random.clone();
		let sampler = samples::sampler(&mut random);
		let mut recorder = Recorder::default();
		let mut tokens = sample.tokens.clone();
		let input = tokens.len() as u32;
		let output = match sample.shape.answers {
			Use::Embedding => {
				embed(&sample.package(), &tokens, &mut recorder).expect("valid");
				0
			}
			Use::Tokens => {
				let most = sample.shape.positions + 1 - input;
				let output = random.between(1, most.min(5).into()) as u32;
				let mut decoder = Decoder::new(sample.package()).expect("tokens");
				for position in 0..input + output - 1 {
					decoder.push(tokens[position as usize], &mut recorder).expect("valid");
					if position + 1 >= input {
						let logits = decoder.logits(&mut recorder).expect("there are tokens");
						let choice = sampler.choose(&logits, position);
						let place = Place {
							position,
							layer: 0,
							stage: Stage::Choice,
						};
						recorder.see(place, Values::Choice(choice));
						tokens.push(choice.token);
					}
				}
				output
			}
		};
		let graph = Graph::new(sample.shape, Counts { input, output }).expect("within the limits");
		Self {
			graph,
			package: sample.bytes.clone(),
			tokens,
			sampler,
			leaves: recorder.0,
		}
	}

	/// One doubt about each leaf, and all about those with few values.
	pub fn doubts(&self, random: &mut Random) -> Vec<Doubt> {
		let mut doubts = Vec::new();
		for (at, _) in &self.leaves {
			let size = self.graph.size(at.place.stage);
			if size == Size::Choice {
				for value in 0..Choice::TOKEN {
					doubts.push(Doubt {
						at: *at,
						value,
						rival: 0,
					});
				}
				for rival in 0..self.graph.shape().vocabulary {
					doubts.push(Doubt {
						at: *at,
						value: Choice::TOKEN,
						rival,
					});
				}
				continue;
			}
			for _ in 0..3 {
				let last = i64::from(size.values_in(at.leaf)) - 1;
				let value = random.between(0, last) as u32;
				doubts.push(Doubt {
					at: *at,
					value,
					rival: 0,
				});
			}
		}
		doubts
	}

	/// Whether a field of a choice takes only the choice itself.
	pub fn is_plain(&self, doubt: Doubt) -> bool {
		doubt.at.place.stage == Stage::Choice
			&& (doubt.value == Choice::TOKEN || self.sampler == Sampler::Greedy && doubt.value != Choice::LARGEST)
	}

	/// Whether the value, and all of its parts, hold.
	pub fn survives(&self, doubt: Doubt) -> bool {
		let graph = self.graph;
		let mut source = self.clone_source();
		if parts(&graph, doubt) == 1 || self.is_plain(doubt) {
			return holds(&graph, &mut source, doubt).expect("everything is there");
		}
		let right = all_parts(&graph, &mut source, doubt).expect("everything is there");
		for (number, part) in (0..).zip(&right) {
			assert_eq!(part_holds(&graph, &mut source, doubt, number, *part), Ok(true));
		}
		joined(&graph, &mut source, doubt, &right).expect("everything is there")
	}

	fn clone_source(&self) -> Borrowed<'_> {
		Borrowed(self)
	}
}

/// Reads an answer.
struct Borrowed<'a>(&'a Answer);

impl Source for Borrowed<'_> {
	fn leaf(&mut self, at: At) -> Result<Leaf, Missing> {
		let answer = self.0;
		let number = answer.graph.number(at).ok_or(Missing::Leaf(at))?;
		let (_, leaf) = answer.leaves.get(number as usize).ok_or(Missing::Leaf(at))?;
		Ok(leaf.clone())
	}

	fn package(&mut self, bytes: Range<u64>) -> Result<Vec<u8>, Missing> {
		let range = bytes.start as usize..bytes.end as usize;
		self.0
			.package
			.get(range)
			.map(<[u8]>::to_vec)
			.ok_or(Missing::Package(bytes.start))
	}

	fn token(&mut self, position: u32) -> Result<u32, Missing> {
		self.0
			.tokens
			.get(position as usize)
			.copied()
			.ok_or(Missing::Token(position))
	}

	fn output(&mut self, leaf: u32) -> Result<Vec<u8>, Missing> {
		let place = Place {
			position: 0,
			layer: 0,
			stage: Stage::Unit,
		};
		self.leaf(At { place, leaf }).map(|leaf| leaf.write())
	}

	fn sampler(&mut self) -> Sampler {
		self.0.sampler
	}
}

impl Source for Answer {
	fn leaf(&mut self, at: At) -> Result<Leaf, Missing> {
		Borrowed(self).leaf(at)
	}

	fn package(&mut self, bytes: Range<u64>) -> Result<Vec<u8>, Missing> {
		Borrowed(self).package(bytes)
	}

	fn token(&mut self, position: u32) -> Result<u32, Missing> {
		Borrowed(self).token(position)
	}

	fn output(&mut self, leaf: u32) -> Result<Vec<u8>, Missing> {
		Borrowed(self).output(leaf)
	}

	fn sampler(&mut self) -> Sampler {
		self.sampler
	}
}

/// Makes one value of a leaf wrong; the doubt that names it. None if no value can be.
pub fn spoil(at: At, leaf: &mut Leaf, honest: &Answer, random: &mut Random) -> Option<Doubt> {
	let mut which = |length: usize| random.between(0, length as i64 - 1) as usize;
	let (value, rival) = match leaf {
		Leaf::Numbers(numbers) => {
			let which = which(numbers.len());
			numbers[which] = numbers[which].wrapping_add(1);
			(which, 0)
		}
		Leaf::Activations(numbers) => {
			let which = which(numbers.len());
			numbers[which] = numbers[which].wrapping_sub(1);
			(which, 0)
		}
		Leaf::Statistics(all) => {
			let which = which(all.len());
			all[which].inverse ^= 1;
			(which, 0)
		}
		Leaf::Exponent(exponent) => {
			*exponent ^= 1;
			(0, 0)
		}
		Leaf::Choice(choice) => {
			let right = choice.token;
			let field = which(5);
			match field as u32 {
				Choice::LARGEST => choice.largest += 1,
				Choice::TOP => choice.top -= 1,
				Choice::WEIGHT => choice.weight += 1,
				Choice::LEAST => choice.least -= 1,
				_ => {
					let vocabulary = honest.graph.shape().vocabulary;
					choice.token = (right + 1).checked_rem(vocabulary)?;
					if choice.token == right {
						return None;
					}
				}
			}
			let rival = if field as u32 == Choice::TOKEN { right } else { 0 };
			(field, rival)
		}
	};
	Some(Doubt {
		at,
		value: value as u32,
		rival,
	})
}

/// An answer whose holder has committed to everything.
#[derive(Clone)]
pub struct Committed {
	pub answer: Answer,
	pub trace: Tree,
	pub weights: Tree,
	pub input: Tree,
	pub given: Tree,
	pub states: Vec<State>,
	pub state: Tree,
	/// The text of each token.
	pub texts: Vec<Vec<u8>>,
	pub vocabulary: Tree,
}

/// Texts of so many tokens, of two letters, so that strings are found in them; some are empty.
pub fn texts(vocabulary: u32) -> Vec<Vec<u8>> {
	let mut random = Random(vocabulary.into());
	let mut text = |_| {
		let length = random.between(0, 3);
		(0..length).map(|_| b"ab"[random.between(0, 1) as usize]).collect()
	};
	(0..vocabulary).map(&mut text).collect()
}

impl Committed {
	pub fn new(answer: Answer) -> Self {
		let leaves: Vec<_> = answer.leaves.iter().map(|(_, leaf)| leaf.write()).collect();
		let tree = |kind, leaves: Vec<Vec<u8>>| Tree::from_leaves::<Portable>(kind, leaves).expect("few leaves");
		let (input, output) = answer.tokens.split_at(answer.graph.counts().input as usize);
		let texts = texts(answer.graph.shape().vocabulary);
		let states: Vec<_> = (0..answer.graph.positions())
			.map(|position| {
				let numbers = final_numbers(&answer.graph, &mut Borrowed(&answer), position).expect("is there");
				State::of::<Portable>(answer.tokens[position as usize], &numbers)
			})
			.collect();
		let given = match answer.graph.shape().answers {
			Use::Tokens => token_tree::<Portable>(Kind::Tokens, output).expect("few tokens"),
			Use::Embedding => {
				let units = answer.leaves.iter().filter(|(at, _)| at.place.stage == Stage::Unit);
				tree(Kind::Output, units.map(|(_, leaf)| leaf.write()).collect())
			}
		};
		Self {
			trace: tree(Kind::Trace, leaves),
			weights: tree(
				Kind::Weights,
				answer.package.chunks(1_024).map(<[u8]>::to_vec).collect(),
			),
			input: token_tree::<Portable>(Kind::Input, input).expect("few tokens"),
			given,
			state: state_tree::<Portable>(&states).expect("few positions"),
			states,
			vocabulary: vocabulary_tree::<Portable>(texts.iter().cloned()).expect("few tokens"),
			texts,
			answer,
		}
	}

	/// What is registered of the model.
	pub fn registered(&self) -> Registered {
		Registered {
			shape: *self.answer.graph.shape(),
			weights: self.weights.commitment(),
			vocabulary: Some(self.vocabulary.commitment()),
		}
	}

	pub fn case(&self) -> Case {
		let case = Case {
			graph: self.answer.graph,
			sampler: self.answer.sampler,
			weights: self.weights.commitment(),
			input: self.input.commitment(),
			answer: self.given.commitment(),
			trace: self.trace.commitment(),
			state: self.state.commitment(),
			vocabulary: None,
			ends: Ends::default(),
			stops: Stops::default(),
			stop: StopReason::Limit,
		};
		case.checked().expect("the commitments belong to the case")
	}

	fn tree(&self, kind: Kind) -> &Tree {
		match kind {
			Kind::Trace => &self.trace,
			Kind::Weights => &self.weights,
			Kind::Input => &self.input,
			Kind::State => &self.state,
			Kind::Vocabulary => &self.vocabulary,
			_ => &self.given,
		}
	}

	/// The parts of a charge, computed from what this holder has; one of them is doubted.
	pub fn parts(&mut self, charge: Charge) -> Option<Vec<Part>> {
		let case = self.case();
		match charge {
			Charge::Value(doubt) if charge.parts(&case) > 1 => {
				Some(all_parts(&case.graph, &mut self.answer, doubt).expect("everything is there"))
			}
			_ => None,
		}
	}

	/// The evidence for a charge, and whether it proves a fraud.
	pub fn judge(&mut self, charge: Charge) -> bool {
		self.judge_in(self.case(), charge)
	}

	/// The same in a case of its own.
	pub fn judge_in(&mut self, case: Case, charge: Charge) -> bool {
		let parts = self.parts(charge);
		let numbers = parts.as_ref().map_or(1, Vec::len) as u32;
		(0..numbers).any(|chosen| {
			let in_parts = parts.as_ref().map(|parts| InParts { parts, chosen });
			let evidence = gather(&case, self, charge, in_parts)
				.expect("the charge can be brought")
				.expect("the holder has everything");
			let bytes = evidence.encode();
			assert!(bytes.len() <= Evidence::max_encoded_len());
			assert_eq!(decode_exact::<Evidence>(&bytes).as_ref(), Ok(&evidence));
			judge::<Portable>(&case, charge, in_parts, &evidence).expect("the evidence is complete")
		})
	}
}

impl Source for Committed {
	fn leaf(&mut self, at: At) -> Result<Leaf, Missing> {
		self.answer.leaf(at)
	}

	fn package(&mut self, bytes: Range<u64>) -> Result<Vec<u8>, Missing> {
		self.answer.package(bytes)
	}

	fn token(&mut self, position: u32) -> Result<u32, Missing> {
		self.answer.token(position)
	}

	fn output(&mut self, leaf: u32) -> Result<Vec<u8>, Missing> {
		self.answer.output(leaf)
	}

	fn sampler(&mut self) -> Sampler {
		self.answer.sampler
	}
}

impl Records for Committed {
	type Hash = Portable;

	fn state(&mut self, position: u32) -> Result<State, Missing> {
		self.states
			.get(position as usize)
			.copied()
			.ok_or(Missing::State(position))
	}

	fn text(&mut self, token: u32) -> Result<Vec<u8>, Missing> {
		self.texts.get(token as usize).cloned().ok_or(Missing::Text(token))
	}
}

impl Holder for Committed {
	fn bytes(&mut self, kind: Kind, number: u64) -> Option<Vec<u8>> {
		let number = number as usize;
		let answer = &self.answer;
		match kind {
			Kind::Trace => answer.leaves.get(number).map(|(_, leaf)| leaf.write()),
			Kind::Weights => answer.package.chunks(1_024).nth(number).map(<[u8]>::to_vec),
			Kind::Output => self.answer.output(number as u32).ok(),
			Kind::State => state_leaves(&self.states).nth(number),
			Kind::Vocabulary => self.texts.get(number).cloned(),
			_ => {
				let (input, output) = answer.tokens.split_at(answer.graph.counts().input as usize);
				token_leaves(if kind == Kind::Input { input } else { output }).nth(number)
			}
		}
	}

	fn prove(&mut self, kind: Kind, ranges: &Ranges) -> Option<RangesProof> {
		self.tree(kind).prove(ranges).ok()
	}
}

/// Whether evidence proves a fraud, in one step or with the parts that the holder has named.
pub fn judge<H: Blake2b256>(
	case: &Case,
	charge: Charge,
	in_parts: Option<InParts<'_>>,
	evidence: &Evidence,
) -> Result<bool, VerdictError> {
	match in_parts {
		None => is_fraud::<H>(case, charge, evidence),
		Some(named) => is_fraud_in_parts::<H>(case, charge, named, evidence),
	}
}

/// An answer of one's own, but for a leaf that the other side has shown.
pub struct Seen<'a> {
	pub own: &'a Answer,
	pub at: At,
	pub leaf: Leaf,
}

impl Source for Seen<'_> {
	fn leaf(&mut self, at: At) -> Result<Leaf, Missing> {
		if at == self.at {
			Ok(self.leaf.clone())
		} else {
			Borrowed(self.own).leaf(at)
		}
	}

	fn package(&mut self, bytes: Range<u64>) -> Result<Vec<u8>, Missing> {
		Borrowed(self.own).package(bytes)
	}

	fn token(&mut self, position: u32) -> Result<u32, Missing> {
		Borrowed(self.own).token(position)
	}

	fn output(&mut self, leaf: u32) -> Result<Vec<u8>, Missing> {
		Borrowed(self.own).output(leaf)
	}

	fn sampler(&mut self) -> Sampler {
		self.own.sampler
	}
}
