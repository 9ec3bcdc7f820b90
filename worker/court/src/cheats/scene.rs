// SPDX-License-Identifier: Apache-2.0

//! A registered model, and a request to it.

use super::{Forged, forge};
use crate::{Given, Model, Served, finding::state};
use atelier_referee::{
	claim::{Claim, Origin, Request, State, StopReason, state_tree, token_tree, vocabulary_tree},
	commit::{Bounded, Commitment, Kind, Tree},
	dispute::{Registered, Stops},
	hash::Portable,
	model::{CHUNK, Shape, Use},
	ops::sampling::{Race, Sampler},
	samples::{self, Random, Values},
	trace::{Leaf, Values as Seen},
};

/// A model with a request.
#[derive(Clone)]
pub struct Scene {
	pub shape: Shape,
	pub bytes: Vec<u8>,
	pub texts: Vec<Vec<u8>>,
	pub input: Vec<u32>,
	pub request: Request,
	pub random: Random,
}

impl Scene {
	/// Of a random model of such a use, with an input of so many tokens and an answer of at most so many.
	pub fn random(seed: u64, answers: Use, input: u32, limit: u32) -> Self {
		let mut random = Random(seed);
		let mut shape = loop {
			let shape = samples::shape(&mut random);
			if shape.answers == answers && shape.vocabulary >= 8 && shape.window == 0 {
				break shape;
			}
		};
		shape.positions = shape.positions.max(input + limit);
		let bytes = samples::package(shape, Values::Ordinary, &mut random);
		let tokens = samples::tokens(&shape, input, &mut random);
		Self::new(shape, bytes, samples::texts(shape.vocabulary), tokens, limit, random)
	}

	/// Of a model.
	pub fn new(
		shape: Shape,
		bytes: Vec<u8>,
		texts: Vec<Vec<u8>>,
		input: Vec<u32>,
		limit: u32,
		mut random: Random,
	) -> Self {
		let sampler = match random.one_in(3) {
			true => Sampler::Greedy,
			false => Sampler::Race(Race {
				inverse: random.between(151_000, 3_000_000) as u32,
				top: random.pick([0, 2, 40]),
				mass: random.pick([30_000, 58_982, 65_536]),
				seed: random.bits(),
			}),
		};
		let request = Request {
			genesis: [1; 32],
			version: [2; 32],
			input: token_tree::<Portable>(Kind::Input, &input).expect("few").commitment(),
			input_count: input.len() as u32,
			sampler,
			limit,
			ends: Bounded::default(),
			stops: Bounded::default(),
			sealed: None,
			salt: [3; 32],
		};
		Self {
			shape,
			bytes,
			texts,
			input,
			request,
			random,
		}
	}

	/// What the chain knows of the model.
	pub fn registered(&self) -> Registered {
		let weights = Tree::from_leaves::<Portable>(Kind::Weights, self.bytes.chunks(CHUNK as usize));
		let vocabulary = vocabulary_tree::<Portable>(self.texts.iter().cloned());
		Registered {
			shape: self.shape,
			weights: weights.expect("few").commitment(),
			vocabulary: Some(vocabulary.expect("few").commitment()),
		}
	}

	/// The model.
	pub fn model(&self) -> Model<'_> {
		Model::open(self.registered(), &self.bytes, Some(self.texts.clone())).expect("it is the registered one")
	}

	/// What an honest worker computes: as many tokens as are asked for, or until the end.
	pub fn honest(&self) -> Forged {
		forge(self, &self.bytes, &self.input, self.request.sampler, &mut |_, _, _| ())
	}

	/// Where an answer of these tokens ends, and why.
	pub fn end(&self, tokens: &[u32]) -> (usize, StopReason) {
		if self.shape.answers == Use::Embedding {
			return (0, StopReason::Embedded);
		}
		let stops = Stops::of(&self.request.stops);
		let text = |token: &u32| self.texts.get(*token as usize).cloned().unwrap_or_default();
		for (number, token) in tokens.iter().enumerate() {
			if self.request.ends.contains(token) {
				return (number + 1, StopReason::End);
			}
			let before = tokens[..number].iter().rev().map(|token| Ok::<_, ()>(text(token)));
			if stops.complete(&text(token), before) == Ok(true) {
				return (number + 1, StopReason::Stop);
			}
		}
		(tokens.len(), StopReason::Limit)
	}

	/// What a worker serves that claims what it has computed.
	pub fn served(&self, forged: &Forged, stop: StopReason) -> Served {
		let given = match self.shape.answers {
			Use::Tokens => Given::Tokens(forged.answer.clone()),
			Use::Embedding => Given::Vector(forged.unit.clone()),
		};
		let walked = [&self.input, forged.answer.as_slice()].concat();
		let states = walked.iter().zip(&forged.numbers);
		self.claiming(
			given,
			states.map(|(token, numbers)| state(*token, numbers)).collect(),
			stop,
		)
	}

	/// What a worker serves that claims this.
	pub fn claiming(&self, given: Given, states: Vec<State>, stop: StopReason) -> Served {
		let (answer, output_count) = match &given {
			Given::Tokens(tokens) => (token_tree::<Portable>(Kind::Tokens, tokens), tokens.len() as u32),
			Given::Vector(numbers) => {
				let leaves = Leaf::of(Seen::Activations(numbers))
					.into_iter()
					.map(|leaf| leaf.write());
				(Tree::from_leaves::<Portable>(Kind::Output, leaves), 0)
			}
		};
		let commitment = |tree: Result<Tree, _>| -> Commitment { tree.expect("few").commitment() };
		let claim = Claim {
			genesis: self.request.genesis,
			origin: Origin::Job(7),
			worker: [4; 32],
			version: self.request.version,
			request: self.request.root::<Portable>(),
			answer: commitment(answer),
			state: commitment(state_tree::<Portable>(&states)),
			input_count: self.input.len() as u32,
			output_count,
			stop,
		};
		Served {
			request: self.request.clone(),
			claim,
			input: self.input.clone(),
			given,
			states,
		}
	}

	/// What an honest worker serves.
	pub fn answered(&self) -> Served {
		let mut honest = self.honest();
		let (length, stop) = self.end(&honest.answer);
		honest.cut(self, length);
		self.served(&honest, stop)
	}
}
