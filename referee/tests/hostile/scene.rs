// SPDX-License-Identifier: Apache-2.0

//! Honest holders of every kind of model.

use super::below;
use atelier_referee::samples::{Answer, Committed, Sample, spoil as spoil_leaf};
use atelier_referee::{
	commit::{Bounded, Commitment, Kind, Ranges},
	dispute::{Case, Charge, Ends, Holder, Opened, Stops},
	hash::{Blake2b256, Digest},
	model::Use,
	ops::sampling::Choice,
	samples::{self, Random, Values},
	trace::{Size, Stage, step::Doubt},
};
use std::cell::RefCell;

/// A hash under which everything belongs to everything. What is behind the proofs can be reached with it.
pub struct Blind;

impl Blake2b256 for Blind {
	fn hash(_: &[u8]) -> Digest {
		Digest::default()
	}
}

/// An honest holder, and the case about its answer.
pub struct Scene {
	pub holder: Committed,
	pub case: Case,
	/// The same under the blind hash.
	pub blind: Case,
}

/// How many there are.
pub const SCENES: u64 = 12;

std::thread_local! {
	static ALL: RefCell<Vec<Scene>> = RefCell::new((0..SCENES).map(Scene::new).collect());
}

/// Acts with the scene that a byte names.
pub fn with<T>(number: u8, act: impl FnOnce(&mut Scene) -> T) -> T {
	ALL.with_borrow_mut(|all| act(&mut all[usize::from(number) % SCENES as usize]))
}

/// Makes the holders of this thread commit to traces of which every leaf is wrong, to show that they can be convicted.
pub fn spoil() {
	ALL.with_borrow_mut(|all| {
		for scene in all {
			let mut answer = scene.holder.answer.clone();
			for number in 0..answer.leaves.len() {
				let (at, mut leaf) = answer.leaves[number].clone();
				spoil_leaf(at, &mut leaf, &answer, &mut Random(number as u64));
				answer.leaves[number].1 = leaf;
			}
			scene.holder = Committed::new(answer);
			scene.case.trace = scene.holder.trace.commitment();
		}
	});
}

impl Scene {
	fn new(number: u64) -> Self {
		let values = [Values::Ordinary, Values::Extreme, Values::Bytes][(number % 3) as usize];
		let answers = if number.is_multiple_of(2) {
			Use::Tokens
		} else {
			Use::Embedding
		};
		let mut sample = (100 * number..)
			.map(|seed| Sample::new(seed, values))
			.find(|sample| sample.shape.answers == answers && sample.bytes.len() < 60_000)
			.expect("there is one");
		if number >= SCENES - 4 {
			// Values that are computed in parts.
			let mut random = Random(number);
			sample.shape.positions = 60;
			sample.shape.window = 0;
			sample.shape.layers = 1;
			sample.bytes = samples::package(sample.shape, values, &mut random);
			sample.tokens = samples::tokens(&sample.shape, 40, &mut random);
		}
		let holder = Committed::new(Answer::of(&sample));
		let unused = (0..).filter(|token| !holder.answer.tokens.contains(token));
		// In no text of these vocabularies.
		let stop = Bounded::try_from(b"zz".to_vec()).expect("short");
		let case = Case {
			ends: Ends::of(&unused.take(2).collect::<Vec<_>>()),
			stops: Stops::of(&[stop]),
			vocabulary: Some(holder.vocabulary.commitment()),
			..holder.case()
		};
		let blind = |commitment: Commitment| Commitment {
			root: Blind::hash(&[]),
			..commitment
		};
		Self {
			blind: Case {
				trace: blind(case.trace),
				weights: blind(case.weights),
				input: blind(case.input),
				answer: blind(case.answer),
				state: blind(case.state),
				vocabulary: case.vocabulary.map(blind),
				..case
			},
			case,
			holder,
		}
	}

	/// A charge that may be brought, whatever the bytes are.
	pub fn charge(&self, bytes: &mut &[u8]) -> Charge {
		let graph = &self.case.graph;
		match (super::byte(bytes) % 12, graph.shape().answers) {
			(8, Use::Tokens) => Charge::Stop(below(bytes, graph.counts().output.into()) as u32),
			(8 | 9, _) => Charge::State(below(bytes, graph.positions().into()) as u32),
			(0, Use::Tokens) => Charge::Token(below(bytes, graph.counts().output.into()) as u32),
			(1, Use::Tokens) => Charge::End(below(bytes, graph.counts().output.into()) as u32),
			(0 | 1, Use::Embedding) => {
				let leaves = graph.size(Stage::Unit).leaves();
				Charge::Output(below(bytes, leaves.into()) as u32)
			}
			(kind, _) => {
				// The last leaf of a trace is a choice, or the answer; any number seldom finds it.
				let last = if kind == 2 { 1 } else { graph.leaves() };
				let number = graph.leaves() - 1 - below(bytes, last.min(graph.leaves()));
				let at = graph.at(number).expect("there is such a leaf");
				let size = graph.size(at.place.stage);
				let fields = if size == Size::Choice {
					Choice::FIELDS
				} else {
					size.values_in(at.leaf)
				};
				let value = below(bytes, fields.into()) as u32;
				let rival = match (size, value) {
					(Size::Choice, Choice::TOKEN) => below(bytes, graph.shape().vocabulary.into()) as u32,
					_ => 0,
				};
				Charge::Value(Doubt { at, value, rival })
			}
		}
	}

	/// These leaves of a tree with their proof, if they are there.
	pub fn open(&mut self, kind: Kind, ranges: Ranges) -> Option<Opened> {
		let mut leaves = Vec::new();
		for number in ranges.iter().flat_map(|range| range.start..range.end) {
			leaves.push(Bounded::try_from(self.holder.bytes(kind, number)?).ok()?);
		}
		Some(Opened {
			leaves: leaves.try_into().ok()?,
			proof: self.holder.prove(kind, &ranges)?,
			ranges,
		})
	}
}
